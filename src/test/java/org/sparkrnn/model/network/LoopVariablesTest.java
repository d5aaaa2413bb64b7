package org.sparkrnn.model.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkrnn.cell.BasicRnnCell;
import org.sparkrnn.cell.LstmCell;
import org.sparkrnn.cell.MultiRnnCell;
import org.sparkrnn.cell.ResetAfterGruCell;
import org.sparkrnn.cell.RnnCell;
import org.sparkrnn.cell.StateShape;
import org.sparkrnn.model.ModelException;
import org.sparkrnn.model.SequenceModel;
import org.sparkrnn.model.loading.ModelFolder;
import org.sparkrnn.model.loading.ModelInspection;
import org.sparkrnn.rnn.Layer;
import org.sparkrnn.rnn.Network;

/** The variables of each loop are found where TensorFlow puts them. */
class LoopVariablesTest {
  private static final String FEATURES = "{'type': 'features', 'size': 3}";
  private static final String STACK =
      "'cells_fw': [CELL2, CELL4], 'cells_bw': [CELL3, CELL5]}"
          .replaceAll("CELL(.)", "{'type': 'BasicRNNCell', 'num_units': $1}");

  @TempDir private Path dir;
  private ModelFolder folder;

  @BeforeEach
  void folder() {
    folder = new ModelFolder(dir);
  }

  private void cell(String scope, int input, int units) {
    folder.tensor(scope + "/basic_rnn_cell/kernel", input + units, units);
    folder.tensor(scope + "/basic_rnn_cell/bias", units);
  }

  private void stack(String scope, String between) {
    cell(scope + "/cell_0" + between + "/fw", 3, 2);
    cell(scope + "/cell_0" + between + "/bw", 3, 3);
    cell(scope + "/cell_1" + between + "/fw", 5, 4);
    cell(scope + "/cell_1" + between + "/bw", 5, 5);
  }

