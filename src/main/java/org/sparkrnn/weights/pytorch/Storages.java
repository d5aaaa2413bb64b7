package org.sparkrnn.weights.pytorch;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.sparkrnn.tensor.Shape;
import org.sparkrnn.tensor.Tensor;
import org.sparkrnn.weights.ByteSource;
import org.sparkrnn.weights.MalformedWeightsException;
import org.sparkrnn.weights.SwappedSource;
import org.sparkrnn.weights.UnsupportedWeightsException;
import org.sparkrnn.weights.ZipArchive;

/** Where the elements of tensors are: entries of an archive, or places in the stream. */
final class Storages {
  private final String source;
  private final boolean bigEndian;
  private final Map<String, Place> places = new HashMap<>();

  /** The bytes of one storage: an archive's entry, or a range of the stream. */
  private record Place(
      ZipArchive archive, String entry, ByteSource stream, long start, long bytes) {}

  /**
   * @param source the file, for messages
   * @param bigEndian the order of a number's bytes
   */
  Storages(String source, boolean bigEndian) {
    this.source = source;
    this.bigEndian = bigEndian;
  }

  /** Adds the entries of a folder of the archive, of which each is a storage's bytes. */
  void addFolder(ZipArchive archive, String folder) {
    archive
        .sizes()
        .forEach(
            (entry, bytes) -> {
              if (entry.startsWith(folder)) {
                String key = entry.substring(folder.length());
                places.put(key, new Place(archive, entry, null, 0, bytes));
              }
            });
  }

  /** Adds bytes of the stream. */
  void addRange(ByteSource stream, String key, long start, long bytes) {
    places.put(key, new Place(null, "", stream, start, bytes));
  }

  /** The shape of a tensor, whose elements must be in the file. */
  Shape checked(Pickled.View view, String what) {
    Pickled.Storage storage = view.storage();
    Place place = places.get(storage.key());
    if (place == null) {
      throw malformed(
          what + " has its elements in storage " + storage.key() + ", which is not there");
    }
    try {
      Shape shape = new Shape(view.sizes());
      int width = storage.type() == null ? 1 : storage.type().bytes();
      long start =
          Math.multiplyExact(Math.addExact(storage.offset(), view.offset()), view.type().bytes());
      long end = Math.addExact(start, Math.multiplyExact(span(view), view.type().bytes()));
      if (start < 0
          || end > place.bytes()
          || Math.multiplyExact(storage.elements(), width) > place.bytes()) {
        throw malformed(
            String.format(
                "%s needs bytes %d to %d of storage %s of %d elements, which has %d bytes",
                what, start, end, storage.key(), storage.elements(), place.bytes()));
      }
      return shape;
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw new MalformedWeightsException(
          source, what + " has sizes " + view.sizes() + " and strides " + view.strides(), e);
    }
  }

  /** How many elements lie from the first to the last. */
  private static long span(Pickled.View view) {
    long span = 1;
    for (int axis = 0; axis < view.sizes().size(); axis++) {
      if (view.sizes().get(axis) == 0) {
        return 0;
      }
      span =
          Math.addExact(
              span, Math.multiplyExact(view.sizes().get(axis) - 1, view.strides().get(axis)));
    }
    return span;
  }

  /** Reads a tensor. */
  Tensor read(Pickled.View view, String what) throws IOException {
    Shape shape = checked(view, what);
    ElementType type = view.type();
    if (type.floats() == null) {
      throw new UnsupportedWeightsException(
          source,
          what + " is " + type.dtype() + "; readable are float32, float16, bfloat16 and float64");
    }
    long span = span(view);
    if (shape.elements() > span) {
      throw new UnsupportedWeightsException(
          source, what + " shows elements of its storage more than once; save a contiguous copy");
    }
    Place place = places.get(view.storage().key());
    long start = (view.storage().offset() + view.offset()) * type.bytes();
    float[] values;
    if (place.archive() == null) {
      values = numbers(place.stream(), place.start() + start, span, type, what);
    } else {
      try (ByteSource entry = place.archive().open(place.entry())) {
        values = numbers(entry, start, span, type, what);
      }
    }
    return Tensor.owning(shape, isRowMajor(view) ? values : rowMajor(view, shape, values));
  }

  private float[] numbers(ByteSource bytes, long start, long count, ElementType type, String what)
      throws IOException {
    ByteSource ordered = bigEndian ? new SwappedSource(bytes, type.bytes()) : bytes;
    return type.floats().read(ordered, start, count, what);
  }

  /** Whether the elements lie as they are to be. */
  private static boolean isRowMajor(Pickled.View view) {
    long next = 1;
    for (int axis = view.sizes().size() - 1; axis >= 0; axis--) {
      long size = view.sizes().get(axis);
      if (size != 1 && view.strides().get(axis) != next) {
        return false;
      }
      next *= size;
    }
    return true;
  }

  private static float[] rowMajor(Pickled.View view, Shape shape, float[] span) {
    float[] values = new float[(int) shape.elements()];
    int rank = shape.rank();
    long[] index = new long[rank];
    long from = 0;
    for (int i = 0; i < values.length; i++) {
      values[i] = span[(int) from];
      for (int axis = rank - 1; axis >= 0; axis--) {
        from += view.strides().get(axis);
        if (++index[axis] < shape.dim(axis)) {
          break;
        }
        from -= index[axis] * view.strides().get(axis);
        index[axis] = 0;
      }
    }
    return values;
  }

  private MalformedWeightsException malformed(String reason) {
    return new MalformedWeightsException(source, reason);
  }
}
