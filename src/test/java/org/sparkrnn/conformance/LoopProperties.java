package org.sparkrnn.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.sparkrnn.RnnModel;
import org.sparkrnn.RnnOutputs;
import org.sparkrnn.RnnSequences;
import org.sparkrnn.RnnStepper;
import org.sparkrnn.cell.Formula;
import org.sparkrnn.cell.FormulaCell;
import org.sparkrnn.cell.StateShape;
import org.sparkrnn.cell.Term;
import org.sparkrnn.model.InputSpec;
import org.sparkrnn.model.SequenceModel;
import org.sparkrnn.rnn.Layer;
import org.sparkrnn.rnn.Network;
import org.sparkrnn.tensor.Shape;
import org.sparkrnn.tensor.Tensor;

/** The properties of {@code rnn_cases.json} that are about loops. */
final class LoopProperties {
  private static final String PEEPHOLE_LSTM =
      "{'type': 'LSTMCell', 'num_units': 3, 'forget_bias': 1.0, 'use_peepholes': true,"
          + " 'num_proj': 4}";

  private LoopProperties() {}

  static void addTo(Map<String, Consumer<Lab>> properties) {
    properties.put("static_rnn.plus1", LoopProperties::plusOne);
    properties.put("static_rnn.lengths_2_3", LoopProperties::plusOneWithLengths);
    properties.put("dynamic==static", LoopProperties::dynamicIsStatic);
    properties.put("bidir.same_weights.lengths_2_3", lab -> mirrored(lab, 2, 3));
    properties.put("bidir.same_weights.full", lab -> mirrored(lab, 8, 8));
    properties.put("stack_bidir.first_layer_states", LoopProperties::firstLevelIsMirrored);
    properties.put("stack_bidir.resume_state", LoopProperties::firstLevelGoesOn);
    properties.put("raw_rnn==dynamic_rnn", LoopProperties::stepsByHandAreTheLoop);
    properties.put("raw_rnn.zero_length", LoopProperties::noStepsKeepTheState);
    properties.put("fused.lengths", LoopProperties::lengthsAreStepsThatStop);
  }

  /** The cell of TensorFlow's loop tests: {@code x + 1}, {@code state + 1}. */
  private record Plus1(int inputSize) implements FormulaCell {
    @Override
    public int outputSize() {
      return inputSize;
    }

    @Override
    public StateShape stateShape() {
      return StateShape.Struct.of(StateShape.Field.leaf("h", inputSize));
    }

    @Override
    public Formula formula() {
      return new Formula(plusOne(Term.input(inputSize)), plusOne(Term.state(0, inputSize)));
    }

    private Term plusOne(Term term) {
      float[] identity = new float[inputSize * inputSize];
      float[] ones = new float[inputSize];
      for (int i = 0; i < inputSize; i++) {
        identity[i * inputSize + i] = 1;
        ones[i] = 1;
      }
      return term.product(
          Tensor.owning(Shape.of(inputSize, inputSize), identity),
          Tensor.owning(Shape.of(inputSize), ones));
    }
  }

  private static RnnModel plus1() {
    Network network =
        new Network(
            new Network.Input.Features(5),
            List.of(new Layer.Rnn("rnn", List.of(new Plus1(5)), Layer.Merge.CONCAT)));
    return RnnModel.of(
        new SequenceModel(
            "plus1", new InputSpec.Features(5), network, List.of("outputs"), "plus1"));
  }

  private static float[] addOne(float[] values) {
    float[] added = values.clone();
    for (int i = 0; i < added.length; i++) {
      added[i]++;
    }
    return added;
  }

  private static void plusOne(Lab lab) {
    float[][][] x = lab.constant(2, 8, 5);
    RnnOutputs found = plus1().run(x);
    for (int row = 0; row < 2; row++) {
      assertThat(found.steps("outputs", row)).hasDimensions(8, 5);
      for (float[] step : found.steps("outputs", row)) {
        assertThat(step).isEqualTo(addOne(x[row][0]));
      }
      assertThat(found.floats("final_state", row)).containsExactly(8, 8, 8, 8, 8);
    }
  }

