package org.sparkrnn.cell;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.sparkrnn.tensor.Tensor;

/**
 * TensorFlow's {@code GridLSTMCell}: two LSTMs, one along the frequencies and one along the time,
 * which walk over windows of the features block by block. Gate order {@code i, j, f, o}; {@code i,
 * j, o} where the forget gate is one minus the input gate.
 *
 * <pre>{@code
 * for each window k of a block, with g and d the h and c along the frequencies, 0 for the first:
 *   each of the two: gates = split([x_k, h_k, g] * kernel + bias)
 *   each gate sees d and c_k through its peepholes, the output gates the new d and c_k
 *   d'   = clip(sigmoid(f + forgetBias) * d + sigmoid(i) * tanh(j)), of the frequency's gates
 *   c_k' = clip(sigmoid(f + forgetBias) * c_k + sigmoid(i) * tanh(j)), of the time's gates
 *   g'   = sigmoid(o) * tanh(d'), of the frequency's gates
 *   h_k' = sigmoid(o) * tanh(c_k'), of the time's gates
 * output = [h_0', g_0', h_1', g_1', ...]
 * }</pre>
 *
 * @param numUnits {@code n}
 * @param blocks the weights of each block
 * @param forgetBias added to {@code f} at run time; no checkpoint records it
 * @param cellClip bound on both cell states; positive infinity for none
 * @param frequencies the windows
 * @param backward how the windows are walked
 * @see <a
 *     href="https://github.com/tensorflow/tensorflow/blob/v1.15.0/tensorflow/contrib/rnn/python/ops/rnn_cell.py">TensorFlow
 *     1.15, contrib/rnn, rnn_cell.py</a>
 */
