package org.sparkrnn.weights.tensorflow;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.sparkrnn.tensor.Shape;
import org.sparkrnn.weights.Cursor;
import org.sparkrnn.weights.FloatType;
import org.sparkrnn.weights.ProtoReader;
import org.sparkrnn.weights.UnsupportedWeightsException;

/** Parses {@code SavedTensorSlices} ({@code core/util/saved_tensor_slice.proto}). */
final class SavedSlices {
  /** The version of the format that we read ({@code TF_CHECKPOINT_VERSION}). */
  private static final int VERSION = 1;

  private SavedSlices() {}

  /**
   * What the table of contents says of a tensor ({@code SavedSliceMeta}).
   *
   * @param name its name
   * @param shape its whole shape
   * @param dtype its element type, as a number of {@link DataType}
   * @param slices the pieces in this file; one that has all of it where it is not partitioned
   */
  record Meta(String name, Shape shape, int dtype, List<TensorSlice> slices) {}

  /** The table of contents: what stands under the empty key. */
  static SortedMap<String, Meta> contents(String source, byte[] value) {
    SortedMap<String, Meta> contents = new TreeMap<>();
    ProtoReader in = reader(source, "the table of contents", value);
    while (in.next()) {
      if (in.field() == 1) {
        contents(source, in.message(), contents);
      } else {
        in.skip();
      }
    }
    return contents;
  }

  private static void contents(String source, ProtoReader in, SortedMap<String, Meta> contents) {
    while (in.next()) {
      switch (in.field()) {
        case 1 -> {
          Meta meta = meta(in.message());
          if (contents.put(meta.name(), meta) != null) {
            throw in.malformed("lists tensor '" + meta.name() + "' twice");
          }
        }
        case 2 -> requireVersion(source, in.message());
        default -> in.skip();
      }
    }
  }

  private static void requireVersion(String source, ProtoReader in) {
    while (in.next()) {
      if (in.field() == 2) {
        int consumer = in.int32();
        if (consumer > VERSION) {
          throw new UnsupportedWeightsException(
              source,
              "the checkpoint needs a reader of version "
                  + consumer
                  + ", this one reads version "
                  + VERSION);
        }
      } else {
        in.skip();
      }
    }
  }

  private static Meta meta(ProtoReader in) {
    String name = "";
    Shape shape = Shape.of();
    int dtype = 0;
    List<TensorSlice> slices = new ArrayList<>();
    Set<TensorSlice> seen = new HashSet<>();
    while (in.next()) {
      switch (in.field()) {
        case 1 -> name = in.string();
        case 2 -> shape = ShapeProto.parse(in.message());
        case 3 -> dtype = in.int32();
        case 4 -> {
          TensorSlice slice = TensorSlice.parse(in.message());
          if (!seen.add(slice)) {
            throw in.malformed("lists piece '" + slice + "' of tensor '" + name + "' twice");
          }
          slices.add(slice);
        }
        default -> in.skip();
      }
    }
    if (dtype <= 0) {
      throw in.malformed("gives tensor '" + name + "' the element type " + dtype);
    }
    return new Meta(name, shape, dtype, List.copyOf(slices));
  }

  /**
   * The numbers of a piece.
   *
   * @param what what it is, for messages
   * @param elements how many there must be
   */
  static float[] values(String source, String what, byte[] value, FloatType type, long elements) {
    ProtoReader in = reader(source, what, value);
    // A number takes a byte at least, so this is the most memory that a file can ask for.
    if (elements > value.length) {
      throw in.malformed("has " + value.length + " bytes, too few for " + elements + " numbers");
    }
    Numbers numbers = new Numbers(in, type, (int) elements);
    while (in.next()) {
      if (in.field() == 2) {
        numbers.readSlice(in.message());
      } else {
        in.skip();
      }
    }
    if (numbers.count != elements) {
      throw in.malformed("has " + numbers.count + " numbers, but its shape has " + elements);
    }
    return numbers.values;
  }

  private static ProtoReader reader(String source, String what, byte[] value) {
    return new ProtoReader(what, new Cursor(source, what, value));
  }

  /** Collects the numbers of a piece. */
  private static final class Numbers {
    private final ProtoReader message;
    private final FloatType type;
    private final float[] values;
    private int count;

    Numbers(ProtoReader message, FloatType type, int elements) {
      this.message = message;
      this.type = type;
      this.values = new float[elements];
    }

    /** {@code SavedSlice}. */
    void readSlice(ProtoReader in) {
      while (in.next()) {
        if (in.field() == 3) {
          readTensor(in.message());
        } else {
          in.skip();
        }
      }
    }

    /** {@code TensorProto}, of which V1 checkpoints have the lists of numbers only. */
    private void readTensor(ProtoReader in) {
      while (in.next()) {
        switch (in.field()) {
          case 5 -> in.floats(value -> add(value, FloatType.FLOAT32));
          case 6 -> in.doubles(this::addDouble);
          case 13 -> in.int64s(this::addHalf);
          default -> in.skip();
        }
      }
    }

    private void addDouble(double value) {
      if (FloatType.isBeyondFloat(value)) {
        throw message.unsupported(
            "has a float64 beyond the range of float32 at element " + count + ": " + value);
      }
      add((float) value, FloatType.FLOAT64);
    }

    private void addHalf(long bits) {
      FloatType half = type == FloatType.BFLOAT16 ? type : FloatType.FLOAT16;
      add(half.widened((short) bits), half);
    }

    private void add(float value, FloatType found) {
      if (found != type) {
        throw message.malformed("has " + found + " numbers, expected " + type);
      }
      if (count == values.length) {
        throw message.malformed("has more than the " + count + " numbers of its shape");
      }
      values[count++] = value;
    }
  }
}
