package org.sparkrnn.rnn;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkrnn.cell.RnnCell;
import org.sparkrnn.cell.StateShape;
import org.sparkrnn.oracle.RandomNetworks;

/** What loops have to do with each other: bit by bit, whatever the cells compute. */
class LoopLawsTest {
  private static final int[] LENGTHS = {5, 0, 12, 1, 7, 12, 3, 0, 17, 2};

  private static Network network(int size, Layer... layers) {
    return new Network(new Network.Input.Features(size), List.of(layers));
  }

  private static Layer.Rnn one(String name, RnnCell cell) {
    return new Layer.Rnn(name, List.of(cell), Layer.Merge.CONCAT);
  }

  private static Layer.Rnn two(String name, RnnCell fw, RnnCell bw) {
    return new Layer.Rnn(name, List.of(fw, bw), Layer.Merge.CONCAT);
  }

  private static List<float[]> run(Network network, Rows rows, String output) {
    return rows.run(network, output, Limits.DEFAULT);
  }

  /** The rows with each row's steps from last to first. */
  private static Rows reversed(Rows rows) {
    List<float[]> turned = new ArrayList<>();
    for (float[] row : rows.features()) {
      turned.add(reversed(row, rows.size()));
    }
    return new Rows(turned, List.of(), rows.initial(), rows.size());
  }

  private static float[] reversed(float[] row, int size) {
    float[] turned = new float[row.length];
    int steps = row.length / size;
    for (int t = 0; t < steps; t++) {
      System.arraycopy(row, t * size, turned, (steps - 1 - t) * size, size);
    }
    return turned;
  }

  /** Of each entry of {@code size} numbers those from {@code from} on. */
  private static float[] columns(float[] row, int size, int from, int count) {
    float[] cut = new float[row.length / size * count];
    for (int t = 0; t < row.length / size; t++) {
      System.arraycopy(row, t * size + from, cut, t * count, count);
    }
    return cut;
  }

