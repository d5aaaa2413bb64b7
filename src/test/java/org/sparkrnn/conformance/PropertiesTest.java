package org.sparkrnn.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the test suites of TensorFlow assert without numbers of their own: the {@code properties} of
 * {@code rnn_cases.json}, with random weights and bit equality where TensorFlow asks for closeness.
 */
class PropertiesTest {
  @TempDir private Path folder;

  private static Map<String, Consumer<Lab>> properties() {
    Map<String, Consumer<Lab>> properties = new LinkedHashMap<>();
    LoopProperties.addTo(properties);
    CellProperties.addTo(properties);
    return properties;
  }

  @TestFactory
  Stream<DynamicTest> everyPropertyHolds() {
    return properties().entrySet().stream()
        .map(
            each ->
                DynamicTest.dynamicTest(
                    each.getKey(), () -> check(each.getKey(), each.getValue())));
  }

  private void check(String id, Consumer<Lab> property) {
    property.accept(new Lab(folder));
    Conformance.add(Conformance.CASES, List.of(id), 0, 0);
  }

  @Test
  void noneIsLeftOut() throws IOException {
    for (JsonNode node : CaseFile.list("properties")) {
      String id = node.get("id").textValue();
      assertThat(properties().containsKey(id) != Reasons.ALL.containsKey(id))
          .as(id + " has either a test or a reason")
          .isTrue();
    }
  }
}
