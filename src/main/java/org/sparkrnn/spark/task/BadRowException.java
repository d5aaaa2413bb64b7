package org.sparkrnn.spark.task;

/**
 * A row that cannot be computed. Its text holds positions and sizes, never contents.
 *
 * <p>Thrown out of a task under the policy {@code fail}, and then found among the causes of the
 * exception that the driver's action throws.
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
  static BadRowException because(BadRow reason, String format, Object... arguments) {
    return new BadRowException(reason, String.format(format, arguments), null, false);
  }

  /** The same, as a task fails with it: says which row, and what to do. */
  BadRowException failing(int partition, long row, String column) {
    return new BadRowException(
        reason,
        String.format(
            "row %d of partition %d (both counted from 0), column '%s': %s. Take such rows out, or"
                + " keep them with null results and the reason in a column: spark.rnn.onBadRow=null"
                + " (--on-bad-row null)",
            row, partition, column, text()),
        this,
        true);
  }

  /** Which reason. */
  public BadRow reason() {
    return reason;
  }

  /** What the error column holds: the reason's word, then the particulars. */
  String text() {
    return reason.word() + ": " + getMessage();
  }
}
