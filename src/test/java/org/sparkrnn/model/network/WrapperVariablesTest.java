package org.sparkrnn.model.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkrnn.cell.Activation;
import org.sparkrnn.cell.AttentionCellWrapper;
import org.sparkrnn.cell.HighwayWrapper;
import org.sparkrnn.cell.InputProjectionWrapper;
import org.sparkrnn.cell.LstmCell;
import org.sparkrnn.cell.MultiRnnCell;
import org.sparkrnn.cell.OutputProjectionWrapper;
import org.sparkrnn.cell.ResidualWrapper;
import org.sparkrnn.cell.RnnCell;
import org.sparkrnn.model.ModelException;
import org.sparkrnn.model.SequenceModel;
import org.sparkrnn.model.loading.ModelFolder;
import org.sparkrnn.model.loading.ModelLoader;
import org.sparkrnn.model.loading.ModelWriter;
import org.sparkrnn.rnn.Layer;
import org.sparkrnn.rnn.Network;

/** Where the variables of wrapped cells are, found from the layer's scope alone. */
class WrapperVariablesTest {
  private static final String FEATURES = "{'type': 'features', 'size': 3}";

  @TempDir private Path dir;
  private ModelFolder folder;

  @BeforeEach
  void emptyFolder() {
    folder = new ModelFolder(dir);
  }

  private static String lstm(int units) {
    return "{'type': 'LSTMCell', 'num_units': " + units + ", 'forget_bias': 1.0}";
  }

  private static String wrap(String type, String extra, String cell) {
    return "{'type': '" + type + "', " + extra + "'cell': " + cell + "}";
  }

  private static String stack(String... cells) {
    return "{'type': 'MultiRNNCell', 'cells': [" + String.join(", ", cells) + "]}";
  }

  /** The first layer's cell; also that the model is written and read back as it is. */
  private RnnCell cell(String scope, String cell) throws IOException {
    SequenceModel model =
        folder.load(FEATURES, "{'type': 'rnn', 'scope': '" + scope + "', 'cell': " + cell + "}");
    Path written = Files.createTempDirectory(dir, "written");
    ModelWriter.write(model, written.toString(), new Configuration(false));
    SequenceModel again = ModelLoader.load(written.toString(), "", new Configuration(false));
    assertThat(again.network()).isEqualTo(model.network());
    assertThat(again.fingerprint()).isEqualTo(model.fingerprint());
    return ((Layer.Rnn) model.network().layers().get(0)).cells().get(0);
  }

  private void lstmAt(String scope, int input, int units) {
    folder.tensor(scope + "/kernel", input + units, 4 * units).tensor(scope + "/bias", 4 * units);
  }

  private void isLstmAt(RnnCell cell, String scope) {
    assertThat(((LstmCell) cell).kernel()).isEqualTo(folder.get(scope + "/kernel"));
    assertThat(((LstmCell) cell).bias()).isEqualTo(folder.get(scope + "/bias"));
  }

  @ParameterizedTest
  @CsvSource({
    "rnn/output_projection_wrapper, kernel, bias, rnn/output_projection_wrapper/lstm_cell",
    "a/rnn/output_projection_wrapper, kernel, bias, a/rnn/output_projection_wrapper/my_cell",
    "rnn/my_projection, kernel, bias, rnn/my_projection/lstm_cell",
    "rnn/output_projection_wrapper_1, kernel, bias, rnn/output_projection_wrapper_1/lstm_cell_2",
    "rnn/output_projection_wrapper, weights, biases, rnn/lstm_cell",
    "RNN/OutputProjectionWrapper/Linear, Matrix, Bias, RNN/LSTMCell/Linear"
  })
  void anOutputProjectionIsFoundAroundTheCell(
      String scope, String kernel, String bias, String inside) throws IOException {
    folder.tensor(scope + "/" + kernel, 2, 7).tensor(scope + "/" + bias, 7);
    folder.tensor(inside + "/" + kernel, 5, 8).tensor(inside + "/" + bias, 8);
    OutputProjectionWrapper cell =
        (OutputProjectionWrapper)
            cell("", wrap("OutputProjectionWrapper", "'output_size': 7, ", lstm(2)));
    assertThat(cell.kernel()).isEqualTo(folder.get(scope + "/" + kernel));
    assertThat(cell.bias()).isEqualTo(folder.get(scope + "/" + bias));
    assertThat(cell.activation()).isEqualTo(Activation.LINEAR);
    assertThat(((LstmCell) cell.cell()).kernel()).isEqualTo(folder.get(inside + "/" + kernel));
  }

