package org.sparkrnn.conformance;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.sparkrnn.conformance.Records.Worst;

/**
 * The page that says how near our numbers are to other people's. Its tables are made from what
 * tests recorded: {@code mvn -Poracles verify} runs all of them, and then {@code mvn test
 * -Dtest=ConformancePageTest -Dsparkrnn.write=true} writes the page.
 */
final class ConformancePage {
  static final Path PAGE = Path.of("src/site/markdown/conformance.md");

  private static final Path SCHEMA =
      Path.of("src/main/resources/org/sparkrnn/model/spec/model-spec.schema.json");

  private ConformancePage() {}

  /** What stands between two marks of a page. */
  enum Section {
    CELLS,
    CASES,
    REASONS;

    private String begin() {
      return "<!-- " + name().toLowerCase(Locale.ROOT) + ": begin -->\n";
    }

    private String end() {
      return "<!-- " + name().toLowerCase(Locale.ROOT) + ": end -->";
    }

    String in(String page) {
      return page.substring(page.indexOf(begin()) + begin().length(), page.indexOf(end()));
    }

    String put(String page, String text) {
      return page.replace(begin() + in(page) + end(), begin() + text + end());
    }

    /** The cells of the table's rows, without code marks. */
    List<List<String>> rows(String page) {
      return in(page)
          .lines()
          .skip(2)
          .map(line -> line.substring(1, line.length() - 1).replace("`", "").split("\\|", -1))
          .map(cells -> Arrays.stream(cells).map(String::strip).toList())
          .toList();
    }
  }

  /** The words of a schema's cells. */
  static Set<String> cells() throws IOException {
    Set<String> words = new TreeSet<>();
    JsonNode types = schema().at("/$defs/cell/oneOf");
    types.forEach(type -> words.add(type.at("/properties/type/const").textValue()));
    return words;
  }

  /** The words of a schema's loops. */
  static Set<String> loops() throws IOException {
    Set<String> words = new TreeSet<>();
    for (JsonNode loop : schema().findValues("loop")) {
      Stream.concat(Stream.of(loop.path("const")), stream(loop.path("enum")))
          .filter(JsonNode::isTextual)
          .forEach(word -> words.add(word.textValue()));
    }
    return words;
  }

  private static Stream<JsonNode> stream(JsonNode list) {
    return java.util.stream.StreamSupport.stream(list.spliterator(), false);
  }

  private static JsonNode schema() throws IOException {
    return new ObjectMapper().readTree(SCHEMA.toFile());
  }

  /** The page, its tables made from what was recorded and, of judges not called, as they were. */
  static String made() throws IOException {
    String page = Files.readString(PAGE);
    Map<List<String>, Worst> judged = new TreeMap<>(Records.ORDER);
    Map<List<String>, Worst> cases = new TreeMap<>(Records.ORDER);
    try (Stream<Path> files = Files.list(Conformance.FOLDER)) {
      for (Path file : files.sorted().toList()) {
        Records records = Records.read(file);
        boolean ofCases = file.getFileName().toString().equals(Conformance.CASES + ".tsv");
        (ofCases ? cases : judged).putAll(records.all());
      }
    }
    keep(Section.CELLS.rows(page), judged);
    for (List<String> row : Section.CASES.rows(page)) {
      cases.putIfAbsent(List.of(row.get(0)), worst(row.get(2), row.get(3), "1"));
    }
    return Section.REASONS.put(
        Section.CASES.put(Section.CELLS.put(page, cellTable(judged)), caseTable(cases)),
        Reasons.table());
  }

  /** Rows of judges that were not called this time stay as they are. */
  private static void keep(List<List<String>> rows, Map<List<String>, Worst> judged) {
    Set<String> judges = new TreeSet<>();
    judged.keySet().forEach(key -> judges.add(key.get(0)));
    for (List<String> row : rows) {
      if (!judges.contains(row.get(3))) {
        judged.put(
            List.of(row.get(3), row.get(0), row.get(1), row.get(2)),
            worst(row.get(4), row.get(5), row.get(6)));
      }
    }
  }

  private static Worst worst(String error, String tolerance, String comparisons) {
    return new Worst(
        Double.parseDouble(error), Double.parseDouble(tolerance), Long.parseLong(comparisons));
  }

  private static String cellTable(Map<List<String>, Worst> judged) {
    StringBuilder text =
        new StringBuilder(
            "| cell | options | loop | judged by | largest error | tolerance | comparisons |\n"
                + "|---|---|---|---|---|---|---|\n");
    Map<List<String>, Worst> byCell = new TreeMap<>(Records.ORDER);
    judged.forEach(
        (key, worst) -> byCell.put(List.of(key.get(1), key.get(2), key.get(3), key.get(0)), worst));
    byCell.forEach(
        (key, worst) ->
            text.append("| `")
                .append(key.get(0))
                .append("` | ")
                .append(key.get(1))
                .append(" | `")
                .append(key.get(2))
                .append("` | ")
                .append(key.get(3))
                .append(" | ")
                .append(shown(worst.error()))
                .append(" | ")
                .append(shown(worst.tolerance()))
                .append(" | ")
                .append(worst.comparisons())
                .append(" |\n"));
    return text.toString();
  }

  private static String caseTable(Map<List<String>, Worst> cases) {
    StringBuilder text =
        new StringBuilder("| case | result | largest error | tolerance |\n|---|---|---|---|\n");
    cases.forEach(
        (key, worst) ->
            text.append("| `")
                .append(key.get(0))
                .append("` | pass | ")
                .append(shown(worst.error()))
                .append(" | ")
                .append(shown(worst.tolerance()))
                .append(" |\n"));
    return text.toString();
  }

  /** One digit, rounded up: the rest differs from machine to machine where the judge is native. */
  static String shown(double value) {
    if (value == 0) {
      return "0";
    }
    BigDecimal digit = BigDecimal.valueOf(value).round(new MathContext(1, RoundingMode.CEILING));
    return String.format(Locale.ROOT, "%.0e", digit).replaceFirst("e([+-])0", "e$1");
  }
}
