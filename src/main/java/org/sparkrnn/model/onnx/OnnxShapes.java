package org.sparkrnn.model.onnx;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Function;
import org.sparkrnn.model.chain.ChainBuilder;
import org.sparkrnn.model.chain.ChainValue;
import org.sparkrnn.model.chain.ChainValue.Axis;
import org.sparkrnn.model.chain.ChainValue.Fed;
import org.sparkrnn.model.chain.ChainValue.Flow;
import org.sparkrnn.model.chain.ChainValue.Integers;
import org.sparkrnn.model.chain.ChainValue.Zeros;
import org.sparkrnn.model.chain.Sizes;
import org.sparkrnn.tensor.Shape;
import org.sparkrnn.weights.onnx.OnnxFile;
import org.sparkrnn.weights.onnx.OnnxNode;

/** Nodes of an ONNX graph that change how numbers are laid out and compute none. */
final class OnnxShapes {
  private final OnnxFile file;
  private final OnnxConstants constants;
  private final ChainBuilder chain;
  private final OnnxReshape reshape;
  private final OnnxPieces pieces;

  /**
   * Reads such nodes.
   *
   * @param dims sizes of the model's input, -1 for those that are free; none where they are not
   *     known
   */
  OnnxShapes(OnnxFile file, OnnxConstants constants, ChainBuilder chain, List<Long> dims) {
    this.file = file;
    this.constants = constants;
    this.chain = chain;
    this.reshape = new OnnxReshape(chain, dims);
    this.pieces = new OnnxPieces(file, constants, chain, reshape);
  }

  /** What the node gives; empty where it is none of these. */
  List<ChainValue> results(OnnxNode node, Function<String, ChainValue> values) throws IOException {
    ChainValue in = values.apply(node.input(0));
    return switch (node.opType()) {
      case "Identity" -> List.of(in);
      case "Dropout" -> List.of(dropout(node, in, values));
      case "Cast" -> List.of(cast(node, in));
      case "Constant" -> constant(node);
      case "ConstantOfShape" -> filled(node, in);
      case "Expand" -> expanded(in, constants.integers(node, 1, "shape", values));
      case "Tile" -> repeated(in, constants.integers(node, 1, "repeats", values));
      case "Shape" -> List.of(shape(in));
      case "Transpose" -> List.of(transposed(node, in));
      case "Squeeze" -> List.of(squeezed(node, in, values));
      case "Unsqueeze" -> List.of(unsqueezed(node, in, values));
      case "Reshape", "Flatten" -> List.of(reshaped(node, in, values));
      default -> pieces.results(node, values);
    };
  }

  static IllegalArgumentException unknown(OnnxNode node) {
    return new IllegalArgumentException(
        "input '" + node.input(0) + "' is not made of the model's input by nodes that run");
  }

  private static List<ChainValue> constant(OnnxNode node) {
    List<Long> one = node.attributes().integers().getOrDefault("value_int", List.of());
    List<Long> several = node.attributes().integers().getOrDefault("value_ints", List.of());
    if (!one.isEmpty()) {
      return List.of(new Integers(one, true));
    }
    return several.isEmpty() ? List.of() : List.of(new Integers(several));
  }

  /** Drops nothing, unless it is told to train. */
  private ChainValue dropout(OnnxNode node, ChainValue in, Function<String, ChainValue> values)
      throws IOException {
    boolean trains = node.attributes().integer("is_test", 1) == 0;
    if (!node.input(2).isEmpty()) {
      trains = !constants.isZero(node, 2, values);
    }
    boolean drops = node.attributes().number("ratio", 0.5f) != 0;
    if (trains && !node.input(1).isEmpty()) {
      drops = !constants.isZero(node, 1, values);
    }
    if (trains && drops) {
      throw new IllegalArgumentException(
          "it is in training mode, where it drops floats at random; export the model for"
              + " inference");
    }
    return in;
  }

