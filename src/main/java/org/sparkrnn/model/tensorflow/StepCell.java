package org.sparkrnn.model.tensorflow;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import org.sparkrnn.cell.Activation;
import org.sparkrnn.cell.BasicRnnCell;
import org.sparkrnn.cell.GruCell;
import org.sparkrnn.cell.LstmCell;
import org.sparkrnn.cell.ResetAfterGruCell;
import org.sparkrnn.cell.RnnCell;
import org.sparkrnn.model.tensorflow.StepTerm.Block;
import org.sparkrnn.tensor.Shape;
import org.sparkrnn.tensor.Tensor;

/**
 * A cell that was found in a TensorFlow graph: which constants are its weights. Two are equal when
 * they are the same cell, as those of the steps of an unrolled loop are.
 */
sealed interface StepCell
    permits StepCell.Basic, StepCell.Lstm, StepCell.Gru, StepCell.ResetAfter, StepWrapper {

  /** The cell with its numbers. */
  RnnCell build(GraphConstants constants) throws IOException;

  /** Width of its output. */
  int outputSize();

  /** Every part of the graph's constants that it takes. */
  List<Block> blocks();

  /** The names of the tensors that it is made of. */
  default SortedSet<String> names(GraphConstants constants) {
    SortedSet<String> names = new TreeSet<>();
    blocks().forEach(block -> names.addAll(constants.names(block.constant())));
    return names;
  }

  /**
   * What goes into one gate.
   *
   * @param x the matrix for the input
   * @param h the matrix for the state
   * @param biases vectors to add, any number
   */
  record Gate(Block x, Block h, List<Block> biases) {
    /** Takes a copy of the list. */
    public Gate {
      biases = List.copyOf(biases);
    }

    List<Block> blocks() {
      List<Block> all = new ArrayList<>(List.of(x, h));
      all.addAll(biases);
      return all;
    }
  }

  /**
   * {@code BasicRNNCell}.
   *
   * @param gate its only product
   * @param activation its function
   */
  record Basic(Gate gate, Activation activation) implements StepCell {
    @Override
    public RnnCell build(GraphConstants constants) throws IOException {
      List<Gate> gates = List.of(gate);
      return new BasicRnnCell(
          kernel(gates, constants), bias(gates, List.of(0f), constants), activation);
    }

    @Override
    public int outputSize() {
      return gate.x().columns();
    }

    @Override
    public List<Block> blocks() {
      return gate.blocks();
    }
  }

  /**
   * What an LSTM's weights do not say.
   *
   * @param forgetBias added to {@code f}
   * @param activation of {@code j} and {@code c}
   * @param gateActivation of {@code i, f, o}
   * @param cellClip bound of {@code c}; infinity for none
   * @param projectionClip bound of the projected {@code h}; infinity for none
   */
  record LstmOptions(
      float forgetBias,
      Activation activation,
      Activation gateActivation,
      float cellClip,
      float projectionClip) {}

  /**
   * An LSTM.
   *
   * @param gates {@code i, j, f, o}
   * @param options what is not in its weights
   * @param peepholes {@code w_i, w_f, w_o}, or none
   * @param projection of {@code h}: one matrix or none
   */
  record Lstm(List<Gate> gates, LstmOptions options, List<Block> peepholes, List<Block> projection)
      implements StepCell {
    @Override
    public RnnCell build(GraphConstants constants) throws IOException {
      return new LstmCell(
          kernel(gates, constants),
          bias(gates, List.of(0f, 0f, 0f, 0f), constants),
          options.forgetBias(),
          options.activation(),
          options.gateActivation(),
          peepholes.isEmpty()
              ? LstmCell.Peepholes.NONE
              : new LstmCell.Peepholes(
                  vector(peepholes.get(0), constants),
                  vector(peepholes.get(1), constants),
                  vector(peepholes.get(2), constants)),
          options.cellClip(),
          projection.isEmpty()
              ? LstmCell.Projection.NONE
              : new LstmCell.Projection(
                  matrix(projection.get(0), constants), options.projectionClip()));
    }

    @Override
    public int outputSize() {
      return projection.isEmpty() ? gates.get(0).x().columns() : projection.get(0).columns();
    }

    @Override
    public List<Block> blocks() {
      List<Block> all = new ArrayList<>(peepholes);
      all.addAll(projection);
      gates.forEach(gate -> all.addAll(gate.blocks()));
      return all;
    }
  }

  /**
   * A GRU that resets {@code h} before the candidate's product.
   *
   * @param gates {@code r, u}, then the candidate
   * @param gateBias added to {@code r} and {@code u}
   * @param activation of the candidate
   * @param gateActivation of {@code r, u}
   */
  record Gru(
      List<Gate> gates, List<Float> gateBias, Activation activation, Activation gateActivation)
      implements StepCell {
    @Override
    public RnnCell build(GraphConstants constants) throws IOException {
      List<Gate> both = gates.subList(0, 2);
      List<Gate> candidate = gates.subList(2, 3);
      return new GruCell(
          kernel(both, constants),
          bias(both, gateBias, constants),
          kernel(candidate, constants),
          bias(candidate, List.of(0f), constants),
          activation,
          gateActivation);
    }

    @Override
    public int outputSize() {
      return gates.get(0).x().columns();
    }

    @Override
    public List<Block> blocks() {
      return gates.stream().flatMap(gate -> gate.blocks().stream()).toList();
    }
  }

  /**
   * A GRU that resets behind the product with {@code h}.
   *
   * @param gates {@code r, u}, then the candidate without its biases
   * @param gateBias added to {@code r} and {@code u}
   * @param biases of the candidate's product with the input, and of that with {@code h}
   * @param activation of the candidate
   * @param gateActivation of {@code r, u}
   */
  record ResetAfter(
      List<Gate> gates,
      List<Float> gateBias,
      List<List<Block>> biases,
      Activation activation,
      Activation gateActivation)
      implements StepCell {
    @Override
    public RnnCell build(GraphConstants constants) throws IOException {
      List<Gate> both = gates.subList(0, 2);
      Gate candidate = gates.get(2);
      return new ResetAfterGruCell(
          kernel(both, constants),
          bias(both, gateBias, constants),
          matrix(candidate.x(), constants),
          sum(biases.get(0), outputSize(), constants),
          matrix(candidate.h(), constants),
          sum(biases.get(1), outputSize(), constants),
          activation,
          gateActivation);
    }

    @Override
    public int outputSize() {
      return gates.get(0).x().columns();
    }

    @Override
    public List<Block> blocks() {
      List<Block> all = new ArrayList<>();
      biases.forEach(all::addAll);
      gates.forEach(gate -> all.addAll(gate.blocks()));
      return all;
    }
  }

  /** The gates side by side, the input's rows above the state's. */
  private static Tensor kernel(List<Gate> gates, GraphConstants constants) throws IOException {
    int inputs = gates.get(0).x().rows();
    int states = gates.get(0).h().rows();
    int columns = gates.stream().mapToInt(gate -> gate.x().columns()).sum();
    float[] values = new float[Math.multiplyExact(inputs + states, columns)];
    int at = 0;
    for (Gate gate : gates) {
      if (gate.x().rows() != inputs || gate.h().rows() != states) {
        throw new IllegalArgumentException("its gates have matrices of different heights");
      }
      put(gate.x(), values, at, columns, constants);
      put(gate.h(), values, inputs * columns + at, columns, constants);
      at += gate.x().columns();
    }
    return Tensor.owning(Shape.of(inputs + states, columns), values);
  }

  private static void put(
      Block block, float[] target, int offset, int columns, GraphConstants constants)
      throws IOException {
    Tensor from = constants.read(block.constant());
    int width = Math.toIntExact(from.shape().dim(from.shape().rank() - 1));
    for (int row = 0; row < block.rows(); row++) {
      from.copyTo(
          (block.rowFrom() + row) * width + block.from(),
          target,
          offset + row * columns,
          block.columns());
    }
  }

  /** A part of a constant as a matrix. */
  static Tensor matrix(Block block, GraphConstants constants) throws IOException {
    float[] values = new float[Math.multiplyExact(block.rows(), block.columns())];
    put(block, values, 0, block.columns(), constants);
    return Tensor.owning(Shape.of(block.rows(), block.columns()), values);
  }

  private static Tensor vector(Block block, GraphConstants constants) throws IOException {
    return sum(List.of(block), block.columns(), constants);
  }

  /** The sum of vectors; zeros where there is none. */
  static Tensor sum(List<Block> blocks, int size, GraphConstants constants) throws IOException {
    float[] sum = new float[size];
    for (Block block : blocks) {
      float[] each = new float[size];
      put(block, each, 0, size, constants);
      for (int i = 0; i < size; i++) {
        // Not added where there is one: -0.0 would become 0.0.
        sum[i] = blocks.size() == 1 ? each[i] : sum[i] + each[i];
      }
    }
    return Tensor.owning(Shape.of(size), sum);
  }

  private static Tensor bias(List<Gate> gates, List<Float> added, GraphConstants constants)
      throws IOException {
    float[] values = new float[gates.stream().mapToInt(gate -> gate.x().columns()).sum()];
    int at = 0;
    for (int g = 0; g < gates.size(); g++) {
      int width = gates.get(g).x().columns();
      sum(gates.get(g).biases(), width, constants).copyTo(0, values, at, width);
      for (int i = at; added.get(g) != 0 && i < at + width; i++) {
        values[i] += added.get(g);
      }
      at += width;
    }
    return Tensor.owning(Shape.of(values.length), values);
  }
}
