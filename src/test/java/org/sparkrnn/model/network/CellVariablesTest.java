package org.sparkrnn.model.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkrnn.cell.Activation;
import org.sparkrnn.cell.BasicRnnCell;
import org.sparkrnn.cell.FlatStateCell;
import org.sparkrnn.cell.GruCell;
import org.sparkrnn.cell.LstmCell;
import org.sparkrnn.cell.MultiRnnCell;
import org.sparkrnn.cell.ResetAfterGruCell;
import org.sparkrnn.cell.RnnCell;
import org.sparkrnn.cell.StateShape;
import org.sparkrnn.model.ModelException;
import org.sparkrnn.model.loading.ModelFolder;
import org.sparkrnn.rnn.Layer;
import org.sparkrnn.tensor.Shape;

/** Which variables become which cell: every era of names, every cell, every way it can fail. */
class CellVariablesTest {
  private static final String FEATURES = "{'type': 'features', 'size': 3}";
  private static final String LSTM =
      "{'type': 'LSTMCell', 'num_units': 2, 'forget_bias': 1.0 EXTRA}";

  @TempDir private Path dir;
  private ModelFolder folder;

  @BeforeEach
  void emptyFolder() {
    folder = new ModelFolder(dir);
  }

  private static String lstm(String extra) {
    return LSTM.replace("EXTRA", extra);
  }

  private static String rnn(String cell) {
    return rnn("", cell);
  }

  private static String rnn(String scope, String cell) {
    return "{'type': 'rnn', 'scope': '" + scope + "', 'cell': " + cell + "}";
  }

  private RnnCell cell(String layer) throws IOException {
    return ((Layer.Rnn) folder.load(FEATURES, layer).network().layers().get(0)).cells().get(0);
  }