  private List<ChainValue> filled(OnnxNode node, ChainValue shape) throws IOException {
    String value = node.attributes().tensors().getOrDefault("value", "");
    if (value.isEmpty() || file.tensors().get(value).dtype().startsWith("FLOAT")) {
      boolean zero = value.isEmpty() || constants.isZero(new ChainValue.Stored(value));
      return zero ? List.of(new Zeros()) : List.of();
    }
    if (!(constants.asIntegers(new ChainValue.Stored(value)) instanceof Integers one)
        || !(shape instanceof Integers size)
        || one.values().size() != 1
        || size.values().size() != 1) {
      return List.of();
    }
    long times = size.values().get(0);
    return Integers.isKnown(times) && times <= OnnxConstants.MOST
        ? List.of(new Integers(Collections.nCopies((int) times, one.values().get(0))))
        : List.of();
  }

  /** Zeros, and constants of which only a single row becomes as many as there are. */
  private List<ChainValue> expanded(ChainValue in, List<Long> wanted) throws IOException {
    if (in instanceof Zeros || (OnnxConstants.isConstant(in) && constants.isZero(in))) {
      return List.of(new Zeros());
    }
    if (!OnnxConstants.isConstant(in) || wanted.size() != constants.shape(in).rank()) {
      return List.of();
    }
    List<Long> repeats = new ArrayList<>();
    for (int i = 0; i < wanted.size(); i++) {
      boolean same = wanted.get(i) == 1 || wanted.get(i) == constants.shape(in).dim(i);
      repeats.add(same ? 1 : wanted.get(i));
    }
    return repeated(in, repeats);
  }

  /** How many rows there are is not known, and makes no difference to what each of them reads. */
  private List<ChainValue> repeated(ChainValue in, List<Long> repeats) throws IOException {
    if (in instanceof Zeros || (OnnxConstants.isConstant(in) && constants.isZero(in))) {
      return List.of(new Zeros());
    }
    if (!OnnxConstants.isConstant(in) || repeats.size() != constants.shape(in).rank()) {
      return List.of();
    }
    for (int i = 0; i < repeats.size(); i++) {
      boolean rows = !Integers.isKnown(repeats.get(i)) && constants.shape(in).dim(i) == 1;
      if (repeats.get(i) != 1 && !rows) {
        throw new IllegalArgumentException(
            "it repeats " + constants.shape(in) + " along axis " + i + ", which is not the rows");
      }
    }
    return List.of(in);
  }

  private ChainValue shape(ChainValue in) {
    if (OnnxConstants.isConstant(in)) {
      return new Integers(constants.shape(in).dims());
    }
    if (in instanceof Integers list && !list.scalar()) {
      return new Integers(List.of((long) list.values().size()));
    }
    if (in instanceof Flow flow) {
      List<Long> dims = new ArrayList<>();
      for (Axis axis : flow.axes()) {
        dims.add(reshape.size(flow, axis));
      }
      return new Integers(dims);
    }
    return new ChainValue.Unknown();
  }

  private ChainValue transposed(OnnxNode node, ChainValue in) throws IOException {
    List<Long> perm = node.attributes().integers().getOrDefault("perm", List.of());
    if (in instanceof Zeros || in instanceof Fed) {
      return in;
    }
    if (OnnxConstants.isConstant(in)) {
      return constants.transposed(in, perm);
    }
    if (!(in instanceof Flow flow)) {
      throw unknown(node);
    }
    int rank = flow.axes().size();
    if (!perm.isEmpty() && (perm.size() != rank || perm.stream().distinct().count() != rank)) {
      throw new IllegalArgumentException("perm " + perm + " is no order of " + rank + " axes");
    }
    List<Axis> axes = new ArrayList<>();
    for (int i = 0; i < rank; i++) {
      axes.add(flow.axes().get(Sizes.axis(perm.isEmpty() ? rank - 1L - i : perm.get(i), rank)));
    }
    return flow.with(axes);
  }

