package org.sparkrnn.rnn;

import java.io.Serializable;
import java.util.List;
import org.sparkrnn.cell.Activation;
import org.sparkrnn.cell.RnnCell;
import org.sparkrnn.cell.StateShape;
import org.sparkrnn.tensor.Tensor;

/**
 * One layer of a {@link Network}. Layers are data; a value flows through them in order.
 *
 * <p>A value is either one entry per step of a row or, behind a reduction, one per row.
 */
public sealed interface Layer extends Serializable {

  /** Unique in the network; by it the layer's value is selected as an output. */
  String name();

  /**
   * Row {@code id} of a table, for each id.
   *
   * @param name the layer's name
   * @param table {@code [ids, size]}
   */
  record Embedding(String name, Tensor table) implements Layer {}

  /**
   * For each id a row that is 1 at the id and 0 elsewhere.
   *
   * @param name the layer's name
   * @param depth how many ids there are
   */
  record OneHot(String name, int depth) implements Layer {}

  /**
   * {@code activation(x * kernel + bias)}, for each step or for each row.
   *
   * @param name the layer's name
   * @param kernel {@code [in, out]}
   * @param bias {@code [out]}; zeros where a model has none
   * @param activation elementwise, or softmax over each entry
   */
  record Dense(String name, Tensor kernel, Tensor bias, Activation activation) implements Layer {}

  /**
   * {@code tf.nn.dynamic_rnn}, or {@code tf.nn.bidirectional_dynamic_rnn} when there are two cells.
   *
   * @param name the layer's name
   * @param cells one cell, or the forward and the backward one
   * @param merge how two directions' outputs become one value; of no effect for one cell
   */
  record Rnn(String name, List<RnnCell> cells, Merge merge) implements Layer {
    /** Checks that both directions take the same input. */
    public Rnn {
      cells = List.copyOf(cells);
      if (cells.isEmpty() || cells.size() > 2) {
        throw new IllegalArgumentException("an rnn layer has one cell or two, not " + cells.size());
      }
      if (cells.size() == 2) {
        RnnCell fw = cells.get(0);
        RnnCell bw = cells.get(1);
        if (fw.inputSize() != bw.inputSize()) {
          throw new IllegalArgumentException(
              "the forward cell takes inputs of size "
                  + fw.inputSize()
                  + ", the backward cell of size "
                  + bw.inputSize());
        }
        if (merge != Merge.CONCAT && fw.outputSize() != bw.outputSize()) {
          throw new IllegalArgumentException(
              "merge '"
                  + merge.word()
                  + "' needs both directions' outputs of one size, found "
                  + fw.outputSize()
                  + " and "
                  + bw.outputSize());
        }
      }
    }

    /** Whether there is a backward direction. */
    public boolean bidirectional() {
      return cells.size() == 2;
    }

    /** Width of one step of the merged outputs. */
    public int outputSize() {
      return merge == Merge.CONCAT
          ? cells.stream().mapToInt(RnnCell::outputSize).sum()
          : cells.get(0).outputSize();
    }

    /** The cell's state, or both directions' as {@code fw} and {@code bw}. */
    public StateShape stateShape() {
      return bidirectional()
          ? StateShape.Struct.of(
              new StateShape.Field("fw", cells.get(0).stateShape()),
              new StateShape.Field("bw", cells.get(1).stateShape()))
          : cells.get(0).stateShape();
    }
  }

  /** How the outputs of two directions become one value. */
  enum Merge {
    /** Forward's, then backward's: {@code tf.concat(outputs, 2)}. */
    CONCAT,
    /** Their sum. */
    SUM,
    /** Their product. */
    MUL,
    /** Their mean. */
    AVE;

    /** As the model spec spells it. */
    public String word() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }
  }

  /**
   * One entry per row out of one per step.
   *
   * @param name the layer's name
   * @param reduction which
   */
  record Reduce(String name, Reduction reduction) implements Layer {}

  /** The reductions over a row's valid steps. A row of length 0 gives zeros. */
  enum Reduction {
    /** The value at step {@code length - 1}. For a bidirectional layer both halves at that step. */
    LAST,
    /** The value at step 0. */
    FIRST,
    /** The mean over the steps. */
    MEAN,
    /** The largest over the steps, element by element. */
    MAX,
    /** The sum over the steps, in order. */
    SUM,
    /**
     * The {@code h} of the preceding rnn layer's final state; for two directions forward's, then
     * backward's; of the last cell where cells are stacked. A row of length 0 gives the initial
     * state's.
     */
    FINAL_STATE;

    /** As the model spec spells it. */
    public String word() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }
  }

  /**
   * {@code exp(x - max) / sum} over the last axis.
   *
   * @param name the layer's name
   */
  record Softmax(String name) implements Layer {}

  /**
   * The index of the largest element, the first of equals: one integer.
   *
   * @param name the layer's name
   */
  record ArgMax(String name) implements Layer {}
}
