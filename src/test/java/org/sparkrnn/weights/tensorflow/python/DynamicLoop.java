package org.sparkrnn.weights.tensorflow.python;

import java.util.ArrayList;
import java.util.List;
import org.sparkrnn.weights.tensorflow.python.PythonGraph.Node;
import org.sparkrnn.weights.tensorflow.python.Value.Type;

/** The nodes of one {@code dynamic_rnn}, in the scopes that are open. */
final class DynamicLoop {
  private final PythonGraph graph;
  private final PythonOps tf;
  private final PythonCell cell;
  private final PythonRnn.Inputs in;

  DynamicLoop(PythonGraph graph, PythonCell cell, PythonRnn.Inputs in) {
    this.graph = graph;
    this.tf = new PythonOps(graph);
    this.cell = cell;
    this.in = in;
  }

  /**
   * A {@code TensorArray}.
   *
   * @param handle which
   * @param flow what orders its uses
   */
  private record Steps(Value handle, Value flow) {}

  PythonRnn.Outputs run(List<Value> initial) {
    Value x = in.timeMajor() ? in.inputs() : turned(in.inputs());
    Value lengths =
        in.lengths().map(l -> tf.identity("sequence_length", tf.cast(l, Type.INT32))).orElse(null);
    Value rows = tf.item(tf.shape(x), 1);
    List<Value> start = initial.isEmpty() ? cell.zeroState(graph, rows) : initial;
    if (lengths != null) {
      lengths = tf.checked("CheckSeqLen", lengths, rows);
    }
    List<Value> results = loop(x, start, lengths);
    Value outputs = results.get(0);
    return new PythonRnn.Outputs(
        in.timeMajor() ? outputs : turned(outputs), results.subList(1, results.size()));
  }

  /** Rows and steps in each other's place. */
  private Value turned(Value x) {
    if (!graph.since(Era.V1_15)) {
      return tf.transpose(x, tf.vector("transpose/perm", 1, 0, 2));
    }
    Value rest = tf.range("range", 2, tf.integer("Rank", 3));
    return tf.transpose(x, tf.concat(0, List.of(tf.vector("concat/values_0", 1, 0), rest)));
  }

  private List<Value> loop(Value x, List<Value> start, Value lengths) {
    Value shape = tf.shape(x);
    Value steps = tf.item(shape, 0);
    Value rows = tf.item(tf.shape(x), 1);
    Value zeros = PythonRnn.zeros(graph, rows, List.of(cell.outputSize())).get(0);
    Value longest = lengths == null ? steps : tf.reduceAll("Max", lengths);
    Value time = tf.integer("time", 0);
    Steps outputs = array("TensorArray", steps, List.of(-1, cell.outputSize()));
    Steps inputs = filled(array("TensorArray_1", steps, List.of(-1, in.depth())), x);
    Value bound =
        graph.since(Era.V1_15)
            ? tf.binary(
                "Minimum",
                "Minimum",
                steps,
                tf.binary("Maximum", "Maximum", tf.integer("Maximum/x", 1), longest))
            : steps;
    boolean counted = graph.since(Era.V1_15);
    int first = counted ? 1 : 0;
    List<Value> variables = new ArrayList<>();
    if (counted) {
      variables.add(tf.integer("while/iteration_counter", 0));
    }
    variables.add(time);
    variables.add(outputs.flow());
    variables.addAll(start);
    List<Value> results =
        graph.scope(
            "while",
            () ->
                graph.whileLoop(
                    now -> {
                      Value more = counted ? tf.compare("Less", now.get(0), steps) : null;
                      Value within = tf.compare("Less", now.get(first), bound);
                      return counted
                          ? graph.value(
                              "LogicalAnd", "LogicalAnd", Type.BOOL, List.of(more, within))
                          : within;
                    },
                    now -> {
                      List<Value> next = new ArrayList<>();
                      if (counted) {
                        next.add(tf.plus(now.get(0), tf.integer("add/y", 1)));
                      }
                      next.addAll(
                          step(now.subList(first, now.size()), inputs, outputs, zeros, lengths));
                      return next;
                    },
                    variables));
    List<Value> all = new ArrayList<>();
    all.add(stacked(outputs.handle(), results.get(first + 1)));
    all.addAll(results.subList(first + 2, results.size()));
    return all;
  }