  private static Rows withStates(Rows rows, int from, int to) {
    List<float[]> states =
        rows.initial().stream().map(state -> Arrays.copyOfRange(state, from, to)).toList();
    return new Rows(rows.features(), List.of(), states, rows.size());
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void bidirectionalIsTwoRunsAndReversingTwiceIsNothing(long seed) {
    List<RnnCell> forward = new RandomNetworks(seed).cells(3, 6);
    List<RnnCell> backward = new RandomNetworks(seed + 100).cells(3, 5);
    for (int i = 0; i < forward.size(); i++) {
      RnnCell fw = forward.get(i);
      RnnCell bw = backward.get(backward.size() - 1 - i);
      Network both = network(3, two("both", fw, bw));
      Rows rows = Rows.features(seed + 200, both, LENGTHS);
      int stateFw = fw.stateShape().size();
      int state = both.stateShape().size();
      Rows rowsFw = withStates(rows, 0, stateFw);
      Rows rowsBw = reversed(withStates(rows, stateFw, state));
      int size = fw.outputSize() + bw.outputSize();
      for (int row = 0; row < rows.count(); row++) {
        String what = "seed " + seed + ", cells " + i + ", row " + row;
        float[] outputs = run(both, rows, Output.OUTPUTS).get(row);
        float[] last = run(both, rows, Output.FINAL_STATE).get(row);
        Network onlyFw = network(3, one("fw", fw));
        Network onlyBw = network(3, one("bw", bw));
        assertThat(columns(outputs, size, 0, fw.outputSize()))
            .as(what)
            .isEqualTo(run(onlyFw, rowsFw, Output.OUTPUTS).get(row));
        assertThat(columns(outputs, size, fw.outputSize(), bw.outputSize()))
            .as(what)
            .isEqualTo(reversed(run(onlyBw, rowsBw, Output.OUTPUTS).get(row), bw.outputSize()));
        assertThat(Arrays.copyOfRange(last, 0, stateFw))
            .as(what)
            .isEqualTo(run(onlyFw, rowsFw, Output.FINAL_STATE).get(row));
        assertThat(Arrays.copyOfRange(last, stateFw, state))
            .as(what)
            .isEqualTo(run(onlyBw, rowsBw, Output.FINAL_STATE).get(row));
        Network turned = network(3, RandomNetworks.reversed("turned", bw));
        Rows unturned = withStates(rows, stateFw, state);
        assertThat(columns(outputs, size, fw.outputSize(), bw.outputSize()))
            .as(what)
            .isEqualTo(run(turned, unturned, Output.OUTPUTS).get(row));
        assertThat(Arrays.copyOfRange(last, stateFw, state))
            .as(what)
            .isEqualTo(run(turned, unturned, Output.FINAL_STATE).get(row));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {4, 5, 6})
  void aStackIsItsLevelsOneAfterTheOther(long seed) {
    RandomNetworks random = new RandomNetworks(seed);
    RnnCell fw0 = random.lstm(3, 4);
    RnnCell bw0 = random.gru(3, 2);
    RnnCell fw1 = random.fullLstm(6, 5, 3);
    RnnCell bw1 = random.lstm(6, 1);
    Network stack = network(3, RandomNetworks.stack("stack", List.of(fw0, bw0), List.of(fw1, bw1)));
    Network chain = network(3, two("lower", fw0, bw0), two("upper", fw1, bw1));
    Rows rows = Rows.features(seed + 200, stack, LENGTHS);
    // At the border a stack's state is fw.cell_0, fw.cell_1, bw.cell_0, bw.cell_1.
    assertThat(stack.stateShape().parts().stream().mapToInt(StateShape.Part::size))
        .containsExactly(4, 4, 5, 3, 2, 1, 1);
    List<float[]> initial = new ArrayList<>();
    for (float[] state : rows.initial()) {
      initial.add(
          concat(slice(state, 0, 8), slice(state, 16, 2), slice(state, 8, 8), slice(state, 18, 2)));
    }
    Rows chained = new Rows(rows.features(), List.of(), initial, rows.size());
    List<float[]> outputs = run(stack, rows, Output.OUTPUTS);
    List<float[]> states = run(stack, rows, Output.FINAL_STATE);
    List<float[]> chainStates = run(chain, chained, Output.FINAL_STATE);
    for (int row = 0; row < rows.count(); row++) {
      String what = "seed " + seed + ", row " + row;
      assertThat(outputs.get(row)).as(what).isEqualTo(run(chain, chained, Output.OUTPUTS).get(row));
      float[] found = chainStates.get(row);
      assertThat(states.get(row))
          .as(what)
          .isEqualTo(
              concat(
                  slice(found, 0, 8),
                  slice(found, 10, 8),
                  slice(found, 8, 2),
                  slice(found, 18, 2)));
    }
  }

  @Test
  void theStateOfAStackIsByDirectionThenByLevel() {
    RandomNetworks random = new RandomNetworks(7);
    Layer.Rnn stack =
        RandomNetworks.stack(
            "stack",
            List.of(random.lstm(3, 4), random.gru(3, 2)),
            List.of(random.gru(6, 5), random.lstm(6, 1)));
    StateOrder order = StateOrder.of(stack);
    assertThat(order.shape().parts().stream().map(part -> part.path() + " " + part.size()))
        .containsExactly(
            "fw.cell_0.c 4",
            "fw.cell_0.h 4",
            "fw.cell_1.h 5",
            "bw.cell_0.h 2",
            "bw.cell_1.c 1",
            "bw.cell_1.h 1");
    assertThat(order.spans(0, 8)).containsExactly(new StateOrder.Span(0, 0, 8));
    assertThat(order.spans(8, 2)).containsExactly(new StateOrder.Span(13, 0, 2));
    assertThat(order.spans(10, 5)).containsExactly(new StateOrder.Span(8, 0, 5));
    assertThat(order.spans(15, 2)).containsExactly(new StateOrder.Span(15, 0, 2));
  }

  @Test
  void theStateOfCudnnsLayersIsByKind() {
    RandomNetworks random = new RandomNetworks(8);
    StateOrder one =
        StateOrder.of(
            RandomNetworks.cudnn(
                "lstm", Loop.Cudnn.LSTM, random.lstm(3, 2), random.lstm(2, 2), random.lstm(2, 2)));
    assertThat(one.shape().parts())
        .containsExactly(new StateShape.Part("h", 0, 6), new StateShape.Part("c", 6, 6));
    // Each cell holds c, then h.
    assertThat(one.spans(4, 4))
        .containsExactly(new StateOrder.Span(8, 0, 2), new StateOrder.Span(2, 2, 2));
    StateOrder both =
        StateOrder.of(
            RandomNetworks.cudnn(
                "gru",
                Loop.Cudnn.GRU,
                List.of(random.gru(3, 2), random.gru(3, 2)),
                List.of(random.gru(4, 2), random.gru(4, 2))));
    assertThat(both.shape().parts()).containsExactly(new StateShape.Part("h", 0, 8));
    assertThat(both.spans(2, 2)).containsExactly(new StateOrder.Span(2, 0, 2));
  }

  /** cuDNN's layers are stacks of cells whose states stand in another order. */
  @ParameterizedTest
  @ValueSource(longs = {9, 10})
  void cudnnsLayersAreStacks(long seed) {
    RandomNetworks random = new RandomNetworks(seed);
    List<RnnCell> lower = List.of(random.lstm(3, 2), random.lstm(3, 2));
    List<RnnCell> upper = List.of(random.lstm(4, 2), random.lstm(4, 2));
    Network cudnn = network(3, RandomNetworks.cudnn("cudnn", Loop.Cudnn.LSTM, lower, upper));
    Network stack = network(3, RandomNetworks.stack("stack", lower, upper));
    Rows rows = Rows.features(seed + 200, cudnn, LENGTHS);
    List<float[]> initial = rows.initial().stream().map(LoopLawsTest::asStack).toList();
    Rows stacked = new Rows(rows.features(), List.of(), initial, rows.size());
    for (int row = 0; row < rows.count(); row++) {
      String what = "seed " + seed + ", row " + row;
      assertThat(run(cudnn, rows, Output.OUTPUTS).get(row))
          .as(what)
          .isEqualTo(run(stack, stacked, Output.OUTPUTS).get(row));
      assertThat(asStack(run(cudnn, rows, Output.FINAL_STATE).get(row)))
          .as(what)
          .isEqualTo(run(stack, stacked, Output.FINAL_STATE).get(row));
    }
  }

  /** {@code h} and {@code c} of 0 fw, 0 bw, 1 fw, 1 bw to the state of a stack. */
  private static float[] asStack(float[] state) {
    float[] stack = new float[0];
    for (int pseudoLayer : new int[] {0, 2, 1, 3}) {
      stack = concat(stack, slice(state, 8 + 2 * pseudoLayer, 2), slice(state, 2 * pseudoLayer, 2));
    }
    return stack;
  }

  private static float[] slice(float[] values, int from, int count) {
    return Arrays.copyOfRange(values, from, from + count);
  }

  private static float[] concat(float[]... parts) {
    int size = Arrays.stream(parts).mapToInt(part -> part.length).sum();
    float[] all = new float[size];
    int to = 0;
    for (float[] part : parts) {
      System.arraycopy(part, 0, all, to, part.length);
      to += part.length;
    }
    return all;
  }
}
