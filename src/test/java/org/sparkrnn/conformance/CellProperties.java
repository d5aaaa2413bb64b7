package org.sparkrnn.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.assertj.core.data.Offset;
import org.sparkrnn.RnnModel;
import org.sparkrnn.RnnOutputs;
import org.sparkrnn.RnnSequences;
import org.sparkrnn.model.ModelException;

/** The properties of {@code rnn_cases.json} that are about cells. */
final class CellProperties {
  /** Two cells add in different orders. */
  private static final Offset<Float> NEAR = within(1e-5f);

  private CellProperties() {}

  static void addTo(Map<String, Consumer<Lab>> properties) {
    properties.put("lstm.cell_clip_zero", CellProperties::aClipOfZeroGivesZeros);
    properties.put("lstmblock.cell_clip_zero_disabled", CellProperties::blockCellsNeedAClip);
    properties.put("lstm.tuple_vs_concat", CellProperties::flatStatesAreTheSame);
    properties.put("residual_wrapper", CellProperties::residualAddsTheInput);
    properties.put("highway.closed", CellProperties::closedHighwayIsTheCell);
    properties.put("glstm.one_group", CellProperties::groupsAreLstms);
    properties.put("block==basic", CellProperties::blockCellsAreLstms);
    properties.put("names.compatible", CellProperties::lstmsShareTheirNames);
    properties.put("gru.block==cell", CellProperties::blockGruIsGru);
    properties.put("cudnn==compatible", CellProperties::cudnnIsCompatible);
    properties.put("cudnn.zero_params", CellProperties::cudnnOfZerosGivesZeros);
    properties.put("attention.zeros", CellProperties::attentionToNothingIsZero);
    properties.put("phased.h_over_c", CellProperties::timeGateKeepsTheRatio);
    properties.put("dtype.checks", CellProperties::idsAreNoFeatures);
    properties.put("checkpoint.interchange", CellProperties::basicLstmLoadsAsLstm);
  }

  private static String lstm(String type, int units, String more) {
    return "'cell': {'type': '"
        + type
        + "', 'num_units': "
        + units
        + ", 'forget_bias': 1.0"
        + more
        + "}";
  }

  /** Zeros of either sign. */
  private static void assertZeros(float[] values, int size) {
    assertThat(values).hasSize(size);
    for (float value : values) {
      assertThat(value == 0).as("seed %d: %s is 0", Lab.SEED, value).isTrue();
    }
  }

  private static void aClipOfZeroGivesZeros(Lab lab) {
    lab.lstm("rnn/lstm_cell", 5, 3).peepholes("rnn/lstm_cell", 3);
    RnnModel model = lab.model(5, lstm("LSTMCell", 3, ", 'use_peepholes': true, 'cell_clip': 0.0"));
    RnnOutputs found = model.run(lab.rows(2, 8, 5));
    for (int row = 0; row < 2; row++) {
      assertZeros(found.floats("outputs", row), 24);
    }
  }

  private static void blockCellsNeedAClip(Lab lab) {
    lab.lstm("rnn/lstm_cell", 5, 3);
    float[][][] x = lab.rows(2, 8, 5);
    for (String type : List.of("LSTMBlockCell", "LSTMBlockFusedCell")) {
      float[][] unclipped = Lab.results(lab.model(5, lstm(type, 3, "")), RnnSequences.of(x));
      for (String clip : List.of("0", "0.0", "-1.0")) {
        RnnModel model = lab.model(5, lstm(type, 3, ", 'cell_clip': " + clip));
        assertThat(Lab.results(model, RnnSequences.of(x)))
            .as("%s, cell_clip %s, seed %d", type, clip, Lab.SEED)
            .isDeepEqualTo(unclipped);
      }
    }
  }

  private static void flatStatesAreTheSame(Lab lab) {
    lab.weight("rnn/lstm_cell/kernel", 5 + 4, 12)
        .weight("rnn/lstm_cell/bias", 12)
        .peepholes("rnn/lstm_cell", 3)
        .weight("rnn/lstm_cell/projection/kernel", 3, 4);
    String options = ", 'use_peepholes': true, 'num_proj': 4";
    RnnModel tuple = lab.model(5, lstm("LSTMCell", 3, options));
    RnnModel flat = lab.model(5, lstm("LSTMCell", 3, options + ", 'state_is_tuple': false"));
    RnnSequences sequences = RnnSequences.of(lab.rows(2, 8, 5)).lengths(4, 6);
    assertThat(flat.definition().network().stateShape().parts()).hasSize(1);
    assertThat(tuple.definition().network().stateShape().parts()).hasSize(2);
    assertThat(Lab.results(flat, sequences)).isDeepEqualTo(Lab.results(tuple, sequences));
  }

