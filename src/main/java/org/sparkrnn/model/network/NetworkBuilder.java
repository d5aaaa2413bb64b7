package org.sparkrnn.model.network;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.sparkrnn.cell.RnnCell;
import org.sparkrnn.model.cells.TorchCells;
import org.sparkrnn.model.cells.Variables;
import org.sparkrnn.model.cells.Variables.Expected;
import org.sparkrnn.model.json.Place;
import org.sparkrnn.model.network.CellFinder.Search;
import org.sparkrnn.model.network.CellFinder.Step;
import org.sparkrnn.model.spec.CellSpec;
import org.sparkrnn.model.spec.LayerSpec;
import org.sparkrnn.model.spec.ModelSpec;
import org.sparkrnn.rnn.Layer;
import org.sparkrnn.rnn.Loop;
import org.sparkrnn.rnn.Network;
import org.sparkrnn.rnn.Value;
import org.sparkrnn.tensor.Shape;
import org.sparkrnn.tensor.Tensor;

/** From a spec's layers and the weights file to the network. */
final class NetworkBuilder {
  private static final List<Step> DIRECTIONS = List.of(Step.direction("fw"), Step.direction("bw"));
  private static final List<Step> KERAS_DIRECTIONS =
      List.of(Step.kerasDirection("fw", "forward"), Step.kerasDirection("bw", "backward"));

  private final Variables variables;

  NetworkBuilder(Variables variables) {
    this.variables = variables;
  }

  Network build(ModelSpec spec, Network.Input input) throws IOException {
    List<Layer> layers = new ArrayList<>();
    Value before = null;
    for (LayerSpec layer : spec.layers()) {
      layers.addAll(layers(layer, before, input));
      try {
        before = Value.chain(input, layers).get(layers.size() - 1);
      } catch (IllegalArgumentException e) {
        throw layer.place().error(e.getMessage(), e);
      }
    }
    WholeStacks.check(spec, variables);
    try {
      return new Network(input, layers);
    } catch (IllegalArgumentException e) {
      throw generating(spec).error(e.getMessage(), e);
    }
  }

  /** Each layer fits the one before it; what can be wrong with all together is in which loop. */
  private static Place generating(ModelSpec spec) {
    return spec.layers().stream()
        .filter(layer -> layer instanceof LayerSpec.Rnn rnn && rnn.loop() instanceof Loop.Generate)
        .findFirst()
        .map(LayerSpec::place)
        .orElse(spec.place());
  }

  /**
   * Builds one layer; two, where the cells of an rnn layer embed its input.
   *
   * @param before what the layer before it gives; null for the first layer
   */
  private List<Layer> layers(LayerSpec spec, Value before, Network.Input input) throws IOException {
    if (!(spec instanceof LayerSpec.Rnn rnn) || !EmbeddedCells.takeIds(rnn)) {
      return List.of(layer(spec, before, input));
    }
    ids(input, spec);
    if (before != null) {
      throw spec.place()
          .error("its EmbeddingWrapper takes ids, which only the first layer is given");
    }
    CellBuilder builder = new CellBuilder(variables, spec.name());
    Layer layer = rnn(rnn, builder, 1);
    Tensor table = builder.tables().get(0);
    if (builder.tables().stream().anyMatch(other -> !other.equals(table))) {
      throw spec.place()
          .error(
              "its two EmbeddingWrappers have tables of their own: only one that both directions"
                  + " share can run");
    }
    return List.of(new Layer.Embedding(spec.name() + "_embedding", table), layer);
  }

  private Layer layer(LayerSpec spec, Value before, Network.Input input) throws IOException {
    if (spec instanceof LayerSpec.Embedding embedding) {
      return embedding(embedding, input);
    }
    if (spec instanceof LayerSpec.OneHot oneHot) {
      return new Layer.OneHot(oneHot.name(), oneHot.depth().orElseGet(() -> ids(input, oneHot)));
    }
    if (spec instanceof LayerSpec.Plain plain) {
      return plain.layer();
    }
    int width = width(spec, before, input);
    if (spec instanceof LayerSpec.Dense dense) {
      return dense(dense, width);
    }
    if (spec instanceof LayerSpec.Norm norm) {
      return norm(norm, width);
    }
    return rnn((LayerSpec.Rnn) spec, new CellBuilder(variables, spec.name()), width);
  }

  private static int ids(Network.Input input, LayerSpec spec) {
    if (input instanceof Network.Input.Ids ids) {
      return ids.count();
    }
    throw spec.place().error("takes ids, but the input is \"type\": \"features\"");
  }

  private static int width(LayerSpec spec, Value before, Network.Input input) {
    if (before == null) {
      if (input instanceof Network.Input.Features features) {
        return features.size();
      }
      throw spec.place()
          .error("takes floats, but the input is ids: put an embedding or one_hot layer first");
    }
    if (before.type() != Value.Type.FLOAT) {
      throw spec.place().error("takes floats, but the layer before it gives integers");
    }
    return before.size();
  }

