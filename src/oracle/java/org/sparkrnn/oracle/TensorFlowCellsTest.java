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
    return JudgedCell.all().stream();
  }

  @ParameterizedTest
  @MethodSource("cells")
  void forwardIsTensorFlows(JudgedCell judged) {
    for (int size = 0; size < judged.sizes(); size++) {
      RnnCell cell = judged.cell(size, 0);
      PublishedCell published = judged.published(cell);
      JudgedRows rows = judged.rows(size, published.stateSize());
      TensorFlowLoop loop = new TensorFlowLoop(tf, rows);
      Answers theirs =
          loop.forward(loop.composed(published), published.stateSizes(), 0, Float.NaN);
      Answers ours = Answers.ours(List.of(cell), rows);
      Verdict verdict = new Verdict(judged.describe(size));
      verdict.compare(List.of(published), rows, ours, theirs);
      judged.record(JUDGE, "dynamic_rnn", verdict);
    }
  }

  @ParameterizedTest
  @MethodSource("cells")
  void bothDirectionsAreTensorFlows(JudgedCell judged) {
    RnnCell fw = judged.cell(0, 0);
    RnnCell bw = judged.cell(0, 1);
    List<PublishedCell> published = List.of(judged.published(fw), judged.published(bw));
    int size = published.get(0).stateSize();
    JudgedRows rows = judged.rows(0, size + published.get(1).stateSize());
    TensorFlowLoop loop = new TensorFlowLoop(tf, rows);
    Answers theirs =
        Answers.both(
            loop.forward(
                loop.composed(published.get(0)), published.get(0).stateSizes(), 0, Float.NaN),
            loop.backward(
                loop.composed(published.get(1)), published.get(1).stateSizes(), size, Float.NaN));
    Answers ours = Answers.ours(List.of(fw, bw), rows);
    Verdict verdict = new Verdict(judged.describe(0));
    verdict.compare(published, rows, ours, theirs);
    judged.record(JUDGE, "bidirectional_dynamic_rnn", verdict);
  }
}
