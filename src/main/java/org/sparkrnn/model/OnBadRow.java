package org.sparkrnn.model;

/** What becomes of a row that cannot be computed. */
public enum OnBadRow {
  /** The run fails. */
  FAIL,
  /** Its generated columns are null, and a column says why. */
  NULL
}
