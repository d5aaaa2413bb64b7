package org.sparkrnn.model.onnx;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.sparkrnn.model.chain.ChainValue;
import org.sparkrnn.model.chain.ChainValue.Fed;
import org.sparkrnn.model.chain.ChainValue.Zeros;
import org.sparkrnn.tensor.Shape;
import org.sparkrnn.tensor.Tensor;
import org.sparkrnn.weights.onnx.OnnxNode;

/**
 * The initial states of recurrent nodes: zeros, constants that are the same for each row, or inputs
 * of the model. A row's own state takes the place of all constants, so a node that reads an input
 * for one part may not have a constant other than zero for the other.
 */
final class OnnxStates {
  private static final int INITIAL_H = 5;
  private static final int INITIAL_C = 6;

  private final OnnxConstants constants;
  private final OnnxInputs inputs;

  /** Who reads which initial state. */
  private final Map<Fed, String> taken = new LinkedHashMap<>();

  OnnxStates(OnnxConstants constants, OnnxInputs inputs) {
    this.constants = constants;
    this.inputs = inputs;
  }

  /**
   * The state that a node starts from, flattened: by direction an LSTM's {@code c} and every node's
   * {@code h}; empty for zeros and for inputs.
   */
  Tensor of(OnnxNode node, int ways, int units) throws IOException {
    boolean lstm = node.opType().equals("LSTM");
    boolean constant = isConstant(node, INITIAL_H) || (lstm && isConstant(node, INITIAL_C));
    boolean fed = take(node, INITIAL_H);
    fed |= lstm && take(node, INITIAL_C);
    if (!constant) {
      return Tensor.zeros(0);
    }
    if (fed) {
      throw new IllegalArgumentException(
          "of initial_h and initial_c one is an input and one a constant other than zero; a row's"
              + " own state has both, so make both inputs of the model");
    }
    int parts = lstm ? 2 : 1;
    float[] state = new float[ways * parts * units];
    if (lstm) {
      copy(node, INITIAL_C, ways, units, state, 0);
    }
    copy(node, INITIAL_H, ways, units, state, (parts - 1) * units);
    return Tensor.owning(Shape.of(state.length), state);
  }

  private boolean isConstant(OnnxNode node, int input) throws IOException {
    ChainValue value = inputs.value(node, input);
    return OnnxConstants.isConstant(value) && !constants.isZero(value);
  }

  /** Copies each direction's part of the state, which in the first one's stands at {@code at}. */
  private void copy(OnnxNode node, int input, int ways, int units, float[] state, int at)
      throws IOException {
    if (!isConstant(node, input)) {
      return;
    }
    Tensor given = inputs.constant(node, input, what(node, input));
    boolean batchFirst = node.attributes().integer("layout", 0) == 1;
    Shape shape = given.shape();
    int rows = shape.rank() == 3 ? (int) shape.dim(batchFirst ? 0 : 1) : 0;
    if (rows == 0 || shape.dim(batchFirst ? 1 : 0) != ways || shape.dim(2) != units) {
      throw new IllegalArgumentException(
          what(node, input)
              + " has shape "
              + shape
              + (batchFirst ? ", expected [rows, " : ", expected [")
              + ways
              + (batchFirst ? ", " : ", rows, ")
              + units
              + "]");
    }
    int step = state.length / ways;
    for (int way = 0; way < ways; way++) {
      for (int row = 0; row < rows; row++) {
        int from = (batchFirst ? row * ways + way : way * rows + row) * units;
        for (int unit = 0; unit < units; unit++) {
          float value = given.at(from + unit);
          if (row > 0 && value != state[at + way * step + unit]) {
            throw new IllegalArgumentException(
                what(node, input)
                    + " is a constant that differs from row to row; make it an input of the model");
          }
          state[at + way * step + unit] = value;
        }
      }
    }
  }

  /** Takes a piece of an input for the node; false where it reads none. */
  private boolean take(OnnxNode node, int input) {
    ChainValue value = inputs.value(node, input);
    if (node.input(input).isEmpty() || value instanceof Zeros || OnnxConstants.isConstant(value)) {
      return false;
    }
    if (!(value instanceof Fed fed)) {
      throw new IllegalArgumentException(
          what(node, input)
              + " is computed; it must be an input of the model, a constant, or left out");
    }
    for (Map.Entry<Fed, String> other : taken.entrySet()) {
      if (other.getKey().overlaps(fed)) {
        throw new IllegalArgumentException(
            what(node, input)
                + " is of input '"
                + fed.input()
                + "', which is "
                + other.getValue()
                + " too; each node needs initial states of its own");
      }
    }
    taken.put(fed, what(node, input) + " of '" + node.label() + "'");
    return true;
  }

  private static String what(OnnxNode node, int input) {
    return (input == INITIAL_H ? "initial_h '" : "initial_c '") + node.input(input) + "'";
  }
}
