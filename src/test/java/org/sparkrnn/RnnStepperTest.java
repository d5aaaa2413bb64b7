package org.sparkrnn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkrnn.cell.Activation;
import org.sparkrnn.cell.RnnCell;
import org.sparkrnn.model.InputSpec;
import org.sparkrnn.model.SequenceModel;
import org.sparkrnn.oracle.RandomNetworks;
import org.sparkrnn.rnn.Layer;
import org.sparkrnn.rnn.Network;
import org.sparkrnn.spark.TestModels;

/** A sequence in pieces. */
class RnnStepperTest {
  private static final long SEED = 71;

  private final RandomNetworks random = new RandomNetworks(SEED);

  private float[][] sequence(int steps, int width) {
    float[][] sequence = new float[steps][];
    for (int t = 0; t < steps; t++) {
      sequence[t] = random.floats(width);
    }
    return sequence;
  }

  /** Two rnn layers, the first over {@code cell}, with heads for each step and for the last one. */
  private RnnModel model(RnnCell cell) {
    Network network =
        new Network(
            new Network.Input.Features(cell.inputSize()),
            List.of(
                new Layer.Rnn("low", List.of(cell), Layer.Merge.CONCAT),
                new Layer.Rnn(
                    "high", List.of(random.gru(cell.outputSize(), 5)), Layer.Merge.CONCAT),
                new Layer.Dense("tag", random.tensor(5, 3), random.tensor(3), Activation.SOFTMAX),
                new Layer.Reduce("mean", Layer.Reduction.MEAN)));
    return RnnModel.of(
        new SequenceModel(
            "m", new InputSpec.Features(cell.inputSize()), network, List.of("tag"), "m-" + SEED));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 18})
  void stepByStepHasTheBitsOfTheWholeRun(int units) {
    for (RnnCell cell : random.cells(4, units)) {
      RnnModel model = model(cell);
      float[][] sequence = sequence(23, 4);
      RnnOutputs whole = model.run(new float[][][] {sequence});
      RnnStepper stepper = model.stepper();
      for (int t = 0; t < sequence.length; t++) {
        assertThat(stepper.position()).isEqualTo(t);
        RnnOutputs now = stepper.step(sequence[t]);
        for (String output : List.of("outputs", "low", "high", "tag")) {
          assertThat(now.floats(output, 0))
              .as("seed %d, %s, step %d of %s", SEED, cell.getClass(), t, output)
              .isEqualTo(whole.steps(output, 0)[t]);
        }
        assertThat(now.floats("last_output", 0)).isEqualTo(whole.steps("outputs", 0)[t]);
        assertThat(now.floats("final_state", 0)).isEqualTo(stepper.state());
      }
      assertThat(stepper.state()).isEqualTo(whole.floats("final_state", 0));
    }
  }

  @Test
  void piecesOfAnySizesHaveTheBitsOfTheWholeRun() {
    RnnModel model = model(random.fullLstm(3, 17, 9));
    float[][] sequence = sequence(60, 3);
    float[][] expected = model.run(new float[][][] {sequence}).steps("tag", 0);
    Random cuts = new Random(SEED);
    for (int round = 0; round < 20; round++) {
      RnnStepper stepper = model.stepper();
      List<float[]> found = new ArrayList<>();
      for (int from = 0; from < sequence.length; ) {
        int to = Math.min(sequence.length, from + 1 + cuts.nextInt(20));
        // Another stepper goes on: the state is all that is handed over.
        stepper = model.stepper().reset(stepper.state());
        found.addAll(
            List.of(stepper.steps(Arrays.copyOfRange(sequence, from, to)).steps("tag", 0)));
        from = to;
      }
      assertThat(found.toArray(new float[0][]))
          .as("seed %d, round %d", SEED, round)
          .isDeepEqualTo(expected);
    }
  }

  @Test
  void idsAndWordsAreStepped() {
    RnnModel model = RnnModel.of(TestModels.tokens());
    float[] whole = model.run("two one four").floats("logits", 0);
    RnnStepper ids = model.stepper();
    ids.step(2);
    ids.steps(new int[] {1});
    assertThat(ids.step(4).floats("logits", 0)).isEqualTo(whole);
    RnnStepper words = model.stepper();
    words.steps(new String[] {"two"});
    assertThat(words.steps(new String[] {"one", "four"}).floats("logits", 0)).isEqualTo(whole);
    assertThat(words.reset().position()).isZero();
    assertThat(words.steps(new String[] {"two", "one", "four"}).ints("class", 0))
        .isEqualTo(model.run("two one four").ints("class", 0));
  }

  @Test
  void whatDoesNotFitIsRefusedAndTheStateStays() {
    RnnModel model = model(random.lstm(3, 4));
    RnnStepper stepper = model.stepper();
    RnnOutputs now = stepper.step(new float[] {1, 2, 3});
    float[] state = stepper.state();
    assertThatThrownBy(() -> stepper.step(new float[2]))
        .hasMessage("step 0 of sequence 0 has 2 values, expected 3 values");
    assertThatThrownBy(() -> stepper.step(7)).hasMessage("the model takes floats, not ids");
    assertThatThrownBy(() -> stepper.steps(new float[0][]))
        .hasMessage("a piece of a sequence needs at least one step");
    assertThatThrownBy(() -> stepper.reset(new float[3]))
        .hasMessage("the state has 3 values, expected 13");
    assertThatThrownBy(() -> now.floats("mean", 0))
        .hasMessage("output 'mean' is over all steps of a sequence, which a stepper does not see");
    assertThat(stepper.state()).isEqualTo(state);
    assertThat(stepper.position()).isEqualTo(1);
    assertThatThrownBy(() -> RnnModel.of(TestModels.features()).stepper())
        .hasMessage(
            "the model 'features' cannot be run step by step: layer 'both' is bidirectional, so its"
                + " outputs depend on steps that are still to come");
  }
}
