package org.sparkrnn.rnn;

import java.io.Serializable;

/**
 * What a recurrent layer does around its cells.
 *
 * <p>Loops that compute the same are one loop here: TensorFlow's {@code static_rnn} and {@code
 * static_bidirectional_rnn} unroll the graph of their dynamic counterparts and give the same
 * numbers.
 */
public sealed interface Loop extends Serializable {

  /** TensorFlow's loops: a step at or behind a row's length does not exist. */
  enum TensorFlow implements Loop {
    /** {@code dynamic_rnn}, or {@code bidirectional_dynamic_rnn} where there are two directions. */
    DYNAMIC_RNN,
    /**
     * {@code dynamic_rnn} between two {@code reverse_sequence}, for one direction: {@code
     * TimeReversedFusedRNN}, and what ONNX calls {@code reverse}. Each row's steps are taken from
     * its own last to its first, and the outputs stand where the inputs stood.
     */
    REVERSED_DYNAMIC_RNN,
    /**
     * {@code stack_bidirectional_dynamic_rnn}: level by level, each over both directions' outputs
     * of the level below.
     */
    STACK_BIDIRECTIONAL_DYNAMIC_RNN
  }

  /**
   * Keras' loop, {@code keras.layers.RNN}, and {@code Bidirectional} where there are two
   * directions. A masked step does not exist for the cells: it keeps the state.
   *
   * @param goBackwards the steps are taken from the row's last to its first, and the outputs stand
   *     in the order they were made; of two directions the forward one's
   * @param returnSequences one output per step, or only the one of the step taken last
   * @param zeroOutputForMask the output at a masked step is zeros; else it is the output before it,
   *     in the order the steps are taken, and zeros where there is none yet
   */
  record Keras(boolean goBackwards, boolean returnSequences, boolean zeroOutputForMask)
      implements Loop {}

  /**
   * {@code dynamic_rnn} over a row's ids, and then on, each id that the network chooses being its
   * next input: what {@code raw_rnn} is mostly written for. The choice is the index of the largest
   * number of the last layer, the first of equals. The loop goes around the whole network; the last
   * of its rnn layers has it.
   *
   * @param maxSteps how many ids to generate at most, at least 1
   * @param stop the id with which a row ends, generated as its last one; {@link #NO_STOP} for none
   */
  record Generate(int maxSteps, int stop) implements Loop {
    /** Ends no row before the maximum. */
    public static final int NO_STOP = -1;

    /** Checks the maximum. */
    public Generate {
      if (maxSteps < 1) {
        throw new IllegalArgumentException(
            "a loop that generates needs a maximum of at least 1, not " + maxSteps);
      }
    }
  }

  /**
   * cuDNN's layers in TensorFlow: stacked cells in one direction, or levels of two directions. The
   * state at the border is cuDNN's: all {@code h}, then all {@code c}, each level by level and
   * direction by direction.
   */
  enum Cudnn implements Loop {
    /** {@code CudnnLSTM}. */
    LSTM,
    /** {@code CudnnGRU}. */
    GRU,
    /** {@code CudnnRNNTanh}. */
    RNN_TANH,
    /** {@code CudnnRNNRelu}. */
    RNN_RELU
  }
}
