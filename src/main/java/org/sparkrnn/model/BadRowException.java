package org.sparkrnn.model;

import java.util.Optional;

/**
 * A row that cannot be computed. Its text holds positions and sizes, never contents.
 *
 * <p>Thrown out of a run under the policy {@code fail}; of a Spark job it is among the causes of
 * the exception that the driver's action throws.
 */
public final class BadRowException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final BadRow reason;

  private BadRowException(BadRow reason, String message, Throwable cause, boolean traced) {
    super(message, cause, false, traced);
    this.reason = reason;
  }

  /** What is wrong with the row at hand; without a stack trace, as there may be many such rows. */
  @SuppressWarnings("AnnotateFormatMethod") // The annotation is not on the class path.
  public static BadRowException because(BadRow reason, String format, Object... arguments) {
    return new BadRowException(reason, String.format(format, arguments), null, false);
  }

  /**
   * Says that a row has another number of steps than the model takes.
   *
   * @param refusal why the model does not take the row; empty where it does
   */
  public static void requireSteps(Optional<String> refusal) {
    if (refusal.isPresent()) {
      throw because(BadRow.STEP_COUNT, "%s", refusal.get());
    }
  }

  /**
   * The same, as a run fails with it.
   *
   * @param row which row, in words
   * @param column the column at fault
   * @param keeping how the user says that such rows be kept
   */
  public BadRowException failing(String row, String column, String keeping) {
    return new BadRowException(
        reason,
        row
            + ", column '"
            + column
            + "': "
            + text()
            + ". Take such rows out, or keep them with null results and the reason in a column: "
            + keeping,
        this,
        true);
  }

  /** Which reason. */
  public BadRow reason() {
    return reason;
  }

  /** What the error column holds: the reason's word, then the particulars. */
  public String text() {
    return reason.word() + ": " + getMessage();
  }
}
