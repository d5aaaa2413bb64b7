package org.sparkrnn.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkrnn.model.loading.ModelWriter;
import org.sparkrnn.spark.TestModels;

class InspectVerbTest {
  @TempDir private Path temp;
  private String model;

  @BeforeEach
  void writeModel() throws IOException {
    model = temp.resolve("model").toString();
    ModelWriter.write(TestModels.characters(), model, new Configuration());
  }

  @Test
  void peopleGetTheNetworkAndEveryTensor() {
    Command inspect = Command.withoutSpark("inspect", model);
    assertThat(inspect.code()).as(inspect.toString()).isEqualTo(ExitCode.DONE);
    assertThat(inspect.out()).contains("model    characters", "layers", "logits", "used by rnn");
  }

  @Test
  void programsGetTheSameAsJson() throws IOException {
    JsonNode json =
        new ObjectMapper().readTree(Command.withoutSpark("inspect", "--json", model).out());
    assertThat(json.get("name").asText()).isEqualTo("characters");
    assertThat(json.get("layers")).hasSize(5);
    assertThat(json.get("tensors")).isNotEmpty();
  }

  @Test
  void bareWeightsAreListedToo() {
    Command inspect = Command.withoutSpark("inspect", model + "/weights.safetensors");
    assertThat(inspect.code()).as(inspect.toString()).isEqualTo(ExitCode.DONE);
    assertThat(inspect.out())
        .contains("safetensors", "\nA draft of one")
        .doesNotContain("outputs (");
  }

  @Test
  void whatCannotBeReadEndsWithTheModelsExitCode() throws IOException {
    assertThat(Command.withoutSpark("inspect", temp + "/nowhere").code()).isEqualTo(ExitCode.MODEL);
    Files.writeString(temp.resolve("model/model.json"), "{");
    Command damaged = Command.withoutSpark("inspect", model);
    assertThat(damaged.code()).isEqualTo(ExitCode.MODEL);
    assertThat(damaged.err()).hasLineCount(1).contains("model.json");
  }
}
