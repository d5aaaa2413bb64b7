package org.sparkrnn.conformance;

import java.util.Map;
import java.util.TreeMap;

/** What of {@code rnn_cases.json} cannot apply here, and why. */
final class Reasons {
  private static final String NO_INPUT =
      "calls the cell with no input at all, not with zeros; every step of a row here has the model's"
          + " features. The same numbers are judged as `derived.LSTMCell.peephole.zero_width_input`.";
  private static final String LOOP_FN =
      "`raw_rnn` calls a Python function between steps, with state of its own. Here a program that"
          + " wants to act between steps steps the model itself (`RnnModel.stepper`), and what most"
          + " people write with `raw_rnn` is the loop `generate`.";

  /** By id: cases, properties and errors. */
  static final Map<String, String> ALL = new TreeMap<>();

  static {
    ALL.put("grid_rnn.testGrid1LSTMCell.step2", NO_INPUT);
    ALL.put("grid_rnn.testGrid1LSTMCell.step3", NO_INPUT);
    ALL.put("raw_rnn.loop_state", LOOP_FN);
    ALL.put("raw_rnn.loop_state_ta", LOOP_FN);
    ALL.put("raw_rnn.emit_other_structure", LOOP_FN);
    ALL.put(
        "dynamic_rnn.scalar_state",
        "a scalar in the state belongs to a whole batch, of which nothing here depends: a row's"
            + " answer is that row's alone. No cell of TensorFlow's has one.");
    ALL.put(
        "dynamic_rnn.unbalanced_output",
        "a cell that returns a pair of tensors of different rank; no cell of TensorFlow's does. Here"
            + " a cell's output is a list of floats.");
    ALL.put(
        "residual_wrapper.slice",
        "passes a Python function as `residual_fn`; a file has no functions. The default, which adds"
            + " the input, is judged as `residual_wrapper`.");
    ALL.put(
        "attention.tuple_flag",
        "a wrapper that keeps its state in one tensor around a cell that does not. TensorFlow cannot"
            + " put them together; here any cell's state is one list of floats where"
            + " `state_is_tuple` is false, whatever is inside.");
    ALL.put(
        "initial_state.none_dtype",
        "asks a cell for a state without saying of which type; states here are `float`.");
  }

  private Reasons() {}

  static String table() {
    StringBuilder text = new StringBuilder("| case | why it does not apply |\n|---|---|\n");
    ALL.forEach(
        (id, reason) -> text.append("| `").append(id).append("` | ").append(reason).append(" |\n"));
    return text.toString();
  }
}
