package org.sparkrnn.oracle;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.internal.NDArrayEx;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.recurrent.RNN;
import java.util.Arrays;
import java.util.List;
import org.sparkrnn.cell.Activation;
import org.sparkrnn.cell.LstmCell;
import org.sparkrnn.cell.RnnCell;

/**
 * {@code torch.nn.LSTM}, {@code GRU} and {@code RNN} of one level or more, in one direction or two.
 *
 * <p>Row by row, each in its own length, which is what a packed sequence stands for (DJL does not
 * reach PyTorch's functions over packed sequences). PyTorch refuses a row of length 0; its answer
 * here is the row's initial state.
 *
 * <p>Its LSTM runs in double precision: in single precision PyTorch 2.7.1 hands it to oneDNN 3.7.1,
 * whose AVX-512 code was seen to be off by 0.1 and more where the units are not 24, 32 or 64 (right
 * with {@code ONEDNN_MAX_CPU_ISA=AVX2}). Its GRU and RNN run in single precision.
 */
final class PyTorch implements AutoCloseable {
  private final NDManager manager = NDManager.newBaseManager("PyTorch");
  private final List<List<RnnCell>> levels;
  private final JudgedRows rows;

  PyTorch(List<List<RnnCell>> levels, JudgedRows rows) {
    this.levels = levels;
    this.rows = rows;
  }

  Answers run() {
    NDList weights = weights();
    float[][][] outputs = new float[rows.rows()][][];
    float[][] states = new float[rows.rows()][];
    for (int row = 0; row < rows.rows(); row++) {
      outputs[row] = new float[rows.length(row)][];
      states[row] = rows.states()[row].clone();
      if (rows.length(row) > 0) {
        NDList results = run(row, weights);
        float[] flat = floats(results.get(0));
        int size = flat.length / rows.length(row);
        for (int t = 0; t < rows.length(row); t++) {
          outputs[row][t] = Arrays.copyOfRange(flat, t * size, (t + 1) * size);
        }
        takeState(states[row], results);
      }
    }
    return new Answers(outputs, states);
  }

  private NDList weights() {
    NDList weights = new NDList();
    for (List<RnnCell> level : levels) {
      for (RnnCell cell : level) {
        GateRows gates = GateRows.of(cell, GateRows.Order.PYTORCH);
        int n = gates.units();
        int rowsOfGates = gates.r().length / n;
        weights.add(manager.create(gates.w(), new Shape(rowsOfGates, cell.inputSize())));
        weights.add(manager.create(gates.r(), new Shape(rowsOfGates, n)));
        weights.add(manager.create(Arrays.copyOfRange(gates.b(), 0, rowsOfGates)));
        weights.add(
            manager.create(Arrays.copyOfRange(gates.b(), rowsOfGates, 2 * rowsOfGates)));
      }
    }
    return new NDList(weights.stream().map(each -> each.toType(type(), false)).toList());
  }

  private NDList run(int row, NDList weights) {
    int input = rows.inputSize();
    float[] flat = new float[rows.length(row) * input];
    for (int t = 0; t < rows.length(row); t++) {
      System.arraycopy(rows.steps()[row][t], 0, flat, t * input, input);
    }
    NDArray x = floats(flat, new Shape(rows.length(row), 1, input));
    NDArrayEx functions = x.getNDArrayInternal();
    RnnCell cell = levels.get(0).get(0);
    int count = levels.size();
    boolean both = levels.get(0).size() == 2;
    if (lstm()) {
      NDList state = new NDList(part(row, 1), part(row, 0));
      return functions.lstm(x, state, weights, true, count, 0, false, both, false);
    }
    GateRows gates = GateRows.of(cell, GateRows.Order.PYTORCH);
    if (gates.operation().equals("GRU")) {
      return functions.gru(x, part(row, 0), weights, true, count, 0, false, both, false);
    }
    RNN.Activation activation =
        gates.activations().get(0).equals(Activation.RELU)
            ? RNN.Activation.RELU
            : RNN.Activation.TANH;
    return functions.rnn(x, part(row, 0), weights, true, count, activation, 0, false, both, false);
  }

  /** {@code [levels * directions, 1, units]} of the state's parts {@code c} (0) or {@code h} (1). */
  private NDArray part(int row, int which) {
    int units = levels.get(0).get(0).outputSize();
    int cells = levels.size() * levels.get(0).size();
    float[] values = new float[cells * units];
    for (int cell = 0; cell < cells; cell++) {
      System.arraycopy(rows.states()[row], offset(cell, which), values, cell * units, units);
    }
    return floats(values, new Shape(cells, 1, units));
  }

  private NDArray floats(float[] values, Shape shape) {
    return manager.create(values, shape).toType(type(), false);
  }

  private boolean lstm() {
    return levels.get(0).get(0) instanceof LstmCell;
  }

  private DataType type() {
    return lstm() ? DataType.FLOAT64 : DataType.FLOAT32;
  }

  private static float[] floats(NDArray array) {
    return array.toType(DataType.FLOAT32, false).toFloatArray();
  }

  private void takeState(float[] state, NDList results) {
    int units = levels.get(0).get(0).outputSize();
    for (int which = 0; which < (lstm() ? 2 : 1); which++) {
      // PyTorch has h first.
      float[] values = floats(results.get(lstm() ? 2 - which : 1));
      for (int cell = 0; cell < values.length / units; cell++) {
        System.arraycopy(values, cell * units, state, offset(cell, which), units);
      }
    }
  }

  /** Where part {@code which} of PyTorch's {@code cell} (level by level) is in a row's state. */
  private int offset(int cell, int which) {
    int units = levels.get(0).get(0).outputSize();
    int directions = levels.get(0).size();
    int each = levels.get(0).get(0).stateShape().size();
    int level = cell / directions;
    int direction = cell % directions;
    return (direction * levels.size() + level) * each + which * units;
  }

  @Override
  public void close() {
    manager.close();
  }
}
