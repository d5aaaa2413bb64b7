package org.sparkrnn.oracle;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.sparkrnn.cell.Activation;
import org.sparkrnn.cell.GruCell;
import org.sparkrnn.cell.LstmCell;
import org.sparkrnn.cell.RnnCell;
import org.sparkrnn.rnn.Layer;
import org.sparkrnn.tensor.Tensor;
import org.tensorflow.EagerSession;
import org.tensorflow.op.Ops;

/** TensorFlow's fused cells, whose arithmetic is its own C++: they cannot share a mistake of ours. */
class TensorFlowFusedTest {
  private static final String JUDGE = "TensorFlow";

  private EagerSession session;
  private Ops tf;
  private TensorFlowFused fused;

  @BeforeEach
  void start() {
    session = EagerSession.create();
    tf = Ops.create(session);
    fused = new TensorFlowFused(tf);
  }

  @AfterEach
  void stop() {
    session.close();
  }

  static Stream<JudgedCell> lstms() {
    return Stream.of(
        new JudgedCell("LSTMBlockCell", "", JudgedCell::lstm),
        new JudgedCell(
            "LSTMBlockCell",
            "forget_bias, cell_clip, use_peephole",
            JudgedCell::clippedPeepholeLstm));
  }

  @ParameterizedTest
  @MethodSource("lstms")
  void lstmBlockCellIsOurs(JudgedCell judged) {
    for (JudgedCell.Size size : judged.sizes()) {
      LstmCell cell = (LstmCell) judged.make(size, 0).ours();
      PublishedCell published = PublishedCells.of(cell);
      JudgedRows rows = judged.rows(size, published.stateSize());
      Answers theirs =
          new TensorFlowLoop(tf, rows)
              .forward(fused.lstmBlockCell(cell), published.stateSizes(), 0, rows.batch(tf, Float.NaN));
      Answers ours = Answers.ours(layer(cell), rows);
      Verdict verdict = new Verdict(judged.describe(size));
      verdict.compare(List.of(List.of(published)), rows, ours, theirs);
      judged.record(JUDGE, "dynamic_rnn", verdict);
    }
  }

  @ParameterizedTest
  @MethodSource("lstms")
  void blockLstmIsOurs(JudgedCell judged) {
    for (JudgedCell.Size size : judged.sizes()) {
      LstmCell cell = (LstmCell) judged.make(size, 0).ours();
      PublishedCell published = PublishedCells.of(cell);
      JudgedRows rows = judged.rows(size, published.stateSize());
      Answers theirs = fused.blockLstm(cell, rows);
      Answers ours = Answers.ours(layer(cell), rows);
      Verdict verdict = new Verdict(judged.describe(size));
      verdict.compare(List.of(List.of(published)), rows, ours, theirs);
      judged.named("LSTMBlockFusedCell").record(JUDGE, "dynamic_rnn", verdict);
    }
  }

  @Test
  void gruBlockCellIsOurs() {
    JudgedCell judged =
        new JudgedCell(
            "GRUBlockCell", "", (random, d, n) -> JudgedCell.gru(random, d, n, Activation.TANH));
    for (JudgedCell.Size size : judged.sizes()) {
      GruCell cell = (GruCell) judged.make(size, 0).ours();
      PublishedCell published = PublishedCells.of(cell);
      JudgedRows rows = judged.rows(size, published.stateSize());
      Answers theirs =
          new TensorFlowLoop(tf, rows)
              .forward(fused.gruBlockCell(cell), published.stateSizes(), 0, rows.batch(tf, Float.NaN));
      Answers ours = Answers.ours(layer(cell), rows);
      Verdict verdict = new Verdict(judged.describe(size));
      verdict.compare(List.of(List.of(published)), rows, ours, theirs);
      judged.record(JUDGE, "dynamic_rnn", verdict);
    }
  }

  /** The tolerances must be narrow enough to see what people get wrong. */
  @Test
  void aForgetBiasOffByOneThousandthIsSeen() {
    JudgedCell judged = lstms().toList().get(0);
    for (JudgedCell.Size size : judged.sizes()) {
      LstmCell cell = (LstmCell) judged.make(size, 0).ours();
      PublishedCell published = PublishedCells.of(cell);
      JudgedRows rows = judged.rows(size, published.stateSize());
      Answers theirs = fused.blockLstm(cell, rows);
      Answers ours = Answers.ours(layer(withForgetBias(cell, 1.001f)), rows);
      Verdict verdict = new Verdict(judged.describe(size));
      assertThatThrownBy(() -> verdict.compare(List.of(List.of(published)), rows, ours, theirs))
          .isInstanceOf(AssertionError.class)
          .hasMessageContaining(": our ");
    }
  }

  @Test
  void swappedGatesOfOneUnitAreSeen() {
    JudgedCell judged = lstms().toList().get(0);
    for (JudgedCell.Size size : judged.sizes()) {
      LstmCell cell = (LstmCell) judged.make(size, 0).ours();
      PublishedCell published = PublishedCells.of(cell);
      JudgedRows rows = judged.rows(size, published.stateSize());
      Answers theirs = fused.blockLstm(cell, rows);
      Answers ours = Answers.ours(layer(withGatesSwapped(cell)), rows);
      Verdict verdict = new Verdict(judged.describe(size));
      assertThatThrownBy(() -> verdict.compare(List.of(List.of(published)), rows, ours, theirs))
          .isInstanceOf(AssertionError.class)
          .hasMessageContaining(": our ");
    }
  }

  private static Layer.Rnn layer(RnnCell cell) {
    return new Layer.Rnn("rnn", List.of(cell), Layer.Merge.CONCAT);
  }

  private static LstmCell withForgetBias(LstmCell cell, float forgetBias) {
    return new LstmCell(
        cell.kernel(),
        cell.bias(),
        forgetBias,
        cell.activation(),
        cell.gateActivation(),
        cell.peepholes(),
        cell.cellClip(),
        cell.projection());
  }

  /** Exchanges {@code i} and {@code o} of the last unit. */
  private static LstmCell withGatesSwapped(LstmCell cell) {
    int n = cell.numUnits();
    float[] kernel = cell.kernel().toArray();
    for (int row = 0; row < kernel.length / (4 * n); row++) {
      float i = kernel[row * 4 * n + n - 1];
      kernel[row * 4 * n + n - 1] = kernel[row * 4 * n + 4 * n - 1];
      kernel[row * 4 * n + 4 * n - 1] = i;
    }
    return new LstmCell(
        Tensor.of(cell.kernel().shape(), kernel),
        cell.bias(),
        cell.forgetBias(),
        cell.activation(),
        cell.gateActivation(),
        cell.peepholes(),
        cell.cellClip(),
        cell.projection());
  }
}
