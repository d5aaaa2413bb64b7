package org.sparkrnn.model.network;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.sparkrnn.cell.Activation;
import org.sparkrnn.cell.BasicRnnCell;
import org.sparkrnn.cell.LstmCell;
import org.sparkrnn.cell.MultiRnnCell;
import org.sparkrnn.cell.ResetAfterGruCell;
import org.sparkrnn.cell.RnnCell;
import org.sparkrnn.model.ModelException;
import org.sparkrnn.model.cells.Variables;
import org.sparkrnn.model.cells.Variables.Expected;
import org.sparkrnn.model.spec.CellSpec;
import org.sparkrnn.model.spec.LayerSpec;
import org.sparkrnn.rnn.Layer;
import org.sparkrnn.rnn.Loop;
import org.sparkrnn.tensor.Shape;
import org.sparkrnn.tensor.Tensor;

/**
 * cuDNN's weights in one vector, {@code opaque_kernel}, which is all that a checkpoint has of a
 * layer that was saved without its canonical form. Layer by layer, in each forward before backward,
 * stand the input's matrices of all gates and then the state's, {@code [num_units, inputs]} each;
 * behind all of them, in the same order, the input's biases and the state's. Gates are {@code i, f,
 * c, o} of an LSTM and {@code r, u} and the candidate of a GRU.
 *
 * @see <a
 *     href="https://github.com/tensorflow/tensorflow/blob/v1.15.0/tensorflow/contrib/cudnn_rnn/python/ops/cudnn_rnn_ops.py">TensorFlow
 *     1.15, cudnn_rnn_ops.py</a>
 */
final class OpaqueKernel {
  private static final String NAME = "opaque_kernel";

  private final Loop.Cudnn loop;
  private final int units;
  private final float[] values;
  private int weights;
  private int biases;

  private OpaqueKernel(Loop.Cudnn loop, int units, float[] values, int biases) {
    this.loop = loop;
    this.units = units;
    this.values = values;
    this.biases = biases;
  }

  /**
   * A layer's cells, where its scope holds them in one vector and in no other way.
   *
   * @param width the floats of the layer's input
   * @throws ModelException if the vector has another size than these cells
   */
  static Optional<List<Layer.Level>> levels(LayerSpec.Rnn spec, Variables variables, int width)
      throws IOException {
    if (!(spec.loop() instanceof Loop.Cudnn loop)) {
      return Optional.empty();
    }
    String within = spec.scope().isEmpty() ? "/" : "/" + spec.scope() + "/";
    List<String> scope =
        variables.names().stream().filter(name -> ("/" + name).contains(within)).toList();
    List<String> found = scope.stream().filter(name -> ("/" + name).endsWith("/" + NAME)).toList();
    if (found.size() != 1 || scope.stream().anyMatch(name -> name.contains("_cell/"))) {
      return Optional.empty();
    }
    boolean both = spec.levels().get(0).size() == 2;
    int layers =
        both ? spec.levels().size() : ((CellSpec.Multi) spec.levels().get(0).get(0)).cells().size();
    int units = units(spec.levels().get(0).get(0));
    int directions = both ? 2 : 1;
    long matrices = 0;
    for (int layer = 0; layer < layers; layer++) {
      long inputs = layer == 0 ? width : directions * units;
      matrices += directions * gates(loop) * units * (inputs + units);
    }
    long all = matrices + 2L * layers * directions * gates(loop) * units;
    Expected expected =
        new Expected(
            Shape.of(all),
            String.format(
                "[%d] of %d layers of %d units in %d directions over %d floats",
                all, layers, units, directions, width),
            spec.place(),
            spec.name());
    float[] values = variables.read(found.get(0), expected).toArray();
    OpaqueKernel kernel = new OpaqueKernel(loop, units, values, Math.toIntExact(matrices));
    return Optional.of(kernel.levels(layers, directions, width));
  }

  private static int units(CellSpec spec) {
    return spec instanceof CellSpec.Multi multi
        ? units(multi.cells().get(0))
        : ((CellSpec.Single) spec).settings().integer("num_units");
  }

