package org.sparkrnn.weights.tensorflow.python;

import java.util.Collections;
import java.util.List;
import org.sparkrnn.cell.LstmCell;
import org.sparkrnn.weights.tensorflow.python.Value.Type;

/**
 * The LSTMs of {@code tf.nn.rnn_cell} and {@code tf.contrib.rnn}.
 *
 * @param weights the weights and options
 * @param form which of its classes
 * @param tuple {@code state_is_tuple}; else {@code c} and {@code h} are one tensor
 */
public record PythonLstm(LstmCell weights, Form form, boolean tuple) implements PythonCell {

  /** Classes of Python that compute it. */
  public enum Form {
    /** {@code BasicLSTMCell}. */
    BASIC("BasicLSTMCell", "basic_lstm_cell"),
    /** {@code LSTMCell}. */
    LSTM_CELL("LSTMCell", "lstm_cell"),
    /** {@code LSTMBlockCell}: one operation. */
    BLOCK("LSTMBlockCell", "lstm_cell");

    private final String type;
    private final String scope;

    Form(String type, String scope) {
      this.type = type;
      this.scope = scope;
    }

    @Override
    public String toString() {
      return type;
    }
  }

  @Override
  public String type() {
    return form.type;
  }

  @Override
  public List<Integer> stateSizes() {
    return tuple
        ? List.of(weights.numUnits(), weights.outputSize())
        : List.of(weights.numUnits() + weights.outputSize());
  }

  @Override
  public int outputSize() {
    return weights.outputSize();
  }

  @Override
  public Step call(PythonGraph graph, Value x, List<Value> state) {
    return graph.variableScope(
        form.scope,
        () ->
            switch (form) {
              case BASIC -> basic(graph, x, state);
              case LSTM_CELL -> full(graph, x, state);
              case BLOCK -> block(graph, x, state);
            });
  }

  private Value kernel(PythonGraph graph) {
    return graph.variable(graph.since(Era.V1_2) ? "kernel" : "weights", weights.kernel());
  }

  private Value bias(PythonGraph graph) {
    return graph.variable(graph.since(Era.V1_2) ? "bias" : "biases", weights.bias());
  }

  private Step next(PythonOps tf, Value c, Value h) {
    return new Step(h, tuple ? List.of(c, h) : List.of(tf.concat(1, List.of(c, h))));
  }

  private Step basic(PythonGraph graph, Value x, List<Value> state) {
    PythonOps tf = new PythonOps(graph);
    List<Value> ch = tuple ? state : tf.split(1, state.get(0), 2);
    Value z = PythonCells.linear(graph, List.of(x, ch.get(1)), kernel(graph), bias(graph));
    List<Value> ijfo = tf.split(1, z, 4);
    Value f = tf.binary("Add", "Add", ijfo.get(2), tf.number("Const", weights.forgetBias()));
    Value kept = tf.binary("Mul", "Mul", ch.get(0), sigmoid(tf, f));
    Value i = sigmoid(tf, ijfo.get(0));
    Value added = tf.binary("Mul", "Mul", i, act(tf, ijfo.get(1)));
    Value c = tf.binary("Add", "Add", kept, added);
    Value h = tf.binary("Mul", "Mul", act(tf, c), sigmoid(tf, ijfo.get(3)));
    return next(tf, c, h);
  }

  private Step full(PythonGraph graph, Value x, List<Value> state) {
    PythonOps tf = new PythonOps(graph);
    int n = weights.numUnits();
    Value before = tuple ? state.get(0) : tf.slice(state.get(0), new int[] {0, 0}, -1, n);
    Value m =
        tuple ? state.get(1) : tf.slice(state.get(0), new int[] {0, n}, -1, weights.outputSize());
    Value z = PythonCells.linear(graph, List.of(x, m), kernel(graph), bias(graph));
    List<Value> ijfo = tf.split(1, z, 4);
    LstmCell.Peepholes diagonals = weights.peepholes();
    Value f = tf.plus(ijfo.get(2), tf.number("add/y", weights.forgetBias()));
    Value i = ijfo.get(0);
    Value o = ijfo.get(3);
    if (diagonals.present()) {
      Value w = graph.variable("w_f_diag", diagonals.forget());
      f = tf.plus(f, tf.binary("Mul", "mul", w, before));
    }
    Value kept = tf.binary("Mul", "mul", gate(tf, f), before);
    if (diagonals.present()) {
      Value w = graph.variable("w_i_diag", diagonals.input());
      i = tf.plus(i, tf.binary("Mul", "mul", w, before));
    }
    Value added = tf.binary("Mul", "mul", gate(tf, i), act(tf, ijfo.get(1)));
    Value c = tf.plus(kept, added);
    if (weights.cellClip() < Float.POSITIVE_INFINITY) {
      c = tf.clip(c, -weights.cellClip(), weights.cellClip());
    }
    if (diagonals.present()) {
      Value w = graph.variable("w_o_diag", diagonals.output());
      o = tf.plus(o, tf.binary("Mul", "mul", w, c));
    }
    Value h = tf.binary("Mul", "mul", gate(tf, o), act(tf, c));
    LstmCell.Projection projection = weights.projection();
    if (projection.present()) {
      h = tf.matMul(h, graph.variable("projection/kernel", projection.kernel()));
      if (projection.clip() < Float.POSITIVE_INFINITY) {
        h = tf.clip(h, -projection.clip(), projection.clip());
      }
    }
    return next(tf, c, h);
  }

  private static Value sigmoid(PythonOps tf, Value x) {
    return tf.unary("Sigmoid", "Sigmoid", x);
  }

  private Value gate(PythonOps tf, Value x) {
    return tf.activation(weights.gateActivation(), x);
  }

  private Value act(PythonOps tf, Value x) {
    return tf.activation(weights.activation(), x);
  }

  /** What Python passes for a clip of {@code None}; the operation's own default is 3. */
  private static final float NO_CLIP = -1;

  private Step block(PythonGraph graph, Value x, List<Value> state) {
    PythonOps tf = new PythonOps(graph);
    LstmCell.Peepholes diagonals = weights.peepholes();
    boolean peepholes = diagonals.present();
    Value none = peepholes ? null : tf.zeros("zeros", weights.numUnits());
    List<Value> w =
        peepholes
            ? List.of(
                graph.variable("w_i_diag", diagonals.input()),
                graph.variable("w_f_diag", diagonals.forget()),
                graph.variable("w_o_diag", diagonals.output()))
            : List.of(none, none, none);
    float clip = weights.cellClip();
    PythonGraph.Node cell =
        graph.node(
            "LSTMBlockCell",
            "LSTMBlockCell",
            List.of(
                x,
                state.get(0),
                state.get(1),
                kernel(graph),
                w.get(0),
                w.get(1),
                w.get(2),
                bias(graph)),
            Collections.nCopies(7, Type.FLOAT),
            Attribute.type("T", Type.FLOAT),
            Attribute.number("forget_bias", weights.forgetBias()),
            Attribute.number("cell_clip", clip == Float.POSITIVE_INFINITY ? NO_CLIP : clip),
            Attribute.flag("use_peephole", peepholes));
    return new Step(cell.value(6), List.of(cell.value(1), cell.value(6)));
  }
}
