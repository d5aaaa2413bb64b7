package org.sparkrnn.model.tensorflow;

import java.util.List;
import org.sparkrnn.model.chain.ChainValue.Axis;
import org.sparkrnn.model.chain.ChainValue.Flow;
import org.sparkrnn.rnn.Padding;

/** What the walk over a TensorFlow graph knows of a value. */
sealed interface GraphValue {

  /**
   * A value of the chain of layers.
   *
   * @param flow which
   * @param reversed whether its steps stand the other way round
   */
  record Flowing(Flow flow, boolean reversed) implements GraphValue {
    Flowing with(List<Axis> axes) {
      return new Flowing(flow.with(axes), reversed);
    }
  }

  /**
   * One step of a value of the chain.
   *
   * @param flow the value; its axes are those of the step
   * @param time what the steps are
   * @param index which step
   * @param count of how many
   */
  record Step(Flow flow, Axis time, int index, int count) implements GraphValue {
    Step with(List<Axis> axes) {
      return new Step(flow.with(axes), time, index, count);
    }
  }

  /**
   * All steps of a value side by side: {@code [rows, steps * floats]}.
   *
   * @param flow the value; its axes are those of a step
   * @param time what the steps are
   */
  record SideBySide(Flow flow, Axis time) implements GraphValue {}

  /** The graph's input where it is {@code [rows, steps * floats]}. */
  record FlatInput() implements GraphValue {}

  /**
   * A constant, or a value of shapes only.
   *
   * @param edge which
   */
  record Constant(GraphEdge edge) implements GraphValue {}

  /** Zeros, of a shape that does not matter. */
  record Zeros() implements GraphValue {}

  /**
   * An input other than the sequence.
   *
   * @param edge which
   */
  record Fed(GraphEdge edge) implements GraphValue {}

  /**
   * How many steps each row has.
   *
   * @param padding which steps are not counted; none where every row has all steps
   * @param time the axis of the steps
   */
  record Lengths(Padding padding, Axis time) implements GraphValue {}

  /**
   * Integers that shapes are computed with; -1 for one that is known at run time only.
   *
   * @param values the integers
   */
  record Integers(List<Long> values) implements GraphValue {}

  /** What no supported node makes. */
  record Unknown() implements GraphValue {}
}
