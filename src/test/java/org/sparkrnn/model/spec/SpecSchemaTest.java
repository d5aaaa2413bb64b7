package org.sparkrnn.model.spec;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.sparkrnn.model.cells.CellPages;
import org.sparkrnn.model.cells.CellType;
import org.sparkrnn.model.cells.CellTypes;
import org.sparkrnn.model.json.ActivationWords;

/** The schema and the page say what the parser does. */
class SpecSchemaTest {
  private static final Path PAGE = Path.of("src/site/markdown/model-spec.md");
  private static final JsonNode TEXT = text();
  private static final Schema SCHEMA =
      SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12).getSchema(TEXT);

  private static JsonNode text() {
    try (var stream = SpecParser.class.getResourceAsStream("model-spec.schema.json")) {
      return SpecParser.json(stream.readAllBytes(), "model-spec.schema.json");
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static JsonNode json(String spec) {
    return SpecParser.json(spec.replace('\'', '"').getBytes(UTF_8), "spec");
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("org.sparkrnn.model.spec.SpecCases#good")
  void theSchemaAcceptsWhatTheParserAccepts(SpecCases.Good good) {
    assertThat(SCHEMA.validate(json(good.spec()))).isEmpty();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("org.sparkrnn.model.spec.SpecCases#bad")
  void theSchemaRefusesWhatTheParserRefusesForItsStructure(SpecCases.Bad bad) {
    assertThat(SCHEMA.validate(json(bad.spec())).isEmpty()).isEqualTo(!bad.structural());
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("examples")
  void theSchemaAcceptsTheExamples(Path example) throws IOException {
    byte[] spec = Files.readAllBytes(example);
    assertThat(SCHEMA.validate(SpecParser.json(spec, example.toString()))).isEmpty();
    assertThat(SpecParser.parse(spec, example.toString()).layers()).isNotEmpty();
  }

  private static Stream<Path> examples() throws IOException {
    try (Stream<Path> files = Files.walk(Path.of("src/test/resources/models"))) {
      return files.filter(file -> file.endsWith("model.json")).sorted().toList().stream();
    }
  }

  /** Every key of every object that the parser reads. */
  private static Set<String> keys() {
    Set<String> keys = new TreeSet<>(ModelSpec.KEYS);
    for (ModelSpec.InputType type : ModelSpec.InputType.values()) {
      keys.addAll(InputParser.keys(type));
    }
    LayerParser.KEYS.values().forEach(keys::addAll);
    CellParser.KEYS.values().forEach(keys::addAll);
    keys.addAll(ActivationWords.KEYS);
    for (CellType<?> type : CellTypes.ALL) {
      type.variables().stream()
          .filter(variable -> !variable.numbered() || !variable.always())
          .forEach(variable -> keys.add(variable.role(0)));
    }
    return keys;
  }

  private static void collectKeys(JsonNode node, Set<String> keys) {
    if (node.path("properties").isObject()) {
      node.get("properties").fieldNames().forEachRemaining(keys::add);
    }
    node.forEach(child -> collectKeys(child, keys));
  }

  @Test
  void theSchemaHasTheParsersKeysAndNoOthers() {
    Set<String> found = new TreeSet<>();
    collectKeys(TEXT, found);
    assertThat(found).isEqualTo(keys());
  }

  @Test
  void thePageNamesEveryKeyAndEveryType() throws IOException {
    String page = Files.readString(PAGE) + Files.readString(CellPages.PAGE);
    Set<String> words = new TreeSet<>(keys());
    words.addAll(LayerParser.KEYS.keySet());
    words.addAll(CellParser.KEYS.keySet());
    words.addAll(ActivationWords.ALL);
    Arrays.stream(ModelSpec.InputType.values()).forEach(type -> words.add(type.word()));
    assertThat(words).allSatisfy(word -> assertThat(page).contains("`" + word + "`"));
  }

  @Test
  void theExamplesOnThePageAreTheTestedOnes() throws IOException {
    Matcher blocks =
        Pattern.compile("```json\n(.*?)```", Pattern.DOTALL).matcher(Files.readString(PAGE));
    Set<JsonNode> shown = new java.util.HashSet<>();
    while (blocks.find()) {
      byte[] spec = blocks.group(1).getBytes(UTF_8);
      SpecParser.parse(spec, "an example of the page");
      shown.add(SpecParser.json(spec, "an example of the page"));
    }
    for (Path example : examples().toList()) {
      assertThat(shown).contains(SpecParser.json(Files.readAllBytes(example), example.toString()));
    }
  }
}