  private static void plusOneWithLengths(Lab lab) {
    float[][][] x = lab.constant(2, 8, 5);
    RnnOutputs found = plus1().run(x, new int[] {2, 3});
    for (int row = 0; row < 2; row++) {
      int length = 2 + row;
      float[][] steps = found.steps("outputs", row);
      for (int t = 0; t < 8; t++) {
        assertThat(steps[t]).isEqualTo(t < length ? addOne(x[row][0]) : new float[5]);
      }
      assertThat(found.floats("final_state", row)).containsOnly(length);
    }
  }

  private static Lab projectedLstm(Lab lab) {
    return lab.weight("rnn/lstm_cell/kernel", 5 + 4, 12)
        .weight("rnn/lstm_cell/bias", 12)
        .peepholes("rnn/lstm_cell", 3)
        .weight("rnn/lstm_cell/projection/kernel", 3, 4);
  }

  private static void dynamicIsStatic(Lab lab) {
    projectedLstm(lab);
    RnnModel dynamic = lab.model(5, "'loop': 'dynamic_rnn', 'cell': " + PEEPHOLE_LSTM);
    RnnModel unrolled = lab.model(5, "'loop': 'static_rnn', 'cell': " + PEEPHOLE_LSTM);
    float[][][] x = lab.rows(2, 8, 5);
    for (RnnSequences sequences : List.of(RnnSequences.of(x), RnnSequences.of(x).lengths(4, 6))) {
      assertThat(Lab.results(unrolled, sequences)).isDeepEqualTo(Lab.results(dynamic, sequences));
    }
  }

  private static void sameDirections(Lab lab, String scope, int input, int units) {
    lab.lstm(scope + "/fw/lstm_cell", input, units);
    for (String name : List.of("/lstm_cell/kernel", "/lstm_cell/bias")) {
      lab.copy(scope + "/fw" + name, scope + "/bw" + name);
    }
  }

  private static void mirrored(Lab lab, int... lengths) {
    sameDirections(lab, "bidirectional_rnn", 2, 3);
    RnnModel model =
        lab.model(
            2,
            "'loop': 'bidirectional_dynamic_rnn', 'cell': {'type': 'LSTMCell', 'num_units': 3,"
                + " 'forget_bias': 1.0}");
    RnnOutputs found = model.run(lab.constant(2, 8, 2), lengths);
    for (int row = 0; row < 2; row++) {
      float[][] steps = found.steps("outputs", row);
      for (int t = 0; t < lengths[row]; t++) {
        assertThat(Arrays.copyOf(steps[t], 3))
            .as("seed %d, row %d, step %d", Lab.SEED, row, t)
            .isEqualTo(Arrays.copyOfRange(steps[lengths[row] - 1 - t], 3, 6));
      }
      float[] state = found.floats("final_state", row);
      assertThat(Arrays.copyOf(state, 6)).isEqualTo(Arrays.copyOfRange(state, 6, 12));
    }
  }

  /** Levels of 2 and 3 units, each with one cell's weights in both directions. */
  private static RnnModel stack(Lab lab) {
    sameDirections(lab, "stack_bidirectional_rnn/cell_0/bidirectional_rnn", 2, 2);
    sameDirections(lab, "stack_bidirectional_rnn/cell_1/bidirectional_rnn", 4, 3);
    String cells =
        "[{'type': 'LSTMCell', 'num_units': 2, 'forget_bias': 1.0},"
            + " {'type': 'LSTMCell', 'num_units': 3, 'forget_bias': 1.0}]";
    return lab.model(
        2,
        "'loop': 'stack_bidirectional_dynamic_rnn', 'cells_fw': "
            + cells
            + ", 'cells_bw': "
            + cells);
  }

