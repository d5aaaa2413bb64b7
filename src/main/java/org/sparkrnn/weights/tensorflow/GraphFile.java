package org.sparkrnn.weights.tensorflow;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.sparkrnn.tensor.Tensor;
import org.sparkrnn.weights.ByteSource;
import org.sparkrnn.weights.Cursor;
import org.sparkrnn.weights.FloatType;
import org.sparkrnn.weights.MalformedWeightsException;
import org.sparkrnn.weights.ProtoReader;
import org.sparkrnn.weights.TensorInfo;
import org.sparkrnn.weights.UnsupportedWeightsException;
import org.sparkrnn.weights.WeightsFile;

/**
 * A TensorFlow graph, and its constants as a weights file: a frozen {@code GraphDef}, the {@code
 * MetaGraphDef} beside a checkpoint ({@code .meta}), or the {@code saved_model.pb} of a SavedModel,
 * of which the graph for serving is read. Constants are named as their nodes.
 *
 * <p>Nothing in the file is trusted: every length is compared with the bytes that are there.
 * Opening reads the graph; numbers are read when a tensor is. The format carries no checksum.
 *
 * <p>Read: {@code DT_FLOAT}; {@code DT_HALF} and {@code DT_BFLOAT16}, widened; {@code DT_DOUBLE},
 * rounded to {@code float32}. Any other type is listed, and refused by name when that tensor is
 * read.
 *
 * <p>Not thread-safe.
 *
 * @see <a
 *     href="https://github.com/tensorflow/tensorflow/blob/v1.15.0/tensorflow/core/framework/graph.proto">TensorFlow
 *     1.15, graph.proto</a>
 */
public final class GraphFile implements WeightsFile {
  /** The file that makes a folder a SavedModel. */
  public static final String SAVED_MODEL = "saved_model.pb";

  /** Integers that a graph computes shapes with are a handful. */
  private static final int MAX_INTEGERS = 1 << 16;

  /** Types of integers, and the field of {@code TensorProto} that lists theirs. */
  private static final Map<String, Integer> INTEGERS =
      Map.of("DT_INT32", 7, "DT_INT64", 10, "DT_BOOL", 11);

  /** A constant may be one number for many elements; a file may ask for so many, or its size. */
  private static final int MAX_REPEATED = 1 << 22;

  private final ByteSource source;
  private final String format;
  private final TensorFlowGraph graph;
  private final SortedMap<String, TensorValue> tensors;
  private final SortedMap<String, TensorInfo> infos;

  private GraphFile(ByteSource source, String format, GraphParser.Parsed parsed) {
    this.source = source;
    this.format = format;
    this.graph = parsed.graph();
    this.tensors = parsed.tensors();
    SortedMap<String, TensorInfo> made = new TreeMap<>();
    tensors.forEach(
        (name, tensor) ->
            made.put(
                name,
                new TensorInfo(
                    name, DataType.name(tensor.dtype()), tensor.shape(), tensor.length())));
    this.infos = Collections.unmodifiableSortedMap(made);
  }

  /**
   * Reads the graph of a file.
   *
   * @param source the file; closed with this, and when this throws
   * @throws MalformedWeightsException if it holds no whole graph
   * @throws UnsupportedWeightsException if it has 2 GB or more
   * @throws IOException if the storage fails
   */
  public static GraphFile open(ByteSource source) throws IOException {
    try {
      Cursor file = Cursor.over(source, "the graph");
      GraphParser.Kind kind =
          source.name().endsWith(".meta")
              ? GraphParser.Kind.META_GRAPH
              : isSavedModel(source) ? GraphParser.Kind.SAVED_MODEL : GraphParser.Kind.GRAPH;
      String format =
          switch (kind) {
            case GRAPH -> "TensorFlow graph";
            case META_GRAPH -> "TensorFlow meta graph";
            case SAVED_MODEL -> "TensorFlow SavedModel";
          };
      return new GraphFile(source, format, GraphParser.parse(file, kind));
    } catch (UncheckedIOException e) {
      source.close();
      throw e.getCause();
    } catch (RuntimeException | IOException e) {
      source.close();
      throw e;
    }
  }

  /** A SavedModel starts with the number of its schema; a graph with a node, which has a length. */
  private static boolean isSavedModel(ByteSource source) throws IOException {
    return source.size() > 0 && source.read(0, 1, "the start")[0] == 1 << 3;
  }

  /** What the model computes. */
  public TensorFlowGraph graph() {
    return graph;
  }

  @Override
  public String name() {
    return source.name();
  }

  @Override
  public String format() {
    return format;
  }

  @Override
  public SortedMap<String, TensorInfo> tensors() {
    return infos;
  }

  @Override
  public Tensor read(String name) throws IOException {
    TensorValue tensor = tensor(name);
    String what = "tensor '" + name + "'";
    FloatType type =
        DataType.floatType(tensor.dtype())
            .orElseThrow(
                () ->
                    new UnsupportedWeightsException(
                        source.name(),
                        what
                            + " is "
                            + DataType.name(tensor.dtype())
                            + "; readable are DT_FLOAT, DT_HALF, DT_BFLOAT16 and DT_DOUBLE"));
    long elements = tensor.shape().elements();
    if (tensor.rawFrom() >= 0) {
      if (elements > source.size() || tensor.rawLength() != elements * type.bytes()) {
        throw wrongSize(tensor, what, tensor.rawLength());
      }
      return Tensor.owning(tensor.shape(), type.read(source, tensor.rawFrom(), elements, what));
    }
    int count = repeated(tensor, what);
    return Tensor.owning(tensor.shape(), new Numbers(what, type, count).read(tensor));
  }

