package org.sparkrnn.rnn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.sparkrnn.cell.Activation;
import org.sparkrnn.cell.MultiRnnCell;
import org.sparkrnn.cell.RnnCell;
import org.sparkrnn.ops.Ops;
import org.sparkrnn.oracle.RandomNetworks;
import org.sparkrnn.oracle.TextbookNetwork;

/** A network whose output is its next input. */
class GenerateTest {
  private static final int IDS = 6;
  private static final int[] LENGTHS = {5, 0, 12, 1, 7, 12, 3, 0, 9, 2};

  /** A chain whose last rnn layer can be given a loop. */
  private record Chain(List<Layer> layers) {
    Network with(Loop loop) {
      List<Layer> all = new ArrayList<>(layers);
      for (int i = all.size() - 1; i >= 0; i--) {
        if (all.get(i) instanceof Layer.Rnn rnn) {
          all.set(i, new Layer.Rnn(rnn.name(), loop, rnn.levels(), rnn.merge()));
          break;
        }
      }
      return new Network(new Network.Input.Ids(IDS), all);
    }

    Network plain() {
      return with(Loop.TensorFlow.DYNAMIC_RNN);
    }

    @Override
    public String toString() {
      return layers.stream().map(Layer::name).toList().toString();
    }
  }

  private static Layer.Rnn rnn(String name, RnnCell cell) {
    return new Layer.Rnn(name, List.of(cell), Layer.Merge.CONCAT);
  }

  static Stream<Chain> chains() {
    RandomNetworks random = new RandomNetworks(51);
    Layer embedding = new Layer.Embedding("embedding", random.tensor(IDS, 4));
    Layer oneHot = new Layer.OneHot("one_hot", IDS);
    Layer logits =
        new Layer.Dense("logits", random.tensor(5, IDS), random.tensor(IDS), Activation.LINEAR);
    RnnCell stack = new MultiRnnCell(List.of(random.lstm(IDS, 4), random.gru(4, 5)));
    return Stream.of(
        new Chain(List.of(embedding, rnn("rnn", random.lstm(4, 5)), logits)),
        new Chain(List.of(oneHot, rnn("rnn", stack), logits, new Layer.Softmax("softmax"))),
        new Chain(
            List.of(
                embedding,
                rnn("lower", random.gru(4, 3)),
                new Layer.Dense("between", random.tensor(3, 3), random.tensor(3), Activation.TANH),
                rnn("upper", random.fullLstm(3, 6, 5)),
                new Layer.Reduce("last", Layer.Reduction.LAST),
                logits,
                new Layer.ArgMax("next"))),
        new Chain(
            List.of(
                oneHot, rnn("rnn", stack), logits, new Layer.Reduce("last", Layer.Reduction.LAST))),
        new Chain(
            List.of(
                embedding,
                rnn("rnn", random.gru(4, 5)),
                new Layer.Reduce("state", Layer.Reduction.FINAL_STATE),
                logits)),
        new Chain(List.of(oneHot, rnn("rnn", random.gru(IDS, IDS)))));
  }

  private static List<float[]> run(Network network, Rows rows, String output) {
    return rows.run(network, output, Limits.DEFAULT);
  }

  private static int[] ids(float[] numbers) {
    return IntStream.range(0, numbers.length).map(i -> (int) numbers[i]).toArray();
  }

  private static int[] concat(int[] a, int[] b) {
    int[] all = Arrays.copyOf(a, a.length + b.length);
    System.arraycopy(b, 0, all, a.length, b.length);
    return all;
  }

