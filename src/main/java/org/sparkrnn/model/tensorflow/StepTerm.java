package org.sparkrnn.model.tensorflow;

import java.util.List;
import org.sparkrnn.cell.Activation;

/**
 * What one value of a TensorFlow graph is of others, as far as the recurrent cells are made of it.
 * Two terms are the same when they are the same object: the graph computes a value once.
 */
sealed interface StepTerm {

  /**
   * A value that is not looked into: a step's input, a state, the initial state.
   *
   * @param edge which
   */
  record Leaf(GraphEdge edge) implements StepTerm {}

  /**
   * A constant.
   *
   * @param block its numbers
   */
  record Constant(Block block) implements StepTerm {}

  /**
   * A sum of matrix products and of vectors.
   *
   * @param products at least one
   * @param biases any number
   */
  record Linear(List<Product> products, List<Block> biases) implements StepTerm {
    /** Takes copies of the lists. */
    public Linear {
      products = List.copyOf(products);
      biases = List.copyOf(biases);
    }

    int width() {
      return products.get(0).kernel().columns();
    }
  }

  /**
   * A value times a matrix.
   *
   * @param source the value
   * @param kernel the matrix
   */
  record Product(StepTerm source, Block kernel) {}

  /**
   * A part of a constant matrix or vector.
   *
   * @param constant which
   * @param rowFrom first row of the part; 0 of a vector
   * @param rowTo behind its last row; 1 of a vector
   * @param from first column of the part
   * @param to behind its last column
   */
  record Block(GraphEdge constant, int rowFrom, int rowTo, int from, int to) {
    int columns() {
      return to - from;
    }

    int rows() {
      return rowTo - rowFrom;
    }

    Block columns(int first, int behind) {
      return new Block(constant, rowFrom, rowTo, from + first, from + behind);
    }

    Block rows(int first, int behind) {
      return new Block(constant, rowFrom + first, rowFrom + behind, from, to);
    }
  }

  /**
   * A function of each element.
   *
   * @param function which
   * @param of its argument
   */
  record Apply(Activation function, StepTerm of) implements StepTerm {}

  /** An operation of two values, element by element. */
  enum Kind {
    /** Sum. */
    ADD,
    /** Difference. */
    SUBTRACT,
    /** Product. */
    MULTIPLY
  }

  /**
   * An operation of two values.
   *
   * @param kind which
   * @param a the first
   * @param b the second
   */
  record Binary(Kind kind, StepTerm a, StepTerm b) implements StepTerm {}

  /**
   * A single number.
   *
   * @param value the number
   */
  record Scalar(float value) implements StepTerm {}

  /**
   * Values side by side.
   *
   * @param parts in order
   */
  record Joined(List<StepTerm> parts) implements StepTerm {
    /** Takes a copy of the list. */
    public Joined {
      parts = List.copyOf(parts);
    }
  }

  /**
   * One of the equal parts of a value.
   *
   * @param whole the value
   * @param index which part
   * @param count how many there are
   */
  record Piece(StepTerm whole, int index, int count) implements StepTerm {}

  /**
   * Some floats of a value.
   *
   * @param whole the value
   * @param from the first
   * @param width how many
   */
  record Slice(StepTerm whole, long from, long width) implements StepTerm {}

  /**
   * One of the values that a block operation gives, which is a whole cell.
   *
   * @param node the operation's node
   * @param index which value
   */
  record BlockResult(String node, int index) implements StepTerm {}
}
