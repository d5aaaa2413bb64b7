package org.sparkrnn.model.spec;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.sparkrnn.model.ModelException;
import org.sparkrnn.rnn.Layer;

/** What the parser makes of a spec, and what it says about a wrong one. */
class SpecParserTest {

  private static ModelSpec parse(String spec) {
    return SpecParser.parse(spec.replace('\'', '"').getBytes(UTF_8), "model.json");
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("org.sparkrnn.model.spec.SpecCases#bad")
  void everyMistakeIsToldWithItsPlace(SpecCases.Bad bad) {
    assertThatThrownBy(() -> parse(bad.spec()))
        .isInstanceOf(ModelException.class)
        .hasMessage(bad.message());
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("org.sparkrnn.model.spec.SpecCases#good")
  void goodSpecsAreAccepted(SpecCases.Good good) {
    assertThat(parse(good.spec()).layers()).isNotEmpty();
  }

  @Test
  void brokenJsonIsToldWithLineAndColumn() {
    assertThatThrownBy(() -> parse("{\n  'spark_rnn': 1,\n  'input' {}\n}"))
        .isInstanceOf(ModelException.class)
        .hasMessage(
            "model.json: line 3, column 11: not valid JSON: Unexpected character ('{' (code 123)):"
                + " was expecting a colon to separate field name and value");
    assertThatThrownBy(() -> parse("{'spark_rnn': 1, 'name': 'a',\n 'name': 'b'}"))
        .hasMessage("model.json: line 2, column 8: duplicate key 'name'");
    assertThatThrownBy(() -> parse("")).hasMessage("model.json: the file is empty, expected JSON");
    assertThatThrownBy(() -> parse("{'spark_rnn': 1"))
        .hasMessageStartingWith("model.json: line 1, column ")
        .hasMessageContaining("Unexpected end-of-input");
    assertThatThrownBy(() -> parse("[1]")).hasMessage("model.json: expected an object, found [1]");
  }

  @Test
  void layersWithoutNamesAreNamedAsTensorFlowWould() {
    String layers =
        "{'type': 'dense'}, {'type': 'dense'}, {'type': 'dense', 'name': 'dense_2'}, {'type':"
            + " 'dense'}, {'type': 'rnn', 'cell': {'type': 'GRUCell', 'num_units': 1}}, {'type':"
            + " 'rnn', 'loop': 'bidirectional_dynamic_rnn', 'cell': {'type': 'GRUCell',"
            + " 'num_units': 1}}, {'type': 'last'}, {'type': 'softmax'}";
    ModelSpec spec =
        parse(
            "{'spark_rnn': 1, 'input': {'type': 'features', 'size': 3}, 'layers': ["
                + layers
                + "]}");
    assertThat(spec.layers().stream().map(LayerSpec::name))
        .containsExactly(
            "dense",
            "dense_1",
            "dense_2",
            "dense_3",
            "rnn",
            "bidirectional_rnn",
            "last",
            "softmax");
    assertThat(spec.named()).containsExactly("dense_2");
    LayerSpec.Rnn rnn = (LayerSpec.Rnn) spec.layers().get(5);
    assertThat(rnn.merge()).isEqualTo(Layer.Merge.CONCAT);
    assertThat(rnn.levels().get(0)).hasSize(2);
  }
}
