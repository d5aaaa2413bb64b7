package org.sparkrnn.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.sparkrnn.conformance.ConformancePage.Section;

/** The conformance page says what the tests judged, and leaves nothing out. */
class ConformancePageTest {
  private static final String REMEDY =
      "is the page out of date? mvn -Poracles verify, then mvn test -Dtest=ConformancePageTest"
          + " -Dsparkrnn.write=true";

  private static String page;

  @BeforeAll
  static void read() throws IOException {
    if (Boolean.getBoolean("sparkrnn.write")) {
      Files.writeString(ConformancePage.PAGE, ConformancePage.made());
    }
    page = Files.readString(ConformancePage.PAGE);
  }

  private static Set<String> column(Section section, int column) {
    Set<String> words = new TreeSet<>();
    section.rows(page).forEach(row -> words.add(row.get(column)));
    return words;
  }

  @Test
  void everyTypeOfCellIsListed() throws IOException {
    assertThat(ConformancePage.cells()).contains("LSTMCell", "MultiRNNCell");
    assertThat(column(Section.CELLS, 0)).as(REMEDY).containsAll(ConformancePage.cells());
  }

  @Test
  void everyLoopIsListed() throws IOException {
    assertThat(ConformancePage.loops()).contains("dynamic_rnn", "static_rnn");
    assertThat(column(Section.CELLS, 2)).as(REMEDY).containsAll(ConformancePage.loops());
  }

  @Test
  void noErrorIsAboveItsTolerance() {
    for (Section section : List.of(Section.CELLS, Section.CASES)) {
      int error = section == Section.CELLS ? 4 : 2;
      assertThat(section.rows(page))
          .isNotEmpty()
          .allSatisfy(
              row ->
                  assertThat(Double.parseDouble(row.get(error)))
                      .as(row.toString())
                      .isLessThanOrEqualTo(Double.parseDouble(row.get(error + 1))));
    }
  }

  @Test
  void everyCasePassesOrHasAReason() throws IOException {
    Set<String> passed = column(Section.CASES, 0);
    for (String list : List.of("cases", "properties", "errors")) {
      for (JsonNode node : CaseFile.list(list)) {
        String id = node.get("id").textValue();
        assertThat(passed.contains(id) != Reasons.ALL.containsKey(id))
            .as("%s of %s is either in the table or has a reason; %s", id, list, REMEDY)
            .isTrue();
      }
    }
  }

  @Test
  void theReasonsAreThoseOfTheTests() {
    assertThat(Section.REASONS.in(page)).as(REMEDY).isEqualTo(Reasons.table());
  }

  @Test
  void errorsAreRoundedUpToOneDigit() {
    assertThat(ConformancePage.shown(0)).isEqualTo("0");
    assertThat(ConformancePage.shown(1e-6)).isEqualTo("1e-6");
    assertThat(ConformancePage.shown(2.1e-7)).isEqualTo("3e-7");
    assertThat(ConformancePage.shown(9.1e-7)).isEqualTo("1e-6");
    assertThat(ConformancePage.shown(0.0039)).isEqualTo("4e-3");
    assertThat(ConformancePage.shown(1307)).isEqualTo("2e+3");
  }
}
