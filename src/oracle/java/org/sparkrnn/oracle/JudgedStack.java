package org.sparkrnn.oracle;

import java.util.ArrayList;
import java.util.List;
import org.sparkrnn.cell.Activation;
import org.sparkrnn.cell.RnnCell;
import org.sparkrnn.conformance.Conformance;
import org.sparkrnn.rnn.Layer;
import org.sparkrnn.rnn.Loop;

/**
 * Levels of two directions, each over both directions' outputs of the level below.
 *
 * @param name the type of all cells
 * @param options those that differ from TensorFlow's defaults
 * @param levels forward and backward cell of each
 * @param seed what they were made with
 */
record JudgedStack(String name, String options, List<List<RnnCell>> levels, long seed) {
  private static final int INPUT = 5;
  private static final int LEVELS = 3;

  static List<JudgedStack> all() {
    return List.of(
        of("BasicLSTMCell", "forget_bias", 31, plainLstm()),
        of("CudnnCompatibleGRUCell", "", 32, JudgedCell::resetAfter),
        of("BasicRNNCell", "activation=relu", 33, basicRnn(Activation.RELU)),
        of("BasicRNNCell", "", 34, basicRnn(Activation.TANH)));
  }

  private static JudgedCell.CellMaker plainLstm() {
    return (random, d, n) -> JudgedCell.lstm(random, d, n, 0, Activation.TANH);
  }

  private static JudgedCell.CellMaker basicRnn(Activation activation) {
    return JudgedCell.basicRnnMaker(activation);
  }

  private static JudgedStack of(
      String name, String options, long seed, JudgedCell.CellMaker maker) {
    RandomWeights random = new RandomWeights(seed);
    List<List<RnnCell>> levels = new ArrayList<>();
    int input = INPUT;
    for (int level = 0; level < LEVELS; level++) {
      int units = 11;
      levels.add(List.of(maker.make(random, input, units), maker.make(random, input, units)));
      input = 2 * units;
    }
    return new JudgedStack(name, options, levels, seed);
  }

  Layer.Rnn layer() {
    return new Layer.Rnn(
        "rnn",
        Loop.TensorFlow.STACK_BIDIRECTIONAL_DYNAMIC_RNN,
        levels.stream().map(Layer.Level::new).toList(),
        Layer.Merge.CONCAT);
  }

  List<List<PublishedCell>> published() {
    return levels.stream()
        .map(level -> level.stream().map(PublishedCells::of).toList())
        .toList();
  }

  JudgedRows rows() {
    return JudgedRows.of(new RandomWeights(seed + 1), INPUT, layer().stateShape().size(), 9);
  }

  void record(String judge, String loop, Verdict verdict) {
    Conformance.record(judge, name, options, loop, verdict.error(), verdict.tolerance());
  }

  @Override
  public String toString() {
    return LEVELS + " levels of " + name + "(" + options + "), seed " + seed;
  }
}
