package org.sparkrnn.model.tensorflow;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import org.sparkrnn.tensor.Shape;
import org.sparkrnn.tensor.Tensor;

/** Numbers that a TensorFlow graph knows before it runs; they are read when they are asked for. */
final class GraphConstant {
  private final Shape shape;
  private final SortedSet<String> names;
  private Reader reader;
  private Tensor values;

  /**
   * Numbers that are not read yet.
   *
   * @param shape their shape
   * @param names the stored tensors that they are made of
   * @param reader reads them
   */
  GraphConstant(Shape shape, SortedSet<String> names, Reader reader) {
    this.shape = shape;
    this.names = names;
    this.reader = reader;
  }

  /** Reads numbers. */
  interface Reader {
    Tensor read() throws IOException;
  }

  Shape shape() {
    return shape;
  }

  SortedSet<String> names() {
    return names;
  }

  Tensor read() throws IOException {
    if (values == null) {
      values = reader.read();
      reader = null;
    }
    return values;
  }

  /** The same numbers in another shape. */
  GraphConstant as(Shape other) {
    return new GraphConstant(other, names, () -> Tensor.owning(other, read().toArray()));
  }

  /** A matrix with its rows as columns. */
  GraphConstant transposed() {
    Shape turned = Shape.of(shape.dim(1), shape.dim(0));
    return new GraphConstant(
        turned,
        names,
        () -> {
          Tensor from = read();
          float[] target = new float[Math.toIntExact(turned.elements())];
          int columns = Math.toIntExact(turned.dim(1));
          for (int i = 0; i < target.length; i++) {
            target[i] = from.at(i % columns, i / columns);
          }
          return Tensor.owning(turned, target);
        });
  }

  /** {@code size} places of an axis. */
  GraphConstant part(int axis, long from, long size) {
    List<Long> dims = new ArrayList<>(shape.dims());
    dims.set(axis, size);
    Shape made = new Shape(dims);
    return new GraphConstant(
        made,
        names,
        () -> {
          float[] target = new float[Math.toIntExact(made.elements())];
          int inner = inner(shape, axis);
          int run = Math.toIntExact(size) * inner;
          int whole = Math.toIntExact(shape.dim(axis)) * inner;
          for (int i = 0; i * run < target.length; i++) {
            read().copyTo(i * whole + (int) from * inner, target, i * run, run);
          }
          return Tensor.owning(made, target);
        });
  }

  /** Several along an axis, in which alone they may differ. */
  static GraphConstant joined(List<GraphConstant> parts, int axis) {
    List<Long> dims = new ArrayList<>(parts.get(0).shape.dims());
    dims.set(axis, parts.stream().mapToLong(part -> part.shape.dim(axis)).sum());
    Shape made = new Shape(dims);
    SortedSet<String> names = new TreeSet<>();
    parts.forEach(part -> names.addAll(part.names));
    return new GraphConstant(
        made,
        names,
        () -> {
          float[] target = new float[Math.toIntExact(made.elements())];
          int whole = Math.toIntExact(made.dim(axis)) * inner(made, axis);
          int at = 0;
          for (GraphConstant part : parts) {
            int run = Math.toIntExact(part.shape.dim(axis)) * inner(made, axis);
            for (int i = 0; whole > 0 && i * whole < target.length; i++) {
              part.read().copyTo(i * run, target, i * whole + at, run);
            }
            at += run;
          }
          return Tensor.owning(made, target);
        });
  }

  /** How many numbers stand at one place of an axis. */
  private static int inner(Shape of, int axis) {
    long inner = 1;
    for (int i = axis + 1; i < of.rank(); i++) {
      inner = Math.multiplyExact(inner, of.dim(i));
    }
    return Math.toIntExact(inner);
  }
}
