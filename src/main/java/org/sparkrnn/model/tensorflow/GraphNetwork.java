package org.sparkrnn.model.tensorflow;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.sparkrnn.model.Cut;
import org.sparkrnn.model.Fingerprint;
import org.sparkrnn.model.InputSpec;
import org.sparkrnn.model.LoadedModel;
import org.sparkrnn.model.ModelException;
import org.sparkrnn.model.SequenceModel;
import org.sparkrnn.model.Spelling;
import org.sparkrnn.model.Vocabulary;
import org.sparkrnn.model.cells.TensorNames;
import org.sparkrnn.model.files.WeightsFiles;
import org.sparkrnn.rnn.Layer;
import org.sparkrnn.rnn.Network;
import org.sparkrnn.rnn.Output;
import org.sparkrnn.weights.Storage;
import org.sparkrnn.weights.TensorInfo;
import org.sparkrnn.weights.WeightsFile;
import org.sparkrnn.weights.tensorflow.GraphFile;
import org.sparkrnn.weights.tensorflow.GraphNode;
import org.sparkrnn.weights.tensorflow.TensorFlowCheckpoint;

/**
 * Makes a model of a TensorFlow graph: a frozen one, or one with a checkpoint. The graph, or the
 * part that is cut out of it, must be a chain from one sequence of floats or ids to its outputs,
 * around the loops that {@code dynamic_rnn}, {@code bidirectional_dynamic_rnn} and {@code
 * static_rnn} make; cells are known by what they compute.
 */
public final class GraphNetwork {
  private static final String META = ".meta";

  private final GraphFile file;
  private final Optional<WeightsFile> checkpoint;
  private final GraphIndex graph;
  private final GraphConstants constants;
  private final SortedMap<String, String> reasons = new TreeMap<>();

  /** The names of the nodes that the outputs need. */
  private final Set<String> needed = new HashSet<>();

  private final Cut asked;

  /** The nodes but those of gradients, and the recurrences among them. */
  private List<GraphNode> all = List.of();

  private List<Recurrence> found = List.of();

  /** The outputs that are not made by what runs. */
  private final List<GraphEdge> failed = new ArrayList<>();

  private final List<GraphEdge> from;
  private List<GraphEdge> to;

  private GraphNetwork(GraphFile file, Optional<WeightsFile> checkpoint, Cut cut)
      throws IOException {
    this.file = file;
    this.checkpoint = checkpoint;
    this.asked = cut;
    this.graph = new GraphIndex(file.name(), file.graph().nodes());
    Optional<GraphConstants.Checkpoint> variables = Optional.empty();
    if (checkpoint.isPresent()) {
      WeightsFile weights = checkpoint.get();
      variables =
          Optional.of(new GraphConstants.Checkpoint(weights, TensorNames.of(weights).keys()));
    }
    this.from = named(cut.from()).stream().map(graph::resolve).toList();
    GraphConstants before = new GraphConstants(graph, file, variables, from);
    graph.replace(new GraphBranches(graph, before).taken());
    graph.replace(new GraphDropout(graph, before).undone());
    this.constants = new GraphConstants(graph, file, variables, from);
    this.to = named(cut.to());
  }

  /** Whether a name is one that frozen graphs, or graphs beside a checkpoint, have. */
  public static boolean isNamedSo(String name) {
    return (name.endsWith(".pb") && !name.equals(GraphFile.SAVED_MODEL)) || name.endsWith(META);
  }

  /**
   * Reads a model: a frozen graph, a meta graph with the checkpoint of its name beside it, or a
   * SavedModel.
   *
   * @throws ModelException if the graph is not such a chain; the message lists every node that does
   *     not run
   */
  public static LoadedModel load(Storage folder, String name, Cut cut) throws IOException {
    try (GraphFile file = GraphFile.open(folder.open(name))) {
      if (name.equals(GraphFile.SAVED_MODEL)) {
        String model = folder.name().replaceFirst("^.*/", "");
        return withCheckpoint(file, folder, TensorFlowCheckpoint.SAVED_MODEL, cut, model);
      }
      String stem = name.replaceFirst("\\.(pb|meta)$", "");
      return name.endsWith(META)
          ? withCheckpoint(file, folder, stem, cut, stem)
          : load(file, Optional.empty(), cut, stem);
    }
  }