  private Layer embedding(LayerSpec.Embedding spec, Network.Input input) throws IOException {
    ids(input, spec);
    Place place = spec.place().key("variable");
    variables.require(spec.variable(), place);
    Shape shape = variables.shape(spec.variable());
    if (shape.rank() != 2 || spec.size().isPresent() && shape.dim(1) != spec.size().get()) {
      throw variables.error(
          "tensor '"
              + spec.variable()
              + "' has shape "
              + shape
              + ", expected [ids, "
              + spec.size().map(size -> "size = " + size).orElse("size")
              + "]",
          place);
    }
    Expected expected = new Expected(shape, shape.toString(), place, spec.name());
    return new Layer.Embedding(
        spec.name(), variables.read(spec.variable(), expected), spec.maskZero());
  }

  private Layer dense(LayerSpec.Dense spec, int width) throws IOException {
    DenseFinder.Found found = new DenseFinder(variables).find(spec);
    Shape stored = variables.shape(found.kernel());
    boolean turned = found.transposed() && stored.rank() == 2;
    Shape shape = turned ? Shape.of(stored.dim(1), stored.dim(0)) : stored;
    boolean fits =
        shape.rank() == 2
            && shape.dim(0) == width
            && (spec.units().isEmpty() || shape.dim(1) == spec.units().get());
    if (!fits) {
      throw variables.error(
          "tensor '"
              + found.kernel()
              + "' has shape "
              + shape
              + ", expected ["
              + width
              + ", "
              + spec.units().map(units -> "units = " + units).orElse("units")
              + "] because the layer's input has size "
              + width,
          spec.place());
    }
    Tensor kernel =
        variables.read(
            found.kernel(), new Expected(stored, stored.toString(), spec.place(), spec.name()));
    if (turned) {
      kernel = TorchCells.transposed(kernel);
    }
    if (!spec.useBias()) {
      return new Layer.Dense(spec.name(), kernel, Tensor.zeros(shape.dim(1)), spec.activation());
    }
    Expected bias =
        new Expected(
            Shape.of(shape.dim(1)),
            "[" + shape.dim(1) + "] from the columns of '" + found.kernel() + "'",
            spec.place(),
            spec.name());
    return new Layer.Dense(
        spec.name(), kernel, variables.read(found.bias(), bias), spec.activation());
  }

  private Layer norm(LayerSpec.Norm spec, int width) throws IOException {
    Shape shape = Shape.of(width);
    Map<String, Tensor> found = new HashMap<>();
    for (Map.Entry<String, String> variable : spec.names().entrySet()) {
      Place place = spec.place().key(variable.getKey());
      variables.require(variable.getValue(), place);
      Expected expected =
          new Expected(shape, shape + " because the layer's input has it", place, spec.name());
      found.put(variable.getKey(), variables.read(variable.getValue(), expected));
    }
    float[] ones = new float[width];
    Arrays.fill(ones, 1f);
    Tensor gamma = found.getOrDefault("gamma", Tensor.of(shape, ones));
    Tensor beta = found.getOrDefault("beta", Tensor.zeros(width));
    return spec.batch()
        ? new Layer.BatchNorm(
            spec.name(),
            gamma,
            beta,
            found.get("moving_mean"),
            found.get("moving_variance"),
            spec.epsilon())
        : new Layer.LayerNorm(spec.name(), gamma, beta, spec.epsilon());
  }

  private Layer rnn(LayerSpec.Rnn spec, CellBuilder builder, int width) throws IOException {
    Search search = new Search(spec.scope(), List.of());
    List<Step> directions = spec.loop() instanceof Loop.Keras ? KERAS_DIRECTIONS : DIRECTIONS;
    boolean stack =
        spec.loop() == Loop.TensorFlow.STACK_BIDIRECTIONAL_DYNAMIC_RNN
            || spec.loop() instanceof Loop.Cudnn && spec.levels().get(0).size() == 2;
    List<Layer.Level> opaque = OpaqueKernel.levels(spec, variables, width).orElse(List.of());
    List<Layer.Level> levels = new ArrayList<>(opaque);
    int size = width;
    for (int i = 0; opaque.isEmpty() && i < spec.levels().size(); i++) {
      Search level = stack ? search.then(Step.cell(i)) : search;
      List<CellSpec> specs = spec.levels().get(i);
      List<RnnCell> cells = new ArrayList<>();
      for (int d = 0; d < specs.size(); d++) {
        Search own = specs.size() == 1 ? level : level.then(directions.get(d));
        cells.add(builder.build(specs.get(d), own, size));
      }
      levels.add(new Layer.Level(cells));
      size = cells.stream().mapToInt(RnnCell::outputSize).sum();
    }
    if (stack && opaque.isEmpty()) {
      builder.refuseMoreLevels(spec, search, directions.get(0));
    }
    try {
      Layer.Rnn zero = new Layer.Rnn(spec.name(), spec.loop(), levels, spec.merge());
      return spec.initialState().isEmpty()
          ? zero
          : new Layer.Rnn(spec.name(), spec.loop(), levels, spec.merge(), initialState(spec, zero));
    } catch (IllegalArgumentException e) {
      throw spec.place().error(e.getMessage(), e);
    }
  }

  private Tensor initialState(LayerSpec.Rnn spec, Layer.Rnn rnn) throws IOException {
    Place place = spec.place().key("initial_state");
    variables.require(spec.initialState(), place);
    Shape shape = Shape.of(rnn.stateShape().size());
    return variables.read(
        spec.initialState(),
        new Expected(shape, shape + " because the layer's state has it", place, spec.name()));
  }
}