  @Test
  void anInputProjectionIsFoundAroundTheCell() throws IOException {
    folder.tensor("rnn/input_projection_wrapper/kernel", 3, 6);
    folder.tensor("rnn/input_projection_wrapper/bias", 6);
    lstmAt("rnn/input_projection_wrapper/lstm_cell", 6, 2);
    InputProjectionWrapper cell =
        (InputProjectionWrapper)
            cell(
                "rnn",
                wrap(
                    "InputProjectionWrapper",
                    "'num_proj': 6, 'activation': 'relu', 'input_size': 3, 'reuse': false, ",
                    lstm(2)));
    assertThat(cell.kernel()).isEqualTo(folder.get("rnn/input_projection_wrapper/kernel"));
    assertThat(cell.activation()).isEqualTo(Activation.RELU);
    isLstmAt(cell.cell(), "rnn/input_projection_wrapper/lstm_cell");
  }

  /** An inner kernel of the projection's own shape: names alone tell them apart. */
  @Test
  void aProjectionAndACellOfTheSameShapeAreToldApart() throws IOException {
    folder.tensor("rnn/input_projection_wrapper/kernel", 3, 1);
    folder.tensor("rnn/input_projection_wrapper/bias", 1);
    folder.tensor("rnn/input_projection_wrapper/a/kernel", 2, 1);
    folder.tensor("rnn/input_projection_wrapper/a/bias", 1);
    InputProjectionWrapper cell =
        (InputProjectionWrapper)
            cell(
                "rnn",
                wrap(
                    "InputProjectionWrapper",
                    "'num_proj': 1, ",
                    "{'type': 'BasicRNNCell', 'num_units': 1}"));
    assertThat(cell.kernel()).isEqualTo(folder.get("rnn/input_projection_wrapper/kernel"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"rnn", "", "a/rnn"})
  void aHighwayHasNoScopeOfItsOwn(String scope) throws IOException {
    String stem = scope.isEmpty() ? "" : scope + "/";
    folder.tensor(stem + "carry_w", 3, 3).tensor(stem + "carry_b", 3);
    folder.tensor(stem + "transform_w", 3, 3).tensor(stem + "transform_b", 3);
    lstmAt(stem + "lstm_cell", 3, 3);
    HighwayWrapper cell =
        (HighwayWrapper)
            cell(
                scope,
                wrap(
                    "HighwayWrapper",
                    "'couple_carry_transform_gates': false, 'carry_bias_init': 1.0, ",
                    lstm(3)));
    assertThat(cell.carryKernel()).isEqualTo(folder.get(stem + "carry_w"));
    assertThat(cell.carryBias()).isEqualTo(folder.get(stem + "carry_b"));
    assertThat(cell.transform().kernel()).isEqualTo(folder.get(stem + "transform_w"));
    assertThat(cell.transform().bias()).isEqualTo(folder.get(stem + "transform_b"));
    isLstmAt(cell.cell(), stem + "lstm_cell");
    assertThatThrownBy(() -> cell(scope, wrap("HighwayWrapper", "", lstm(3))))
        .hasMessageContaining("transform_w', which this cell would leave out: use")
        .hasMessageContaining("\"couple_carry_transform_gates\": false");
  }

  @Test
  void anAttentionIsFoundWithAllItsParts() throws IOException {
    String stem = "rnn/attention_cell_wrapper/";
    attentionAt(stem, 2, 2, 2, 4);
    lstmAt(stem + "lstm_cell", 3, 2);
    AttentionCellWrapper cell =
        (AttentionCellWrapper)
            cell("rnn", wrap("AttentionCellWrapper", "'attn_length': 5, ", lstm(2)));
    assertThat(cell.attnLength()).isEqualTo(5);
    assertThat(cell.attnSize()).isEqualTo(2);
    assertThat(cell.kernel()).isEqualTo(folder.get(stem + "kernel"));
    assertThat(cell.attention().w()).isEqualTo(folder.get(stem + "attention/attn_w"));
    assertThat(cell.attention().v()).isEqualTo(folder.get(stem + "attention/attn_v"));
    assertThat(cell.attention().kernel()).isEqualTo(folder.get(stem + "attention/kernel"));
    assertThat(cell.attention().bias()).isEqualTo(folder.get(stem + "attention/bias"));
    assertThat(cell.outputKernel()).isEqualTo(folder.get(stem + "attn_output_projection/kernel"));
    assertThat(cell.outputBias()).isEqualTo(folder.get(stem + "attn_output_projection/bias"));
    isLstmAt(cell.cell(), stem + "lstm_cell");
    assertThat(cell.stateShape().parts().stream().map(part -> part.path()))
        .containsExactly("cell_state.c", "cell_state.h", "attns", "attn_states");
    assertThat(cell.hidden().path()).isEqualTo("cell_state.h");
  }

  private void attentionAt(String stem, int output, int a, int v, int state) {
    folder.tensor(stem + "kernel", 3 + a, 3).tensor(stem + "bias", 3);
    folder.tensor(stem + "attention/attn_w", 1, 1, a, v).tensor(stem + "attention/attn_v", v);
    folder.tensor(stem + "attention/kernel", state, v).tensor(stem + "attention/bias", v);
    folder.tensor(stem + "attn_output_projection/kernel", output + a, a);
    folder.tensor(stem + "attn_output_projection/bias", a);
  }

  @Test
  void anAttentionsSizesCanBeGiven() throws IOException {
    String stem = "rnn/attention_cell_wrapper/";
    folder.tensor(stem + "kernel", 3 + 4, 6).tensor(stem + "bias", 6);
    folder.tensor(stem + "attention/attn_w", 1, 1, 4, 5).tensor(stem + "attention/attn_v", 5);
    folder.tensor(stem + "attention/kernel", 4 + 4, 5).tensor(stem + "attention/bias", 5);
    folder.tensor(stem + "attn_output_projection/kernel", 2 + 4, 4);
    folder.tensor(stem + "attn_output_projection/bias", 4);
    String cells = stem + "multi_rnn_cell/cell_";
    lstmAt(cells + "0/lstm_cell", 6, 2);
    lstmAt(cells + "1/lstm_cell", 2, 2);
    AttentionCellWrapper cell =
        (AttentionCellWrapper)
            cell(
                "rnn",
                wrap(
                    "AttentionCellWrapper",
                    "'attn_length': 1, 'attn_size': 4, 'attn_vec_size': 5, 'input_size': 6, ",
                    stack(lstm(2), lstm(2))));
    assertThat(cell.outputSize()).isEqualTo(4);
    assertThat(cell.attention().size()).isEqualTo(5);
    isLstmAt(((MultiRnnCell) cell.cell()).cells().get(1), cells + "1/lstm_cell");
    assertThat(cell.stateShape().parts().stream().map(part -> part.path()))
        .containsExactly(
            "cell_state.cell_0.c",
            "cell_state.cell_0.h",
            "cell_state.cell_1.c",
            "cell_state.cell_1.h",
            "attns",
            "attn_states");
  }

  @Test
  void attentionWithAFlatStateNeedsACellWithAFlatState() throws IOException {
    String stem = "rnn/attention_cell_wrapper/";
    attentionAt(stem, 2, 2, 2, 4);
    lstmAt(stem + "lstm_cell", 3, 2);
    String flat = "'state_is_tuple': false, 'attn_length': 5, ";
    assertThatThrownBy(() -> cell("rnn", wrap("AttentionCellWrapper", flat, lstm(2))))
        .isInstanceOf(ModelException.class)
        .hasMessage(
            dir
                + "/model.json: layers[0].cell: the wrapped cell has its state in parts (c, h), but"
                + " the wrapper has \"state_is_tuple\": false; give the wrapped cell"
                + " \"state_is_tuple\": false too, as TensorFlow demands");
    String inner = lstm(2).replace("}", ", 'state_is_tuple': false}");
    RnnCell cell = cell("rnn", wrap("AttentionCellWrapper", flat, inner));
    assertThat(cell.stateShape().parts()).hasSize(1);
    assertThat(cell.stateShape().size()).isEqualTo(4 + 2 + 10);
  }

  @ParameterizedTest
  @ValueSource(strings = {"rnn", "", "outer"})
  void nestedWrappersAreFoundInOrder(String scope) throws IOException {
    String outer = "outer/rnn/output_projection_wrapper/";
    String middle = outer + "output_projection_wrapper/";
    String inner = middle + "input_projection_wrapper/";
    folder.tensor(outer + "kernel", 4, 4).tensor(outer + "bias", 4);
    folder.tensor(middle + "kernel", 2, 4).tensor(middle + "bias", 4);
    folder.tensor(inner + "kernel", 3, 6).tensor(inner + "bias", 6);
    lstmAt(inner + "lstm_cell", 6, 2);
    String cell =
        wrap(
            "OutputProjectionWrapper",
            "'output_size': 4, ",
            wrap(
                "DropoutWrapper",
                "'input_keep_prob': 0.5, 'seed': 7, ",
                wrap(
                    "OutputProjectionWrapper",
                    "'output_size': 4, ",
                    wrap("InputProjectionWrapper", "'num_proj': 6, ", lstm(2)))));
    if (scope.equals("rnn")) {
      assertThatThrownBy(() -> cell(scope, cell)).hasMessageContaining("under scope 'rnn'");
      return;
    }
    OutputProjectionWrapper found = (OutputProjectionWrapper) cell(scope, cell);
    assertThat(found.kernel()).isEqualTo(folder.get(outer + "kernel"));
    OutputProjectionWrapper second = (OutputProjectionWrapper) found.cell();
    assertThat(second.kernel()).isEqualTo(folder.get(middle + "kernel"));
    InputProjectionWrapper third = (InputProjectionWrapper) second.cell();
    assertThat(third.kernel()).isEqualTo(folder.get(inner + "kernel"));
    isLstmAt(third.cell(), inner + "lstm_cell");
  }

  @Test
  void twoWrappersOfTheSameShapeAreToldApartByDepth() throws IOException {
    String outer = "rnn/output_projection_wrapper/";
    String inner = outer + "output_projection_wrapper/";
    folder.tensor(outer + "kernel", 2, 2).tensor(outer + "bias", 2);
    folder.tensor(inner + "kernel", 2, 2).tensor(inner + "bias", 2);
    lstmAt(inner + "lstm_cell", 3, 2);
    String two = wrap("OutputProjectionWrapper", "'output_size': 2, ", lstm(2));
    OutputProjectionWrapper cell =
        (OutputProjectionWrapper)
            cell("rnn", wrap("OutputProjectionWrapper", "'output_size': 2, ", two));
    assertThat(cell.kernel()).isEqualTo(folder.get(outer + "kernel"));
    assertThat(((OutputProjectionWrapper) cell.cell()).kernel())
        .isEqualTo(folder.get(inner + "kernel"));
  }

  @Test
  void wrappersInsideAStackAndAroundItAreFound() throws IOException {
    String outer = "rnn/output_projection_wrapper/";
    String cells = outer + "multi_rnn_cell/cell_";
    folder.tensor(outer + "kernel", 3, 2).tensor(outer + "bias", 2);
    folder.tensor(cells + "0/input_projection_wrapper/kernel", 3, 3);
    folder.tensor(cells + "0/input_projection_wrapper/bias", 3);
    lstmAt(cells + "0/input_projection_wrapper/lstm_cell", 3, 3);
    folder.tensor(cells + "1/carry_w", 3, 3).tensor(cells + "1/carry_b", 3);
    lstmAt(cells + "1/lstm_cell", 3, 3);
    lstmAt(cells + "2/lstm_cell", 3, 3);
    String stack =
        stack(
            wrap("InputProjectionWrapper", "'num_proj': 3, ", lstm(3)),
            wrap("HighwayWrapper", "", lstm(3)),
            wrap("ResidualWrapper", "", wrap("DeviceWrapper", "'device': '/gpu:0', ", lstm(3))));
    OutputProjectionWrapper cell =
        (OutputProjectionWrapper)
            cell("rnn", wrap("OutputProjectionWrapper", "'output_size': 2, ", stack));
    assertThat(cell.kernel()).isEqualTo(folder.get(outer + "kernel"));
    List<RnnCell> inner = ((MultiRnnCell) cell.cell()).cells();
    isLstmAt(
        ((InputProjectionWrapper) inner.get(0)).cell(),
        cells + "0/input_projection_wrapper/lstm_cell");
    isLstmAt(((HighwayWrapper) inner.get(1)).cell(), cells + "1/lstm_cell");
    isLstmAt(((ResidualWrapper) inner.get(2)).cell(), cells + "2/lstm_cell");
    assertThatThrownBy(
            () ->
                cell(
                    "rnn",
                    wrap(
                        "OutputProjectionWrapper",
                        "'output_size': 2, ",
                        stack(
                            wrap("InputProjectionWrapper", "'num_proj': 3, ", lstm(3)),
                            wrap("HighwayWrapper", "", lstm(3))))))
        .hasMessageContaining("but the spec lists only 2 cells");
  }

  @Test
  void bothDirectionsHaveTheirOwnWrappers() throws IOException {
    for (String direction : List.of("fw", "bw")) {
      String stem = "bidirectional_rnn/" + direction + "/output_projection_wrapper/";
      folder.tensor(stem + "kernel", 2, 4).tensor(stem + "bias", 4);
      lstmAt(stem + "lstm_cell", 3, 2);
    }
    String cell = wrap("OutputProjectionWrapper", "'output_size': 4, ", lstm(2));
    Layer.Rnn layer =
        (Layer.Rnn)
            folder
                .load(
                    FEATURES,
                    "{'type': 'rnn', 'loop': 'bidirectional_dynamic_rnn', 'cell': " + cell + "}")
                .network()
                .layers()
                .get(0);
    OutputProjectionWrapper backward =
        (OutputProjectionWrapper) layer.levels().get(0).directions().get(1);
    assertThat(backward.kernel())
        .isEqualTo(folder.get("bidirectional_rnn/bw/output_projection_wrapper/kernel"));
    isLstmAt(backward.cell(), "bidirectional_rnn/bw/output_projection_wrapper/lstm_cell");
  }

  @Test
  void aCellWithoutItsWrapperIsFoundBelowTheWrappersScope() throws IOException {
    folder.tensor("rnn/output_projection_wrapper/kernel", 2, 7);
    folder.tensor("rnn/output_projection_wrapper/bias", 7);
    lstmAt("rnn/output_projection_wrapper/lstm_cell", 3, 2);
    isLstmAt(cell("rnn", lstm(2)), "rnn/output_projection_wrapper/lstm_cell");
  }

  @Test
  void scopesCanBeNamedForEach() throws IOException {
    folder.tensor("x/p/kernel", 2, 7).tensor("x/p/bias", 7);
    folder.tensor("y/p/kernel", 2, 7).tensor("y/p/bias", 7);
    lstmAt("x/p/q", 3, 2);
    lstmAt("y/p/q", 3, 2);
    OutputProjectionWrapper cell =
        (OutputProjectionWrapper)
            cell(
                "", wrap("OutputProjectionWrapper", "'output_size': 7, 'scope': 'y/p', ", lstm(2)));
    assertThat(cell.kernel()).isEqualTo(folder.get("y/p/kernel"));
    isLstmAt(cell.cell(), "y/p/q");
  }

  private static String embedded(String cell) {
    return wrap("EmbeddingWrapper", "'embedding_classes': 7, 'embedding_size': 4, ", cell);
  }

  private Network ofIds(String cells) throws IOException {
    SequenceModel model =
        folder.load("{'type': 'tokens', 'size': 7}", "{'type': 'rnn', " + cells + "}");
    Path written = Files.createTempDirectory(dir, "written");
    ModelWriter.write(model, written.toString(), new Configuration(false));
    SequenceModel again = ModelLoader.load(written.toString(), "", new Configuration(false));
    assertThat(again.network()).isEqualTo(model.network());
    return model.network();
  }

  @Test
  void anEmbeddingBecomesALayerBeforeTheCell() throws IOException {
    folder.tensor("rnn/embedding_wrapper/embedding", 7, 4);
    lstmAt("rnn/embedding_wrapper/lstm_cell", 4, 2);
    List<Layer> layers = ofIds("'scope': 'rnn', 'cell': " + embedded(lstm(2))).layers();
    assertThat(layers.get(0))
        .isEqualTo(
            new Layer.Embedding("rnn_embedding", folder.get("rnn/embedding_wrapper/embedding")));
    isLstmAt(((Layer.Rnn) layers.get(1)).cells().get(0), "rnn/embedding_wrapper/lstm_cell");
  }

  @Test
  void anEmbeddingInsideAProjectionAndAStackIsFound() throws IOException {
    String outer = "rnn/output_projection_wrapper/";
    String cells = outer + "multi_rnn_cell/cell_";
    folder.tensor(outer + "kernel", 3, 7).tensor(outer + "bias", 7);
    folder.tensor(cells + "0/embedding_wrapper/embedding", 7, 4);
    lstmAt(cells + "0/embedding_wrapper/lstm_cell", 4, 2);
    lstmAt(cells + "1/lstm_cell", 2, 3);
    String stack = stack(wrap("DropoutWrapper", "", embedded(lstm(2))), lstm(3));
    String cell = wrap("OutputProjectionWrapper", "'output_size': 7, ", stack);
    List<Layer> layers = ofIds("'cell': " + cell).layers();
    assertThat(((Layer.Embedding) layers.get(0)).table())
        .isEqualTo(folder.get(cells + "0/embedding_wrapper/embedding"));
    RnnCell found = ((OutputProjectionWrapper) ((Layer.Rnn) layers.get(1)).cells().get(0)).cell();
    isLstmAt(((MultiRnnCell) found).cells().get(0), cells + "0/embedding_wrapper/lstm_cell");
  }

  @Test
  void anEmbeddingWhereNoIdsAreIsRefused() {
    folder.tensor("rnn/embedding_wrapper/embedding", 7, 4);
    lstmAt("rnn/embedding_wrapper/lstm_cell", 4, 2);
    fails(embedded(lstm(2)), "takes ids, but the input is");
    String late = "an EmbeddingWrapper takes ids, but is given floats: it must be the first";
    assertThatThrownBy(() -> ofIds("'cell': " + stack(lstm(2), embedded(lstm(2)))))
        .hasMessageContaining(late);
    assertThatThrownBy(() -> ofIds("'cell': " + wrap("ResidualWrapper", "", embedded(lstm(2)))))
        .hasMessageContaining(late);
    assertThatThrownBy(() -> ofIds("'cell_fw': " + embedded(lstm(2)) + ", 'cell_bw': " + lstm(2)))
        .hasMessageContaining("one direction has an EmbeddingWrapper and the other has none");
  }

  @Test
  void twoTablesInOneLayerAreRefused() throws IOException {
    for (String direction : List.of("fw", "bw")) {
      String stem = "bidirectional_rnn/" + direction + "/embedding_wrapper/";
      folder.tensor(stem + "embedding", 7, 4);
      lstmAt(stem + "lstm_cell", 4, 2);
    }
    String both = "'loop': 'bidirectional_dynamic_rnn', 'cell': " + embedded(lstm(2));
    assertThatThrownBy(() -> ofIds(both))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("its two EmbeddingWrappers have tables of their own");
  }

  @Test
  void whatTensorFlowRefusesIsRefused() {
    lstmAt("rnn/lstm_cell", 3, 2);
    fails(
        wrap("ResidualWrapper", "", lstm(2)), "cell's input, of size 3, to its output, of size 2");
    fails(wrap("DropoutWrapper", "'input_keep_prob': 1.5, ", lstm(2)), "must be between 0 and 1");
    fails(wrap("DropoutWrapper", "'keep_prob': 0.5, ", lstm(2)), "unknown key");
    fails(wrap("ResidualWrapper", "'residual_fn': 'f', ", lstm(2)), "unknown key");
    fails(
        wrap("AttentionCellWrapper", "'attn_length': 0, ", lstm(2)),
        "expected an integer of at least 1, found 0");
    fails(
        wrap("OutputProjectionWrapper", "'output_size': 0, ", lstm(2)),
        "expected an integer of at least 1, found 0");
  }

  private void fails(String cell, String message) {
    assertThatThrownBy(() -> cell("rnn", cell))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining(message);
  }
}