  /** Every id is chosen by running again over the whole row so far, in double precision. */
  @ParameterizedTest
  @MethodSource("chains")
  void everyIdIsTheTextbooks(Chain chain) {
    Network network = chain.with(new Loop.Generate(8, Loop.Generate.NO_STOP));
    TextbookNetwork textbook = new TextbookNetwork(chain.plain());
    Rows rows = Rows.idsAndStates(52, network, LENGTHS);
    List<float[]> found = run(network, rows, Output.GENERATED);
    String last = chain.layers().get(chain.layers().size() - 1).name();
    for (int row = 0; row < rows.count(); row++) {
      int[] generated = ids(found.get(row));
      assertThat(generated).hasSize(rows.length(row) == 0 ? 0 : 8);
      int[] soFar = rows.ids().get(row);
      for (int id : generated) {
        double[] value =
            textbook.run(soFar, RandomNetworks.widen(rows.initial().get(row))).get(last);
        assertThat(id).as("%s, row %d, seed 52", chain, row).isEqualTo(choice(value));
        soFar = concat(soFar, new int[] {id});
      }
    }
  }

  /** The largest of the last {@code IDS} numbers, or the number that is an id itself. */
  private static int choice(double[] value) {
    if (value.length < IDS || value.length % IDS != 0) {
      return (int) value[value.length - 1];
    }
    int from = value.length - IDS;
    int best = 0;
    for (int i = 1; i < IDS; i++) {
      best = value[from + i] > value[from + best] ? i : best;
    }
    return best;
  }

  @ParameterizedTest
  @MethodSource("chains")
  void theFinalStateHasReadAllButTheLastId(Chain chain) {
    Network network = chain.with(new Loop.Generate(6, 2));
    Rows rows = Rows.idsAndStates(53, network, LENGTHS);
    List<float[]> found = run(network, rows, Output.GENERATED);
    List<int[]> read = new ArrayList<>();
    for (int row = 0; row < rows.count(); row++) {
      int[] generated = ids(found.get(row));
      int[] withoutLast = Arrays.copyOf(generated, Math.max(0, generated.length - 1));
      assertThat(withoutLast).doesNotContain(2);
      assertThat(
              generated.length == 0 || generated.length == 6 || generated[withoutLast.length] == 2)
          .isTrue();
      read.add(concat(rows.ids().get(row), withoutLast));
    }
    List<float[]> expected =
        run(chain.plain(), new Rows(List.of(), read, rows.initial(), 1), Output.FINAL_STATE);
    List<float[]> states = run(network, rows, Output.FINAL_STATE);
    for (int row = 0; row < rows.count(); row++) {
      assertThat(states.get(row)).as("row %d, seed 53", row).isEqualTo(expected.get(row));
    }
  }

