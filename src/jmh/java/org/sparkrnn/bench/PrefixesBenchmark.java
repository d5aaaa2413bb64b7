package org.sparkrnn.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.sparkrnn.cell.RnnCell;
import org.sparkrnn.ops.Ops;
import org.sparkrnn.rnn.Layer;
import org.sparkrnn.rnn.Limits;
import org.sparkrnn.rnn.Network;
import org.sparkrnn.rnn.NetworkRunner;
import org.sparkrnn.rnn.Output;
import org.sparkrnn.rnn.PackedNetwork;
import org.sparkrnn.rnn.Result;
import org.sparkrnn.rnn.Sharing;
import org.sparkrnn.rnn.Window;
import org.sparkrnn.tensor.Shape;
import org.sparkrnn.tensor.Tensor;

/**
 * Texts as characters through an LSTM, each on its own and with the steps that they share computed
 * once, by turns. A single bit of the answers that differs fails the run.
 */
final class PrefixesBenchmark {
  /** Width of a character's embedding. */
  private static final int WIDTH = 64;

  private PrefixesBenchmark() {}

  /**
   * Files with a text in each line are named by {@code -Dtexts}; of each as many as {@code
   * sequences} says, from its beginning and, for the random order, drawn from all of it.
   */
  public static void main(String[] args) throws IOException {
    Tsv table =
        Tsv.append(
            "prefixes",
            "texts",
            "order",
            "layers",
            "output",
            "sequences",
            "steps",
            "eachMs",
            "autoMs",
            "alwaysMs",
            "fewerSteps",
            "autoTimes",
            "alwaysTimes");
    List<String> files = Settings.words("texts", "none", "none");
    if (files.isEmpty()) {
      throw new IllegalArgumentException("-Dtexts= names no file with a text in each line");
    }
    for (String name : files) {
      List<String> texts = Files.readAllLines(Path.of(name), UTF_8);
      for (String order : Settings.words("orders", "file,random", "file,random")) {
        List<String> taken = new ArrayList<>(texts);
        if (order.equals("random")) {
          Collections.shuffle(taken, new Random(5));
        }
        int most = Settings.number("sequences", 20_000, Integer.MAX_VALUE);
        taken = taken.subList(0, Math.min(taken.size(), most));
        for (String layers : Settings.words("layers", "forward,both", "forward,both,stack")) {
          for (int units : Settings.numbers("units", "128", "128")) {
            for (String output : Settings.words("outputs", "final_state", "final_state,outputs")) {
              measure(table, Path.of(name).getFileName().toString(), order, layers, output, units, taken);
            }
          }
        }
      }
    }
  }

  private static void measure(
      Tsv table, String name, String order, String layers, String output, int units, List<String> texts) {
    Map<Character, Integer> characters = new HashMap<>();
    int[][] ids =
        texts.stream()
            .map(
                text ->
                    text.chars()
                        .map(c -> characters.computeIfAbsent((char) c, any -> characters.size()))
                        .toArray())
            .toArray(int[][]::new);
    Network network = network(characters.size(), layers, units);
    PackedNetwork packed = PackedNetwork.pack(network, Ops.of("auto"));
    List<NetworkRunner> runners = new ArrayList<>();
    List<Runnable> works = new ArrayList<>();
    for (Sharing sharing : List.of(Sharing.NEVER, Sharing.AUTO, Sharing.ALWAYS)) {
      Limits limits =
          new Limits(Limits.DEFAULT.windowBytes(), Limits.DEFAULT.groupRows(), sharing);
      NetworkRunner runner = packed.runner(List.of(network.output(output)), limits);
      runners.add(runner);
      works.add(() -> run(runner, ids, null));
    }
    float[][] each = new float[ids.length][];
    run(runners.get(0), ids, each);
    long all = runners.get(0).cellSteps();
    for (NetworkRunner runner : runners.subList(1, 3)) {
      float[][] answers = new float[ids.length][];
      run(runner, ids, answers);
      for (int row = 0; row < ids.length; row++) {
        if (Arrays.mismatch(answers[row], each[row]) >= 0) {
          throw new IllegalStateException(
              "'" + texts.get(row) + "' gives other bits where steps are shared");
        }
      }
    }
    double left = runners.get(2).cellSteps();
    Turns turns = Turns.take(works);
    table.row(
        name,
        order,
        layers + " " + units,
        output,
        ids.length,
        Arrays.stream(ids).mapToLong(row -> row.length).sum(),
        turns.nanos(0) / 1e6,
        turns.nanos(1) / 1e6,
        turns.nanos(2) / 1e6,
        all / left,
        turns.ratio(1, 0),
        turns.ratio(2, 0));
  }

  private static Network network(int characters, String layers, int units) {
    Random random = new Random(3);
    float[] table = new float[characters * WIDTH];
    for (int i = 0; i < table.length; i++) {
      table[i] = 2 * random.nextFloat() - 1;
    }
    RnnCell first = Cells.lstm(WIDTH, units);
    RnnCell above = Cells.lstm(2 * units, units);
    List<Layer> chain = new ArrayList<>();
    chain.add(new Layer.Embedding("embedding", Tensor.owning(Shape.of(characters, WIDTH), table)));
    switch (layers) {
      case "forward" -> chain.add(rnn("rnn", first));
      case "both" -> chain.add(rnn("rnn", first, first));
      case "stack" -> {
        chain.add(rnn("below", first, first));
        chain.add(rnn("rnn", above, above));
      }
      default ->
          throw new IllegalArgumentException(
              "-Dlayers=" + layers + ", expected some of forward, both, stack");
    }
    return new Network(new Network.Input.Ids(characters), chain);
  }

  private static Layer rnn(String name, RnnCell... directions) {
    return new Layer.Rnn(name, List.of(directions), Layer.Merge.CONCAT);
  }

  private static void run(NetworkRunner runner, int[][] ids, float[][] answers) {
    Window window = runner.window();
    int first = 0;
    for (int[] row : ids) {
      if (!window.hasRoom(row.length)) {
        first = flush(runner, answers, first);
      }
      window.add(row, 0, row.length);
    }
    flush(runner, answers, first);
  }

  private static int flush(NetworkRunner runner, float[][] answers, int first) {
    runner.run();
    Result result = runner.result(0);
    int rows = runner.window().rows();
    for (int row = 0; answers != null && row < rows; row++) {
      int from = result.offset(row);
      answers[first + row] =
          Arrays.copyOfRange(result.floats(), from, from + result.size() * result.entries(row));
    }
    runner.window().clear();
    return first + rows;
  }
}
