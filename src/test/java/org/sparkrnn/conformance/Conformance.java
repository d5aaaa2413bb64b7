package org.sparkrnn.conformance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Collects what tests judged, for the page {@code src/site/markdown/conformance.md}: each test that
 * compares our numbers with somebody else's says here which cell it was, in which loop, by whom it
 * was judged, and how near we were. When the JVM ends, the records are in {@code
 * target/conformance}, one file for each judge, where the page is made from them.
 */
public final class Conformance {
  /** Where records are between the runs of tests and the writing of the page. */
  static final Path FOLDER = Path.of("target", "conformance");

  /** Records of single cases of {@code rnn_cases.json} by their ids, in place of a judge's. */
  static final String CASES = "cases";

  private static final Map<String, Records> BY_JUDGE = new TreeMap<>();

  static {
    Runtime.getRuntime().addShutdownHook(new Thread(Conformance::save));
  }

  private Conformance() {}

  /**
   * Records one comparison. Of all with the same words the one that came nearest to its tolerance
   * is kept, and their number.
   *
   * @param judge whose numbers ours were compared with: {@code TensorFlow}, {@code ONNX Runtime}
   * @param cell the type of cell, as a spec calls it: {@code LSTMCell}
   * @param options the options that were not at their defaults, as a spec calls them, in the order
   *     of the cell's own: {@code use_peepholes, cell_clip}; empty where there were none
   * @param loop the loop, as a spec calls it: {@code dynamic_rnn}
   * @param error the largest absolute difference that was found
   * @param tolerance what was allowed for it
   * @throws AssertionError if the error is above the tolerance, or not a number
   */
  public static void record(
      String judge, String cell, String options, String loop, double error, double tolerance) {
    add(judge, List.of(judge, cell, options, loop), error, tolerance);
  }

  static synchronized void add(String judge, List<String> key, double error, double tolerance) {
    BY_JUDGE.computeIfAbsent(judge, name -> new Records()).add(key, error, tolerance);
  }

  private static synchronized void save() {
    try {
      for (Map.Entry<String, Records> entry : BY_JUDGE.entrySet()) {
        entry
            .getValue()
            .saveOver(FOLDER.resolve(entry.getKey().replaceAll("[^A-Za-z0-9]+", "_") + ".tsv"));
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot keep what was judged", e);
    }
  }
}
