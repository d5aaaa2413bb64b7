package org.sparkrnn.cell;

/**
 * A cell that says its arithmetic as a {@link Formula}; {@code ops} needs to know nothing else of
 * it. All cells but the few with kernels of their own are such.
 *
 * <p>Not sealed: a program may bring cells of its own.
 */
public non-sealed interface FormulaCell extends RnnCell {

  /**
   * One step of the cell. Called when the cell is packed, not for each step; the same terms each
   * time, up to identity.
   */
  Formula formula();
}
