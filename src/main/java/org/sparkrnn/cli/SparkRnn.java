package org.sparkrnn.cli;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/**
 * The command: {@code spark-submit [options of Spark] spark-rnn.jar VERB [options]}.
 *
 * <p>Ends with the exit codes that {@code --help} lists. Spark is stopped before the process exits;
 * in cluster mode, where nobody sees an exit code, a failure leaves {@code main} as an exception.
 */
public final class SparkRnn {
  private final Surroundings around;

  SparkRnn(Surroundings around) {
    this.around = around;
  }

  /** Runs the verb of the arguments, then exits with its code. */
  public static void main(String[] args) {
    Surroundings around =
        new Surroundings(
            new PrintWriter(System.out, true, StandardCharsets.UTF_8),
            new PrintWriter(System.err, true, StandardCharsets.UTF_8),
            System.getenv("SPARK_RNN_TERMINAL") != null,
            System.getenv().getOrDefault("SPARK_RNN_COMMAND", "spark-rnn"),
            SparkRnn::submitted,
            SparkRnn::startSpark);
    ExitCode code = new SparkRnn(around).run(args);
    if (SparkSession.getDefaultSession().isDefined()) {
      SparkSession.getDefaultSession().get().stop();
    }
    if (code == ExitCode.DONE) {
      return;
    }
    if ("cluster".equals(System.getProperty("spark.submit.deployMode"))) {
      throw new IllegalStateException(
          "spark-rnn ends with exit code " + code.number() + ": " + code.words());
    }
    System.exit(code.number());
  }

  /** Spark's configuration as spark-submit hands it over: in system properties. */
  private static Map<String, String> submitted() {
    Map<String, String> found = new TreeMap<>();
    for (scala.Tuple2<String, String> entry : new SparkConf().getAll()) {
      found.put(entry._1(), entry._2());
    }
    return found;
  }

  private static SparkSession startSpark() {
    SparkConf conf = new SparkConf();
    if (!conf.contains("spark.master")) {
      throw Refusal.usage(
          "Spark has no master; start the job with spark-submit or with src/main/bin/spark-rnn");
    }
    return SparkSession.builder()
        .config(conf.setIfMissing("spark.app.name", "spark-rnn"))
        .getOrCreate();
  }

  /** Runs the verb of {@code args}. All that goes wrong is told on {@link Surroundings#err}. */
  ExitCode run(String... args) {
    CommandLine command = Commands.all();
    ParseResult parsed;
    try {
      parsed = command.parseArgs(args);
    } catch (ParameterException e) {
      String name = e.getCommandLine().getCommandSpec().qualifiedName();
      around.err().println(name + ": " + Commands.explain(e));
      around.err().println("See " + name + " --help.");
      return ExitCode.USAGE;
    }
    ParseResult verb = parsed.hasSubcommand() ? parsed.subcommand() : parsed;
    CommandLine asked = verb.commandSpec().commandLine();
    if (verb.isUsageHelpRequested()) {
      asked.usage(around.out());
      return ExitCode.DONE;
    }
    if (parsed.isVersionHelpRequested()) {
      around.out().println(Version.text());
      return ExitCode.DONE;
    }
    if (!parsed.hasSubcommand()) {
      command.usage(around.err());
      return ExitCode.USAGE;
    }
    return attempt(verb);
  }

  private ExitCode attempt(ParseResult verb) {
    String name = verb.commandSpec().qualifiedName();
    try {
      Commands.verb(verb).run(verb, around);
      return ExitCode.DONE;
    } catch (Exception | Error e) {
      Failure failure = Failure.of(e);
      around.err().println(name + ": " + failure.message());
      if (verb.matchedOptionValue(Commands.STACKTRACE, false)) {
        e.printStackTrace(around.err());
      } else if (failure.code() == ExitCode.FAILED) {
        around.err().println("See more with " + Commands.STACKTRACE + ".");
      }
      around.err().flush();
      return failure.code();
    }
  }
}
