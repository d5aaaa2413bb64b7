package org.sparkrnn.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.sparkrnn.RnnModel;
import org.sparkrnn.RnnOutputs;
import org.sparkrnn.RnnSequences;
import org.sparkrnn.RnnStepper;
import org.sparkrnn.cell.LstmCell;
import org.sparkrnn.cell.RnnCell;
import org.sparkrnn.model.InputSpec;
import org.sparkrnn.model.SequenceModel;
import org.sparkrnn.model.loading.ModelWriter;
import org.sparkrnn.ops.Ops;
import org.sparkrnn.oracle.RandomNetworks;
import org.sparkrnn.oracle.TextbookBound;
import org.sparkrnn.oracle.TextbookCell;
import org.sparkrnn.rnn.Layer;
import org.sparkrnn.rnn.Limits;
import org.sparkrnn.rnn.Network;
import org.sparkrnn.rnn.NetworkRunner;
import org.sparkrnn.rnn.PackedNetwork;

/**
 * What holds for every type of cell that a model can name, bit for bit and whatever the cell
 * computes; and how near each is to the double-precision textbook.
 */
class EveryCellTest {
  private static final long SEED = 611;
  private static final int INPUT = 5;
  private static final int UNITS = 9;
  private static final int[] LENGTHS = {6, 0, 13, 1, 7, 13, 3};

  /**
   * Types that are written as others of equal arithmetic (an embedding wrapper as an embedding
   * layer and its cell); cases and properties judge them.
   */
  private static final Set<String> ALIASES =
      Set.of(
          "BasicLSTMCell",
          "LSTMBlockCell",
          "LSTMBlockFusedCell",
          "GRUBlockCell",
          "GRUBlockCellV2",
          "CudnnCompatibleLSTMCell",
          "LayerNormBasicLSTMCell",
          "Grid1BasicLSTMCell",
          "Grid2BasicLSTMCell",
          "Conv1DLSTMCell",
          "Conv2DLSTMCell",
          "Conv3DLSTMCell",
          "keras.GRUCell",
          "keras.LSTMCell",
          "keras.SimpleRNNCell",
          "torch.GRUCell",
          "torch.LSTMCell",
          "torch.RNNCell",
          "EmbeddingWrapper",
          "DropoutWrapper",
          "DeviceWrapper",
          "MultiRNNCell");

  @TempDir private Path folder;

  /**
   * A cell in a model of its own.
   *
   * @param word its type in a spec
   * @param name its type and what else tells it apart
   */
  private record Subject(String word, String name, RnnCell cell, RnnModel model) {
    Network network() {
      return model.definition().network();
    }

    int stateSize() {
      return cell.stateShape().size();
    }
  }

  private List<Subject> subjects() throws IOException {
    List<Subject> subjects = new ArrayList<>();
    for (RnnCell cell : new RandomNetworks(SEED).cells(INPUT, UNITS)) {
      String own = Files.createTempDirectory(folder, "model").toString();
      ModelWriter.write(model(cell).definition(), own, new Configuration(false));
      JsonNode spec = new ObjectMapper().readTree(Path.of(own, "model.json").toFile());
      String word = spec.at("/layers/0/cell/type").textValue();
      RnnModel loaded = RnnModel.load(own, new Configuration(false));
      subjects.add(new Subject(word, word + " " + subjects.size(), cell, loaded));
    }
    return subjects;
  }

  private static RnnModel model(RnnCell cell) {
    Network network =
        new Network(
            new Network.Input.Features(cell.inputSize()),
            List.of(new Layer.Rnn("rnn", List.of(cell), Layer.Merge.CONCAT)));
    return RnnModel.of(
        new SequenceModel(
            "cell", new InputSpec.Features(cell.inputSize()), network, List.of("outputs"), "cell"));
  }

  private Stream<DynamicTest> each(Law law) throws IOException {
    return subjects().stream().map(cell -> dynamicTest(cell.name(), () -> law.holds(cell)));
  }

  private interface Law {
    void holds(Subject cell);
  }