  private ChainValue squeezed(OnnxNode node, ChainValue in, Function<String, ChainValue> values)
      throws IOException {
    if (in instanceof Zeros || in instanceof Fed || in instanceof Integers) {
      return in;
    }
    List<Long> axes = constants.integers(node, 1, "axes", values);
    if (OnnxConstants.isConstant(in)) {
      List<Long> dims = new ArrayList<>(constants.shape(in).dims());
      int rank = dims.size();
      axes.stream()
          .map(axis -> Sizes.axis(axis, rank))
          .distinct()
          .sorted(Collections.reverseOrder())
          .forEach(axis -> dims.remove(axis.intValue()));
      return constants.reshaped(in, axes.isEmpty() ? withoutOnes(dims) : dims);
    }
    if (!(in instanceof Flow flow)) {
      throw unknown(node);
    }
    List<Axis> left = new ArrayList<>();
    for (int i = 0; i < flow.axes().size(); i++) {
      Axis axis = flow.axes().get(i);
      int at = i;
      boolean single = reshape.isSingle(flow, axis);
      boolean named = axes.stream().anyMatch(one -> Sizes.axis(one, flow.axes().size()) == at);
      if (named && !single) {
        throw new IllegalArgumentException("it drops axis " + i + ", which is more than one wide");
      }
      if (!(named || (axes.isEmpty() && single))) {
        left.add(axis);
      }
    }
    return flow.with(left);
  }

  private static List<Long> withoutOnes(List<Long> dims) {
    return dims.stream().filter(dim -> dim != 1).toList();
  }

  private ChainValue unsqueezed(OnnxNode node, ChainValue in, Function<String, ChainValue> values)
      throws IOException {
    if (in instanceof Zeros || in instanceof Fed || in instanceof Integers) {
      return in;
    }
    List<Long> axes = constants.integers(node, 1, "axes", values);
    int rank = axes.size();
    if (OnnxConstants.isConstant(in)) {
      List<Long> dims = new ArrayList<>(constants.shape(in).dims());
      int all = rank + dims.size();
      axes.stream()
          .map(axis -> Sizes.axis(axis, all))
          .sorted()
          .forEach(axis -> insert(dims, axis, 1L));
      return constants.reshaped(in, dims);
    }
    if (!(in instanceof Flow flow)) {
      throw unknown(node);
    }
    List<Axis> made = new ArrayList<>(flow.axes());
    int all = rank + made.size();
    axes.stream()
        .map(axis -> Sizes.axis(axis, all))
        .sorted()
        .forEach(axis -> insert(made, axis, Axis.ONE));
    return flow.with(made);
  }

  private static <T> void insert(List<T> list, int at, T element) {
    list.add(Math.min(at, list.size()), element);
  }

  private ChainValue reshaped(OnnxNode node, ChainValue in, Function<String, ChainValue> values)
      throws IOException {
    if (in instanceof Zeros || in instanceof Fed || in instanceof Integers) {
      return in;
    }
    if (in instanceof Flow flow) {
      return node.opType().equals("Flatten")
          ? reshape.flattened(flow, node.attributes().integer("axis", 1))
          : reshape.reshaped(flow, constants.integers(node, 1, "shape", values));
    }
    if (!OnnxConstants.isConstant(in) || node.opType().equals("Flatten")) {
      throw unknown(node);
    }
    Shape shape = constants.shape(in);
    List<Long> wanted = constants.integers(node, 1, "shape", values);
    return constants.reshaped(
        in,
        Sizes.reshaped(shape, wanted)
            .orElseThrow(() -> new IllegalArgumentException(shape + " cannot become " + wanted)));
  }

  /** Floats stay floats and ids stay ids; anything else would cut numbers off. */
  private ChainValue cast(OnnxNode node, ChainValue in) {
    long to = node.attributes().integer("to", 0);
    boolean floats = to == 1 || to == 11;
    boolean integers = to == 6 || to == 7;
    boolean same =
        in instanceof Flow flow
            ? (chain.givesIntegers(flow) ? integers : floats)
            : floats || integers;
    if (!same) {
      throw new IllegalArgumentException("it casts to type " + to);
    }
    return in;
  }
}
