package org.sparkrnn.conformance;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.sparkrnn.RnnModel;
import org.sparkrnn.tensor.Tensor;
import org.sparkrnn.weights.safetensors.SafetensorsWriter;

/**
 * A case of {@code rnn_cases.json} in our words.
 *
 * @param id the case's own
 * @param judge whose numbers these are
 * @param words what the table calls it: cell, options, loop
 * @param model the {@code model.json} and its weights
 * @param rows the sequences
 * @param run how the model is run over them
 * @param checks what must come out
 * @param tolerance the case's own
 */
record RnnCase(
    String id,
    String judge,
    List<String> words,
    Model model,
    Rows rows,
    Run run,
    List<Check> checks,
    Tolerance tolerance) {

  /**
   * A model's folder.
   *
   * @param spec the {@code model.json}
   * @param weights under the names that the case gives them
   */
  record Model(ObjectNode spec, Map<String, Tensor> weights) {
    private static final String WEIGHTS = "weights.safetensors";

    /** Writes the folder and loads it, as anybody's model is loaded. */
    RnnModel load(Path folder) throws IOException {
      spec.put("weights", WEIGHTS);
      Files.writeString(folder.resolve("model.json"), spec.toPrettyString());
      try (OutputStream out = Files.newOutputStream(folder.resolve(WEIGHTS))) {
        SafetensorsWriter.write(weights, out);
      }
      return RnnModel.load(folder.toString(), new Configuration(false));
    }
  }

  /** How a model is run. */
  interface Run {
    Results over(RnnModel model, Rows rows);
  }

  /** What came out, by output and row. */
  interface Results {
    float[] of(String output, int row);
  }

  /**
   * Something that the case tells.
   *
   * @param what for messages
   * @param actual finds it among what came out
   * @param expected its values
   */
  @SuppressWarnings("ArrayRecordComponent") // compared nowhere
  record Check(String what, Finder actual, double[] expected) {}

  /** Finds values in what came out. */
  interface Finder {
    double[] in(Results results);
  }

  /** Absolute, and relative to what was expected. */
  record Tolerance(double relative, double absolute) {
    double at(double expected) {
      return absolute + relative * Math.abs(expected);
    }
  }
}