  @Test
  void noTypeIsLeftOut() throws IOException {
    Set<String> words = new TreeSet<>(ALIASES);
    subjects().forEach(cell -> words.add(cell.word()));
    assertThat(words).containsAll(ConformancePage.cells());
  }

  private static float[][][] rows(Subject cell) {
    RandomNetworks random = new RandomNetworks(SEED + 1);
    float[][][] rows = new float[LENGTHS.length][][];
    for (int row = 0; row < rows.length; row++) {
      rows[row] = new float[LENGTHS[row]][];
      Arrays.setAll(rows[row], step -> random.floats(cell.cell().inputSize()));
    }
    return rows;
  }

  private static float[][] states(Subject cell) {
    RandomNetworks random = new RandomNetworks(SEED + 2);
    float[][] states = new float[LENGTHS.length][];
    Arrays.setAll(states, row -> random.floats(cell.stateSize()));
    return states;
  }

  private static RnnSequences given(Subject cell) {
    return RnnSequences.of(rows(cell)).initialStates(states(cell));
  }

  private static void assertRow(
      Subject cell, String law, RnnOutputs found, int at, RnnOutputs expected, int row) {
    for (String output : List.of("outputs", "final_state")) {
      assertThat(found.floats(output, at))
          .as("%s: %s, %s of row %d, seed %d", cell.name(), law, output, row, SEED)
          .isEqualTo(expected.floats(output, row));
    }
  }

  @TestFactory
  Stream<DynamicTest> whatIsWrittenAndLoadedGivesTheSameBits() throws IOException {
    return each(
        cell -> {
          RnnOutputs expected = model(cell.cell()).run(given(cell));
          RnnOutputs found = cell.model().run(given(cell));
          for (int row = 0; row < LENGTHS.length; row++) {
            assertRow(cell, "written and loaded", found, row, expected, row);
          }
        });
  }

  @TestFactory
  Stream<DynamicTest> aRowsCompanyAndPlaceChangeNoBit() throws IOException {
    return each(
        cell -> {
          RnnOutputs together = cell.model().run(given(cell));
          float[][][] rows = rows(cell);
          float[][] states = states(cell);
          int count = rows.length;
          float[][][] turned = new float[count][][];
          float[][] turnedStates = new float[count][];
          for (int row = 0; row < count; row++) {
            turned[(row * 3 + 2) % count] = rows[row];
            turnedStates[(row * 3 + 2) % count] = states[row];
          }
          RnnOutputs permuted =
              cell.model().run(RnnSequences.of(turned).initialStates(turnedStates));
          for (int row = 0; row < count; row++) {
            assertRow(cell, "permuted", permuted, (row * 3 + 2) % count, together, row);
            RnnOutputs alone =
                cell.model()
                    .run(
                        RnnSequences.of(new float[][][] {rows[row]})
                            .initialStates(new float[][] {states[row]}));
            assertRow(cell, "alone", alone, 0, together, row);
          }
        });
  }

  @TestFactory
  Stream<DynamicTest> whatIsBehindARowsEndIsNeverSeen() throws IOException {
    return each(
        cell -> {
          RnnOutputs expected = cell.model().run(given(cell));
          RandomNetworks random = new RandomNetworks(SEED + 3);
          for (float garbage : new float[] {Float.NaN, Float.POSITIVE_INFINITY, 1e30f, 0}) {
            float[][][] padded = new float[LENGTHS.length][][];
            for (int row = 0; row < padded.length; row++) {
              padded[row] = Arrays.copyOf(rows(cell)[row], 17);
              for (int step = LENGTHS[row]; step < 17; step++) {
                padded[row][step] = random.floats(cell.cell().inputSize());
                padded[row][step][step % padded[row][step].length] = garbage;
              }
            }
            RnnOutputs found =
                cell.model()
                    .run(RnnSequences.of(padded).lengths(LENGTHS).initialStates(states(cell)));
            for (int row = 0; row < padded.length; row++) {
              assertRow(cell, "padded with " + garbage, found, row, expected, row);
            }
          }
        });
  }

