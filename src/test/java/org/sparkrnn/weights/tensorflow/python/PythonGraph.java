package org.sparkrnn.weights.tensorflow.python;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.sparkrnn.tensor.Tensor;
import org.sparkrnn.weights.tensorflow.ProtoBytes;
import org.sparkrnn.weights.tensorflow.python.Value.Type;

/**
 * A graph as TensorFlow 1's Python library writes it: names made unique in their scopes, variables
 * frozen or not, while loops of {@code Enter}, {@code Merge}, {@code Switch} and their like.
 *
 * @see <a
 *     href="https://github.com/tensorflow/tensorflow/blob/v1.15.0/tensorflow/python/ops/control_flow_ops.py">TensorFlow
 *     1.15, control_flow_ops.py</a>
 */
public final class PythonGraph {
  private final Era era;
  private final boolean frozen;
  private final ProtoBytes nodes = new ProtoBytes();
  private final Set<String> names = new HashSet<>();
  private final Map<String, Integer> used = new HashMap<>();
  private final Map<String, Tensor> variables = new TreeMap<>();
  private final Map<String, Value> read = new HashMap<>();
  private String nameScope = "";
  private String variableScope = "";
  private Frame frame;
  private Node before;

  /** A frozen graph. */
  public PythonGraph(Era era) {
    this(era, true);
  }

  /**
   * A graph.
   *
   * @param frozen whether its variables are constants
   */
  public PythonGraph(Era era, boolean frozen) {
    this.era = era;
    this.frozen = frozen;
  }

  /** The inside of a while loop. */
  private static final class Frame {
    final String name;
    final Set<String> inside = new HashSet<>();
    final Map<Value, Value> entered = new HashMap<>();
    String pivot;

    Frame(String name) {
      this.name = name;
    }
  }

  /** Which version's spelling. */
  public Era era() {
    return era;
  }

  /** Whether this version is {@code other} or a later one. */
  boolean since(Era other) {
    return era.compareTo(other) >= 0;
  }

  /** The variables by name, for a checkpoint beside the graph. */
  public Map<String, Tensor> variables() {
    return variables;
  }

  /** The {@code GraphDef}. */
  public byte[] toByteArray() {
    return graphDef().toByteArray();
  }

  private ProtoBytes graphDef() {
    ProtoBytes versions = new ProtoBytes().varint(1, era.producer());
    return new ProtoBytes().raw(unsigned(nodes.toByteArray())).message(4, versions);
  }

  /** The {@code MetaGraphDef} that {@code tf.train.Saver} writes beside a checkpoint. */
  public byte[] metaGraph() {
    return new ProtoBytes().message(2, graphDef()).toByteArray();
  }

  /** The {@code saved_model.pb} of a graph that is served from one value to another. */
  public byte[] savedModel(Value from, Value to) {
    ProtoBytes signature = new ProtoBytes();
    signature.message(1, named("inputs", from)).message(2, named("outputs", to));
    ProtoBytes serving = new ProtoBytes().string(1, "serving_default").message(2, signature);
    ProtoBytes tags = new ProtoBytes().string(4, "serve");
    ProtoBytes meta = new ProtoBytes().message(1, tags).message(2, graphDef()).message(5, serving);
    return new ProtoBytes().varint(1, 1).message(2, meta).toByteArray();
  }

  private static ProtoBytes named(String name, Value value) {
    ProtoBytes info = new ProtoBytes().string(1, value.node() + ":" + value.index());
    return new ProtoBytes().string(1, name).message(2, info);
  }

  private static int[] unsigned(byte[] bytes) {
    int[] all = new int[bytes.length];
    Arrays.setAll(all, i -> bytes[i]);
    return all;
  }

  // ---- names

  private String unique(String wanted) {
    String name = wanted;
    while (!names.add(name)) {
      name = wanted + "_" + used.merge(wanted, 1, Integer::sum);
    }
    return name;
  }

  /** {@code name_scope}: names inside start with it. */
  public <T> T scope(String name, Supplier<T> body) {
    String outer = nameScope;
    nameScope = unique(outer + name) + "/";
    try {
      return body.get();
    } finally {
      nameScope = outer;
    }
  }

  /** {@code variable_scope}: names of variables start with it as well, but once for all uses. */
  public <T> T variableScope(String name, Supplier<T> body) {
    String outer = variableScope;
    variableScope = outer + name + "/";
    try {
      return scope(name, body);
    } finally {
      variableScope = outer;
    }
  }

  /** The open {@code variable_scope} entered again, which opens a scope of names only. */
  <T> T sameVariableScope(Supplier<T> body) {
    String[] parts = variableScope.split("/", -1);
    return scope(parts[parts.length - 2], body);
  }

  // ---- nodes

  /**
   * A node.
   *
   * @param name its name
   * @param types of its values
   */
  record Node(String name, List<Type> types) {
    Value value(int index) {
      return new Value(name, index, types.get(index));
    }
  }

  /** Adds a node in the scopes that are open. */
  Node node(
      String op, String name, List<Value> inputs, List<Type> outputs, Attribute... attributes) {
    String full = unique(nameScope + name);
    List<String> taken = new ArrayList<>();
    for (Value input : inputs) {
      taken.add(entered(input, full).name());
    }
    if (inputs.isEmpty() && frame != null) {
      taken.add("^" + frame.pivot);
    }
    if (before != null) {
      taken.add("^" + before.name());
    }
    write(full, op, taken, attributes);
    return new Node(full, outputs);
  }

