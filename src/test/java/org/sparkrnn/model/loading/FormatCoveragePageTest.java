package org.sparkrnn.model.loading;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page of formats and features says what reading them gives. */
class FormatCoveragePageTest {
  private static final Path PAGE = Path.of("src/site/markdown/format-coverage.md");
  private static final String BEGIN = "<!-- made by FormatCoveragePageTest: begin -->\n";
  private static final String END = "<!-- made by FormatCoveragePageTest: end -->";
  private static final String REMEDY =
      PAGE + " is out of date: mvn test -Dtest=FormatCoveragePageTest -Dsparkrnn.write=true";

  /** The page's sections, in their order. */
  private static final List<Coverage> SECTIONS =
      List.of(
          CoverageOfCheckpoints.v2(),
          CoverageOfCheckpoints.v1(),
          CoverageOfGraphs.files(),
          CoverageOfGraphs.recurrent(),
          CoverageOfGraphs.loops(),
          CoverageOfGraphs.others(),
          CoverageOfGraphs.functions(),
          CoverageOfKeras.files(),
          CoverageOfKeras.recurrent(),
          CoverageOfKeras.others(),
          CoverageOfOnnx.files(),
          CoverageOfOnnx.recurrent(),
          CoverageOfOnnx.others(),
          CoverageOfPyTorch.rows(),
          CoverageOfArrays.safetensors(),
          CoverageOfArrays.numpy());

  @TempDir private Path temp;

  @Test
  void thePageSaysWhatIsReadAndWhatIsRefused() throws IOException {
    String page = Files.readString(PAGE);
    int begin = page.indexOf(BEGIN) + BEGIN.length();
    String made = page.substring(0, begin) + made() + page.substring(page.indexOf(END));
    if (Boolean.getBoolean("sparkrnn.write")) {
      Files.writeString(PAGE, made);
      page = made;
    }
    assertThat(page).as(REMEDY).isEqualTo(made);
  }

  private String made() throws IOException {
    StringBuilder text = new StringBuilder();
    for (Coverage section : SECTIONS) {
      text.append("\n## ")
          .append(section.format())
          .append("\n\n| feature | | what |\n|---|---|---|\n");
      for (Coverage.Row row : section.rows(temp.toRealPath())) {
        text.append("| ").append(cell(row.feature()));
        text.append(row.read() ? " | read | " : " | **refused** | ");
        text.append(cell(row.what())).append(" |\n");
      }
    }
    return text.append("\n").toString();
  }

  /** Text for a table's cell. */
  private static String cell(String text) {
    return text.strip().replaceAll(":?\\s*\n\\s*", ": ").replace("|", "\\|").replace("<", "&lt;");
  }
}