  @ParameterizedTest
  @MethodSource("chains")
  void aRowsBitsDoNotDependOnItsCompany(Chain chain) {
    Network network = chain.with(new Loop.Generate(7, 3));
    Rows rows = Rows.idsAndStates(54, network, LENGTHS);
    List<Integer> order = new ArrayList<>(IntStream.range(0, rows.count()).boxed().toList());
    Collections.shuffle(order, new Random(55));
    for (Output output : network.outputs()) {
      List<float[]> expected = run(network, rows, output.name());
      long justEnough =
          PackedNetwork.pack(network, Ops.of("scalar"))
              .runner(List.of(output), Limits.DEFAULT)
              .window()
              .bytesNeeded(12);
      for (Limits limits :
          List.of(new Limits(64L << 20, 1), new Limits(64L << 20, 3), new Limits(justEnough, 4))) {
        List<float[]> found = rows.run(network, output.name(), limits);
        for (int row = 0; row < rows.count(); row++) {
          assertThat(found.get(row)).as("%s, row %d", limits, row).isEqualTo(expected.get(row));
        }
      }
      List<float[]> shuffled = run(network, rows.permuted(order), output.name());
      for (int i = 0; i < order.size(); i++) {
        assertThat(shuffled.get(i)).as("seed 54").isEqualTo(expected.get(order.get(i)));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("chains")
  void generatingInTwoPartsIsGeneratingOnce(Chain chain) {
    Network whole = chain.with(new Loop.Generate(9, Loop.Generate.NO_STOP));
    Network first = chain.with(new Loop.Generate(4, Loop.Generate.NO_STOP));
    Network second = chain.with(new Loop.Generate(5, Loop.Generate.NO_STOP));
    Rows rows = Rows.idsAndStates(56, whole, 5, 1, 12, 3);
    List<float[]> begun = run(first, rows, Output.GENERATED);
    List<int[]> next =
        begun.stream().map(numbers -> new int[] {(int) numbers[numbers.length - 1]}).toList();
    Rows rest = new Rows(List.of(), next, run(first, rows, Output.FINAL_STATE), 1);
    for (int row = 0; row < rows.count(); row++) {
      assertThat(concat(ids(begun.get(row)), ids(run(second, rest, Output.GENERATED).get(row))))
          .as("row %d, seed 56", row)
          .isEqualTo(ids(run(whole, rows, Output.GENERATED).get(row)));
      assertThat(run(second, rest, Output.FINAL_STATE).get(row))
          .as("row %d, seed 56", row)
          .isEqualTo(run(whole, rows, Output.FINAL_STATE).get(row));
    }
  }

  @Test
  void theWorkIsOneStepForEachIdThatIsRead() {
    Chain chain = chains().findFirst().orElseThrow();
    Network network = chain.with(new Loop.Generate(6, Loop.Generate.NO_STOP));
    Rows rows = Rows.idsAndStates(57, network, 4, 0, 2);
    NetworkRunner runner =
        PackedNetwork.pack(network, Ops.of("scalar"))
            .runner(List.of(network.output(Output.GENERATED)), Limits.DEFAULT);
    rows.run(runner);
    assertThat(runner.steps()).isEqualTo(4 + 2 + 2 * 5);
    assertThat(runner.cellSteps()).isEqualTo(runner.steps());
    assertThat(runner.flops()).isPositive();
  }

  private static void refused(Network.Input input, String message, Layer... layers) {
    assertThatThrownBy(() -> new Network(input, List.of(layers)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }

  @Test
  void aNetworkThatCannotGenerateIsRefusedWithTheReason() {
    RandomNetworks random = new RandomNetworks(58);
    Loop loop = new Loop.Generate(3, 4);
    Network.Input ids = new Network.Input.Ids(4);
    Layer oneHot = new Layer.OneHot("one_hot", 4);
    Layer.Rnn plain = rnn("rnn", random.gru(4, 4));
    Layer.Rnn generating = new Layer.Rnn("rnn", loop, plain.levels(), plain.merge());
    refused(
        ids,
        "layer 'rnn' cannot generate: the loop goes around the whole network, so the last rnn"
            + " layer has it",
        oneHot,
        generating,
        rnn("upper", random.gru(4, 4)));
    refused(
        new Network.Input.Features(4),
        "layer 'rnn' cannot generate: the network's input is floats; what it chooses is an id",
        generating);
    refused(
        ids, "layer 'rnn' cannot generate: it stops at id 4, expected 0 to 3", oneHot, generating);
    refused(
        ids,
        "layer 'rnn' cannot generate: the last layer chooses among 5 ids, but the input has only"
            + " 4",
        oneHot,
        generating,
        new Layer.Dense("logits", random.tensor(4, 5), random.tensor(5), Activation.LINEAR));
    refused(
        ids,
        "layer 'rnn' cannot generate: layer 'mean' is over all steps of a row, those to come among"
            + " them",
        oneHot,
        generating,
        new Layer.Reduce("mean", Layer.Reduction.MEAN));
    refused(
        ids,
        "layer 'rnn' cannot generate: layer 'below' is bidirectional, so its outputs depend on"
            + " steps that are still to come",
        oneHot,
        new Layer.Rnn("below", List.of(random.gru(4, 2), random.gru(4, 2)), Layer.Merge.CONCAT),
        generating);
    assertThatThrownBy(() -> new Loop.Generate(0, 1))
        .hasMessage("a loop that generates needs a maximum of at least 1, not 0");
  }
}
