package org.sparkrnn.oracle;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.sparkrnn.cell.Activation;
import org.sparkrnn.cell.RnnCell;
import org.sparkrnn.rnn.Layer;

/**
 * PyTorch's LSTM, GRU and RNN, in one direction, in two, and in levels of two. It has no forget
 * bias of its own: its second bias carries ours.
 */
class PyTorchTest {
  private static final String JUDGE = "PyTorch";

  static Stream<JudgedCell> cells() {
    return Stream.of(
        new JudgedCell("BasicLSTMCell", "", JudgedCell::lstm),
        new JudgedCell("CudnnCompatibleGRUCell", "", JudgedCell::resetAfter),
        JudgedCell.basicRnn(Activation.TANH),
        JudgedCell.basicRnn(Activation.RELU));
  }

  @ParameterizedTest
  @MethodSource("cells")
  void forwardIsPyTorchs(JudgedCell judged) {
    for (JudgedCell.Size size : judged.sizes()) {
      judge(judged, size, List.of(judged.make(size, 0).ours()), "dynamic_rnn");
    }
  }

  @ParameterizedTest
  @MethodSource("cells")
  void bothDirectionsArePyTorchs(JudgedCell judged) {
    JudgedCell.Size size = judged.sizes().get(0);
    judge(
        judged,
        size,
        List.of(judged.make(size, 0).ours(), judged.make(size, 1).ours()),
        "bidirectional_dynamic_rnn");
  }

  private static void judge(
      JudgedCell judged, JudgedCell.Size size, List<RnnCell> cells, String loop) {
    List<PublishedCell> published = cells.stream().map(PublishedCells::of).toList();
    JudgedRows rows =
        judged.rows(size, published.stream().mapToInt(PublishedCell::stateSize).sum());
    Verdict verdict = new Verdict(judged.describe(size));
    try (PyTorch torch = new PyTorch(List.of(cells), rows)) {
      Layer.Rnn layer = new Layer.Rnn("rnn", cells, Layer.Merge.CONCAT);
      verdict.compare(List.of(published), rows, Answers.ours(layer, rows), torch.run());
    }
    judged.record(JUDGE, loop, verdict);
  }

  static Stream<JudgedStack> stacks() {
    return JudgedStack.all().stream();
  }

  @ParameterizedTest
  @MethodSource("stacks")
  void stacksArePyTorchs(JudgedStack stack) {
    JudgedRows rows = stack.rows();
    Verdict verdict = new Verdict(stack.toString());
    try (PyTorch torch = new PyTorch(stack.levels(), rows)) {
      verdict.compare(
          stack.published(), rows, Answers.ours(stack.layer(), rows), torch.run());
    }
    stack.record(JUDGE, "stack_bidirectional_dynamic_rnn", verdict);
  }
}