  private void write(String name, String op, List<String> inputs, Attribute... attributes) {
    ProtoBytes node = new ProtoBytes().string(1, name).string(2, op);
    inputs.forEach(input -> node.string(3, input));
    for (Attribute attribute : attributes) {
      node.message(5, new ProtoBytes().string(1, attribute.name()).message(2, attribute.value()));
    }
    nodes.message(1, node);
    if (frame != null) {
      frame.inside.add(name);
    }
  }

  /** A value as it is seen inside the loop that is open. */
  private Value entered(Value value, String user) {
    if (frame == null || frame.inside.contains(value.node())) {
      return value;
    }
    Value known = frame.entered.get(value);
    if (known == null) {
      known = new Value(enter(value, unique(user + "/Enter"), true), 0, value.type());
      frame.entered.put(value, known);
    }
    return known;
  }

  private String enter(Value value, String name, boolean constant) {
    write(
        name,
        "Enter",
        List.of(value.name()),
        Attribute.type("T", value.type()),
        Attribute.text("frame_name", frame.name),
        Attribute.flag("is_constant", constant),
        Attribute.integer("parallel_iterations", 32));
    return name;
  }

  /** A node of one value. */
  Value value(String op, String name, Type type, List<Value> inputs, Attribute... attributes) {
    return node(op, name, inputs, List.of(type), attributes).value(0);
  }

  /** {@code control_dependencies}: what {@code body} adds runs behind a node. */
  <T> T after(Node node, Supplier<T> body) {
    before = node;
    try {
      return body.get();
    } finally {
      before = null;
    }
  }

  /** Runs {@code body} outside of any loop, as what makes variables and constants does. */
  private <T> T outside(Supplier<T> body) {
    Frame inner = frame;
    String scope = nameScope;
    frame = null;
    nameScope = "";
    try {
      return body.get();
    } finally {
      frame = inner;
      nameScope = scope;
    }
  }

  /** A variable of the open {@code variable_scope}, as it is read. */
  public Value variable(String name, Tensor tensor) {
    String full = variableScope + name;
    return read.computeIfAbsent(full, key -> outside(() -> made(full, tensor)));
  }

  private Value made(String name, Tensor tensor) {
    variables.put(name, tensor);
    List<Integer> dims = tensor.shape().dims().stream().map(Long::intValue).toList();
    Attribute type = Attribute.type("dtype", Type.FLOAT);
    Value variable =
        frozen
            ? value(
                "Const",
                name,
                Type.FLOAT,
                List.of(),
                type,
                Attribute.floats("value", dims, tensor.toArray()))
            : value(
                "VariableV2",
                name,
                Type.FLOAT,
                List.of(),
                type,
                Attribute.shape("shape", dims),
                Attribute.text("container", ""),
                Attribute.text("shared_name", ""));
    return value(
        "Identity",
        name + "/read",
        Type.FLOAT,
        List.of(variable),
        Attribute.type("T", Type.FLOAT),
        Attribute.texts("_class", "loc:@" + name));
  }

  // ---- loops

  /**
   * {@code while_loop}, in the scopes that are open.
   *
   * @param start what goes from iteration to iteration, before the first
   * @return the same behind the last
   */
  List<Value> whileLoop(
      Function<List<Value>, Value> condition, UnaryOperator<List<Value>> body, List<Value> start) {
    frame = new Frame(nameScope + "while_context");
    List<String> entered =
        start.stream().map(v -> enter(v, unique(nameScope + "Enter"), false)).toList();
    List<String> next = start.stream().map(v -> unique(nameScope + "NextIteration")).toList();
    List<Value> merged = new ArrayList<>();
    for (int i = 0; i < start.size(); i++) {
      String name = unique(nameScope + "Merge");
      write(
          name,
          "Merge",
          List.of(entered.get(i), next.get(i)),
          Attribute.type("T", start.get(i).type()),
          Attribute.integer("N", 2));
      merged.add(new Value(name, 0, start.get(i).type()));
    }
    frame.pivot = merged.get(0).node();
    Value goes = value("LoopCond", "LoopCond", Type.BOOL, List.of(condition.apply(merged)));
    List<Node> switches = new ArrayList<>();
    List<Value> now = new ArrayList<>();
    for (Value each : merged) {
      Attribute type = Attribute.type("T", each.type());
      switches.add(
          node(
              "Switch",
              "Switch",
              List.of(each, goes),
              List.of(each.type(), each.type()),
              type,
              Attribute.texts("_class", "loc:@" + each.node())));
    }
    for (Node each : switches) {
      Value inside = each.value(1);
      now.add(
          value(
              "Identity",
              "Identity",
              inside.type(),
              List.of(inside),
              Attribute.type("T", inside.type())));
    }
    frame.pivot = now.get(0).node();
    List<Value> then = body.apply(now);
    for (int i = 0; i < next.size(); i++) {
      Value made = entered(then.get(i), next.get(i));
      write(next.get(i), "NextIteration", List.of(made.name()), Attribute.type("T", made.type()));
    }
    List<String> exits = switches.stream().map(s -> unique(nameScope + "Exit")).toList();
    List<Value> after = new ArrayList<>();
    for (int i = 0; i < exits.size(); i++) {
      Value last = switches.get(i).value(0);
      write(exits.get(i), "Exit", List.of(last.name()), Attribute.type("T", last.type()));
      after.add(new Value(exits.get(i), 0, last.type()));
    }
    frame = null;
    return after;
  }
}
