package org.sparkrnn.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.HashMap;
import java.util.Map;
import org.apache.spark.sql.SparkSession;

/** Runs the command inside the test, as if spark-submit had started it. */
final class Command {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private final ExitCode code;

  private Command(SparkSession session, Map<String, String> sparkConf, String... arguments) {
    Surroundings around =
        new Surroundings(
            new PrintWriter(out, true),
            new PrintWriter(err, true),
            false,
            "spark-rnn",
            () -> sparkConf,
            () -> {
              if (session == null) {
                throw new IllegalStateException("this command needs no Spark");
              }
              return session;
            });
    code = new SparkRnn(around).run(arguments);
  }

  /** One that must not start Spark. */
  static Command withoutSpark(String... arguments) {
    return new Command(null, new HashMap<>(), arguments);
  }

  static Command with(SparkSession session, String... arguments) {
    return new Command(session, new HashMap<>(), arguments);
  }

  static Command with(SparkSession session, Map<String, String> sparkConf, String... arguments) {
    return new Command(session, sparkConf, arguments);
  }

  ExitCode code() {
    return code;
  }

  String out() {
    return out.toString();
  }

  String err() {
    return err.toString();
  }

  /** For failure texts. */
  @Override
  public String toString() {
    return "exit code " + code.number() + "\n" + out + err;
  }
}
