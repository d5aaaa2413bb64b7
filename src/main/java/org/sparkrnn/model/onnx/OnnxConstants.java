package org.sparkrnn.model.onnx;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.sparkrnn.model.chain.ChainValue;
import org.sparkrnn.model.chain.ChainValue.Folded;
import org.sparkrnn.model.chain.ChainValue.Integers;
import org.sparkrnn.model.chain.ChainValue.Stored;
import org.sparkrnn.model.chain.Sizes;
import org.sparkrnn.tensor.Shape;
import org.sparkrnn.tensor.Tensor;
import org.sparkrnn.weights.TensorInfo;
import org.sparkrnn.weights.onnx.OnnxFile;
import org.sparkrnn.weights.onnx.OnnxNode;

/** The constants of an ONNX graph, also behind nodes that only rearrange them. */
final class OnnxConstants {
  /** More axes or places than a shape has. */
  static final int MOST = 64;

  private final OnnxFile file;
  private final long limit;

  OnnxConstants(OnnxFile file) {
    this.file = file;
    this.limit =
        file.tensors().values().stream()
            .mapToLong(info -> Math.min(info.shape().elements(), Integer.MAX_VALUE))
            .sum();
  }

  /** Whether the walk can read it as numbers. */
  static boolean isConstant(ChainValue value) {
    return value instanceof Stored || value instanceof Folded;
  }

  Tensor read(ChainValue value) throws IOException {
    return value instanceof Folded folded ? folded.values() : file.read(((Stored) value).tensor());
  }

  Shape shape(ChainValue value) {
    return value instanceof Folded folded
        ? folded.values().shape()
        : file.tensors().get(((Stored) value).tensor()).shape();
  }

  /** A tensor as integers that shapes are made of; itself where it is none. */
  ChainValue asIntegers(Stored stored) throws IOException {
    TensorInfo info = file.tensors().get(stored.tensor());
    return info.dtype().startsWith("INT")
            && info.shape().rank() <= 1
            && info.shape().elements() <= MOST
        ? new Integers(integers(stored.tensor()), info.shape().rank() == 0)
        : stored;
  }

  static List<String> names(ChainValue value) {
    return value instanceof Folded folded ? folded.from() : List.of(((Stored) value).tensor());
  }

  boolean isZero(ChainValue value) throws IOException {
    for (float each : read(value).toArray()) {
      if (each != 0) {
        return false;
      }
    }
    return true;
  }

  /** Whether an input is a constant of nothing but zeros, or false. */
  boolean isZero(OnnxNode node, int input, Function<String, ChainValue> values) throws IOException {
    if (values.apply(node.input(input)) instanceof Integers known) {
      return known.values().stream().allMatch(each -> each == 0);
    }
    if (!(values.apply(node.input(input)) instanceof Stored stored)) {
      throw new IllegalArgumentException("'" + node.input(input) + "' is no constant");
    }
    return file.tensors().get(stored.tensor()).dtype().startsWith("FLOAT")
        ? isZero(stored)
        : integers(stored.tensor()).stream().allMatch(each -> each == 0);
  }

  /** {@code Transpose}. */
  Folded transposed(ChainValue value, List<Long> perm) throws IOException {
    Tensor in = read(value);
    int rank = in.shape().rank();
    int[] order = new int[rank];
    boolean[] taken = new boolean[rank];
    for (int i = 0; i < rank; i++) {
      long axis = perm.isEmpty() ? rank - 1 - i : perm.size() == rank ? perm.get(i) : -1;
      if (axis < 0 || axis >= rank || taken[(int) axis]) {
        throw new IllegalArgumentException("perm " + perm + " is no order of " + rank + " axes");
      }
      taken[(int) axis] = true;
      order[i] = (int) axis;
    }
    long[] strides = strides(in.shape());
    long[] steps = new long[rank];
    List<Long> dims = new ArrayList<>();
    for (int i = 0; i < rank; i++) {
      steps[i] = strides[order[i]];
      dims.add(in.shape().dim(order[i]));
    }
    return new Folded(gathered(in, 0, new Shape(dims), steps), names(value));
  }

  /** {@code Slice} along one axis, and {@code Split} with it. */
  Folded sliced(ChainValue value, int axis, long from, long to) throws IOException {
    Tensor in = read(value);
    List<Long> dims = new ArrayList<>(in.shape().dims());
    dims.set(axis, Math.max(0, to - from));
    long[] strides = strides(in.shape());
    Shape shape = new Shape(dims);
    return new Folded(gathered(in, from * strides[axis], shape, strides), names(value));
  }

