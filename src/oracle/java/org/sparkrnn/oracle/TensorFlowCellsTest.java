package org.sparkrnn.oracle;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.sparkrnn.cell.RnnCell;
import org.tensorflow.EagerSession;
import org.tensorflow.op.Ops;

/**
 * Every cell under {@code dynamic_rnn} and {@code bidirectional_dynamic_rnn}, against TensorFlow's
 * operations composed as its Python sources compose them.
 */
class TensorFlowCellsTest {
  private static final String JUDGE = "TensorFlow";

  private EagerSession session;
  private Ops tf;

  @BeforeEach
  void start() {
    session = EagerSession.create();
    tf = Ops.create(session);
  }

  @AfterEach
  void stop() {
    session.close();
  }

  static Stream<JudgedCell> cells() {
    return Stream.of(JudgedCell.all(), JudgedContribCells.all()).flatMap(List::stream);
  }

  @ParameterizedTest
  @MethodSource("cells")
  void forwardIsTensorFlows(JudgedCell judged) {
    for (JudgedCell.Size size : judged.sizes()) {
      JudgedCell.Pair cell = judged.make(size, 0);
      PublishedCell published = cell.published();
      JudgedRows rows = judged.rows(size, published.stateSize());
      TensorFlowLoop loop = new TensorFlowLoop(tf, rows);
      Answers theirs =
          loop.forward(loop.composed(published), published.stateSizes(), 0, Float.NaN);
      Answers ours = Answers.ours(List.of(cell.ours()), rows);
      Verdict verdict = new Verdict(judged.describe(size));
      verdict.compare(List.of(published), rows, ours, theirs);
      judged.record(JUDGE, "dynamic_rnn", verdict);
    }
  }

  @ParameterizedTest
  @MethodSource("cells")
  void bothDirectionsAreTensorFlows(JudgedCell judged) {
    JudgedCell.Size size = judged.sizes().get(0);
    JudgedCell.Pair fw = judged.make(size, 0);
    JudgedCell.Pair bw = judged.make(size, 1);
    List<PublishedCell> published = List.of(fw.published(), bw.published());
    int stateSize = fw.published().stateSize();
    JudgedRows rows = judged.rows(size, 2 * stateSize);
    TensorFlowLoop loop = new TensorFlowLoop(tf, rows);
    List<Integer> parts = fw.published().stateSizes();
    Answers theirs =
        Answers.both(
            loop.forward(loop.composed(fw.published()), parts, 0, Float.NaN),
            loop.backward(loop.composed(bw.published()), parts, stateSize, Float.NaN));
    Answers ours = Answers.ours(List.of(fw.ours(), bw.ours()), rows);
    Verdict verdict = new Verdict(judged.describe(size));
    verdict.compare(published, rows, ours, theirs);
    judged.record(JUDGE, "bidirectional_dynamic_rnn", verdict);
  }
}
