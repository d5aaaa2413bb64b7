package org.sparkrnn.weights.tensorflow.python;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.sparkrnn.cell.Activation;
import org.sparkrnn.weights.tensorflow.python.PythonGraph.Node;
import org.sparkrnn.weights.tensorflow.python.Value.Type;

/** TensorFlow 1's functions of arrays and numbers, as nodes. */
public final class PythonOps {
  private final PythonGraph graph;

  /** Writes into a graph. */
  public PythonOps(PythonGraph graph) {
    this.graph = graph;
  }

  private static Attribute typed(Value of) {
    return Attribute.type("T", of.type());
  }

  private static Attribute type(String name, Type type) {
    return Attribute.type(name, type);
  }

  // ---- sources

  /** {@code tf.placeholder}; no dims for a scalar, -1 for a size that is not known. */
  public Value placeholder(String name, Type type, Integer... dims) {
    return graph.value(
        "Placeholder",
        name,
        type,
        List.of(),
        type("dtype", type),
        Attribute.shape("shape", List.of(dims)));
  }

  /** {@code tf.placeholder_with_default} of a scalar. */
  public Value placeholderWithDefault(String name, Value otherwise) {
    return graph.value(
        "PlaceholderWithDefault",
        name,
        otherwise.type(),
        List.of(otherwise),
        type("dtype", otherwise.type()),
        Attribute.shape("shape", List.of()));
  }

  /** A scalar of floats. */
  public Value number(String name, float value) {
    return graph.value(
        "Const",
        name,
        Type.FLOAT,
        List.of(),
        type("dtype", Type.FLOAT),
        Attribute.floats("value", List.of(), value));
  }

  /** A vector of zeros. */
  Value zeros(String name, int size) {
    return graph.value(
        "Const",
        name,
        Type.FLOAT,
        List.of(),
        type("dtype", Type.FLOAT),
        Attribute.floats("value", List.of(size), new float[size]));
  }

  /** A square matrix of zeros. */
  public Value kernel(String name, int size) {
    return graph.value(
        "Const",
        name,
        Type.FLOAT,
        List.of(),
        type("dtype", Type.FLOAT),
        Attribute.floats("value", List.of(size, size), new float[size * size]));
  }

  /** A scalar. */
  public Value integer(String name, int value) {
    return integers(name, List.of(), value);
  }

  /** A vector. */
  public Value vector(String name, int... values) {
    return integers(name, List.of(values.length), values);
  }

  private Value integers(String name, List<Integer> dims, int... values) {
    return graph.value(
        "Const",
        name,
        Type.INT32,
        List.of(),
        type("dtype", Type.INT32),
        Attribute.ints("value", dims, values));
  }

  private Value text(String name, String value) {
    return graph.value(
        "Const",
        name,
        Type.STRING,
        List.of(),
        type("dtype", Type.STRING),
        Attribute.string("value", value));
  }

  // ---- numbers

  /** An operation of one value. */
  public Value unary(String op, String name, Value x) {
    return graph.value(op, name, x.type(), List.of(x), typed(x));
  }

  /** An operation of two values. */
  public Value binary(String op, String name, Value a, Value b) {
    return graph.value(op, name, a.type(), List.of(a, b), typed(a));
  }

  /** Python's {@code a + b}. */
  public Value plus(Value a, Value b) {
    return binary(graph.since(Era.V1_15) ? "AddV2" : "Add", "add", a, b);
  }

  /** A comparison: {@code NotEqual}, {@code Greater} and so on. */
  public Value compare(String op, Value a, Value b) {
    return graph.value(op, op, Type.BOOL, List.of(a, b), typed(a));
  }

  /** {@code tf.cast}; nothing where it has the type. */
  public Value cast(Value x, Type to) {
    return x.type() == to
        ? x
        : graph.value(
            "Cast",
            graph.since(Era.V1_15) ? "Cast" : "ToInt32",
            to,
            List.of(x),
            type("SrcT", x.type()),
            type("DstT", to));
  }

  /** {@code tf.matmul}. */
  public Value matMul(Value a, Value b) {
    return matMul(a, b, false, false);
  }

  /** {@code tf.matmul}, its sides turned. */
  public Value matMul(Value a, Value b, boolean transposeA, boolean transposeB) {
    return graph.value(
        "MatMul",
        "MatMul",
        Type.FLOAT,
        List.of(a, b),
        typed(a),
        Attribute.flag("transpose_a", transposeA),
        Attribute.flag("transpose_b", transposeB));
  }

  /** A product of batches of matrices; since 1.15 with one matrix for all. */
  public Value batchMatMul(Value a, Value b) {
    return graph.value(
        graph.since(Era.V1_15) ? "BatchMatMulV2" : "BatchMatMul",
        "MatMul",
        Type.FLOAT,
        List.of(a, b),
        typed(a),
        Attribute.flag("adj_x", false),
        Attribute.flag("adj_y", false));
  }

