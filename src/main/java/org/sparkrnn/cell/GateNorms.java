package org.sparkrnn.cell;

import java.io.Serializable;

/**
 * The layer normalisations of an LSTM, by TensorFlow's scopes.
 *
 * @param input of {@code i}; {@link Norm#NONE} where the cell has no such gate
 * @param transform of {@code j}
 * @param forget of {@code f}
 * @param output of {@code o}
 * @param state of the new {@code c}
 */
public record GateNorms(Norm input, Norm transform, Norm forget, Norm output, Norm state)
    implements Serializable {
  /** A cell without layer normalisation. */
  public static final GateNorms NONE =
      new GateNorms(Norm.NONE, Norm.NONE, Norm.NONE, Norm.NONE, Norm.NONE);

  /** Whether there are any. */
  public boolean present() {
    return transform.present();
  }

  void require(int units) {
    transform.require("transform", units);
    forget.require("forget", units);
    output.require("output", units);
    state.require("state", units);
  }
}
