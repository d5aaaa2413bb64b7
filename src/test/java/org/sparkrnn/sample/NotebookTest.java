package org.sparkrnn.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The committed notebooks; {@code notebooks/run} executes them. */
class NotebookTest {

  static Stream<Path> notebooks() throws IOException {
    try (Stream<Path> files = Files.list(Path.of("notebooks"))) {
      return files.filter(file -> file.toString().endsWith(".ipynb")).toList().stream();
    }
  }

  @ParameterizedTest
  @MethodSource("notebooks")
  void outputsAreStripped(Path notebook) throws IOException {
    List<JsonNode> cells = codeCells(notebook);
    assertThat(cells).isNotEmpty();
    for (JsonNode cell : cells) {
      assertThat(cell.get("outputs")).as("%s", cell).isEmpty();
      assertThat(cell.get("execution_count").isNull()).as("%s", cell).isTrue();
    }
  }

  @ParameterizedTest
  @MethodSource("notebooks")
  void importsStandInTheFirstCellAndExist(Path notebook) throws IOException {
    List<String> sources = codeCells(notebook).stream().map(NotebookTest::source).toList();
    assertThat(sources.subList(1, sources.size())).noneMatch(text -> text.contains("import "));
    for (String line : sources.get(0).lines().toList()) {
      assertThat(line).matches("import [a-z.]+\\.[A-Za-z]+;");
      String name = line.substring("import ".length(), line.length() - 1);
      assertThatCode(() -> Class.forName(name)).as(name).doesNotThrowAnyException();
    }
  }

  private static List<JsonNode> codeCells(Path notebook) throws IOException {
    JsonNode tree = new JsonMapper().readTree(Files.readString(notebook));
    List<JsonNode> cells = new ArrayList<>();
    for (JsonNode cell : tree.get("cells")) {
      if (cell.get("cell_type").asText().equals("code")) {
        cells.add(cell);
      }
    }
    return cells;
  }

  private static String source(JsonNode cell) {
    StringBuilder source = new StringBuilder();
    cell.get("source").forEach(line -> source.append(line.asText()));
    return source.toString();
  }
}