  private static Lab halfGru(Lab lab) {
    return lab.filled(0.5, "rnn/gru_cell/gates/kernel", 6, 6)
        .filled(0.5, "rnn/gru_cell/gates/bias", 6)
        .filled(0.5, "rnn/gru_cell/candidate/kernel", 6, 3)
        .filled(0.5, "rnn/gru_cell/candidate/bias", 3);
  }

  private static final String GRU = "{'type': 'GRUCell', 'num_units': 3}";

  private static void residualAddsTheInput(Lab lab) {
    halfGru(lab);
    RnnModel plain = lab.model(3, "'cell': " + GRU);
    RnnModel wrapped = lab.model(3, "'cell': {'type': 'ResidualWrapper', 'cell': " + GRU + "}");
    RnnSequences sequences =
        RnnSequences.of(new float[][][] {{{1, 1, 1}}})
            .initialStates(new float[][] {{0.1f, 0.1f, 0.1f}});
    RnnOutputs found = wrapped.run(sequences);
    float[] expected = plain.run(sequences).floats("outputs", 0);
    for (int i = 0; i < expected.length; i++) {
      expected[i] += 1;
    }
    assertThat(found.floats("outputs", 0)).isEqualTo(expected);
    assertThat(found.floats("final_state", 0))
        .isEqualTo(plain.run(sequences).floats("final_state", 0));
  }

  private static void closedHighwayIsTheCell(Lab lab) {
    halfGru(lab).weight("rnn/carry_w", 3, 3).filled(-100, "rnn/carry_b", 3);
    RnnModel plain = lab.model(3, "'cell': " + GRU);
    RnnModel wrapped = lab.model(3, "'cell': {'type': 'HighwayWrapper', 'cell': " + GRU + "}");
    RnnSequences sequences = RnnSequences.of(lab.rows(2, 5, 3));
    assertThat(Lab.results(wrapped, sequences)).isDeepEqualTo(Lab.results(plain, sequences));
  }

  /** One group is an LSTM; two groups without a projection are two of half the size. */
  private static void groupsAreLstms(Lab lab) {
    String grouped = "'cell': {'type': 'GLSTMCell', 'num_units': 4, 'forget_bias': 1.0";
    for (String gate : List.of("i", "j", "f", "o")) {
      lab.filled(0, "rnn/glstm_cell/bias_" + gate, 4);
    }
    float[][][] x = lab.rows(3, 5, 4);
    lab.weight("rnn/lstm_cell/kernel", 8, 16).filled(0, "rnn/lstm_cell/bias", 16);
    lab.copy("rnn/lstm_cell/kernel", "rnn/glstm_cell/group0/kernel");
    RnnOutputs whole = lab.model(4, lstm("LSTMCell", 4, "")).run(x);
    RnnOutputs one = lab.model(4, grouped + "}").run(x);
    for (int row = 0; row < 3; row++) {
      assertThat(one.floats("outputs", row)).containsExactly(whole.floats("outputs", row), NEAR);
      assertThat(one.floats("final_state", row))
          .containsExactly(whole.floats("final_state", row), NEAR);
    }
    RnnOutputs[] halves = new RnnOutputs[2];
    for (int half = 0; half < 2; half++) {
      String scope = "half" + half;
      lab.weight(scope + "/kernel", 4, 8).filled(0, scope + "/bias", 8);
      lab.copy(scope + "/kernel", "rnn/glstm_cell/group" + half + "/kernel");
      String cell = lstm("LSTMCell", 2, ", 'scope': '" + scope + "'");
      halves[half] = lab.model(2, cell).run(columns(x, 2 * half, 2));
    }
    RnnOutputs two = lab.model(4, grouped + ", 'number_of_groups': 2}").run(x);
    for (int row = 0; row < 3; row++) {
      float[] found = two.floats("outputs", row);
      for (int step = 0; step < 5; step++) {
        for (int unit = 0; unit < 4; unit++) {
          assertThat(found[4 * step + unit])
              .isCloseTo(halves[unit / 2].floats("outputs", row)[2 * step + unit % 2], NEAR);
        }
      }
    }
  }

