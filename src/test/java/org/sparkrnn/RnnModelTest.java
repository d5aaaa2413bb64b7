package org.sparkrnn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.sparkrnn.oracle.TextbookNetwork;
import org.sparkrnn.rnn.Output;
import org.sparkrnn.spark.TestModels;

/** The model over plain arrays, without Spark. */
class RnnModelTest {
  private static final long SEED = 23;

  private final RnnModel model = RnnModel.of(TestModels.features());

  private static float[][][] sequences(int... lengths) {
    Random random = new Random(SEED);
    float[][][] sequences = new float[lengths.length][][];
    for (int row = 0; row < lengths.length; row++) {
      sequences[row] = new float[lengths[row]][TestModels.WIDTH];
      for (float[] step : sequences[row]) {
        for (int i = 0; i < step.length; i++) {
          step[i] = random.nextFloat() * 2 - 1;
        }
      }
    }
    return sequences;
  }

  @Test
  void givesWhatTheTextbookGives() {
    float[][][] sequences = sequences(4, 0, 9);
    RnnOutputs found = model.run(sequences);

    TextbookNetwork textbook = new TextbookNetwork(model.definition().network());
    for (int row = 0; row < sequences.length; row++) {
      double[][] wide =
          Arrays.stream(sequences[row])
              .map(org.sparkrnn.oracle.RandomNetworks::widen)
              .toArray(double[][]::new);
      Map<String, double[]> expected =
          textbook.run(wide, new double[model.definition().network().stateShape().size()]);
      for (Output output : model.outputs()) {
        if (output.name().equals("tags")) {
          continue;
        }
        float[] values = found.floats(output.name(), row);
        double[] judge = expected.get(output.name());
        assertThat(values)
            .as("seed %d, %s of row %d", SEED, output.name(), row)
            .hasSize(judge.length);
        for (int i = 0; i < judge.length; i++) {
          assertThat((double) values[i])
              .as("seed %d, %s of row %d at %d", SEED, output.name(), row, i)
              .isCloseTo(judge[i], org.assertj.core.api.Assertions.offset(1e-5));
        }
      }
    }
  }

  @Test
  void aRowsCompanyChangesNoBit() {
    float[][][] sequences = sequences(7, 2, 30, 0, 11);
    RnnOutputs together = model.run(sequences);

    for (int row = 0; row < sequences.length; row++) {
      RnnOutputs alone = model.run(new float[][][] {sequences[row]});
      assertThat(together.floats("outputs", row)).isEqualTo(alone.floats("outputs", 0));
      assertThat(together.ints("tags", row)).isEqualTo(alone.ints("tags", 0));
    }
  }

  @Test
  void manyRowsNeedSeveralWindows() {
    int[] lengths = new int[3000];
    Arrays.fill(lengths, 100);
    float[][][] sequences = sequences(lengths);

    RnnOutputs found = model.run(sequences);

    assertThat(found.rows()).isEqualTo(3000);
    assertThat(found.floats("final_state", 2999))
        .isEqualTo(model.run(new float[][][] {sequences[2999]}).floats("final_state", 0));
  }

  @Test
  void goesOnFromAState() {
    RnnModel forward = RnnModel.of(TestModels.forward());
    float[][][] whole = sequences(10);
    float[] middle =
        forward.run(new float[][][] {Arrays.copyOf(whole[0], 4)}).floats("final_state", 0);

    RnnOutputs rest =
        forward.run(new float[][][] {Arrays.copyOfRange(whole[0], 4, 10)}, new float[][] {middle});

    assertThat(rest.floats("final_state", 0))
        .isEqualTo(forward.run(whole).floats("final_state", 0));
  }

  @Test
  void stepsBehindTheLengthAreZerosAndNeverLookedAt() {
    float[][][] padded = sequences(6, 6, 6);
    int[] lengths = {4, 0, 6};
    RnnOutputs trimmed =
        model.run(
            new float[][][] {
              Arrays.copyOf(padded[0], 4), new float[0][], Arrays.copyOf(padded[2], 6)
            });
    padded[0][4] = null;
    padded[0][5] = new float[] {Float.NaN};
    RnnOutputs found = model.run(padded, lengths);
    for (int row = 0; row < 3; row++) {
      for (String output : List.of("outputs", "final_state", "probabilities")) {
        assertThat(found.floats(output, row)).isEqualTo(trimmed.floats(output, row));
      }
      float[][] steps = found.steps("outputs", row);
      float[][] valid = trimmed.steps("outputs", row);
      assertThat(steps).hasDimensions(6, 6);
      for (int t = 0; t < 6; t++) {
        assertThat(steps[t]).isEqualTo(t < lengths[row] ? valid[t] : new float[6]);
      }
    }
  }

  @Test
  void textIsTakenApartAsInSpark() {
    RnnModel tokens = RnnModel.of(TestModels.tokens());
    float[] expected = tokens.run(new int[][] {{2, 4, 1}}).floats("logits", 0);
    assertThat(tokens.run(" two\tfour one ").floats("logits", 0)).isEqualTo(expected);
    String[][] words = {{"two", "four", "one", null}};
    assertThat(tokens.run(RnnSequences.of(words).lengths(3)).floats("logits", 0))
        .isEqualTo(expected);
    RnnModel characters = RnnModel.of(TestModels.characters());
    assertThat(characters.run("ü😀a").floats("outputs", 0))
        .isEqualTo(characters.run(new int[][] {{3, 4, 1}}).floats("outputs", 0));
  }

