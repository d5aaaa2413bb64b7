package org.sparkrnn.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.sparkrnn.RnnModel;
import org.sparkrnn.conformance.RnnCase.Check;
import org.sparkrnn.conformance.RnnCase.Results;
import org.sparkrnn.spark.SharedSession;

/**
 * Every numeric case of {@code rnn_cases.json} through the product's own door: a folder with a
 * {@code model.json} and weights under TensorFlow's names is loaded and run.
 */
@Tag("spark")
@ExtendWith(SharedSession.class)
class RnnCasesTest {
  @TempDir private Path folder;

  static RnnCase translate(JsonNode node) {
    return switch (node.get("api").textValue()) {
      case "keras_layer", "keras_bidirectional" -> KerasCases.translate(node);
      case "onnx_op" -> OnnxCases.translate(node);
      case "cudnn_rnn" -> CudnnCases.translate(node);
      default -> TensorFlowCases.translate(node);
    };
  }

  @TestFactory
  Stream<DynamicTest> everyCaseGivesItsNumbers() throws IOException {
    return cases()
        .filter(node -> !Reasons.ALL.containsKey(id(node)))
        .map(node -> DynamicTest.dynamicTest(id(node), () -> check(translate(node))));
  }

  /** Padded rows with their lengths in a column: also what is behind the lengths is compared. */
  @TestFactory
  Stream<DynamicTest> casesWithLengthsGiveTheirNumbersInAJob(SparkSession session)
      throws IOException {
    SparkRows spark = new SparkRows(session);
    return cases()
        .filter(node -> node.has("sequence_length"))
        .map(RnnCasesTest::translate)
        .map(
            each ->
                DynamicTest.dynamicTest(
                    each.id(),
                    () -> {
                      RnnModel model =
                          each.model().load(Files.createTempDirectory(folder, "model"));
                      compare(each, spark.through(model, each.rows()));
                    }));
  }

  private static Stream<JsonNode> cases() throws IOException {
    return StreamSupport.stream(CaseFile.list("cases").spliterator(), false);
  }

  private static String id(JsonNode node) {
    return node.get("id").textValue();
  }

  private void check(RnnCase each) throws IOException {
    RnnModel model = each.model().load(Files.createTempDirectory(folder, "model"));
    compare(each, each.run().over(model, each.rows()));
  }

  /** Compares, and records how near it was. */
  static void compare(RnnCase each, Results results) {
    double error = 0;
    double tolerance = each.tolerance().at(0);
    for (Check check : each.checks()) {
      double[] actual = check.actual().in(results);
      assertThat(actual).as(each.id() + ": " + check.what()).hasSameSizeAs(check.expected());
      for (int i = 0; i < actual.length; i++) {
        double expected = check.expected()[i];
        double off = Math.abs(actual[i] - expected);
        double allowed = each.tolerance().at(expected);
        assertThat(off)
            .as("%s: %s at %d, %s for %s", each.id(), check.what(), i, actual[i], expected)
            .isLessThanOrEqualTo(allowed);
        if (off * tolerance > error * allowed) {
          error = off;
          tolerance = allowed;
        }
      }
    }
    List<String> words = each.words();
    Conformance.record(each.judge(), words.get(0), words.get(1), words.get(2), error, tolerance);
    Conformance.add(Conformance.CASES, List.of(each.id()), error, tolerance);
  }
}