  private static float[][][] columns(float[][][] x, int from, int count) {
    float[][][] some = new float[x.length][][];
    for (int row = 0; row < x.length; row++) {
      some[row] =
          Arrays.stream(x[row])
              .map(step -> Arrays.copyOfRange(step, from, from + count))
              .toArray(float[][]::new);
    }
    return some;
  }

  private static void blockCellsAreLstms(Lab lab) {
    lab.lstm("rnn/lstm_cell", 5, 4);
    RnnSequences sequences = RnnSequences.of(lab.rows(3, 7, 5)).lengths(7, 0, 4);
    for (String clip : List.of("", ", 'cell_clip': 0.5")) {
      sameAsLstm(lab, sequences, clip, clip);
    }
    lab.peepholes("rnn/lstm_cell", 4);
    for (String clip : List.of("", ", 'cell_clip': 0.5")) {
      sameAsLstm(lab, sequences, ", 'use_peepholes': true" + clip, ", 'use_peephole': true" + clip);
    }
  }

  private static void sameAsLstm(Lab lab, RnnSequences sequences, String options, String ofBlock) {
    float[][] expected = Lab.results(lab.model(5, lstm("LSTMCell", 4, options)), sequences);
    for (String type : List.of("LSTMBlockCell", "LSTMBlockFusedCell")) {
      assertThat(Lab.results(lab.model(5, lstm(type, 4, ofBlock)), sequences))
          .as("%s%s, seed %d", type, ofBlock, Lab.SEED)
          .isDeepEqualTo(expected);
    }
  }

  private static void lstmsShareTheirNames(Lab lab) {
    lab.lstm("any/lstm_cell", 5, 4).peepholes("any/lstm_cell", 4);
    lab.model(5, lstm("LSTMCell", 4, ", 'use_peepholes': true"));
    lab.model(5, lstm("LSTMBlockCell", 4, ", 'use_peephole': true"));
    lab.model(5, lstm("LSTMBlockFusedCell", 4, ", 'use_peephole': true"));
  }

  private static void blockGruIsGru(Lab lab) {
    lab.gru("rnn/gru_cell", 5, 4);
    for (String[] names :
        new String[][] {
          {"gates/kernel", "w_ru"},
          {"gates/bias", "b_ru"},
          {"candidate/kernel", "w_c"},
          {"candidate/bias", "b_c"}
        }) {
      lab.copy("rnn/gru_cell/" + names[0], "block/gru_block_cell/" + names[1]);
    }
    RnnSequences sequences = RnnSequences.of(lab.rows(3, 7, 5));
    float[][] expected =
        Lab.results(
            lab.model(5, "'scope': 'rnn', 'cell': {'type': 'GRUCell', 'num_units': 4}"), sequences);
    assertThat(
            Lab.results(
                lab.model(5, "'scope': 'rnn', 'cell': {'type': 'GRUBlockCellV2', 'num_units': 4}"),
                sequences))
        .isDeepEqualTo(expected);
    assertThat(
            Lab.results(
                lab.model(5, "'scope': 'block', 'cell': {'type': 'GRUBlockCell', 'num_units': 4}"),
                sequences))
        .isDeepEqualTo(expected);
  }

  private static void cudnnIsCompatible(Lab lab) {
    String scope = "cudnn_lstm/rnn/multi_rnn_cell/cell_";
    lab.lstm(scope + "0/cudnn_compatible_lstm_cell", 5, 4)
        .lstm(scope + "1/cudnn_compatible_lstm_cell", 4, 4);
    String cell = "{'type': 'CudnnCompatibleLSTMCell', 'num_units': 4}";
    RnnModel compatible =
        lab.model(5, "'cell': {'type': 'MultiRNNCell', 'cells': [" + cell + ", " + cell + "]}");
    RnnModel cudnn =
        lab.model(
            5,
            "'loop': 'CudnnLSTM', 'num_layers': 2, 'num_units': 4,"
                + " 'direction': 'unidirectional'");
    RnnSequences sequences = RnnSequences.of(lab.rows(3, 7, 5));
    for (int row = 0; row < 3; row++) {
      assertThat(cudnn.run(sequences).floats("outputs", row))
          .isEqualTo(compatible.run(sequences).floats("outputs", row));
    }
  }

