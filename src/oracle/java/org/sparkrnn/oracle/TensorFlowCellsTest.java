package org.sparkrnn.oracle;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.sparkrnn.cell.RnnCell;
import org.sparkrnn.rnn.Layer;
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
      judge(judged, size, List.of(judged.make(size, 0)), "dynamic_rnn");
    }
  }

  @ParameterizedTest
  @MethodSource("cells")
  void bothDirectionsAreTensorFlows(JudgedCell judged) {
    JudgedCell.Size size = judged.sizes().get(0);
    judge(
        judged,
        size,
        List.of(judged.make(size, 0), judged.make(size, 1)),
        "bidirectional_dynamic_rnn");
  }

  private void judge(
      JudgedCell judged, JudgedCell.Size size, List<JudgedCell.Pair> cells, String loop) {
    List<PublishedCell> published = cells.stream().map(JudgedCell.Pair::published).toList();
    JudgedRows rows =
        judged.rows(size, published.stream().mapToInt(PublishedCell::stateSize).sum());
    Answers theirs = new TensorFlowLoop(tf, rows).run(published);
    List<RnnCell> ours = cells.stream().map(JudgedCell.Pair::ours).toList();
    Verdict verdict = new Verdict(judged.describe(size));
    verdict.compare(
        List.of(published),
        rows,
        Answers.ours(new Layer.Rnn("rnn", ours, Layer.Merge.CONCAT), rows),
        theirs);
    judged.record(JUDGE, loop, verdict);
  }

  static Stream<JudgedStack> stacks() {
    return JudgedStack.all().stream();
  }

  @ParameterizedTest
  @MethodSource("stacks")
  void stacksAreTensorFlows(JudgedStack stack) {
    JudgedRows rows = stack.rows();
    Answers theirs = new TensorFlowLoop(tf, rows).stack(stack.published());
    Verdict verdict = new Verdict(stack.toString());
    verdict.compare(stack.published(), rows, Answers.ours(stack.layer(), rows), theirs);
    stack.record(JUDGE, "stack_bidirectional_dynamic_rnn", verdict);
  }
}