public record GridLstmCell(
    int numUnits,
    List<Block> blocks,
    float forgetBias,
    float cellClip,
    FrequencyBlocks frequencies,
    Backward backward)
    implements FormulaCell {
  /** Checks the shapes; takes a copy of the list. */
  public GridLstmCell {
    blocks = List.copyOf(blocks);
    if (blocks.size() != frequencies.counts().size()) {
      throw new IllegalArgumentException(
          blocks.size() + " blocks of weights for " + frequencies.counts().size() + " blocks");
    }
    for (Block block : blocks) {
      for (Gates gates : List.of(block.frequency(), block.time())) {
        long columns = gates.bias().shape().dim(0);
        Shapes.require(
            "a block's kernel",
            gates.kernel(),
            "[feature_size + 2 * units, gates * units]",
            frequencies.size() + 2L * numUnits,
            columns);
        if (columns != 3L * numUnits && columns != 4L * numUnits) {
          throw new IllegalArgumentException(
              "a block's bias has shape " + gates.bias().shape() + ", expected 3 or 4 * units");
        }
      }
    }
  }

  /** Whether the forget gate is one minus the input gate. */
  public boolean couplesGates() {
    return blocks.get(0).frequency().bias().shape().dim(0) == 3L * numUnits;
  }

  /** Whether the two LSTMs have the same weights. */
  public boolean sharesWeights() {
    return blocks.get(0).shared();
  }

  /** Whether the gates see the cell states. */
  public boolean usesPeepholes() {
    return blocks.get(0).frequency().fromTime().output().shape().elements() > 0;
  }

  @Override
  public int inputSize() {
    return frequencies.inputSize();
  }

  @Override
  public int outputSize() {
    return 2 * numUnits * frequencies.total();
  }

  @Override
  public StateShape stateShape() {
    List<StateShape.Field> fields = new ArrayList<>();
    for (int block = 0; block < blocks.size(); block++) {
      for (int window = 0; window < frequencies.counts().get(block); window++) {
        String name = String.format("state_f%02d_b%02d_", window, block);
        fields.add(StateShape.Field.leaf(name + "c", numUnits));
        fields.add(StateShape.Field.leaf(name + "m", numUnits));
      }
    }
    return new StateShape.Struct(fields);
  }

  @Override
  public Formula formula() {
    Term x = Term.input(inputSize());
    List<Term> outputs = new ArrayList<>();
    List<Term> states = new ArrayList<>();
    for (int index = 0; index < blocks.size(); index++) {
      Block block = blocks.get(index);
      int count = frequencies.counts().get(index);
      Term d = Term.constant(Tensor.zeros(numUnits));
      Term g = d;
      for (int k = 0; k < count; k++) {
        int window = backward.reversed() ? count - 1 - k : k;
        Term c = Term.state(states.size(), numUnits);
        Term h = Term.state(states.size() + 1, numUnits);
        Term seen = Term.concat(frequencies.of(x, index, window, backward.offset()), h, g);
        Opened along = open(block.frequency(), seen, d, c);
        Opened over = block.shared() ? along : open(block.time(), seen, d, c);
        Term nextD = along.update(d, cellClip);
        Term nextC = over.update(c, cellClip);
        g = along.output(block.frequency(), nextD, nextC).times(nextD.tanh());
        Term nextH = over.output(block.time(), nextD, nextC).times(nextC.tanh());
        d = nextD;
        states.addAll(List.of(nextC, nextH));
        outputs.addAll(List.of(nextH, g));
      }
    }
    return new Formula(Term.concat(outputs.toArray(Term[]::new)), states);
  }

  /** The gates before the new cell states are known. */
  private Opened open(Gates gates, Term seen, Term d, Term c) {
    boolean coupled = couplesGates();
    List<Term> z = seen.product(gates.kernel(), gates.bias()).split(coupled ? 3 : 4);
    Term i = z.get(0);
    i = LstmFormula.peep(i, gates.fromFrequency().input(), d);
    i = LstmFormula.peep(i, gates.fromTime().input(), c).sigmoid();
    Term f = i.complement();
    if (!coupled) {
      f = z.get(2).plus(forgetBias);
      f = LstmFormula.peep(f, gates.fromFrequency().forget(), d);
      f = LstmFormula.peep(f, gates.fromTime().forget(), c).sigmoid();
    }
    return new Opened(f, i.times(z.get(1).tanh()), z.get(coupled ? 2 : 3));
  }

  /** An LSTM's gates: what is kept, what is written, and the output gate's sum. */
  private record Opened(Term keep, Term write, Term out) {
    Term update(Term c, float clip) {
      return keep.timesPlus(c, write).clip(clip);
    }

    Term output(Gates gates, Term d, Term c) {
      Term sum = LstmFormula.peep(out, gates.fromFrequency().output(), d);
      return LstmFormula.peep(sum, gates.fromTime().output(), c).sigmoid();
    }
  }

  /**
   * The weights of a block.
   *
   * @param frequency of the LSTM along the frequencies, TensorFlow's {@code W_f_0}, {@code B_f_0}
   *     and {@code W_I_diag_freqf_0}, ...
   * @param time of the LSTM along the time, {@code W_t_0}, ...; the same where weights are shared
   */
  public record Block(Gates frequency, Gates time) implements Serializable {
    /** Whether both have the same weights. */
    public boolean shared() {
      return frequency.equals(time);
    }
  }

  /**
   * The weights of an LSTM.
   *
   * @param kernel {@code [featureSize + 2n, 4n]}, {@code 3n} columns where gates are coupled
   * @param bias {@code [4n]} or {@code [3n]}
   * @param fromFrequency from the cell state along the frequencies to the gates, or {@link
   *     LstmCell.Peepholes#NONE}; {@code forget} is empty where gates are coupled
   * @param fromTime from the cell state along the time, likewise
   */
  public record Gates(
      Tensor kernel, Tensor bias, LstmCell.Peepholes fromFrequency, LstmCell.Peepholes fromTime)
      implements Serializable {}

  /**
   * How the windows are walked.
   *
   * @param reversed from the last to the first
   * @param offset by how many features they are moved up
   */
  public record Backward(boolean reversed, int offset) implements Serializable {
    /** Upwards. */
    public static final Backward NO = new Backward(false, 0);
  }
}
