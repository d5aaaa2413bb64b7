package org.sparkrnn.model;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.sparkrnn.cell.Activation;

/** A cell as a spec describes it, before its variables are found. */
sealed interface CellSpec {

  /** Where it stands. */
  Place place();

  /** The cells' types, by TensorFlow's names. */
  enum Type {
    BASIC_RNN("BasicRNNCell"),
    BASIC_LSTM("BasicLSTMCell"),
    LSTM("LSTMCell"),
    GRU("GRUCell"),
    RESET_AFTER_GRU("CudnnCompatibleGRUCell");

    private final String word;

    Type(String word) {
      this.word = word;
    }

    /** As a spec spells it. */
    String word() {
      return word;
    }

    boolean lstm() {
      return this == BASIC_LSTM || this == LSTM;
    }
  }

  /**
   * A cell with variables of its own.
   *
   * @param place where it stands
   * @param type which
   * @param numUnits its units
   * @param activation in place of tanh
   * @param lstm what only LSTM cells have; {@link Lstm#NONE} for others
   * @param variables where its variables are
   */
  record Single(
      Place place, Type type, int numUnits, Activation activation, Lstm lstm, Sources variables)
      implements CellSpec {}

  /**
   * A {@code MultiRNNCell}.
   *
   * @param place where it stands
   * @param cells first to last
   */
  record Multi(Place place, List<CellSpec> cells) implements CellSpec {}

  /**
   * The settings of an LSTM cell.
   *
   * @param forgetBias added to the forget gate when it runs
   * @param gateActivation in place of sigmoid
   * @param usePeepholes whether it has diagonal connections
   * @param cellClip bound on the cell state, or positive infinity
   * @param numProj width of the projection, or 0 for none
   * @param projClip bound on the projection, or positive infinity
   */
  record Lstm(
      float forgetBias,
      Activation gateActivation,
      boolean usePeepholes,
      float cellClip,
      int numProj,
      float projClip) {
    static final Lstm NONE =
        new Lstm(0, Activation.SIGMOID, false, Float.POSITIVE_INFINITY, 0, Float.POSITIVE_INFINITY);
  }

  /**
   * Where a cell's variables are.
   *
   * @param scope a scope of the cell's own, from the root of the weights file, in place of the
   *     layer's
   * @param names full names by role, in place of a search; empty to search
   */
  record Sources(Optional<String> scope, Map<String, List<String>> names) {}
}