  private void isIn(RnnCell cell, String scope) {
    BasicRnnCell basic = (BasicRnnCell) cell;
    assertThat(basic.kernel()).isEqualTo(folder.get(scope + "/basic_rnn_cell/kernel"));
    assertThat(basic.bias()).isEqualTo(folder.get(scope + "/basic_rnn_cell/bias"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"stack_bidirectional_rnn", "stack_bidirectional_dynamic_rnn"})
  void aStackIsFoundInBothOfTensorFlowsPatterns(String loop) throws IOException {
    for (String between : new String[] {"", "/bidirectional_rnn"}) {
      folder = new ModelFolder(dir);
      stack("model/stack_bidirectional_rnn", between);
      String layer = "{'type': 'rnn', 'loop': '" + loop + "', " + STACK;
      Layer.Rnn rnn = (Layer.Rnn) folder.load(FEATURES, layer).network().layers().get(0);
      assertThat(rnn.name()).isEqualTo("stack_bidirectional_rnn");
      String scope = "model/stack_bidirectional_rnn/cell_";
      isIn(rnn.levels().get(0).directions().get(0), scope + "0" + between + "/fw");
      isIn(rnn.levels().get(0).directions().get(1), scope + "0" + between + "/bw");
      isIn(rnn.levels().get(1).directions().get(0), scope + "1" + between + "/fw");
      isIn(rnn.levels().get(1).directions().get(1), scope + "1" + between + "/bw");
    }
  }

  @Test
  void stackedCellsInsideAStackAreFound() throws IOException {
    cell("s/cell_0/bidirectional_rnn/fw/multi_rnn_cell/cell_0", 3, 2);
    cell("s/cell_0/bidirectional_rnn/fw/multi_rnn_cell/cell_1", 2, 2);
    cell("s/cell_0/bidirectional_rnn/bw", 3, 2);
    cell("s/cell_1/bidirectional_rnn/fw", 4, 2);
    cell("s/cell_1/bidirectional_rnn/bw/multi_rnn_cell/cell_0", 4, 2);
    cell("s/cell_1/bidirectional_rnn/bw/multi_rnn_cell/cell_1", 2, 2);
    String layer =
        "{'type': 'rnn', 'cells_fw': [MULTI, CELL], 'cells_bw': [CELL, MULTI]}"
            .replace("MULTI", "{'type': 'MultiRNNCell', 'cells': [CELL, CELL]}")
            .replace("CELL", "{'type': 'BasicRNNCell', 'num_units': 2}");
    Layer.Rnn rnn = (Layer.Rnn) folder.load(FEATURES, layer).network().layers().get(0);
    assertThat(rnn.stateShape().parts().stream().map(StateShape.Part::path).toList())
        .containsExactly(
            "fw.cell_0.cell_0.h",
            "fw.cell_0.cell_1.h",
            "fw.cell_1.h",
            "bw.cell_0.h",
            "bw.cell_1.cell_0.h",
            "bw.cell_1.cell_1.h");
    isIn(rnn.levels().get(1).directions().get(0), "s/cell_1/bidirectional_rnn/fw");
  }

  @Test
  void staticLoopsAreTheDynamicOnes() throws IOException {
    cell("bidirectional_rnn/fw", 3, 2);
    cell("bidirectional_rnn/bw", 3, 3);
    cell("rnn", 5, 2);
    String model =
        "{'type': 'rnn', 'scope': 'bidirectional_rnn', 'loop': 'BOTH_rnn', 'cell_fw': {'type':"
            + " 'BasicRNNCell', 'num_units': 2}, 'cell_bw': {'type': 'BasicRNNCell', 'num_units':"
            + " 3}}, {'type': 'rnn', 'scope': 'rnn', 'loop': 'ONE_rnn', 'cell': {'type':"
            + " 'BasicRNNCell', 'num_units': 2}}";
    SequenceModel dynamic =
        folder.load(
            FEATURES, model.replace("BOTH", "bidirectional_dynamic").replace("ONE", "dynamic"));
    SequenceModel unrolled =
        folder.load(
            FEATURES, model.replace("BOTH", "static_bidirectional").replace("ONE", "static"));
    assertThat(unrolled).isEqualTo(dynamic);
    assertThat(unrolled.fingerprint()).isEqualTo(dynamic.fingerprint());
  }

  @Test
  void kerasDirectionsAreFoundByTheirLayersNames() throws IOException {
    cell("forward_model/bidirectional/forward_simple_rnn", 3, 2);
    cell("forward_model/bidirectional/backward_simple_rnn", 3, 2);
    String layer =
        "{'type': 'rnn', 'loop': 'keras', 'scope': 'forward_model', 'cell_fw': CELL, 'cell_bw':"
            + " CELL}";
    Layer.Rnn rnn =
        (Layer.Rnn)
            folder
                .load(FEATURES, layer.replace("CELL", "{'type': 'BasicRNNCell', 'num_units': 2}"))
                .network()
                .layers()
                .get(0);
    assertThat(rnn.name()).isEqualTo("bidirectional");
    assertThat(rnn.perStep()).isFalse();
    isIn(rnn.cells().get(0), "forward_model/bidirectional/forward_simple_rnn");
    isIn(rnn.cells().get(1), "forward_model/bidirectional/backward_simple_rnn");
  }

  @Test
  void kerasCellsInBothDirectionsAreFound() throws IOException {
    for (String direction : new String[] {"forward", "backward"}) {
      String scope = "bidirectional/" + direction + "_lstm/lstm_cell/";
      folder.tensor(scope + "kernel", 3, 8).tensor(scope + "recurrent_kernel", 2, 8);
      folder.tensor(scope + "bias", 8);
    }
    String lstm = "{'type': 'keras.LSTMCell', 'units': 2, 'recurrent_activation': 'sigmoid'}";
    SequenceModel model =
        folder.load(
            FEATURES,
            "{'type': 'masking'}, {'type': 'rnn', 'loop': 'keras', 'scope': 'bidirectional',"
                + " 'go_backwards': true, 'return_sequences': true, 'cell_fw': CELL, 'cell_bw':"
                    .replace("CELL", lstm)
                + " "
                + lstm
                + "}");
    assertThat(model.network().stateShape().parts().stream().map(StateShape.Part::path))
        .containsExactly("fw.h", "fw.c", "bw.h", "bw.c");
    assertThat(ModelInspection.of(dir.toString(), "", new Configuration(false)).toText())
        .contains("masking of steps that are all 0.0")
        .contains("keras, go_backwards, return_sequences, merge concat, fw LSTMCell(num_units 2,");
  }

  @Test
  void everyLoopIsToldByItsWord() throws IOException {
    stack("s", "/bidirectional_rnn");
    folder.load(FEATURES, "{'type': 'rnn', " + STACK);
    assertThat(ModelInspection.of(dir.toString(), "", new Configuration(false)).toText())
        .contains(
            "stack_bidirectional_dynamic_rnn, merge concat, fw [BasicRNNCell(num_units 2),"
                + " BasicRNNCell(num_units 4)], bw [BasicRNNCell(num_units 3),"
                + " BasicRNNCell(num_units 5)]");
    folder = new ModelFolder(dir);
    cell("r", 3, 3);
    String generate =
        "{'type': 'one_hot'}, {'type': 'rnn', 'loop': 'generate', 'max_steps': 7, 'stop': 2,"
            + " 'cell': {'type': 'BasicRNNCell', 'num_units': UNITS}}";
    String ids = "{'type': 'tokens', 'size': 3}";
    SequenceModel model = folder.load(ids, generate.replace("UNITS", "3"));
    assertThat(model.select()).containsExactly("generated");
    assertThat(ModelInspection.of(dir.toString(), "", new Configuration(false)).toText())
        .contains("generate at most 7 ids, to id 2, by dynamic_rnn of BasicRNNCell(num_units 3)")
        .contains("  * generated    array<int>\n");
    folder = new ModelFolder(dir);
    cell("r", 3, 4);
    assertThatThrownBy(() -> folder.load(ids, generate.replace("UNITS", "4")))
        .isInstanceOf(ModelException.class)
        .hasMessageEndingWith(
            "model.json: layers[1]: layer 'rnn' cannot generate: the last layer chooses among 4"
                + " ids, but the input has only 3");
  }

  /** The names under which TensorFlow's cudnn_rnn_ops saves cuDNN's layers. */
  @Test
  void cudnnsLayersAreFoundAsTheyAreSaved() throws IOException {
    String one = "cudnn_lstm/rnn/multi_rnn_cell/cell_";
    for (int i = 0; i < 2; i++) {
      folder.tensor(one + i + "/cudnn_compatible_lstm_cell/kernel", i == 0 ? 5 : 4, 8);
      folder.tensor(one + i + "/cudnn_compatible_lstm_cell/bias", 8);
    }
    String two = "cudnn_rnn_tanh/stack_bidirectional_rnn/cell_";
    for (int i = 0; i < 2; i++) {
      cell(two + i + "/bidirectional_rnn/fw", i == 0 ? 2 : 6, 3);
      cell(two + i + "/bidirectional_rnn/bw", i == 0 ? 2 : 6, 3);
    }
    Network network =
        folder
            .load(
                FEATURES,
                "{'type': 'rnn', 'scope': 'cudnn_lstm', 'loop': 'CudnnLSTM', 'num_layers': 2,"
                    + " 'num_units': 2}, {'type': 'rnn', 'scope': 'cudnn_rnn_tanh', 'loop':"
                    + " 'CudnnRNNTanh', 'num_layers': 2, 'num_units': 3, 'direction':"
                    + " 'bidirectional'}")
            .network();
    Layer.Rnn lstm = network.rnnLayers().get(0);
    Layer.Rnn tanh = network.rnnLayers().get(1);
    assertThat(lstm.name()).isEqualTo("cudnn_lstm");
    assertThat(tanh.name()).isEqualTo("cudnn_rnn_tanh");
    LstmCell second = (LstmCell) ((MultiRnnCell) lstm.cells().get(0)).cells().get(1);
    assertThat(second.forgetBias()).isZero();
    assertThat(second.kernel()).isEqualTo(folder.get(one + "1/cudnn_compatible_lstm_cell/kernel"));
    isIn(tanh.levels().get(1).directions().get(0), two + "1/bidirectional_rnn/fw");
    isIn(tanh.levels().get(1).directions().get(1), two + "1/bidirectional_rnn/bw");
    assertThat(network.stateShape().parts().stream().map(part -> part.path() + " " + part.size()))
        .containsExactly("cudnn_lstm.h 4", "cudnn_lstm.c 4", "cudnn_rnn_tanh.h 12");
  }

  /** The layout of TensorFlow's cudnn_rnn_ops, read here by place. */
  @Test
  void cudnnsLayersAreCutOutOfTheirVectorWhereThereIsNothingElse() throws IOException {
    folder.tensor(
        "a/cudnn_lstm/opaque_kernel", 2 * (8 * 3 + 8 * 2 + 16) + 2 * (8 * 4 + 8 * 2 + 16));
    folder.tensor("b/cudnn_gru/opaque_kernel", 6 * 4 + 6 * 2 + 6 * 2 + 6 * 2 + 24);
    Network network =
        folder
            .load(
                FEATURES,
                "{'type': 'rnn', 'scope': 'a', 'loop': 'CudnnLSTM', 'num_layers': 2, 'num_units':"
                    + " 2, 'direction': 'bidirectional'}, {'type': 'rnn', 'scope': 'b/cudnn_gru',"
                    + " 'loop': 'CudnnGRU', 'num_layers': 2, 'num_units': 2}")
            .network();
    float[] lstm = folder.get("a/cudnn_lstm/opaque_kernel").toArray();
    int weights = 2 * (8 * 3 + 8 * 2) + 2 * (8 * 4 + 8 * 2);
    Layer.Rnn both = network.rnnLayers().get(0);
    LstmCell backward = (LstmCell) both.levels().get(1).directions().get(1);
    int x = weights - (8 * 4 + 8 * 2);
    // Input 3 to unit 1 of gate f, which is the second there and the third here.
    assertThat(backward.kernel().at(3, 5)).isEqualTo(lstm[x + 2 * 4 + 4 + 3]);
    assertThat(backward.kernel().at(4 + 1, 6)).isEqualTo(lstm[x + 8 * 4 + 3 * 4 + 1]);
    assertThat(backward.bias().at(2)).isEqualTo(lstm[weights + 48 + 4] + lstm[weights + 56 + 4]);
    assertThat(backward.forgetBias()).isZero();

    float[] gru = folder.get("b/cudnn_gru/opaque_kernel").toArray();
    List<RnnCell> stack = ((MultiRnnCell) network.rnnLayers().get(1).cells().get(0)).cells();
    ResetAfterGruCell second = (ResetAfterGruCell) stack.get(1);
    int behind = 6 * 4 + 6 * 2;
    assertThat(second.gatesKernel().at(1, 2)).isEqualTo(gru[behind + 2 * 2 + 1]);
    assertThat(second.hiddenKernel().at(1, 0)).isEqualTo(gru[behind + 12 + 8 + 1]);
    assertThat(second.hiddenBias().at(1)).isEqualTo(gru[gru.length - 1]);
  }

  @Test
  void aVectorOfAnotherSizeIsRefused() {
    folder.tensor("opaque_kernel", 7);
    assertThatThrownBy(
            () ->
                folder.load(
                    FEATURES,
                    "{'type': 'rnn', 'loop': 'CudnnRNNTanh', 'num_layers': 1, 'num_units': 2}"))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining(
            "'opaque_kernel' has shape [7], expected [14] of 1 layers of 2 units in 1 directions"
                + " over 3 floats");
  }

  @Test
  void aStackWithALevelTooManyOrTooFewIsRefused() {
    stack("s", "/bidirectional_rnn");
    String cell = "{'type': 'BasicRNNCell', 'num_units': 2}";
    String more = STACK.replace("]", ", " + cell + "]");
    assertThatThrownBy(() -> folder.load(FEATURES, "{'type': 'rnn', " + more))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("under the file's root with 'cell_2' and 'fw' in their names");
    assertThatThrownBy(
            () ->
                folder.load(
                    FEATURES,
                    "{'type': 'rnn', 'cells_fw': ["
                        + cell
                        + "], 'cells_bw': [{'type':"
                        + " 'BasicRNNCell', 'num_units': 3}]}"))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining(
            "holds a cell 's/cell_1/bidirectional_rnn/fw/basic_rnn_cell', but the spec lists only"
                + " one cell");
  }
}