  private static LoadedModel withCheckpoint(
      GraphFile file, Storage folder, String prefix, Cut cut, String model) throws IOException {
    try (WeightsFile weights = WeightsFiles.open(new WeightsFiles.Location(folder, prefix))) {
      return load(file, Optional.of(weights), cut, model);
    }
  }

  private static LoadedModel load(
      GraphFile file, Optional<WeightsFile> checkpoint, Cut cut, String model) throws IOException {
    try {
      return new GraphNetwork(file, checkpoint, cut).load(model);
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw new ModelException(file.name() + ": " + e.getMessage(), e);
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private ModelException error(String reason) {
    return new ModelException(file.name() + ": " + reason);
  }

  /** The values that a cut names, one or several with commas between. */
  private List<GraphEdge> named(String text) {
    List<GraphEdge> edges = new ArrayList<>();
    for (String each : text.isEmpty() ? new String[0] : text.split(",", -1)) {
      GraphEdge edge = GraphEdge.of(each.strip());
      if (!graph.nodes().containsKey(edge.node())) {
        throw error(
            "the graph has no node '"
                + edge.node()
                + "'"
                + Spelling.hint(edge.node(), graph.nodes().keySet()).strip());
      }
      edges.add(edge);
    }
    return edges;
  }

  /** What the model is served with, or what is computed of its sequences alone. */
  private List<GraphEdge> outputs(List<GraphNode> all, List<Recurrence> recurrences) {
    List<String> served = GraphOutputs.served(file.graph());
    if (!served.isEmpty()) {
      return named(String.join(",", served));
    }
    Optional<GraphEdge> sequence =
        from.isEmpty()
            ? new GraphSource(graph, constants, recurrences).find()
            : Optional.of(from.get(0));
    List<GraphEdge> found =
        sequence
            .map(edge -> new GraphOutputs(graph, all, recurrences, edge).found())
            .orElse(List.of());
    return found.isEmpty() ? GraphOutputs.untaken(graph) : found;
  }

  private LoadedModel load(String name) throws IOException {
    Optional<LoadedModel> found = read(name);
    if (found.isEmpty()) {
      throw error(new GraphRefusal(graph, needed, reasons).text(failed, part(name)));
    }
    return found.get();
  }

  /** A part that runs, and how it is asked for. */
  private Optional<String> part(String name) throws IOException {
    for (Cut cut : new GraphCuts(graph, all, found).found(asked)) {
      try {
        Optional<LoadedModel> model = new GraphNetwork(file, checkpoint, cut).read(name);
        if (model.isPresent()) {
          return model.map(part -> shown(cut, part.model()));
        }
      } catch (IllegalArgumentException | ArithmeticException e) {
        // Neither does this part run, and the reasons of the whole are the ones to be told.
      }
    }
    return Optional.empty();
  }

  private static String shown(Cut cut, SequenceModel model) {
    return "\nThis part of it runs:"
        + (cut.from().isEmpty() ? "" : " from '" + cut.from() + "'")
        + (cut.to().isEmpty() ? "" : " to '" + cut.to() + "'")
        + ", which takes "
        + (model.input() instanceof InputSpec.Features features
            ? "steps of " + features.size() + " floats"
            : "ids")
        + " and has the layers "
        + String.join(", ", model.network().layers().stream().map(Layer::name).toList());
  }

  /** The model; empty where its outputs are not made by what runs. */
  private Optional<LoadedModel> read(String name) throws IOException {
    // Of a loop that is unrolled an output may need a few steps only: all of it tells what it is.
    all =
        graph.order(graph.nodes().keySet()).stream()
            .filter(node -> !GraphOutputs.isGradient(node))
            .toList();
    found = recurrences(all);
    to = to.isEmpty() ? outputs(all, found) : to;
    List<GraphNode> nodes = graph.order(to.stream().map(GraphEdge::node).toList());
    nodes.forEach(node -> needed.add(node.name()));
    List<Recurrence> recurrences =
        found.stream()
            .filter(r -> r.parts().keySet().stream().anyMatch(e -> needed.contains(e.node())))
            .toList();
    GraphSource source = new GraphSource(graph, constants, recurrences);
    GraphInput input =
        GraphInput.named(from.isEmpty() ? source.find().stream().toList() : from, source);
    GraphWalk walk = new GraphWalk(graph, constants, recurrences, input, nodes);
    Set<String> select = new LinkedHashSet<>();
    for (GraphEdge output : to) {
      walk.output(output).ifPresentOrElse(select::add, () -> failed.add(output));
    }
    reasons.putAll(walk.reasons());
    List<Layer> layers = walk.chain().layers();
    if (!failed.isEmpty() || layers.stream().noneMatch(Layer.Rnn.class::isInstance)) {
      return Optional.empty();
    }
    return Optional.of(loaded(name, walk, layers, List.copyOf(select)));
  }

  private List<Recurrence> recurrences(List<GraphNode> nodes) throws IOException {
    StepReader reader = new StepReader(graph, constants, Optional.empty());
    BlockCells blocks = new BlockCells(graph, constants, reader);
    Set<String> inside = new HashSet<>();
    for (GraphNode node : nodes) {
      if ((node.op().equals("Switch") && isLoop(node)) || node.op().endsWith("Exit")) {
        continue;
      }
      for (String value : node.values()) {
        GraphEdge edge = GraphEdge.of(value);
        GraphNode before = graph.node(edge);
        if (inside.contains(edge.node()) || (before.op().equals("Switch") && isLoop(before))) {
          inside.add(node.name());
        }
      }
      reader.term(new GraphEdge(node.name(), 0));
    }
    List<Recurrence> all =
        new ArrayList<>(new GraphLoops(graph, constants, reader, reasons).find(nodes));
    all.addAll(
        new GraphChains(reader, blocks)
            .find(nodes.stream().filter(node -> !inside.contains(node.name())).toList()));
    nodes.forEach(node -> blocks.loop(node).ifPresent(all::add));
    return all;
  }

  private boolean isLoop(GraphNode node) {
    return graph.op(graph.input(node, 1)).equals("LoopCond");
  }

  private LoadedModel loaded(String name, GraphWalk walk, List<Layer> layers, List<String> select) {
    InputSpec input = input(layers);
    Network network;
    try {
      network = new Network(input.steps(walk.padding()), layers);
    } catch (IllegalArgumentException e) {
      throw new ModelException(file.name() + ": " + e.getMessage(), e);
    }
    Layer last = layers.get(layers.size() - 1);
    List<String> outputs =
        select.stream()
            .map(
                each ->
                    last instanceof Layer.Rnn && each.equals(last.name()) ? Output.OUTPUTS : each)
            .toList();
    SequenceModel model =
        new SequenceModel(name, input, network, outputs, Fingerprint.of(input, network));
    // A graph's other constants are axes, shapes and settings: numbers of its nodes, no weights.
    List<TensorInfo> tensors =
        new ArrayList<>(
            file.tensors().values().stream()
                .filter(
                    tensor ->
                        walk.chain().users().containsKey(tensor.name())
                            || (GraphConstants.isFloat(tensor) && tensor.shape().rank() > 0))
                .toList());
    checkpoint.ifPresent(weights -> tensors.addAll(weights.tensors().values()));
    return new LoadedModel(
        model,
        file.name(),
        file.format(),
        checkpoint.map(WeightsFile::name).orElse(file.name()),
        tensors,
        walk.chain().users());
  }

  private static InputSpec input(List<Layer> layers) {
    Layer first = layers.get(0);
    if (first instanceof Layer.Embedding embedding) {
      return new InputSpec.Tokens(
          Math.toIntExact(embedding.table().shape().dim(0)),
          new Vocabulary(Map.of(), Vocabulary.REFUSE));
    }
    if (first instanceof Layer.OneHot oneHot) {
      return new InputSpec.Tokens(oneHot.depth(), new Vocabulary(Map.of(), Vocabulary.REFUSE));
    }
    return new InputSpec.Features(
        layers.stream()
            .mapToInt(GraphNetwork::taken)
            .filter(size -> size > 0)
            .findFirst()
            .orElse(0));
  }

  /** How many floats a layer takes; 0 of one that takes any number. */
  private static int taken(Layer layer) {
    if (layer instanceof Layer.Rnn rnn) {
      return rnn.inputSize();
    }
    if (layer instanceof Layer.Dense dense) {
      return Math.toIntExact(dense.kernel().shape().dim(0));
    }
    return layer instanceof Layer.BatchNorm norm
        ? Math.toIntExact(norm.gamma().shape().elements())
        : 0;
  }
}