  @TestFactory
  Stream<DynamicTest> aSequenceInTwoPiecesIsTheSequence() throws IOException {
    return each(
        cell -> {
          RnnOutputs whole = cell.model().run(given(cell));
          for (int row = 0; row < LENGTHS.length; row++) {
            float[][] steps = rows(cell)[row];
            for (int cut = 1; cut < steps.length; cut += 3) {
              RnnStepper stepper = cell.model().stepper().reset(states(cell)[row]);
              float[] first = stepper.steps(Arrays.copyOf(steps, cut)).floats("outputs", 0);
              float[] second =
                  stepper.steps(Arrays.copyOfRange(steps, cut, steps.length)).floats("outputs", 0);
              float[] both = Arrays.copyOf(first, first.length + second.length);
              System.arraycopy(second, 0, both, first.length, second.length);
              assertThat(both)
                  .as("%s: cut at %d, row %d, seed %d", cell.name(), cut, row, SEED)
                  .isEqualTo(whole.floats("outputs", row));
              assertThat(stepper.state()).isEqualTo(whole.floats("final_state", row));
            }
          }
        });
  }

  @TestFactory
  Stream<DynamicTest> plainAndVectorCodeGiveTheSameBits() throws IOException {
    return each(
        cell -> {
          float[][] plain = through(cell, "scalar");
          assertThat(through(cell, "auto"))
              .as("%s, seed %d", cell.name(), SEED)
              .isDeepEqualTo(plain);
        });
  }

  /** Outputs and final states of all rows. */
  private static float[][] through(Subject cell, String ops) {
    NetworkRunner runner =
        PackedNetwork.pack(cell.network(), Ops.of(ops))
            .runner(
                List.of(cell.network().output("outputs"), cell.network().output("final_state")),
                Limits.DEFAULT);
    float[][][] rows = rows(cell);
    for (int row = 0; row < rows.length; row++) {
      float[] flat = new float[LENGTHS[row] * cell.cell().inputSize()];
      for (int i = 0; i < flat.length; i++) {
        flat[i] = rows[row][i / cell.cell().inputSize()][i % cell.cell().inputSize()];
      }
      runner.window().add(flat, 0, LENGTHS[row]);
      runner.window().initialState(states(cell)[row], 0);
    }
    runner.run();
    return IntStream.range(0, 2)
        .mapToObj(
            output ->
                Arrays.copyOf(
                    runner.result(output).floats(),
                    runner.result(output).size()
                        * (output == 0 ? Arrays.stream(LENGTHS).sum() : LENGTHS.length)))
        .toArray(float[][]::new);
  }

  /** Every step is judged from the same state, so that errors do not pile up. */
  @TestFactory
  Stream<DynamicTest> everyStepIsTheTextbooks() throws IOException {
    return each(
        cell -> {
          int width =
              cell.cell() instanceof LstmCell lstm && lstm.projection().present() ? UNITS : 1;
          double tolerance = width * TextbookBound.ofOneStep(INPUT, UNITS);
          RnnStepper stepper = cell.model().stepper().reset(states(cell)[2]);
          double worst = 0;
          for (float[] step : rows(cell)[2]) {
            TextbookCell.Step expected =
                TextbookCell.step(
                    cell.cell(), RandomNetworks.widen(step), RandomNetworks.widen(stepper.state()));
            float[] output = stepper.step(step).floats("outputs", 0);
            worst = Math.max(worst, off(output, expected.output()));
            worst = Math.max(worst, off(stepper.state(), expected.state()));
          }
          assertThat(worst).as("%s, seed %d", cell.name(), SEED).isLessThanOrEqualTo(tolerance);
          Conformance.record("the textbook", cell.word(), "", "one step", worst, tolerance);
        });
  }

  /** The largest error, relative where the expected number is above 1 in size. */
  private static double off(float[] found, double[] expected) {
    assertThat(found).hasSize(expected.length);
    return IntStream.range(0, found.length)
        .mapToDouble(i -> Math.abs(found[i] - expected[i]) / Math.max(1, Math.abs(expected[i])))
        .max()
        .orElseThrow();
  }
}