  private List<Value> step(
      List<Value> now, Steps inputs, Steps outputs, Value zeros, Value lengths) {
    Value time = now.get(0);
    List<Value> state = now.subList(2, now.size());
    Value x =
        graph.value(
            array("TensorArrayRead"),
            "TensorArrayReadV3",
            Type.FLOAT,
            List.of(inputs.handle(), time, inputs.flow()),
            Attribute.type("dtype", Type.FLOAT));
    PythonCell.Step step = graph.sameVariableScope(() -> cell.call(graph, x, state));
    Value output = step.output();
    List<Value> next = new ArrayList<>(step.state());
    if (lengths != null) {
      output = tf.select(tf.compare("GreaterEqual", time, lengths), zeros, output);
      for (int i = 0; i < next.size(); i++) {
        Value ended = tf.compare("GreaterEqual", time, lengths);
        next.set(i, tf.select(ended, state.get(i), next.get(i)));
      }
    }
    Value written =
        graph.value(
            array("TensorArrayWrite"),
            "TensorArrayWrite/TensorArrayWriteV3",
            Type.FLOAT,
            List.of(outputs.handle(), time, output, now.get(1)),
            Attribute.type("T", Type.FLOAT));
    List<Value> all = new ArrayList<>();
    all.add(tf.plus(time, tf.integer("add/y", 1)));
    all.add(written);
    all.addAll(next);
    return all;
  }

  // ---- TensorArrays

  /** An operation of {@code TensorArray} as this version names it. */
  private String array(String operation) {
    return operation + (graph.since(Era.V1_2) ? "V3" : "V2");
  }

  private Steps array(String name, Value size, List<Integer> step) {
    Attribute type = Attribute.type("dtype", Type.FLOAT);
    Attribute shape = Attribute.shape("element_shape", step);
    Attribute label = Attribute.text("tensor_array_name", "rnn/dynamic_rnn/" + name);
    if (graph.since(Era.V1_2)) {
      Node made =
          graph.node(
              "TensorArrayV3",
              "TensorArray",
              List.of(size),
              List.of(Type.RESOURCE, Type.FLOAT),
              type,
              shape,
              label,
              Attribute.flag("clear_after_read", true),
              Attribute.flag("dynamic_size", false),
              Attribute.flag("identical_element_shapes", graph.since(Era.V1_15)));
      return new Steps(made.value(0), made.value(1));
    }
    Value handle =
        graph.value("TensorArrayV2", "TensorArray", Type.STRING, List.of(size), type, shape, label);
    return new Steps(handle, tf.number("TensorArray/Const", 0));
  }

  private Steps filled(Steps array, Value x) {
    Value all = tf.range("TensorArrayUnstack/range", 0, tf.item(tf.shape(x), 0));
    Value flow =
        graph.value(
            array("TensorArrayScatter"),
            "TensorArrayUnstack/TensorArrayScatter/TensorArrayScatterV3",
            Type.FLOAT,
            List.of(array.handle(), all, x, array.flow()),
            Attribute.type("T", Type.FLOAT));
    return new Steps(array.handle(), flow);
  }

  private Value stacked(Value handle, Value flow) {
    Value size =
        graph.value(
            array("TensorArraySize"),
            "TensorArrayStack/TensorArraySizeV3",
            Type.INT32,
            List.of(handle, flow));
    return graph.value(
        array("TensorArrayGather"),
        "TensorArrayStack/TensorArrayGatherV3",
        Type.FLOAT,
        List.of(handle, tf.range("TensorArrayStack/range", 0, size), flow),
        Attribute.type("dtype", Type.FLOAT),
        Attribute.shape("element_shape", List.of(-1, cell.outputSize())));
  }
}
