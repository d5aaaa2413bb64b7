package org.sparkrnn.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OrtException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.sparkrnn.cell.Activation;
import org.sparkrnn.cell.LstmCell;
import org.sparkrnn.cell.ResetAfterGruCell;
import org.sparkrnn.cell.RnnCell;
import org.sparkrnn.rnn.Layer;

/**
 * ONNX Runtime's LSTM, GRU and RNN, with ragged lengths and initial states. Where it differs, and
 * what we do: a row of length 0 leaves with a zero state there, with its initial state here, as in
 * TensorFlow.
 */
class OnnxRuntimeTest {
  private static final String JUDGE = "ONNX Runtime";

  static Stream<JudgedCell> cells() {
    List<JudgedCell> cells = new ArrayList<>();
    JudgedCell.all().stream()
        .filter(
            cell ->
                cell.name().equals("BasicLSTMCell") || cell.toString().equals("BasicRNNCell"))
        .forEach(cells::add);
    for (Activation activation :
        List.of(Activation.RELU, Activation.SIGMOID, Activation.SOFTSIGN)) {
      cells.add(JudgedCell.basicRnn(activation));
    }
    cells.add(new JudgedCell("LSTMCell", "use_peepholes", JudgedCell::peepholeLstm));
    cells.add(new JudgedCell("keras.LSTMCell", "recurrent_activation", OnnxRuntimeTest::hard));
    cells.add(
        new JudgedCell(
            "GRUCell", "", (random, d, n) -> JudgedCell.gru(random, d, n, Activation.TANH)));
    cells.add(new JudgedCell("CudnnCompatibleGRUCell", "", JudgedCell::resetAfter));
    cells.addAll(JudgedOnnxCells.all());
    return cells.stream();
  }

  /** Hard sigmoids as gates, which ONNX takes by default as Keras 2 does. */
  private static RnnCell hard(RandomWeights random, int d, int n) {
    LstmCell plain = JudgedCell.lstm(random, d, n);
    return new LstmCell(
        plain.kernel(),
        plain.bias(),
        0,
        Activation.TANH,
        Activation.HARD_SIGMOID,
        plain.peepholes(),
        plain.cellClip(),
        plain.projection());
  }

  @ParameterizedTest
  @MethodSource("cells")
  void forwardIsOnnxRuntimes(JudgedCell judged) throws OrtException {
    for (JudgedCell.Size size : judged.sizes()) {
      judge(judged, size, List.of(judged.make(size, 0).ours()), "dynamic_rnn");
    }
  }

  @ParameterizedTest
  @MethodSource("cells")
  void bothDirectionsAreOnnxRuntimes(JudgedCell judged) throws OrtException {
    JudgedCell.Size size = judged.sizes().get(0);
    judge(
        judged,
        size,
        List.of(judged.make(size, 0).ours(), judged.make(size, 1).ours()),
        "bidirectional_dynamic_rnn");
  }

  private static void judge(JudgedCell judged, JudgedCell.Size size, List<RnnCell> cells, String loop)
      throws OrtException {
    List<PublishedCell> published = cells.stream().map(PublishedCells::of).toList();
    int stateSize = published.stream().mapToInt(PublishedCell::stateSize).sum();
    JudgedRows rows = judged.rows(size, stateSize);
    Answers theirs;
    try (OnnxRuntime runtime = new OnnxRuntime(cells, rows)) {
      theirs = runtime.run(0.75f);
    }
    for (int row = 0; row < rows.rows(); row++) {
      if (rows.length(row) == 0) {
        assertThat(theirs.states()[row])
            .as("%s: ONNX Runtime's state of an empty row", judged.describe(size))
            .containsOnly(0f);
        theirs.states()[row] = rows.states()[row];
      }
    }
    Verdict verdict = new Verdict(judged.describe(size));
    verdict.compare(
        List.of(published),
        rows,
        Answers.ours(new Layer.Rnn("rnn", cells, Layer.Merge.CONCAT), rows),
        theirs);
    judged.record(JUDGE, loop, verdict);
  }
}