  @Test
  void theWeightsArePackedOnceForAllThreads() throws Exception {
    float[][][] sequences = sequences(9);
    float[] expected = model.run(sequences).floats("outputs", 0);
    List<CompletableFuture<float[]>> runs =
        IntStream.range(0, 8)
            .mapToObj(
                i -> CompletableFuture.supplyAsync(() -> model.run(sequences).floats("outputs", 0)))
            .toList();
    for (CompletableFuture<float[]> run : runs) {
      assertThat(run.get()).isEqualTo(expected);
    }
    assertThat(model.packed()).isSameAs(model.packed());
  }

  @Test
  void aNullStateIsTheZeroState() {
    RnnModel forward = RnnModel.of(TestModels.forward());
    float[][][] sequences = sequences(5, 5);
    float[] state = new float[14];
    Arrays.fill(state, 0.25f);
    RnnOutputs found =
        forward.run(RnnSequences.of(sequences).initialStates(new float[][] {null, state}));
    assertThat(found.floats("outputs", 0)).isEqualTo(forward.run(sequences).floats("outputs", 0));
    assertThat(found.floats("outputs", 1))
        .isNotEqualTo(forward.run(sequences).floats("outputs", 1));
  }

  @Test
  void aRunAfterARefusedOneHasTheSameBits() {
    float[] expected = model.run(sequences(4, 7)).floats("outputs", 1);
    float[][][] wrong = sequences(4, 7, 3);
    wrong[2][1] = new float[TestModels.WIDTH + 1];
    assertThatThrownBy(() -> model.run(wrong))
        .hasMessage("step 1 of sequence 2 has 4 values, expected 3 values");
    RnnOutputs again = model.run(sequences(4, 7));
    assertThat(again.rows()).isEqualTo(2);
    assertThat(again.floats("outputs", 1)).isEqualTo(expected);
  }

  @Test
  void laterRunsLeaveTheResultsOfEarlierOnesAlone() {
    RnnOutputs first = model.run(sequences(4, 7));
    float[] before = first.floats("outputs", 1);
    float[] state = first.floats("final_state", 1);
    model.run(sequences(9, 30, 2));
    assertThat(first.floats("outputs", 1)).isEqualTo(before);
    assertThat(first.floats("final_state", 1)).isEqualTo(state);
  }

  @Test
  void saysWhatItIs() {
    assertThat(model.name()).isEqualTo("features");
    assertThat(model.outputs()).extracting(Output::name).contains("outputs", "logits");
    assertThat(model.defaultOutputs()).containsExactly("outputs", "final_state");
  }

  @Test
  void aModelOfAllStepsOfARowTakesNoOtherRows() {
    RnnModel joined = RnnModel.of(TestModels.flattened(2));
    assertThat(joined.run(sequences(2)).floats("all", 0)).hasSize(12);
    assertThatThrownBy(() -> joined.run(sequences(2, 3)))
        .hasMessageStartingWith("sequence 1: the row has 3 steps, the model takes 2");
    assertThatThrownBy(joined::stepper)
        .hasMessageEndingWith("step by step: layer 'all' joins the 2 steps of a whole row");
  }

  @Test
  void whatDoesNotFitIsRefused() {
    assertThatThrownBy(() -> model.run(new float[][][] {{{1, 2, 3}, {1, 2}}}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("step 1 of sequence 0 has 2 values, expected 3 values");
    assertThatThrownBy(() -> model.run(new int[][] {{1}}))
        .hasMessage("the model takes floats, not ids");
    assertThatThrownBy(() -> RnnModel.of(TestModels.tokens()).run(sequences(1)))
        .hasMessage("the model takes ids, not floats");
    assertThatThrownBy(() -> RnnModel.of(TestModels.tokens()).run(new int[][] {{1, 9}}))
        .hasMessage("step 1 of sequence 0 has id 9, expected 0 to 4");
    assertThatThrownBy(() -> RnnModel.of(TestModels.tokens()).run("one", "one five"))
        .hasMessage("step 1 of sequence 1 is not in the model's vocabulary");
    assertThatThrownBy(() -> RnnModel.of(TestModels.plainIds()).run("one"))
        .hasMessage("the model has no vocabulary, so it takes no strings");
    assertThatThrownBy(() -> model.run("one")).hasMessage("the model takes floats, not strings");
    assertThatThrownBy(() -> model.run(sequences(2), new int[] {3}))
        .hasMessage("the length of sequence 0 is 3, expected 0 to 2, its number of steps");
    assertThatThrownBy(() -> model.run(sequences(2), new int[] {1, 1}))
        .hasMessage("1 sequences, but 2 lengths");
    assertThatThrownBy(() -> model.run(new float[][][] {null})).hasMessage("sequence 0 is null");
    assertThatThrownBy(() -> model.run(new float[][][] {{{1, 2, 3}, null}}))
        .hasMessage("step 1 of sequence 0 is null, expected 3 values");
    assertThatThrownBy(() -> model.run(sequences(1)).steps("final_state", 0))
        .hasMessage("output 'final_state' has one entry for the row: ask for floats");
    assertThatThrownBy(() -> model.run(sequences(1, 2), new float[1][]))
        .hasMessage("2 sequences, but 1 initial states");
    assertThatThrownBy(() -> model.run(sequences(1), new float[][] {{1}}))
        .hasMessage("initial state 0 has 1 values, expected 33");
    assertThatThrownBy(() -> model.run(sequences(1)).floats("logit", 0))
        .hasMessage(
            "the model has no output 'logit'; it has outputs, last_output, final_state, both, top,"
                + " logits, probabilities, tags");
    assertThatThrownBy(() -> model.run(sequences(1)).floats("tags", 0))
        .hasMessage("output 'tags' holds integers: ask for ints");
  }
}