  private int repeated(TensorValue tensor, String what) {
    long elements = tensor.shape().elements();
    if (elements > Math.max(MAX_REPEATED, source.size())) {
      throw wrongSize(tensor, what, tensor.length());
    }
    return (int) elements;
  }

  /**
   * Reads a tensor of integers, such as a shape, or of booleans, which are 0 and 1.
   *
   * @throws IllegalArgumentException if the file has no such tensor
   * @throws MalformedWeightsException if the bytes are damaged
   * @throws UnsupportedWeightsException if it is of another type than {@code DT_INT32}, {@code
   *     DT_INT64} and {@code DT_BOOL}, or too large for a shape
   * @throws IOException if the storage fails
   */
  public long[] readIntegers(String name) throws IOException {
    TensorValue tensor = tensor(name);
    String what = "tensor '" + name + "'";
    String dtype = DataType.name(tensor.dtype());
    long elements = tensor.shape().elements();
    if (!INTEGERS.containsKey(dtype) || elements > MAX_INTEGERS) {
      throw new UnsupportedWeightsException(
          source.name(),
          String.format(
              "%s is %s %s, expected at most %d integers",
              what, dtype, tensor.shape(), MAX_INTEGERS));
    }
    int bytes = DataType.bytes(tensor.dtype());
    long[] values = new long[(int) elements];
    if (tensor.rawFrom() >= 0) {
      if (tensor.rawLength() != elements * bytes) {
        throw wrongSize(tensor, what, tensor.rawLength());
      }
      ByteBuffer raw =
          ByteBuffer.wrap(source.read(tensor.rawFrom(), tensor.rawLength(), what))
              .order(ByteOrder.LITTLE_ENDIAN);
      for (int i = 0; i < values.length; i++) {
        values[i] =
            switch (bytes) {
              case Long.BYTES -> raw.getLong();
              case Integer.BYTES -> raw.getInt();
              default -> raw.get();
            };
      }
      return values;
    }
    int[] count = new int[1];
    ProtoReader in = message(tensor, what);
    while (in.next()) {
      if (in.field() == INTEGERS.get(dtype)) {
        in.int64s(
            value -> {
              if (count[0] < values.length) {
                values[count[0]] = value;
              }
              count[0]++;
            });
      } else {
        in.skip();
      }
    }
    requireCount(tensor, what, count[0]);
    for (int i = Math.max(1, count[0]); i < values.length; i++) {
      values[i] = values[i - 1];
    }
    return values;
  }

  private TensorValue tensor(String name) {
    TensorValue tensor = tensors.get(name);
    if (tensor == null) {
      throw new IllegalArgumentException(source.name() + " has no tensor '" + name + "'");
    }
    return tensor;
  }

  private ProtoReader message(TensorValue tensor, String what) throws IOException {
    return new ProtoReader(
        what, new Cursor(source.name(), what, source.read(tensor.from(), tensor.length(), what)));
  }

  private void requireCount(TensorValue tensor, String what, long found) {
    if (found > tensor.shape().elements()) {
      throw new MalformedWeightsException(
          source.name(),
          String.format(
              "%s has %d numbers, but %s has %d",
              what, found, tensor.shape(), tensor.shape().elements()));
    }
  }

  private MalformedWeightsException wrongSize(TensorValue tensor, String what, long found) {
    return new MalformedWeightsException(
        source.name(),
        String.format(
            "%s has %d bytes, which is not what %s %s takes",
            what, found, DataType.name(tensor.dtype()), tensor.shape()));
  }

  @Override
  public void close() throws IOException {
    source.close();
  }

  /**
   * The numbers of a tensor that stores them as a list: the last stands for all that are left out,
   * and 0 where there is none.
   */
  private final class Numbers {
    private final String what;
    private final FloatType type;
    private final float[] values;
    private int count;

    Numbers(String what, FloatType type, int elements) {
      this.what = what;
      this.type = type;
      this.values = new float[elements];
    }

    float[] read(TensorValue tensor) throws IOException {
      ProtoReader in = message(tensor, what);
      while (in.next()) {
        boolean mine =
            in.field()
                == switch (type) {
                  case FLOAT32 -> 5;
                  case FLOAT64 -> 6;
                  case FLOAT16, BFLOAT16 -> 13;
                };
        if (!mine) {
          in.skip();
        } else if (type == FloatType.FLOAT32) {
          in.floats(this::add);
        } else if (type == FloatType.FLOAT64) {
          in.doubles(this::addDouble);
        } else {
          in.int64s(bits -> add(type.widened((short) bits)));
        }
      }
      requireCount(tensor, what, count);
      for (int i = Math.max(1, count); i < values.length; i++) {
        values[i] = values[i - 1];
      }
      return values;
    }

    private void addDouble(double value) {
      if (FloatType.isBeyondFloat(value)) {
        throw new UnsupportedWeightsException(
            source.name(),
            what + ", element " + count + ", is a float64 beyond the range of float32: " + value);
      }
      add((float) value);
    }

    private void add(float value) {
      if (count < values.length) {
        values[count] = value;
      }
      count++;
    }
  }
}