  private static void cudnnOfZerosGivesZeros(Lab lab) {
    for (int i = 0; i < 4; i++) {
      String cell =
          "main/awesome_lstm/rnn/multi_rnn_cell/cell_" + i + "/cudnn_compatible_lstm_cell/";
      lab.filled(0, cell + "kernel", 6, 12).filled(0, cell + "bias", 12);
    }
    RnnModel model =
        lab.model(
            3,
            "'loop': 'CudnnLSTM', 'num_layers': 4, 'num_units': 3,"
                + " 'direction': 'unidirectional'");
    RnnOutputs found = model.run(lab.rows(2, 6, 3));
    assertZeros(found.floats("outputs", 1), 18);
    assertZeros(found.floats("final_state", 1), 4 * 2 * 3);
  }

  private static void attentionToNothingIsZero(Lab lab) {
    String scope = "rnn/attention_cell_wrapper";
    lab.lstm(scope + "/basic_lstm_cell", 3, 8)
        .filled(0, scope + "/basic_lstm_cell/bias", 32)
        .weight(scope + "/kernel", 3 + 8, 3)
        .filled(0, scope + "/bias", 3)
        .weight(scope + "/attention/attn_w", 1, 1, 8, 8)
        .weight(scope + "/attention/attn_v", 8)
        .weight(scope + "/attention/kernel", 16, 8)
        .filled(0, scope + "/attention/bias", 8)
        .weight(scope + "/attn_output_projection/kernel", 16, 8)
        .filled(0, scope + "/attn_output_projection/bias", 8);
    RnnModel model =
        lab.model(
            3,
            "'cell': {'type': 'AttentionCellWrapper', 'attn_length': 16, 'cell': {'type':"
                + " 'BasicLSTMCell', 'num_units': 8, 'forget_bias': 1.0}}");
    RnnOutputs found = model.run(new float[2][4][3]);
    for (int row = 0; row < 2; row++) {
      assertZeros(found.floats("outputs", row), 4 * 8);
      assertZeros(found.floats("final_state", row), 16 + 8 + 16 * 8);
    }
  }

  private static void timeGateKeepsTheRatio(Lab lab) {
    for (String scope : List.of("mask_gates", "new_input", "output_gate")) {
      int columns = scope.equals("mask_gates") ? 4 : 2;
      lab.filled(0.5, "rnn/phased_lstm_cell/" + scope + "/kernel", 6, columns);
      lab.filled(0, "rnn/phased_lstm_cell/" + scope + "/bias", columns);
    }
    lab.filled(3.5, "rnn/phased_lstm_cell/period", 2);
    lab.weight("rnn/phased_lstm_cell/phase", 2).filled(0.3, "rnn/phased_lstm_cell/ratio_on", 2);
    RnnModel model = lab.model(5, "'cell': {'type': 'PhasedLSTMCell', 'num_units': 2}");
    double[] expected = {0.716375, 0.754158, 0.760558};
    for (int row = 0; row < 3; row++) {
      float x = row + 1;
      float[] state = model.run(new float[][][] {{{x, x, x, x, x}}}).floats("final_state", 0);
      for (int unit = 0; unit < 2; unit++) {
        assertThat((double) state[2 + unit] / state[unit])
            .as("h / c of unit %d at %s, seed %d", unit, x, Lab.SEED)
            .isCloseTo(expected[row], within(1e-5));
      }
    }
  }

  private static void idsAreNoFeatures(Lab lab) {
    lab.lstm("rnn/lstm_cell", 5, 4);
    assertThatThrownBy(
            () ->
                lab.load(
                    "{'spark_rnn': 1, 'input': {'type': 'tokens', 'size': 5}, 'layers': [{'type':"
                        + " 'rnn', "
                        + lstm("LSTMCell", 4, "")
                        + "}]}"))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("ids");
  }

  private static void basicLstmLoadsAsLstm(Lab lab) {
    lab.lstm("rnn/basic_lstm_cell", 5, 4);
    RnnSequences sequences = RnnSequences.of(lab.rows(3, 7, 5));
    assertThat(Lab.results(lab.model(5, lstm("LSTMCell", 4, "")), sequences))
        .isDeepEqualTo(Lab.results(lab.model(5, lstm("BasicLSTMCell", 4, "")), sequences));
  }
}
