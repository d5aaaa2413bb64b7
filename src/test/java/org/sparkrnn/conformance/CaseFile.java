package org.sparkrnn.conformance;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * {@code rnn_cases.json}: numbers that the test suites of TensorFlow, Keras, ONNX and TensorFlow
 * Lite hold, and that TensorFlow gave for small frozen graphs.
 */
final class CaseFile {
  private CaseFile() {}

  /** A list of the file: {@code cases}, {@code properties} or {@code errors}. */
  static JsonNode list(String name) throws IOException {
    Path file = Path.of(System.getProperty("sparkrnn.data", "../shared/data"), "rnn_cases.json");
    assumeTrue(Files.exists(file), "skipped: no cases at " + file);
    return new ObjectMapper().readTree(file.toFile()).get(name);
  }
}
