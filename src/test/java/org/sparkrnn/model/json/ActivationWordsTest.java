package org.sparkrnn.model.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.sparkrnn.cell.Activation;
import org.sparkrnn.cell.Activation.Kind;
import org.sparkrnn.model.spec.SpecParser;

class ActivationWordsTest {
  private static Activation parse(String json) {
    JsonNode node = SpecParser.json(json.getBytes(UTF_8), "spec");
    return ActivationWords.parse(node, new Place("spec", ""));
  }

  /** As text, so that the numbers pass through decimals. */
  @ParameterizedTest
  @MethodSource("org.sparkrnn.oracle.EveryActivation#elementwise")
  void everyActivationComesBack(Activation activation) {
    assertThat(parse(ActivationWords.node(activation).toString())).isEqualTo(activation);
  }

  @Test
  void everyWordIsReadAndComesBackAsItselfOrItsFirstName() {
    for (String word : ActivationWords.ALL) {
      if (word.equals("threshold")) {
        continue;
      }
      String written = ActivationWords.node(parse('"' + word + '"')).textValue();
      String expected =
          switch (word) {
            case "swish" -> "silu";
            case "hard_swish" -> "hard_silu";
            default -> word;
          };
      assertThat(written).isEqualTo(expected);
    }
  }

  @Test
  void theTwoHardSigmoidsAreTwo() {
    assertThat(parse("\"hard_sigmoid\"")).isEqualTo(Activation.HARD_SIGMOID);
    assertThat(parse("\"hard_sigmoid_keras3\""))
        .isEqualTo(new Activation(Kind.HARD_SIGMOID, 1f / 6, 0.5f))
        .isEqualTo(parse("{\"type\": \"hard_sigmoid\", \"alpha\": 0.16666667}"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "LEAKY_RELU | 0.2 | 0 | leaky_relu",
        "LEAKY_RELU | 0.01 | 0 | leaky_relu(alpha 0.01)",
        "CLIP | 0 | 20 | hard_tanh(alpha 0.0, beta 20.0)",
        "THRESHOLD | 0.5 | 3 | threshold(alpha 0.5, beta 3.0)",
        "THRESHOLD | 0.5 | 0 | thresholded_relu(alpha 0.5)",
      })
  void aDescriptionHasTheParametersThatAreNotUsual(Kind kind, float a, float b, String text) {
    assertThat(ActivationWords.text(new Activation(kind, a, b))).isEqualTo(text);
  }
}