  /** {@code tf.nn.bias_add}. */
  public Value biasAdd(Value a, Value bias) {
    return graph.value(
        "BiasAdd",
        "BiasAdd",
        Type.FLOAT,
        List.of(a, bias),
        typed(a),
        Attribute.text("data_format", "NHWC"));
  }

  /** {@code tf.clip_by_value}. */
  Value clip(Value x, float from, float to) {
    return graph.scope(
        "clip_by_value",
        () -> {
          Value below = binary("Minimum", "Minimum", x, number("Minimum/y", to));
          return binary("Maximum", "Maximum", below, number("y", from));
        });
  }

  /** An activation by the operations that Python makes of it; none of the linear one. */
  public Value activation(Activation function, Value x) {
    if (function.equals(Activation.RELU)) {
      return unary("Relu", "Relu", x);
    }
    if (function.equals(Activation.RELU6)) {
      return unary("Relu6", "Relu6", x);
    }
    return switch (function.kind()) {
      case LINEAR -> x;
      case TANH -> unary("Tanh", "Tanh", x);
      case SIGMOID -> unary("Sigmoid", "Sigmoid", x);
      case ELU -> unary("Elu", "Elu", x);
      case SOFTSIGN -> unary("Softsign", "Softsign", x);
      case SOFTPLUS -> unary("Softplus", "Softplus", x);
      case LEAKY_RELU ->
          graph.value(
              "LeakyRelu",
              "LeakyRelu",
              Type.FLOAT,
              List.of(x),
              typed(x),
              Attribute.number("alpha", function.alpha()));
      case HARD_SIGMOID -> {
        // As Keras' backend writes it.
        Value scaled = binary("Mul", "mul", x, number("mul/y", function.alpha()));
        Value moved = plus(scaled, number("add/y", function.beta()));
        yield clip(moved, 0, 1);
      }
      default -> throw new IllegalArgumentException("no operation for " + function);
    };
  }

  // ---- arrays

  /** {@code tf.concat}. */
  public Value concat(int axis, List<Value> parts) {
    if (parts.size() == 1) {
      return identity("concat", parts.get(0));
    }
    Type type = parts.get(0).type();
    List<Value> inputs = new ArrayList<>(parts);
    Attribute count = Attribute.integer("N", parts.size());
    if (!graph.since(Era.V1_2)) {
      inputs.add(0, integer("concat/concat_dim", axis));
      return graph.value("Concat", "concat", type, inputs, typed(parts.get(0)), count);
    }
    inputs.add(integer("concat/axis", axis));
    return graph.value(
        "ConcatV2", "concat", type, inputs, typed(parts.get(0)), count, type("Tidx", Type.INT32));
  }

