package org.sparkrnn.cli;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.sparkrnn.spark.Nearest;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** The verbs and their options, as picocli knows them. */
final class Commands {
  /** The option of every verb that prints the whole exception. */
  static final String STACKTRACE = "--stacktrace";

  /** Options of spark-submit that people put behind the verb by mistake. */
  private static final Set<String> SPARK_SUBMIT =
      Set.of(
          "--master",
          "--deploy-mode",
          "--conf",
          "--properties-file",
          "--driver-memory",
          "--executor-memory",
          "--executor-cores",
          "--num-executors",
          "--jars",
          "--packages",
          "--files",
          "--name",
          "--queue");

  private Commands() {}

  /** The whole command. */
  static CommandLine all() {
    CommandSpec root = CommandSpec.create().name("spark-rnn");
    root.usageMessage()
        .description("Batch inference of recurrent networks on Apache Spark.")
        .synopsisHeading("Usage: ")
        .customSynopsis("spark-rnn [options of spark-submit] VERB [options]")
        .commandListHeading("%nVerbs:%n")
        .footer(
            "",
            "spark-rnn VERB --help tells a verb's options. On a cluster:",
            "  spark-submit [options of spark-submit] spark-rnn.jar VERB [options]");
    root.addOption(help()).addOption(version());
    root.addSubcommand("run", finish(RunVerb.spec()));
    root.addSubcommand("inspect", finish(InspectVerb.spec()));
    root.addSubcommand("import", finish(ImportVerb.spec()));
    root.addSubcommand("demo", finish(DemoVerb.spec()));
    exitCodes(root);
    return new CommandLine(root).setUsageHelpWidth(100).setUsageHelpLongOptionsMaxWidth(40);
  }

  private static CommandSpec finish(CommandSpec verb) {
    verb.addOption(
        OptionSpec.builder(STACKTRACE)
            .type(boolean.class)
            .description("On failure, print the whole exception.")
            .build());
    verb.addOption(help());
    exitCodes(verb);
    return verb;
  }

  private static OptionSpec help() {
    return OptionSpec.builder("-h", "--help")
        .usageHelp(true)
        .description("Print this text.")
        .build();
  }

  private static OptionSpec version() {
    return OptionSpec.builder("-V", "--version")
        .versionHelp(true)
        .description("Print the versions of spark-rnn, Spark and Java.")
        .build();
  }

  private static void exitCodes(CommandSpec spec) {
    Map<String, String> codes = new LinkedHashMap<>();
    for (ExitCode code : ExitCode.values()) {
      codes.put(Integer.toString(code.number()), code.words());
    }
    spec.usageMessage().exitCodeListHeading("%nExit codes:%n").exitCodeList(codes);
  }

  /** The verb that was asked for. */
  static Verb verb(ParseResult parsed) {
    return (Verb) parsed.commandSpec().userObject();
  }

  /** One line for a mistake in the arguments, with a hint where there is one. */
  static String explain(ParameterException e) {
    if (!(e instanceof UnmatchedArgumentException unmatched)) {
      return e.getMessage();
    }
    CommandSpec spec = e.getCommandLine().getCommandSpec();
    String word = unmatched.getUnmatched().get(0);
    String name = word.contains("=") ? word.substring(0, word.indexOf('=')) : word;
    if (SPARK_SUBMIT.contains(name)) {
      return name + " is an option of spark-submit, and those stand before the verb";
    }
    if (name.startsWith("-")) {
      return "there is no option " + name + hint(name, names(spec));
    }
    if (!spec.subcommands().isEmpty()) {
      return "there is no verb " + name + hint(name, spec.subcommands().keySet());
    }
    return "there is nothing to do with '" + String.join(" ", unmatched.getUnmatched()) + "'";
  }

  private static String hint(String word, Collection<String> known) {
    return Nearest.to(word, known).map(near -> "; did you mean " + near + "?").orElse("");
  }

  private static Set<String> names(CommandSpec spec) {
    Set<String> names = new TreeSet<>();
    for (OptionSpec option : spec.options()) {
      names.addAll(List.of(option.names()));
    }
    return names;
  }
}
