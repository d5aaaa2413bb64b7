package org.sparkrnn.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Runs the benchmarks that {@code -Dbench} names: {@code micro}, {@code peers}, {@code scaling},
 * {@code warmup}, {@code prefixes}, {@code jmh}, {@code plots}.
 *
 * <p>Each runs in JVMs of its own, one after the other: peers' native libraries do not share a
 * process, and what the compiler learnt of one size should not favour another benchmark's. Other
 * system properties choose sizes; see {@code src/site/markdown/benchmarks.md}.
 */
final class Bench {
  /** How each peer is kept to one thread. */
  private static final Map<String, Map<String, String>> PEERS =
      new TreeMap<>(
          Map.of(
              "onnxruntime", Map.of(),
              "onednn", Map.of("OMP_NUM_THREADS", "1"),
              "pytorch", Map.of("OMP_NUM_THREADS", "1"),
              "tensorflow", Map.of("TF_CPP_MIN_LOG_LEVEL", "2")));

  private Bench() {}

  /** Without arguments. */
  public static void main(String[] args) throws IOException, InterruptedException {
    boolean failed = false;
    for (String bench : Settings.words("bench", "micro,peers,scaling,warmup,plots", "micro,peers,scaling,warmup,plots")) {
      switch (bench) {
        case "micro" -> {
          Tsv.begin("micro");
          failed |= run(MicroBenchmark.class, List.of(), Map.of());
        }
        case "peers" -> failed |= peers();
        case "scaling" -> {
          Tsv.begin("scaling");
          failed |= run(ScalingBenchmark.class, List.of(), Map.of());
        }
        case "warmup" -> {
          Tsv.begin("warmup");
          for (String work : List.of("equal", "ragged")) {
            failed |= run(WarmUpBenchmark.class, List.of(work), Map.of());
          }
        }
        case "prefixes" -> {
          Tsv.begin("prefixes");
          failed |= run(PrefixesBenchmark.class, List.of(), Map.of());
        }
        case "jmh" -> failed |= run(org.openjdk.jmh.Main.class, List.of("CellStepJmh"), Map.of());
        case "plots" -> Plots.main(args);
        default ->
            throw new IllegalArgumentException(
                "-Dbench="
                    + bench
                    + ", expected micro, peers, scaling, warmup, prefixes, jmh or plots");
      }
    }
    if (failed) {
      throw new IllegalStateException("a benchmark failed; see above");
    }
  }

  private static boolean peers() throws IOException, InterruptedException {
    for (String table : List.of("fixed", "ragged", "spread")) {
      Tsv.begin(table);
    }
    boolean failed = false;
    String all = "onnxruntime,onednn,pytorch,tensorflow";
    for (String peer : Settings.words("peers", all, all)) {
      Map<String, String> environment = PEERS.get(peer);
      if (environment == null) {
        throw new IllegalArgumentException("-Dpeers=" + peer + ", expected some of " + PEERS.keySet());
      }
      failed |= run(PeersBenchmark.class, List.of(peer), environment);
    }
    return failed;
  }

  /** Whether a JVM of its own failed. */
  private static boolean run(Class<?> main, List<String> args, Map<String, String> environment)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("--add-modules=jdk.incubator.vector");
    // All of the heap, touched beforehand, as an executor's that has run for a while: else what is
    // measured is the system that hands out fresh memory.
    String heap = Settings.text("heap", "4g", "4g");
    command.addAll(List.of("-Xmx" + heap, "-Xms" + heap, "-XX:+AlwaysPreTouch"));
    command.add("-XX:+UseTransparentHugePages");
    command.addAll(Settings.words("jvm", "none", "none"));
    for (String name : System.getProperties().stringPropertyNames()) {
      if (name.matches("[a-zA-Z]+") && !System.getProperty(name).isEmpty()) {
        command.add("-D" + name + "=" + System.getProperty(name));
      }
    }
    command.add(main.getName());
    command.addAll(args);
    ProcessBuilder builder = new ProcessBuilder(command).inheritIO();
    // By the environment: ONNX Runtime ends a JVM whose command line is long.
    builder.environment().put("CLASSPATH", classPath());
    builder.environment().putAll(environment);
    System.out.println("\n" + main.getSimpleName() + " " + String.join(" ", args) + " " + environment);
    return builder.start().waitFor() != 0;
  }

  private static String classPath() {
    return System.getProperty("java.class.path");
  }
}
