package org.sparkrnn.rnn;

import java.io.Serializable;
import java.util.List;
import org.sparkrnn.cell.Activation;
import org.sparkrnn.cell.RnnCell;
import org.sparkrnn.cell.StateShape;
import org.sparkrnn.tensor.Shape;
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
   * @param maskZero whether a step with id 0 is masked; its value stays the table's row 0
   */
  record Embedding(String name, Tensor table, boolean maskZero) implements Layer {
    /** Without a mask. */
    public Embedding(String name, Tensor table) {
      this(name, table, false);
    }
  }

  /**
   * Keras' {@code Masking}: masks each step all of whose floats are {@code maskValue}, and makes
   * them zeros. The mask is for the {@link Loop.Keras} layers and the mean behind; layers that keep
   * the steps hand it on.
   *
   * @param name the layer's name
   * @param maskValue what a masked step holds
   */
  record Masking(String name, float maskValue) implements Layer {}

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
   * A recurrent layer: a loop over its cells.
   *
   * @param name the layer's name
   * @param loop what happens around the cells
   * @param levels one, or those of a stack of two directions, first to last
   * @param merge how two directions' outputs become one value; of no effect for one direction
   * @param initialState the state that rows start from if they are given none, flattened as {@link
   *     #stateShape} says; empty for zeros
   */
  record Rnn(String name, Loop loop, List<Level> levels, Merge merge, Tensor initialState)
      implements Layer {
    /** Checks that the levels fit the loop and each other. */
    public Rnn {
      levels = List.copyOf(levels);
      if (levels.isEmpty()) {
        throw new IllegalArgumentException("an rnn layer needs at least one cell");
      }
      boolean stack =
          loop == Loop.TensorFlow.STACK_BIDIRECTIONAL_DYNAMIC_RNN
              || loop instanceof Loop.Cudnn && levels.get(0).directions().size() == 2;
      if (!stack && levels.size() > 1) {
        throw new IllegalArgumentException(
            "an rnn layer of " + levels.size() + " levels is a stack of two directions");
      }
      if (loop == Loop.TensorFlow.REVERSED_DYNAMIC_RNN && levels.get(0).directions().size() == 2) {
        throw new IllegalArgumentException("a reversed rnn layer has one direction");
      }
      int given = 0;
      for (int i = 0; i < levels.size(); i++) {
        Level level = levels.get(i);
        if (stack && level.directions().size() != 2) {
          throw new IllegalArgumentException("each level of a stack has two directions");
        }
        if (stack && merge != Merge.CONCAT) {
          throw new IllegalArgumentException("a stack concatenates the outputs of its directions");
        }
        if (i > 0 && level.inputSize() != given) {
          throw new IllegalArgumentException(
              String.format(
                  "the cells of level %d take inputs of size %d, but level %d gives both"
                      + " directions' outputs, together of size %d",
                  i, level.inputSize(), i - 1, given));
        }
        given = level.outputSize(merge);
      }
      requireState(initialState, levels);
    }

    private static void requireState(Tensor state, List<Level> levels) {
      int size =
          levels.stream()
              .flatMap(level -> level.directions().stream())
              .mapToInt(cell -> cell.stateShape().size())
              .sum();
      if (state.shape().elements() > 0 && !state.shape().equals(Shape.of(size))) {
        throw new IllegalArgumentException(
            "the initial state has shape " + state.shape() + ", expected " + Shape.of(size));
      }
    }

    /** From the zero state. */
    public Rnn(String name, Loop loop, List<Level> levels, Merge merge) {
      this(name, loop, levels, merge, Tensor.zeros(0));
    }

    /**
     * {@code dynamic_rnn} of one cell, or {@code bidirectional_dynamic_rnn} of the forward and the
     * backward one.
     */
    public Rnn(String name, List<RnnCell> cells, Merge merge) {
      this(name, Loop.TensorFlow.DYNAMIC_RNN, List.of(new Level(cells)), merge);
    }

    /** Every cell, level by level, forward's before backward's. */
    public List<RnnCell> cells() {
      return levels.stream().flatMap(level -> level.directions().stream()).toList();
    }

    /** Whether there is a backward direction. */
    public boolean bidirectional() {
      return levels.get(0).directions().size() == 2;
    }

    /** Width of one input step. */
    public int inputSize() {
      return levels.get(0).inputSize();
    }

    /** Whether there is one output per step, or one per row. */
    public boolean perStep() {
      return !(loop instanceof Loop.Keras keras) || keras.returnSequences();
    }

    /** Width of one step of the merged outputs. */
    public int outputSize() {
      return levels.get(levels.size() - 1).outputSize(merge);
    }

    /**
     * The structure of the initial and the final state: the cell's, or both directions' as {@code
     * fw} and {@code bw}; in a stack each of them with a part per level, {@code cell_0}, {@code
     * cell_1}, ...; of cuDNN's layers {@code h} and {@code c}, each of all cells.
     */
    public StateShape stateShape() {
      return StateOrder.of(this).shape();
    }
  }

  /**
   * The cells of a recurrent layer that take the same steps.
   *
   * @param directions one cell, or the forward and the backward one
   */
  record Level(List<RnnCell> directions) implements Serializable {
    /** Checks that both directions take the same input. */
    public Level {
      directions = List.copyOf(directions);
      if (directions.isEmpty() || directions.size() > 2) {
        throw new IllegalArgumentException(
            "an rnn layer has one cell or two, not " + directions.size());
      }
      int fw = directions.get(0).inputSize();
      int bw = directions.get(directions.size() - 1).inputSize();
      if (fw != bw) {
        throw new IllegalArgumentException(
            "the forward cell takes inputs of size " + fw + ", the backward cell of size " + bw);
      }
    }

    /** Width of one input step. */
    public int inputSize() {
      return directions.get(0).inputSize();
    }

    /** Width of one step of the merged outputs. */
    int outputSize(Merge merge) {
      int fw = directions.get(0).outputSize();
      if (directions.size() == 1) {
        return fw;
      }
      int bw = directions.get(1).outputSize();
      if (merge == Merge.CONCAT) {
        return fw + bw;
      }
      if (fw != bw) {
        throw new IllegalArgumentException(
            "merge '"
                + merge.word()
                + "' needs both directions' outputs of one size, found "
                + fw
                + " and "
                + bw);
      }
      return fw;
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

  /**
   * Several reductions of the same steps, side by side in one entry.
   *
   * @param name the layer's name
   * @param reductions in order, at least one
   */
  record Pool(String name, List<Reduction> reductions) implements Layer {
    /** Takes a copy of the list. */
    public Pool {
      reductions = List.copyOf(reductions);
      if (reductions.isEmpty()) {
        throw new IllegalArgumentException("layer '" + name + "' has no reductions");
      }
    }
  }

  /** The reductions over a row's valid steps. A row of length 0 gives zeros. */
  enum Reduction {
    /** The value at step {@code length - 1}. For a bidirectional layer both halves at that step. */
    LAST,
    /** The value at step 0. */
    FIRST,
    /** The mean over the steps; where a mask comes with them, over those that are not masked. */
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
   * An activation alone, elementwise, of each step or of each row.
   *
   * @param name the layer's name
   * @param activation which; softmax is a layer of its own
   */
  record Activate(String name, Activation activation) implements Layer {
    /** Refuses what is not elementwise. */
    public Activate {
      if (!activation.elementwise()) {
        throw new IllegalArgumentException(
            "layer '" + name + "' has the activation softmax, which is a layer of its own");
      }
    }
  }

  /**
   * Batch normalisation as it is when a network is only run: {@code (x - mean) / sqrt(variance +
   * epsilon) * gamma + beta}, number by number of an entry.
   *
   * @param name the layer's name
   * @param gamma {@code [size]}, as the others; ones where a model has none
   * @param beta zeros where a model has none
   * @param mean the moving one of training
   * @param variance likewise
   * @param epsilon added to the variance
   */
  record BatchNorm(
      String name, Tensor gamma, Tensor beta, Tensor mean, Tensor variance, float epsilon)
      implements Layer {}

  /**
   * Layer normalisation: as {@link BatchNorm}, with the mean and the variance of each entry.
   *
   * @param name the layer's name
   * @param gamma {@code [size]}; ones where a model has none
   * @param beta {@code [size]}; zeros where a model has none
   * @param epsilon added to the variance
   */
  record LayerNorm(String name, Tensor gamma, Tensor beta, float epsilon) implements Layer {}

  /**
   * All steps of a row one behind the other, as one entry. Every row must have that many.
   *
   * @param name the layer's name
   * @param steps how many a row has
   */
  record Flatten(String name, int steps) implements Layer {
    /** Checks the number. */
    public Flatten {
      if (steps < 1) {
        throw new IllegalArgumentException(
            "layer '" + name + "' joins " + steps + " steps, expected at least 1");
      }
    }
  }

  /**
   * The entry of a row once more for each of the row's steps, as between the encoder and the
   * decoder of an autoencoder.
   *
   * @param name the layer's name
   */
  record Repeat(String name) implements Layer {}

  /**
   * {@code exp(x - max) / sum} over the last axis.
   *
   * @param name the layer's name
   */
  record Softmax(String name) implements Layer {}

  /**
   * The logarithm of a softmax, {@code x - max - log(sum(exp(x - max)))} over the last axis.
   *
   * @param name the layer's name
   */
  record LogSoftmax(String name) implements Layer {}

  /**
   * The index of the largest element, the first of equals: one integer.
   *
   * @param name the layer's name
   */
  record ArgMax(String name) implements Layer {}
}