  @ParameterizedTest
  @CsvSource({
    "rnn/lstm_cell/kernel, rnn/lstm_cell/bias",
    "rnn/basic_lstm_cell/kernel, rnn/basic_lstm_cell/bias",
    "outer/rnn/my_own_name/kernel, outer/rnn/my_own_name/bias",
    "rnn/basic_lstm_cell/weights, rnn/basic_lstm_cell/biases",
    "RNN/BasicLSTMCell/Linear/Matrix, RNN/BasicLSTMCell/Linear/Bias",
    "RNN/LSTMCell/W_0, RNN/LSTMCell/B",
    "rnn/lstm_cell/W, rnn/lstm_cell/b",
    "kernel, bias"
  })
  void everyEraOfLstmNamesIsRead(String kernel, String bias) throws IOException {
    folder.tensor(kernel, 5, 8).tensor(bias, 8);
    folder.tensor(kernel + "/Adam", 5, 8).tensor(kernel + "/Adam_1", 5, 8);
    folder.tensor(bias + "/Momentum", 8).tensor("beta1_power").tensor("global_step");
    folder.tensor("train/" + kernel + "/ExponentialMovingAverage", 5, 8);
    LstmCell cell = (LstmCell) cell(rnn(lstm("")));
    assertThat(cell.kernel()).isEqualTo(folder.get(kernel));
    assertThat(cell.bias()).isEqualTo(folder.get(bias));
    assertThat(cell.forgetBias()).isEqualTo(1f);
    assertThat(cell.activation()).isEqualTo(Activation.TANH);
    assertThat(cell.gateActivation()).isEqualTo(Activation.SIGMOID);
    assertThat(cell.cellClip()).isEqualTo(Float.POSITIVE_INFINITY);
    assertThat(cell.peepholes().present()).isFalse();
    assertThat(cell.projection().present()).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "gru_cell/gates/kernel, gru_cell/gates/bias, gru_cell/candidate/kernel, gru_cell/candidate/bias",
    "gru_cell/gates/weights, gru_cell/gates/biases, gru_cell/candidate/weights,"
        + " gru_cell/candidate/biases",
    "GRUCell/Gates/Linear/Matrix, GRUCell/Gates/Linear/Bias, GRUCell/Candidate/Linear/Matrix,"
        + " GRUCell/Candidate/Linear/Bias",
    "gru_cell/w_ru, gru_cell/b_ru, gru_cell/w_c, gru_cell/b_c"
  })
  void everyEraOfGruNamesIsRead(String gk, String gb, String ck, String cb) throws IOException {
    folder.tensor("rnn/" + gk, 5, 4).tensor("rnn/" + gb, 4);
    folder.tensor("rnn/" + ck, 5, 2).tensor("rnn/" + cb, 2);
    GruCell cell = (GruCell) cell(rnn("{'type': 'GRUCell', 'num_units': 2}"));
    assertThat(cell.gatesKernel()).isEqualTo(folder.get("rnn/" + gk));
    assertThat(cell.gatesBias()).isEqualTo(folder.get("rnn/" + gb));
    assertThat(cell.candidateKernel()).isEqualTo(folder.get("rnn/" + ck));
    assertThat(cell.candidateBias()).isEqualTo(folder.get("rnn/" + cb));
  }

  @ParameterizedTest
  @CsvSource({
    "basic_rnn_cell/kernel, basic_rnn_cell/bias",
    "basic_rnn_cell/weights, basic_rnn_cell/biases",
    "BasicRNNCell/Linear/Matrix, BasicRNNCell/Linear/Bias"
  })
  void everyEraOfBasicRnnNamesIsRead(String kernel, String bias) throws IOException {
    folder.tensor("rnn/" + kernel, 5, 2).tensor("rnn/" + bias, 2);
    BasicRnnCell cell =
        (BasicRnnCell) cell(rnn("{'type': 'BasicRNNCell', 'num_units': 2, 'activation': 'relu'}"));
    assertThat(cell.kernel()).isEqualTo(folder.get("rnn/" + kernel));
    assertThat(cell.bias()).isEqualTo(folder.get("rnn/" + bias));
    assertThat(cell.activation()).isEqualTo(Activation.RELU);
  }

  @Test
  void theResetAfterGruIsRead() throws IOException {
    String stem = "rnn/cudnn_compatible_gru_cell/";
    folder.tensor(stem + "gates/kernel", 5, 4).tensor(stem + "gates/bias", 4);
    folder.tensor(stem + "candidate/input_projection/kernel", 3, 2);
    folder.tensor(stem + "candidate/input_projection/bias", 2);
    folder.tensor(stem + "candidate/hidden_projection/kernel", 2, 2);
    folder.tensor(stem + "candidate/hidden_projection/bias", 2);
    ResetAfterGruCell cell =
        (ResetAfterGruCell) cell(rnn("{'type': 'CudnnCompatibleGRUCell', 'num_units': 2}"));
    assertThat(cell.inputKernel())
        .isEqualTo(folder.get(stem + "candidate/input_projection/kernel"));
    assertThat(cell.inputBias()).isEqualTo(folder.get(stem + "candidate/input_projection/bias"));
    assertThat(cell.hiddenKernel())
        .isEqualTo(folder.get(stem + "candidate/hidden_projection/kernel"));
    assertThat(cell.hiddenBias()).isEqualTo(folder.get(stem + "candidate/hidden_projection/bias"));
  }

  @ParameterizedTest
  @CsvSource({
    "kernel, bias, w_i_diag, w_f_diag, w_o_diag, projection/kernel",
    "weights, biases, w_i_diag, w_f_diag, w_o_diag, projection/weights",
    "W_0, B, W_I_diag, W_F_diag, W_O_diag, W_P_0"
  })
  void peepholesClipsAndProjectionAreRead(
      String kernel, String bias, String wi, String wf, String wo, String projection)
      throws IOException {
    String stem = "rnn/lstm_cell/";
    folder.tensor(stem + kernel, 4, 8).tensor(stem + bias, 8);
    folder.tensor(stem + wi, 2).tensor(stem + wf, 2).tensor(stem + wo, 2);
    folder.tensor(stem + projection, 2, 1);
    LstmCell cell =
        (LstmCell)
            cell(
                rnn(
                    lstm(
                        ", 'use_peepholes': true, 'cell_clip': 3.5, 'num_proj': 1,"
                            + " 'proj_clip': 0.25, 'activation': 'softsign',"
                            + " 'recurrent_activation': 'hard_sigmoid'")));
    assertThat(cell.peepholes().input()).isEqualTo(folder.get(stem + wi));
    assertThat(cell.peepholes().forget()).isEqualTo(folder.get(stem + wf));
    assertThat(cell.peepholes().output()).isEqualTo(folder.get(stem + wo));
    assertThat(cell.projection().kernel()).isEqualTo(folder.get(stem + projection));
    assertThat(cell.projection().clip()).isEqualTo(0.25f);
    assertThat(cell.cellClip()).isEqualTo(3.5f);
    assertThat(cell.activation()).isEqualTo(Activation.SOFTSIGN);
    assertThat(cell.gateActivation()).isEqualTo(Activation.HARD_SIGMOID);
  }

  @Test
  void piecesOfAKernelAreJoinedByRows() throws IOException {
    folder.tensor("RNN/LSTMCell/W_0", 3, 8).tensor("RNN/LSTMCell/W_1", 2, 8);
    folder.tensor("RNN/LSTMCell/B", 8);
    LstmCell cell = (LstmCell) cell(rnn(lstm("")));
    assertThat(cell.kernel().shape()).isEqualTo(Shape.of(5, 8));
    assertThat(cell.kernel().at(2, 7)).isEqualTo(folder.get("RNN/LSTMCell/W_0").at(2, 7));
    assertThat(cell.kernel().at(3, 1)).isEqualTo(folder.get("RNN/LSTMCell/W_1").at(0, 1));
  }

  @Test
  void partitionsOfAKernelAreJoinedByColumns() throws IOException {
    folder.tensor("rnn/lstm_cell/kernel/part_0", 5, 5);
    folder.tensor("rnn/lstm_cell/kernel/part_1", 5, 3);
    folder.tensor("rnn/lstm_cell/bias", 8);
    LstmCell cell = (LstmCell) cell(rnn(lstm("")));
    assertThat(cell.kernel().at(4, 4))
        .isEqualTo(folder.get("rnn/lstm_cell/kernel/part_0").at(4, 4));
    assertThat(cell.kernel().at(4, 7))
        .isEqualTo(folder.get("rnn/lstm_cell/kernel/part_1").at(4, 2));
  }

  @Test
  void piecesThatDoNotFitAreRefused() {
    folder.tensor("RNN/LSTMCell/W_0", 3, 8).tensor("RNN/LSTMCell/W_1", 3, 8);
    folder.tensor("RNN/LSTMCell/B", 8);
    fails(rnn(lstm("")))
        .hasMessage(
            dir
                + "/w.safetensors: the pieces RNN/LSTMCell/W_0 [3, 8], RNN/LSTMCell/W_1 [3, 8] do"
                + " not make one tensor of shape [5, 8], expected [3 + 2, 4 * 2] from num_units ="
                + " 2 and inputs of size 3 ("
                + dir
                + "/model.json: layers[0].cell)");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "rnn/multi_rnn_cell/cell_#/lstm_cell/",
        "rnnlm/MultiRNNCell/Cell#/LSTMCell/",
        "rnnlm/rnn/cell_#/lstm_cell/"
      })
  void theCellsOfAStackAreFoundByNumber(String stem) throws IOException {
    for (int i = 0; i < 2; i++) {
      String cell = stem.replace("#", String.valueOf(i));
      folder.tensor(cell + "kernel", i == 0 ? 5 : 4, 8).tensor(cell + "bias", 8);
    }
    String cells = "'cells': [" + lstm("") + ", " + lstm("") + "]";
    MultiRnnCell multi = (MultiRnnCell) cell(rnn("{'type': 'MultiRNNCell', " + cells + "}"));
    for (int i = 0; i < 2; i++) {
      assertThat(((LstmCell) multi.cells().get(i)).kernel())
          .isEqualTo(folder.get(stem.replace("#", String.valueOf(i)) + "kernel"));
    }
  }

  @Test
  void aStackWithFewerCellsThanTheFileIsRefused() {
    for (int i = 0; i < 3; i++) {
      folder.tensor("rnn/multi_rnn_cell/cell_" + i + "/lstm_cell/kernel", i == 0 ? 5 : 4, 8);
      folder.tensor("rnn/multi_rnn_cell/cell_" + i + "/lstm_cell/bias", 8);
    }
    fails(rnn("rnn", "{'type': 'MultiRNNCell', 'cells': [" + lstm("") + ", " + lstm("") + "]}"))
        .hasMessage(
            dir
                + "/w.safetensors: holds a cell 'rnn/multi_rnn_cell/cell_2/lstm_cell', but the"
                + " spec lists only 2 cells ("
                + dir
                + "/model.json: layers[0].cell)");
  }

  @ParameterizedTest
  @CsvSource({
    "bidirectional_rnn/fw/lstm_cell/, bidirectional_rnn/bw/lstm_cell/, ''",
    "bidirectional_rnn/fw/lstm_cell/, bidirectional_rnn/bw/lstm_cell/, bidirectional_rnn",
    "BiLSTM/bidirectional_rnn/fw/lstm_cell/, BiLSTM/bidirectional_rnn/bw/lstm_cell/, BiLSTM",
    "BiRNN_FW/LSTMCell/, BiRNN_BW/LSTMCell/, BiRNN",
    "BiRNN/FW/LSTMCell/, BiRNN/BW/LSTMCell/, BiRNN"
  })
  void directionsAreFoundByTheirScopes(String fw, String bw, String scope) throws IOException {
    folder.tensor(fw + "kernel", 5, 8).tensor(fw + "bias", 8);
    folder.tensor(bw + "kernel", 5, 8).tensor(bw + "bias", 8);
    Layer.Rnn layer =
        (Layer.Rnn)
            folder
                .load(
                    FEATURES,
                    "{'type': 'rnn', 'loop': 'bidirectional_dynamic_rnn', 'scope': '"
                        + scope
                        + "', 'cell': "
                        + lstm("")
                        + "}")
                .network()
                .layers()
                .get(0);
    assertThat(layer.name()).isEqualTo("bidirectional_rnn");
    List<RnnCell> cells = layer.cells();
    assertThat(((LstmCell) cells.get(0)).kernel()).isEqualTo(folder.get(fw + "kernel"));
    assertThat(((LstmCell) cells.get(1)).kernel()).isEqualTo(folder.get(bw + "kernel"));
  }

  @Test
  void cellsOfDifferentSizesUnderOneScopeAreToldApartByShape() throws IOException {
    folder.tensor("a/lstm_cell/kernel", 9, 8).tensor("a/lstm_cell/bias", 8);
    folder.tensor("b/lstm_cell/kernel", 5, 8).tensor("b/lstm_cell/bias", 8);
    folder.tensor("dense/kernel", 2, 4).tensor("dense/bias", 4);
    assertThat(((LstmCell) cell(rnn(lstm("")))).kernel())
        .isEqualTo(folder.get("b/lstm_cell/kernel"));
  }

  @Test
  void twoCellsThatCouldBeMeantAreListed() {
    folder.tensor("a/lstm_cell/kernel", 5, 8).tensor("a/lstm_cell/bias", 8);
    folder.tensor("b/lstm_cell/kernel", 5, 8).tensor("b/lstm_cell/bias", 8);
    fails(rnn(lstm("")))
        .hasMessage(
            dir
                + "/w.safetensors: 2 cells could be the LSTMCell under the file's root:"
                + " a/lstm_cell/kernel [5, 8], b/lstm_cell/kernel [5, 8]; name one by its 'scope'"
                + " ("
                + dir
                + "/model.json: layers[0].cell)");
  }

  @Test
  void aCellsOwnScopeDecides() throws IOException {
    folder.tensor("a/lstm_cell/kernel", 5, 8).tensor("a/lstm_cell/bias", 8);
    folder.tensor("b/lstm_cell/kernel", 5, 8).tensor("b/lstm_cell/bias", 8);
    assertThat(((LstmCell) cell(rnn(lstm(", 'scope': 'b/'")))).bias())
        .isEqualTo(folder.get("b/lstm_cell/bias"));
  }

  @Test
  void namedVariablesDecide() throws IOException {
    folder.tensor("Variable", 3, 8).tensor("Variable_1", 2, 8).tensor("Variable_2", 8);
    LstmCell cell =
        (LstmCell)
            cell(
                rnn(
                    lstm(
                        ", 'variables': {'kernel': ['Variable', 'Variable_1'],"
                            + " 'bias': 'Variable_2'}")));
    assertThat(cell.bias()).isEqualTo(folder.get("Variable_2"));
    assertThat(cell.kernel().at(4, 0)).isEqualTo(folder.get("Variable_1").at(1, 0));
  }

  @Test
  void aWrongShapeIsToldWithItsFormula() {
    folder.tensor("rnn/lstm_cell/kernel", 5, 7).tensor("rnn/lstm_cell/bias", 8);
    fails(rnn(lstm("")))
        .hasMessage(
            dir
                + "/w.safetensors: tensor 'rnn/lstm_cell/kernel' has shape [5, 7], expected"
                + " [3 + 2, 4 * 2] from num_units = 2 and inputs of size 3 ("
                + dir
                + "/model.json: layers[0].cell)");
  }

  @Test
  void aMissingCellIsToldWithWhatIsThere() {
    folder.tensor("rnn/gru_cell/gates/kernel", 5, 4).tensor("rnn/gru_cell/gates/bias", 4);
    folder.tensor("rnn/gru_cell/candidate/kernel", 5, 2).tensor("rnn/gru_cell/candidate/bias", 2);
    fails(rnn("rnn", lstm("")))
        .hasMessageContaining("no variables of a LSTMCell under scope 'rnn'; looked for kernel +")
        .hasMessageContaining("'rnn/gru_cell' could be a GRUCell");
    fails(rnn("rnnlm", lstm("")))
        .hasMessageContaining("no variable is under that scope: the file holds rnn/gru_cell/");
  }

  @Test
  void peepholesThatTheSpecForgetsAreNotLeftOut() {
    folder.tensor("rnn/lstm_cell/kernel", 5, 8).tensor("rnn/lstm_cell/bias", 8);
    folder.tensor("rnn/lstm_cell/w_f_diag", 2);
    fails(rnn(lstm("")))
        .hasMessageContaining(
            "holds 'rnn/lstm_cell/w_f_diag', which this cell would leave out: use \"type\":"
                + " \"LSTMCell\" with \"use_peepholes\": true");
    fails(rnn(lstm(", 'use_peepholes': true")))
        .hasMessageContaining(
            "the spec sets 'use_peepholes', but scope 'rnn/lstm_cell' holds no 'w_i_diag'");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aStateInOnePieceChangesNothingElse(boolean inside) throws IOException {
    for (int i = 0; i < 2; i++) {
      String stem = "rnn/multi_rnn_cell/cell_" + i + "/lstm_cell/";
      folder.tensor(stem + "kernel", i == 0 ? 5 : 4, 8).tensor(stem + "bias", 8);
    }
    String flat = ", 'state_is_tuple': false";
    String cells = "'cells': [" + lstm(inside ? flat : "") + ", " + lstm("") + "]";
    FlatStateCell found =
        (FlatStateCell) cell(rnn("rnn", "{'type': 'MultiRNNCell'" + flat + ", " + cells + "}"));
    assertThat(found.stateShape())
        .isEqualTo(StateShape.Struct.of(StateShape.Field.leaf("state", 8)));
    RnnCell first = ((MultiRnnCell) found.cell()).cells().get(0);
    LstmCell lstm = (LstmCell) (inside ? ((FlatStateCell) first).cell() : first);
    assertThat(lstm.kernel()).isEqualTo(folder.get("rnn/multi_rnn_cell/cell_0/lstm_cell/kernel"));
  }

  private org.assertj.core.api.AbstractThrowableAssert<?, ? extends Throwable> fails(
      String layers) {
    return assertThatThrownBy(() -> folder.load(FEATURES, layers))
        .isInstanceOf(ModelException.class);
  }
}
