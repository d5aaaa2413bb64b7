package org.sparkrnn.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sparkrnn.RnnModel;
import org.sparkrnn.RnnOutputs;
import org.sparkrnn.RnnSequences;
import org.sparkrnn.RnnStepper;

/** Loops that are defined by other loops give their bits. */
class EveryLoopTest {
  private static final String JUDGE = "our other loops, bit for bit";
  private static final int UNITS = 4;
  private static final int INPUT = 3;

  @TempDir private Path folder;

  private Lab lab;

  @BeforeEach
  void newLab() {
    lab = new Lab(folder);
  }

  private void cell(String type, String scope, int input) {
    switch (type) {
      case "CudnnCompatibleLSTMCell" ->
          lab.lstm(scope + "/cudnn_compatible_lstm_cell", input, UNITS);
      case "CudnnCompatibleGRUCell" -> {
        String gru = scope + "/cudnn_compatible_gru_cell";
        lab.weight(gru + "/gates/kernel", input + UNITS, 2L * UNITS)
            .weight(gru + "/gates/bias", 2L * UNITS)
            .weight(gru + "/candidate/input_projection/kernel", input, UNITS)
            .weight(gru + "/candidate/input_projection/bias", UNITS)
            .weight(gru + "/candidate/hidden_projection/kernel", UNITS, UNITS)
            .weight(gru + "/candidate/hidden_projection/bias", UNITS);
      }
      default ->
          lab.weight(scope + "/basic_rnn_cell/kernel", input + UNITS, UNITS)
              .weight(scope + "/basic_rnn_cell/bias", UNITS);
    }
  }

  private static String spec(String type, String activation) {
    return "{'type': '"
        + type
        + "', 'num_units': "
        + UNITS
        + (activation.isEmpty() ? "" : ", 'activation': '" + activation + "'")
        + "}";
  }

  @ParameterizedTest
  @CsvSource({
    "CudnnLSTM, CudnnCompatibleLSTMCell, ''",
    "CudnnGRU, CudnnCompatibleGRUCell, ''",
    "CudnnRNNTanh, BasicRNNCell, tanh",
    "CudnnRNNRelu, BasicRNNCell, relu"
  })
  void aLayerOfCudnnIsAStackOfCompatibleCells(String loop, String type, String activation) {
    cell(type, "cudnn/rnn/multi_rnn_cell/cell_0", INPUT);
    cell(type, "cudnn/rnn/multi_rnn_cell/cell_1", UNITS);
    String one = spec(type, activation);
    RnnModel stack =
        lab.model(INPUT, "'cell': {'type': 'MultiRNNCell', 'cells': [" + one + ", " + one + "]}");
    RnnModel cudnn =
        lab.model(INPUT, "'loop': '" + loop + "', 'num_layers': 2, 'num_units': " + UNITS);
    assertSameOutputs(cudnn, stack);
    Conformance.record(JUDGE, type, activation.equals("relu") ? "relu" : "", loop, 0, 0);
  }

  @ParameterizedTest
  @CsvSource({
    "CudnnLSTM, CudnnCompatibleLSTMCell, ''",
    "CudnnGRU, CudnnCompatibleGRUCell, ''",
    "CudnnRNNTanh, BasicRNNCell, tanh",
    "CudnnRNNRelu, BasicRNNCell, relu"
  })
  void aBidirectionalLayerOfCudnnIsAStackOfBothDirections(
      String loop, String type, String activation) {
    for (String direction : List.of("fw", "bw")) {
      cell(type, "cudnn/stack_bidirectional_rnn/cell_0/bidirectional_rnn/" + direction, INPUT);
      cell(type, "cudnn/stack_bidirectional_rnn/cell_1/bidirectional_rnn/" + direction, 2 * UNITS);
    }
    String cells = "[" + spec(type, activation) + ", " + spec(type, activation) + "]";
    RnnModel stack =
        lab.model(
            INPUT,
            "'loop': 'stack_bidirectional_dynamic_rnn', 'cells_fw': "
                + cells
                + ", 'cells_bw': "
                + cells);
    RnnModel cudnn =
        lab.model(
            INPUT,
            "'loop': '"
                + loop
                + "', 'num_layers': 2, 'direction': 'bidirectional', 'num_units': "
                + UNITS);
    assertSameOutputs(cudnn, stack);
    String options = "two directions" + (activation.equals("relu") ? ", relu" : "");
    Conformance.record(JUDGE, type, options, loop, 0, 0);
  }

  private void assertSameOutputs(RnnModel found, RnnModel expected) {
    RnnSequences sequences = RnnSequences.of(lab.rows(4, 7, INPUT)).lengths(7, 0, 3, 5);
    RnnOutputs actual = found.run(sequences);
    RnnOutputs judge = expected.run(sequences);
    for (int row = 0; row < 4; row++) {
      assertThat(actual.floats("outputs", row))
          .as("seed %d, row %d", Lab.SEED, row)
          .isEqualTo(judge.floats("outputs", row));
      float[] states = actual.floats("final_state", row);
      float[] others = judge.floats("final_state", row);
      Arrays.sort(states);
      Arrays.sort(others);
      assertThat(states)
          .as("states, in an order of their own, seed %d, row %d", Lab.SEED, row)
          .isEqualTo(others);
    }
  }

  @Test
  void whatIsGeneratedIsWhatStepsByHandChoose() {
    lab.weight("embedding", 11, INPUT)
        .gru("rnn/gru_cell", INPUT, 6)
        .weight("dense/kernel", 6, 11)
        .weight("dense/bias", 11);
    String layers =
        "{'spark_rnn': 1, 'input': {'type': 'tokens', 'size': 11}, 'layers': [{'type':"
            + " 'embedding', 'variable': 'embedding'}, {'type': 'rnn', %s'cell': {'type':"
            + " 'GRUCell', 'num_units': 6}}, {'type': 'dense', 'name': 'logits', 'scope': 'dense'}]}";
    RnnModel generating =
        lab.load(String.format(layers, "'loop': 'generate', 'max_steps': 12, 'stop': 4, "));
    RnnModel plain = lab.load(String.format(layers, ""));
    int[][] prompts = {{1, 2, 3}, {9}, {0, 10, 5, 5, 7}, {3, 3}};
    RnnOutputs found = generating.run(prompts);
    for (int row = 0; row < prompts.length; row++) {
      RnnStepper stepper = plain.stepper();
      float[] logits = new float[0];
      for (int id : prompts[row]) {
        logits = stepper.step(id).floats("logits", 0);
      }
      List<Integer> chosen = new ArrayList<>();
      chosen.add(largest(logits));
      while (chosen.size() < 12 && chosen.get(chosen.size() - 1) != 4) {
        int last = chosen.get(chosen.size() - 1);
        chosen.add(largest(stepper.step(last).floats("logits", 0)));
      }
      assertThat(found.ints("generated", row))
          .as("seed %d, prompt %d", Lab.SEED, row)
          .isEqualTo(chosen.stream().mapToInt(Integer::intValue).toArray());
      assertThat(found.floats("final_state", row)).isEqualTo(stepper.state());
    }
    Conformance.record(JUDGE, "GRUCell", "", "generate", 0, 0);
  }

  private static int largest(float[] logits) {
    int at = 0;
    for (int i = 1; i < logits.length; i++) {
      if (logits[i] > logits[at]) {
        at = i;
      }
    }
    return at;
  }
}