  private static void firstLevelIsMirrored(Lab lab) {
    RnnOutputs found = stack(lab).run(lab.constant(2, 8, 2), new int[] {2, 3});
    for (int row = 0; row < 2; row++) {
      float[] state = found.floats("final_state", row);
      assertThat(Arrays.copyOf(state, 4))
          .as("level 0, seed %d", Lab.SEED)
          .isEqualTo(Arrays.copyOfRange(state, 10, 14));
      assertThat(Arrays.copyOfRange(state, 4, 10))
          .as("level 1, seed %d", Lab.SEED)
          .isNotEqualTo(Arrays.copyOfRange(state, 14, 20));
    }
  }

  private static void firstLevelGoesOn(Lab lab) {
    RnnModel model = stack(lab);
    float[][][] x = lab.constant(2, 8, 2);
    RnnOutputs first = model.run(x, new int[] {3, 2});
    RnnOutputs resumed =
        model.run(
            RnnSequences.of(x)
                .lengths(2, 1)
                .initialStates(
                    new float[][] {
                      first.floats("final_state", 0), first.floats("final_state", 1)
                    }));
    RnnOutputs whole = model.run(x, new int[] {5, 3});
    for (int row = 0; row < 2; row++) {
      float[] state = resumed.floats("final_state", row);
      float[] expected = whole.floats("final_state", row);
      assertThat(Arrays.copyOf(state, 4)).isEqualTo(Arrays.copyOf(expected, 4));
      assertThat(Arrays.copyOfRange(state, 10, 14)).isEqualTo(Arrays.copyOfRange(expected, 10, 14));
    }
  }

  private static void stepsByHandAreTheLoop(Lab lab) {
    projectedLstm(lab);
    RnnModel model = lab.model(5, "'cell': " + PEEPHOLE_LSTM);
    for (float[][] row : lab.rows(16, 10, 5)) {
      RnnOutputs whole = model.run(new float[][][] {row});
      RnnStepper stepper = model.stepper();
      for (int t = 0; t < row.length; t++) {
        assertThat(stepper.step(row[t]).floats("outputs", 0))
            .as("seed %d, step %d", Lab.SEED, t)
            .isEqualTo(whole.steps("outputs", 0)[t]);
      }
      assertThat(stepper.state()).isEqualTo(whole.floats("final_state", 0));
    }
  }

  private static void noStepsKeepTheState(Lab lab) {
    projectedLstm(lab);
    RnnModel model = lab.model(5, "'cell': " + PEEPHOLE_LSTM);
    float[][] states = lab.states(model, 2);
    RnnOutputs found = model.run(RnnSequences.of(new float[2][0][]).initialStates(states));
    for (int row = 0; row < 2; row++) {
      assertThat(found.floats("outputs", row)).isEmpty();
      assertThat(found.floats("final_state", row)).isEqualTo(states[row]);
    }
  }

  private static void lengthsAreStepsThatStop(Lab lab) {
    lab.lstm("lstm_fused_cell", 5, 4).peepholes("lstm_fused_cell", 4);
    RnnModel model =
        lab.model(
            5,
            "'cell': {'type': 'LSTMBlockFusedCell', 'num_units': 4, 'forget_bias': 1.0,"
                + " 'cell_clip': 0, 'use_peephole': true}");
    float[][][] x = lab.rows(3, 6, 5);
    int[] lengths = {3, 4, 5};
    float[][] states = lab.states(model, 3);
    RnnOutputs whole = model.run(RnnSequences.of(x).lengths(lengths).initialStates(states));
    float[][] carried = states;
    for (int t = 0; t < 6; t++) {
      float[][][] step = new float[3][][];
      int[] counts = new int[3];
      for (int row = 0; row < 3; row++) {
        step[row] = new float[][] {x[row][t]};
        counts[row] = t < lengths[row] ? 1 : 0;
      }
      RnnOutputs found = model.run(RnnSequences.of(step).lengths(counts).initialStates(carried));
      carried = new float[3][];
      for (int row = 0; row < 3; row++) {
        carried[row] = found.floats("final_state", row);
        if (counts[row] == 1) {
          assertThat(found.floats("outputs", row)).isEqualTo(whole.steps("outputs", row)[t]);
        }
      }
    }
    for (int row = 0; row < 3; row++) {
      assertThat(carried[row]).isEqualTo(whole.floats("final_state", row));
    }
  }
}