  private static int gates(Loop.Cudnn loop) {
    return switch (loop) {
      case LSTM -> 4;
      case GRU -> 3;
      case RNN_TANH, RNN_RELU -> 1;
    };
  }

  private List<Layer.Level> levels(int layers, int directions, int width) {
    List<List<RnnCell>> cells = new ArrayList<>();
    for (int layer = 0; layer < layers; layer++) {
      List<RnnCell> level = new ArrayList<>();
      for (int direction = 0; direction < directions; direction++) {
        level.add(cell(layer == 0 ? width : directions * units));
      }
      cells.add(level);
    }
    return directions == 2
        ? cells.stream().map(Layer.Level::new).toList()
        : List.of(
            new Layer.Level(
                List.of(new MultiRnnCell(cells.stream().map(level -> level.get(0)).toList()))));
  }

  /** The next cell. */
  private RnnCell cell(int inputs) {
    int gates = gates(loop);
    int x = weights;
    int h = x + gates * units * inputs;
    int bx = biases;
    int bh = bx + gates * units;
    weights = h + gates * units * units;
    biases = bh + gates * units;
    return switch (loop) {
      case LSTM -> {
        // Ours are i, j, f, o.
        int[] order = {0, 2, 1, 3};
        yield new LstmCell(
            kernel(order, x, h, inputs),
            bias(order, bx, bh),
            0,
            Activation.TANH,
            Activation.SIGMOID,
            LstmCell.Peepholes.NONE,
            Float.POSITIVE_INFINITY,
            LstmCell.Projection.NONE);
      }
      case GRU -> {
        int[] order = {0, 1};
        yield new ResetAfterGruCell(
            kernel(order, x, h, inputs),
            bias(order, bx, bh),
            matrix(x + 2 * units * inputs, inputs),
            vector(bx + 2 * units),
            matrix(h + 2 * units * units, units),
            vector(bh + 2 * units),
            Activation.TANH,
            Activation.SIGMOID);
      }
      case RNN_TANH -> basic(x, h, bx, bh, inputs, Activation.TANH);
      case RNN_RELU -> basic(x, h, bx, bh, inputs, Activation.RELU);
    };
  }

  private RnnCell basic(int x, int h, int bx, int bh, int inputs, Activation activation) {
    int[] order = {0};
    return new BasicRnnCell(kernel(order, x, h, inputs), bias(order, bx, bh), activation);
  }

  /** Gates side by side, the input's rows above the state's. */
  private Tensor kernel(int[] order, int x, int h, int inputs) {
    int columns = order.length * units;
    float[] kernel = new float[(inputs + units) * columns];
    for (int gate = 0; gate < order.length; gate++) {
      int at = gate * units;
      turn(x + order[gate] * units * inputs, inputs, kernel, at, columns);
      turn(h + order[gate] * units * units, units, kernel, inputs * columns + at, columns);
    }
    return Tensor.owning(Shape.of(inputs + units, columns), kernel);
  }

  private Tensor matrix(int from, int inputs) {
    float[] matrix = new float[inputs * units];
    turn(from, inputs, matrix, 0, units);
    return Tensor.owning(Shape.of(inputs, units), matrix);
  }

  private void turn(int from, int inputs, float[] target, int at, int columns) {
    for (int unit = 0; unit < units; unit++) {
      for (int input = 0; input < inputs; input++) {
        target[at + input * columns + unit] = values[from + unit * inputs + input];
      }
    }
  }

  private Tensor bias(int[] order, int bx, int bh) {
    float[] bias = new float[order.length * units];
    for (int i = 0; i < bias.length; i++) {
      int place = order[i / units] * units + i % units;
      bias[i] = values[bx + place] + values[bh + place];
    }
    return Tensor.owning(Shape.of(bias.length), bias);
  }

  private Tensor vector(int from) {
    float[] vector = new float[units];
    System.arraycopy(values, from, vector, 0, units);
    return Tensor.owning(Shape.of(units), vector);
  }
}
