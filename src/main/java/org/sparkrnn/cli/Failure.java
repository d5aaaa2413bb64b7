package org.sparkrnn.cli;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import org.apache.spark.sql.AnalysisException;
import org.sparkrnn.model.BadRowException;
import org.sparkrnn.model.ModelException;
import org.sparkrnn.spark.ColumnException;
import org.sparkrnn.spark.SettingException;
import org.sparkrnn.weights.WeightsException;

/**
 * What an exception means to the person who gave the command.
 *
 * @param code how the command ends
 * @param message one line that says why
 */
record Failure(ExitCode code, String message) {

  /**
   * Looks through an exception and its causes, which is how a task's exception comes out of Spark,
   * for one that says whose the mistake is.
   */
  static Failure of(Throwable thrown) {
    Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    Throwable deepest = thrown;
    for (Throwable t = thrown; t != null && seen.add(t); t = t.getCause()) {
      ExitCode code = decided(t);
      if (code != null) {
        return new Failure(code, line(t));
      }
      deepest = t;
    }
    return new Failure(
        ExitCode.FAILED,
        deepest.getClass().getSimpleName()
            + (deepest.getMessage() == null ? "" : ": " + line(deepest)));
  }

  private static ExitCode decided(Throwable t) {
    if (t instanceof Refusal refusal) {
      return refusal.code();
    }
    if (t instanceof ModelException || t instanceof WeightsException) {
      return ExitCode.MODEL;
    }
    if (t instanceof SettingException) {
      return ExitCode.USAGE;
    }
    boolean data =
        t instanceof ColumnException
            || t instanceof BadRowException
            || t instanceof AnalysisException;
    return data ? ExitCode.DATA : null;
  }

  /** The message up to where Spark appends plans and stack traces. */
  private static String line(Throwable t) {
    String message = t.getMessage() == null ? t.getClass().getSimpleName() : t.getMessage();
    int end = message.indexOf('\n');
    return (end < 0 ? message : message.substring(0, end)).strip();
  }
}