  /** {@code Gather} of one element along an axis, which a number as its index drops. */
  Folded gathered(ChainValue value, long axis, long index, boolean drop) throws IOException {
    Shape shape = shape(value);
    int at = Sizes.axis(axis, shape.rank());
    int from = Sizes.axis(index, Math.toIntExact(shape.dim(at)));
    Folded one = sliced(value, at, from, from + 1L);
    List<Long> dims = new ArrayList<>(one.values().shape().dims());
    if (drop) {
      dims.remove(at);
    }
    return reshaped(one, dims);
  }

  /** {@code Concat}. */
  Folded joined(List<ChainValue> values, int axis) throws IOException {
    List<Long> dims = new ArrayList<>(shape(values.get(0)).dims());
    List<String> names = new ArrayList<>();
    long size = 0;
    for (ChainValue value : values) {
      List<Long> other = new ArrayList<>(shape(value).dims());
      if (axis >= other.size()) {
        throw new IllegalArgumentException("axis " + axis + " is none of " + other);
      }
      size += other.set(axis, dims.get(axis));
      if (!other.equals(dims)) {
        throw new IllegalArgumentException("shapes " + dims + " and " + other + " do not join");
      }
      names.addAll(names(value));
    }
    dims.set(axis, size);
    Shape shape = new Shape(dims);
    float[] all = new float[bounded(shape)];
    int outer = 1;
    for (int i = 0; i < axis; i++) {
      outer *= Math.toIntExact(dims.get(i));
    }
    int at = 0;
    for (ChainValue value : values) {
      Tensor part = read(value);
      int run = Math.toIntExact(part.shape().elements()) / Math.max(1, outer);
      for (int row = 0; row < outer; row++) {
        part.copyTo(row * run, all, at + row * (all.length / outer), run);
      }
      at += run;
    }
    return new Folded(Tensor.owning(shape, all), names.stream().distinct().toList());
  }

  /** {@code Reshape}, {@code Squeeze} and {@code Unsqueeze}. */
  Folded reshaped(ChainValue value, List<Long> dims) throws IOException {
    Tensor in = read(value);
    return new Folded(Tensor.owning(new Shape(dims), in.toArray()), names(value));
  }

  /** Integers from an input or, in older graphs, an attribute; none where there are neither. */
  List<Long> integers(
      OnnxNode node, int input, String attribute, Function<String, ChainValue> values)
      throws IOException {
    if (node.input(input).isEmpty()) {
      return node.attributes().integers().getOrDefault(attribute, List.of());
    }
    ChainValue value = values.apply(node.input(input));
    if (value instanceof ChainValue.Integers known) {
      return known.values();
    }
    if (value instanceof ChainValue.Stored stored) {
      return integers(stored.tensor());
    }
    throw new IllegalArgumentException(attribute + " '" + node.input(input) + "' is not known");
  }

  private List<Long> integers(String tensor) throws IOException {
    List<Long> integers = new ArrayList<>();
    for (long each : file.readIntegers(tensor)) {
      integers.add(each);
    }
    return integers;
  }

  /** Nodes may repeat constants; all that they make together is not more than the file has. */
  private int bounded(Shape shape) {
    if (shape.elements() > limit) {
      throw new IllegalArgumentException(
          shape + " is more than all constants of the file have together");
    }
    return (int) shape.elements();
  }

  private Tensor gathered(Tensor in, long start, Shape shape, long[] steps) {
    float[] out = new float[bounded(shape)];
    long[] index = new long[shape.rank()];
    for (int i = 0; i < out.length; i++) {
      long at = start;
      for (int axis = 0; axis < index.length; axis++) {
        at += index[axis] * steps[axis];
      }
      out[i] = in.at((int) at);
      for (int axis = index.length - 1; axis >= 0; axis--) {
        index[axis]++;
        if (index[axis] < shape.dim(axis)) {
          break;
        }
        index[axis] = 0;
      }
    }
    return Tensor.owning(shape, out);
  }

  private static long[] strides(Shape shape) {
    long[] strides = new long[shape.rank()];
    long step = 1;
    for (int axis = strides.length - 1; axis >= 0; axis--) {
      strides[axis] = step;
      step *= shape.dim(axis);
    }
    return strides;
  }
}
