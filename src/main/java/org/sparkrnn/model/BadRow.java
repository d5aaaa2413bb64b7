package org.sparkrnn.model;

import java.util.Locale;

/** Why a row cannot be computed. A closed list; each reason is counted on its own. */
public enum BadRow {
  /** The sequence is null. */
  NULL_SEQUENCE("the sequence is null"),
  /** A step, or a value in a step, is null. */
  NULL_ELEMENT("a step or a value is null"),
  /** A value is NaN. */
  NAN_ELEMENT("a value is NaN"),
  /** A double is finite, but too large for a float. */
  FLOAT_RANGE("a double is beyond the range of float"),
  /** A step does not have the model's number of values. */
  STEP_WIDTH("a step has the wrong number of values"),
  /** A flattened sequence is not a whole number of steps. */
  PARTIAL_STEP("the flattened sequence is not a whole number of steps"),
  /** The length is negative. */
  NEGATIVE_LENGTH("the length is negative"),
  /** The length is larger than the number of steps. */
  LENGTH_BEYOND_ROW("the length is beyond the row"),
  /** The row does not have the number of steps that a layer joins. */
  STEP_COUNT("the row has another number of steps than the model takes"),
  /** A token is not in the vocabulary, and the model has no id for such. */
  UNKNOWN_TOKEN("a token is not in the vocabulary"),
  /** An id is not one of the model's. */
  ID_RANGE("an id is out of range"),
  /** The initial state has a null part, a part of the wrong width or a value that is no number. */
  INITIAL_STATE("the initial state does not fit the model"),
  /** The row alone needs more memory than a task may use. */
  TOO_LARGE("the row is over the memory budget");

  private final String meaning;

  BadRow(String meaning) {
    this.meaning = meaning;
  }

  /** The reason as reports and the error column spell it: {@code step_width}. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The reason in words. */
  public String meaning() {
    return meaning;
  }

  /** Name of the SQL metric that counts it. */
  public String metric() {
    return "bad_" + word();
  }
}
