package org.sparkrnn.model.loading;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkrnn.model.spec.SpecParser;

class ModelInspectionTest {
  private static final Configuration CONF = new Configuration(false);

  @TempDir private Path dir;

  @BeforeEach
  void writeModel() throws IOException {
    ModelFolder folder = new ModelFolder(dir);
    folder.tensor("rnn/lstm_cell/kernel", 5, 8).tensor("rnn/lstm_cell/bias", 8);
    folder.tensor("rnn/lstm_cell/kernel/Adam", 5, 8).tensor("learning_rate");
    folder.tensor("dense/kernel", 2, 3).tensor("dense/bias", 3);
    folder.load(
        "{'type': 'features', 'size': 3}",
        "{'type': 'rnn', 'cell': {'type': 'LSTMCell', 'num_units': 2, 'forget_bias': 1.0}},"
            + " {'type': 'last'}, {'type': 'dense', 'name': 'logits', 'scope': 'dense'},"
            + " {'type': 'argmax'}");
  }

  @Test
  void aModelIsToldTensorByTensorAndLayerByLayer() throws IOException {
    String text = ModelInspection.of(dir.toString(), "", CONF).toText();
    assertThat(text)
        .contains("input    features, 3 floats a step\n")
        .contains("w.safetensors, safetensors, 6 tensors, 392 bytes\n")
        .contains(
            "  rnn     2 floats a step  dynamic_rnn of LSTMCell(num_units 2, forget_bias 1.0)  48"
                + " parameters, 192 bytes\n")
        .contains("  logits  3 floats a row   dense, activation linear")
        .contains("  argmax  integer a row    argmax\n")
        .contains("    outputs      array<array<float>>\n")
        .contains("    final_state  struct<c:array<float>,h:array<float>>\n")
        .contains("  * logits       array<float>\n")
        .contains("    argmax       int\n")
        .contains("  dense/kernel               F32  [2, 3]  24 bytes   used by logits\n")
        .contains("  learning_rate              F32  []      4 bytes    unused\n")
        .contains("  rnn/lstm_cell/kernel/Adam  F32  [5, 8]  160 bytes  training only\n")
        .doesNotContain("does not say which network");
  }

  @Test
  void theSameIsToldToPrograms() throws IOException {
    String json = ModelInspection.of(dir.toString(), "", CONF).toJson();
    JsonNode root = SpecParser.json(json.getBytes(UTF_8), "json");
    assertThat(root.get("layers").size()).isEqualTo(4);
    assertThat(root.at("/layers/0/parameters").asInt()).isEqualTo(48);
    assertThat(root.at("/outputs/2/type").asText())
        .isEqualTo("struct<c:array<float>,h:array<float>>");
    assertThat(root.at("/tensors/0/name").asText()).isEqualTo("dense/bias");
    assertThat(root.at("/tensors/0/shape/0").asInt()).isEqualTo(3);
    assertThat(root.at("/tensors/0/role").asText()).isEqualTo("used by logits");
  }

  @Test
  void aBareWeightsFileIsToldWithWhatIsMissing() throws IOException {
    Files.delete(dir.resolve("model.json"));
    for (String path : new String[] {dir.toString(), dir + "/w.safetensors"}) {
      ModelInspection inspection = ModelInspection.of(path, "", CONF);
      assertThat(inspection.model()).isEmpty();
      assertThat(inspection.tensors()).hasSize(6);
      assertThat(inspection.toText())
          .contains("  rnn/lstm_cell/kernel/Adam  F32  [5, 8]  160 bytes  training only\n")
          .contains("A weights file does not say which network it is for.")
          .contains("src/site/markdown/model-spec.md");
      assertThat(inspection.toJson()).doesNotContain("\"layers\" : ");
    }
  }
}