  /** {@code tf.split} into equal parts. */
  public List<Value> split(int axis, Value x, int count) {
    Node split =
        graph.node(
            "Split",
            "split",
            List.of(integer("split/split_dim", axis), x),
            Collections.nCopies(count, x.type()),
            typed(x),
            Attribute.integer("num_split", count));
    List<Value> parts = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      parts.add(split.value(i));
    }
    return parts;
  }

  /** {@code tf.slice}. */
  public Value slice(Value x, int[] begin, int... size) {
    return slice(x, vector("Slice/begin", begin), vector("Slice/size", size));
  }

  /** {@code tf.slice} from a computed place. */
  public Value slice(Value x, Value begin, Value size) {
    return graph.value(
        "Slice", "Slice", x.type(), List.of(x, begin, size), typed(x), type("Index", Type.INT32));
  }

  /** {@code tf.setdiff1d}. */
  public Value listDiff(Value x, Value y) {
    return graph
        .node(
            "ListDiff",
            "ListDiff",
            List.of(x, y),
            List.of(x.type(), Type.INT32),
            typed(x),
            type("out_idx", Type.INT32))
        .value(0);
  }

  /** {@code tf.stack}, which was {@code tf.pack}. */
  public Value stack(int axis, List<Value> parts) {
    return graph.value(
        "Pack",
        graph.since(Era.V1_2) ? "stack" : "pack",
        parts.get(0).type(),
        parts,
        typed(parts.get(0)),
        Attribute.integer("N", parts.size()),
        Attribute.integer("axis", axis));
  }

  /** {@code tf.unstack}, which was {@code tf.unpack}. */
  public List<Value> unstack(int axis, Value x, int count) {
    Node node =
        graph.node(
            "Unpack",
            graph.since(Era.V1_2) ? "unstack" : "unpack",
            List.of(x),
            Collections.nCopies(count, x.type()),
            typed(x),
            Attribute.integer("num", count),
            Attribute.integer("axis", axis));
    List<Value> parts = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      parts.add(node.value(i));
    }
    return parts;
  }

  /** {@code tf.shape}. */
  public Value shape(Value x) {
    return graph.value(
        "Shape", "Shape", Type.INT32, List.of(x), typed(x), type("out_type", Type.INT32));
  }

  /** {@code x[place]} of a vector. */
  public Value item(Value x, int place) {
    return stridedSlice(x, new int[] {place}, new int[] {place + 1}, new int[] {1}, 0, 0, 1);
  }

  /** {@code strided_slice} with its masks: of beginnings, of ends, of axes that vanish. */
  public Value stridedSlice(
      Value x, int[] begin, int[] end, int[] strides, int beginMask, int endMask, int shrinkMask) {
    return graph.value(
        "StridedSlice",
        "strided_slice",
        x.type(),
        List.of(
            x,
            vector("strided_slice/stack", begin),
            vector("strided_slice/stack_1", end),
            vector("strided_slice/stack_2", strides)),
        typed(x),
        type("Index", Type.INT32),
        Attribute.integer("begin_mask", beginMask),
        Attribute.integer("end_mask", endMask),
        Attribute.integer("ellipsis_mask", 0),
        Attribute.integer("new_axis_mask", 0),
        Attribute.integer("shrink_axis_mask", shrinkMask));
  }

  /** {@code tf.expand_dims}. */
  public Value expandDims(Value x, int axis) {
    return graph.value(
        "ExpandDims",
        "ExpandDims",
        x.type(),
        List.of(x, integer("ExpandDims/dim", axis)),
        typed(x),
        type("Tdim", Type.INT32));
  }

  /** {@code tf.squeeze}. */
  public Value squeeze(Value x, int... axes) {
    return graph.value(
        "Squeeze",
        "Squeeze",
        x.type(),
        List.of(x),
        typed(x),
        Attribute.integers("squeeze_dims", axes));
  }

  /** {@code tf.reshape}. */
  public Value reshape(Value x, Value shape) {
    return graph.value(
        "Reshape", "Reshape", x.type(), List.of(x, shape), typed(x), type("Tshape", Type.INT32));
  }

  /** {@code tf.transpose}. */
  public Value transpose(Value x, Value order) {
    return graph.value(
        "Transpose", "transpose", x.type(), List.of(x, order), typed(x), type("Tperm", Type.INT32));
  }

  /** {@code tf.range}. */
  public Value range(String scope, int from, Value to) {
    Value start = integer(scope + "/start", from);
    Value delta = integer(scope + "/delta", 1);
    return graph.value(
        "Range", scope, Type.INT32, List.of(start, to, delta), type("Tidx", Type.INT32));
  }

  /** {@code tf.fill}. */
  Value fill(String name, Value shape, float number) {
    Value value = number(name + "/Const", number);
    return graph.since(Era.V1_15)
        ? graph.value(
            "Fill",
            name,
            Type.FLOAT,
            List.of(shape, value),
            typed(value),
            type("index_type", Type.INT32))
        : graph.value("Fill", name, Type.FLOAT, List.of(shape, value), typed(value));
  }

  /** {@code tf.fill} with a number that is a value. */
  public Value fill(Value shape, Value number) {
    return graph.value(
        "Fill",
        "Fill",
        number.type(),
        List.of(shape, number),
        typed(number),
        type("index_type", Type.INT32));
  }

  /** {@code tf.tile}. */
  public Value tile(Value x, Value multiples) {
    return graph.value(
        "Tile", "Tile", x.type(), List.of(x, multiples), typed(x), type("Tmultiples", Type.INT32));
  }

  /** {@code tf.reduce_any}. */
  public Value any(Value x, int axis) {
    return graph.value(
        "Any",
        "Any",
        Type.BOOL,
        List.of(x, integer("Any/reduction_indices", axis)),
        type("Tidx", Type.INT32),
        Attribute.flag("keep_dims", false));
  }

  /** {@code tf.where} of three values. */
  public Value select(Value test, Value then, Value otherwise) {
    return graph.value(
        "Select", "Select", then.type(), List.of(test, then, otherwise), typed(then));
  }

  /** A reduction: {@code Mean}, {@code Max}, {@code Sum}, {@code Min}. */
  public Value reduce(String op, Value x, int axis, boolean keep) {
    return graph.value(
        op,
        op,
        x.type(),
        List.of(x, integer(op + "/reduction_indices", axis)),
        typed(x),
        type("Tidx", Type.INT32),
        Attribute.flag("keep_dims", keep));
  }

  /** {@code tf.reduce_prod} of a vector. */
  public Value product(Value x) {
    return reduceAll("Prod", x);
  }

  /** {@code tf.argmax}. */
  public Value argMax(Value x, int axis) {
    return graph.value(
        "ArgMax",
        "ArgMax",
        Type.INT64,
        List.of(x, integer("ArgMax/dimension", axis)),
        typed(x),
        type("Tidx", Type.INT32),
        type("output_type", Type.INT64));
  }

  /** A reduction of a vector to one value. */
  Value reduceAll(String op, Value x) {
    Value axes = vector("Const", 0);
    boolean truths = x.type() == Type.BOOL;
    Attribute index = type("Tidx", Type.INT32);
    Attribute keep = Attribute.flag("keep_dims", false);
    return truths
        ? graph.value(op, op, x.type(), List.of(x, axes), index, keep)
        : graph.value(op, op, x.type(), List.of(x, axes), typed(x), index, keep);
  }

  /** {@code tf.reverse}. */
  public Value reverse(Value x, int axis) {
    return graph.value(
        "ReverseV2",
        "ReverseV2",
        x.type(),
        List.of(x, vector("ReverseV2/axis", axis)),
        typed(x),
        type("Tidx", Type.INT32));
  }

  /** {@code tf.reverse_sequence}. */
  public Value reverseSequence(Value x, Value lengths, int time, int batch) {
    return graph.value(
        "ReverseSequence",
        "ReverseSequence",
        x.type(),
        List.of(x, lengths),
        typed(x),
        type("Tlen", lengths.type()),
        Attribute.integer("seq_dim", time),
        Attribute.integer("batch_dim", batch));
  }

  /** {@code tf.gather}, or {@code embedding_lookup}. */
  public Value gather(String name, Value params, Value indices, int axis) {
    if (!graph.since(Era.V1_15)) {
      return graph.value(
          "Gather",
          name,
          params.type(),
          List.of(params, indices),
          type("Tparams", params.type()),
          type("Tindices", indices.type()),
          Attribute.flag("validate_indices", true));
    }
    return graph.value(
        "GatherV2",
        name,
        params.type(),
        List.of(params, indices, integer(name + "/axis", axis)),
        type("Tparams", params.type()),
        type("Tindices", indices.type()),
        type("Taxis", Type.INT32),
        Attribute.integer("batch_dims", 0));
  }

  /** {@code tf.gather_nd}. */
  public Value gatherNd(Value params, Value indices) {
    return graph.value(
        "GatherNd",
        "GatherNd",
        params.type(),
        List.of(params, indices),
        type("Tparams", params.type()),
        type("Tindices", indices.type()));
  }

  /** {@code tf.nn.dropout}. */
  public Value dropout(Value x, Value keep) {
    return graph.scope(
        "dropout",
        () -> {
          Value random =
              graph.value(
                  "RandomUniform",
                  "random_uniform/RandomUniform",
                  Type.FLOAT,
                  List.of(shape(x)),
                  Attribute.type("T", Type.INT32),
                  type("dtype", Type.FLOAT));
          if (graph.since(Era.V1_15)) {
            Value rate = binary("Sub", "sub", number("sub/x", 1), keep);
            Value scale =
                binary(
                    "RealDiv",
                    "truediv",
                    number("truediv/x", 1),
                    binary("Sub", "sub_1", number("sub_1/x", 1), rate));
            Value mask = compare("GreaterEqual", random, rate);
            Value numbers =
                graph.value(
                    "Cast",
                    "Cast",
                    Type.FLOAT,
                    List.of(mask),
                    type("SrcT", Type.BOOL),
                    type("DstT", Type.FLOAT));
            return binary("Mul", "mul_1", binary("Mul", "mul", x, scale), numbers);
          }
          Value floor = unary("Floor", "Floor", binary("Add", "add", keep, random));
          return binary("Mul", "mul", binary("RealDiv", "div", x, keep), floor);
        });
  }

  /** {@code tf.identity}. */
  public Value identity(String name, Value x) {
    return unary("Identity", name, x);
  }

  /** {@code x} once its vector's size was compared with the rows'. */
  Value checked(String name, Value x, Value rows) {
    Value found = shape(x);
    Value expected = stack(0, List.of(rows));
    Value all = reduceAll("All", compare("Equal", found, expected));
    List<Value> data =
        List.of(
            all,
            text("Assert/Assert/data_0", "Expected shape for Tensor " + x.name() + ":0 is "),
            expected,
            text("Assert/Assert/data_2", " but saw shape: "),
            found);
    Node check =
        graph.node(
            "Assert",
            "Assert/Assert",
            data,
            List.of(),
            Attribute.types("T", data.subList(1, data.size()).stream().map(Value::type).toList()),
            Attribute.integer("summarize", 3));
    return graph.after(check, () -> identity(name, x));
  }
}
