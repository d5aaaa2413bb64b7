package org.sparkrnn.weights.safetensors;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkrnn.tensor.Shape;
import org.sparkrnn.tensor.Tensor;
import org.sparkrnn.weights.Damage;
import org.sparkrnn.weights.InMemoryStorage;
import org.sparkrnn.weights.MalformedWeightsException;

class ShardedSafetensorsTest {
  private static final String INDEX = "model.safetensors.index.json";
  private static final String MAP =
      "{\"metadata\": {\"total_size\": 12}, \"weight_map\": {\"a\": \"model-1.safetensors\","
          + " \"b\": \"model-2.safetensors\"}}";
  private static final Tensor A = Tensor.of(Shape.of(1), 1f);
  private static final Tensor B = Tensor.of(Shape.of(2), 2f, 3f);

  private final InMemoryStorage folder = new InMemoryStorage();

  ShardedSafetensorsTest() throws IOException {
    folder.with(INDEX, MAP.getBytes(UTF_8));
    folder.with("model-1.safetensors", safetensors(Map.of("a", A, "unlisted", B)));
    folder.with("model-2.safetensors", safetensors(Map.of("b", B)));
  }

  @Test
  void tensorsAreReadFromWhereTheIndexSays() throws IOException {
    try (ShardedSafetensors file = ShardedSafetensors.open(folder, INDEX)) {
      assertThat(file.format()).isEqualTo("safetensors in 2 files");
      assertThat(file.tensors()).containsOnlyKeys("a", "b");
      assertThat(file.read("a")).isEqualTo(A);
      assertThat(file.read("b")).isEqualTo(B);
    }
    assertThat(folder.openings("model-1.safetensors")).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "../model-1.safetensors",
        "/etc/passwd",
        "sub/model-1.safetensors",
        "..",
        "",
        "C:x",
        "a\\\\b",
        "a\\u0000b"
      })
  void noNameLeavesTheFolder(String file) {
    folder.with(INDEX, ("{\"weight_map\": {\"a\": \"" + file + "\"}}").getBytes(UTF_8));

    assertThatThrownBy(() -> ShardedSafetensors.open(folder, INDEX))
        .isInstanceOf(MalformedWeightsException.class)
        .hasMessageStartingWith(INDEX + ": weight_map 'a' is \"")
        .hasMessageEndingWith("\", expected the name of a file beside the index");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {} | the index has no 'weight_map'
          [] | the index is START_ARRAY, expected START_OBJECT
          {"weight_map": []} | weight_map is START_ARRAY, expected START_OBJECT
          {"weight_map": {"a": 1}} | weight_map 'a' is VALUE_NUMBER_INT, expected VALUE_STRING
          {"weight_map": {"a": "model-2.safetensors"}} | weight_map says that 'a' is in model-2.safetensors, but it is not
          {"weight_map": {"a": "x.safetensors"}} | weight_map says that 'a' is in x.safetensors, but there is no such file
          {"weight_map": {}} {} | the index goes on after its last '}'
          {"weight_map": {"a": "x", "a": "x"}} | Duplicate field 'a'
          """)
  void anIndexThatBreaksARuleIsRefused(String index, String offence) {
    folder.with(INDEX, index.getBytes(UTF_8));

    assertThatThrownBy(() -> ShardedSafetensors.open(folder, INDEX))
        .isInstanceOf(MalformedWeightsException.class)
        .hasMessageStartingWith(INDEX + ": ")
        .hasMessageContaining(offence);
  }

  @Test
  void aDeepIndexIsRefused() {
    folder.with(INDEX, ("{\"x\":" + "[".repeat(1_000_000)).getBytes(UTF_8));

    assertThatThrownBy(() -> ShardedSafetensors.open(folder, INDEX))
        .isInstanceOf(MalformedWeightsException.class);
  }

  @Test
  void everyCutOrChangedByteOfTheIndexIsReadOrReported() {
    Damage.Reader reader =
        source -> {
          folder.with(INDEX, source.read(0, source.size(), "all"));
          Damage.readAll(ShardedSafetensors.open(folder, INDEX));
        };
    assertThat(Damage.cuts(INDEX, MAP.getBytes(UTF_8), reader)).isEqualTo(MAP.length());
    Damage.flips(INDEX, MAP.getBytes(UTF_8), reader);
  }

  @Test
  void aCutShardIsNamed() throws IOException {
    byte[] whole = safetensors(Map.of("b", B));
    folder.with("model-2.safetensors", Arrays.copyOf(whole, whole.length - 1));

    assertThatThrownBy(() -> ShardedSafetensors.open(folder, INDEX))
        .isInstanceOf(MalformedWeightsException.class)
        .hasMessageStartingWith("model-2.safetensors: ");
  }

  private static byte[] safetensors(Map<String, Tensor> tensors) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    SafetensorsWriter.write(tensors, out);
    return out.toByteArray();
  }
}
