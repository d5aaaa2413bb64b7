package org.sparkrnn.model.cells;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The page that shows how a cell is added shows the code of a cell as it is. */
class AddingACellPageTest {
  private static final Path PAGE = Path.of("src/site/markdown/adding-a-cell.md");
  private static final Pattern BLOCK =
      Pattern.compile("<!-- (\\S+\\.java) -->\n+```java\n(.*?)```", Pattern.DOTALL);

  private static List<MatchResult> blocks() throws IOException {
    return BLOCK.matcher(Files.readString(PAGE)).results().toList();
  }

  @Test
  void everyPieceOfCodeStandsInItsFile() throws IOException {
    assertThat(blocks()).hasSizeGreaterThan(5);
    for (MatchResult block : blocks()) {
      String source = Files.readString(Path.of(block.group(1)));
      String code = block.group(2);
      if (code.startsWith("package ")) {
        assertThat(code).as(block.group(1)).isEqualTo(source);
        continue;
      }
      List<String> rest = new ArrayList<>();
      for (String line : code.lines().toList()) {
        if (line.startsWith("import ")) {
          assertThat(source.lines()).as(block.group(1)).contains(line);
        } else {
          rest.add(line);
        }
      }
      assertThat(withoutIndents(source.lines()))
          .as(block.group(1))
          .contains(withoutIndents(rest.stream()).strip());
    }
  }

  private static String withoutIndents(Stream<String> lines) {
    return lines.map(String::strip).collect(Collectors.joining("\n"));
  }

  @Test
  void everyFileThatKnowsTheCellIsOnThePage() throws IOException {
    List<String> shown = blocks().stream().map(block -> block.group(1)).distinct().toList();
    try (Stream<Path> files = Files.walk(Path.of("src"))) {
      List<String> knowing =
          files
              .filter(path -> path.toString().endsWith(".java"))
              .filter(path -> !path.endsWith(getClass().getSimpleName() + ".java"))
              .filter(AddingACellPageTest::knowsTheCell)
              .map(path -> path.toString().replace('\\', '/'))
              .toList();
      assertThat(shown).containsExactlyInAnyOrderElementsOf(knowing);
    }
  }

  private static boolean knowsTheCell(Path path) {
    try {
      return Files.readString(path).contains("MinimalR" + "nn")
          || Files.readString(path).contains("MinimalR" + "NN");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
