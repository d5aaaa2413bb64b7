package org.sparkrnn.weights.onnx;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Collections;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.sparkrnn.tensor.Tensor;
import org.sparkrnn.weights.ByteSource;
import org.sparkrnn.weights.Cursor;
import org.sparkrnn.weights.FloatType;
import org.sparkrnn.weights.MalformedWeightsException;
import org.sparkrnn.weights.ProtoReader;
import org.sparkrnn.weights.Storage;
import org.sparkrnn.weights.TensorInfo;
import org.sparkrnn.weights.UnsupportedWeightsException;
import org.sparkrnn.weights.WeightsFile;

/**
 * An ONNX model: its graph, and its constants as a weights file. Constants are the initializers by
 * their names, the values of {@code Constant} nodes by the names of what they give, and other
 * nodes' tensors by that name, a slash and the attribute's.
 *
 * <p>Nothing in the file is trusted: every length is compared with the bytes that are there.
 * Opening reads the graph; numbers are read when a tensor is, from the model or from the file
 * beside it that it names. A name that leaves the model's folder is refused. The format carries no
 * checksum.
 *
 * <p>Read: {@code FLOAT}; {@code FLOAT16} and {@code BFLOAT16}, widened; {@code DOUBLE}, rounded to
 * {@code float32}. Any other type is listed, and refused by name when that tensor is read.
 *
 * <p>Not thread-safe.
 *
 * @see <a href="https://github.com/onnx/onnx/blob/v1.17.0/onnx/onnx.proto">onnx.proto, 1.17</a>
 */
public final class OnnxFile implements WeightsFile {
  /** Whether a name is one that ONNX models have. */
  public static boolean isNamedSo(String name) {
    return name.endsWith(".onnx");
  }

  /** Integers that a graph computes shapes with are a handful. */
  private static final int MAX_INTEGERS = 1 << 16;

  private final Storage folder;
  private final ByteSource source;
  private final OnnxGraph graph;
  private final SortedMap<String, OnnxTensor> tensors;
  private final SortedMap<String, TensorInfo> infos;

  private OnnxFile(Storage folder, ByteSource source, GraphParser.Parsed parsed) {
    this.folder = folder;
    this.source = source;
    this.graph = parsed.graph();
    this.tensors = parsed.tensors();
    SortedMap<String, TensorInfo> made = new TreeMap<>();
    tensors.forEach(
        (name, tensor) ->
            made.put(name, new TensorInfo(name, tensor.dtype(), tensor.shape(), bytes(tensor))));
    this.infos = Collections.unmodifiableSortedMap(made);
  }

  /**
   * Reads the graph of a model.
   *
   * @param folder the folder it lies in, with its external data if it has any
   * @param file its name
   * @throws java.io.FileNotFoundException if there is no such file
   * @throws MalformedWeightsException if it is no whole ONNX model
   * @throws UnsupportedWeightsException if it has 2 GB or more
   * @throws IOException if the storage fails
   */
  public static OnnxFile open(Storage folder, String file) throws IOException {
    ByteSource source = folder.open(file);
    try {
      return new OnnxFile(folder, source, GraphParser.parse(Cursor.over(source, "the model")));
    } catch (UncheckedIOException e) {
      source.close();
      throw e.getCause();
    } catch (RuntimeException e) {
      source.close();
      throw e;
    }
  }

  /** What the model computes. */
  public OnnxGraph graph() {
    return graph;
  }

  @Override
  public String name() {
    return source.name();
  }

  @Override
  public String format() {
    return "ONNX, opset " + graph.opset();
  }

  @Override
  public SortedMap<String, TensorInfo> tensors() {
    return infos;
  }

  @Override
  public Tensor read(String name) throws IOException {
    OnnxTensor tensor = tensor(name);
    String what = "tensor '" + name + "'";
    FloatType type =
        OnnxType.floatType(tensor.dtype())
            .orElseThrow(
                () ->
                    new UnsupportedWeightsException(
                        source.name(),
                        what
                            + " is "
                            + tensor.dtype()
                            + "; readable are FLOAT, FLOAT16, BFLOAT16 and DOUBLE"));
    long elements = tensor.shape().elements();
    if (!tensor.external().location().isEmpty()) {
      return Tensor.owning(tensor.shape(), readExternal(tensor, type, what));
    }
    if (tensor.raw().from() >= 0) {
      if (tensor.raw().length() != elements * type.bytes() || elements > source.size()) {
        throw wrongSize(tensor, what, tensor.raw().length());
      }
      return Tensor.owning(tensor.shape(), type.read(source, tensor.raw().from(), elements, what));
    }
    // A number takes a byte at least, so this is the most memory that a file can ask for.
    if (elements > tensor.length()) {
      throw wrongSize(tensor, what, tensor.length());
    }
    return Tensor.owning(tensor.shape(), new Numbers(what, type, (int) elements).read(tensor));
  }

  /**
   * Reads a tensor of type {@code INT64} or {@code INT32}, such as a shape, or {@code BOOL}.
   *
   * @throws IllegalArgumentException if the file has no such tensor
   * @throws MalformedWeightsException if the bytes are damaged
   * @throws UnsupportedWeightsException if it is of another type, or too large for a shape
   * @throws IOException if the storage fails
   */
  public long[] readIntegers(String name) throws IOException {
    OnnxTensor tensor = tensor(name);
    String what = "tensor '" + name + "'";
    long elements = tensor.shape().elements();
    int bytes = OnnxType.bytes(tensor.dtype());
    if (!Set.of("INT64", "INT32", "BOOL").contains(tensor.dtype())
        || elements > MAX_INTEGERS
        || !tensor.external().location().isEmpty()) {
      throw new UnsupportedWeightsException(
          source.name(),
          String.format(
              "%s is %s %s, expected at most %d integers in the model's own file",
              what, tensor.dtype(), tensor.shape(), MAX_INTEGERS));
    }
    long[] values = new long[(int) elements];
    if (tensor.raw().from() >= 0) {
      if (tensor.raw().length() != elements * bytes) {
        throw wrongSize(tensor, what, tensor.raw().length());
      }
      ByteBuffer raw =
          ByteBuffer.wrap(source.read(tensor.raw().from(), tensor.raw().length(), what))
              .order(ByteOrder.LITTLE_ENDIAN);
      for (int i = 0; i < values.length; i++) {
        values[i] = bytes == Long.BYTES ? raw.getLong() : bytes == 1 ? raw.get() : raw.getInt();
      }
      return values;
    }
    int[] count = new int[1];
    ProtoReader in = message(tensor, what);
    while (in.next()) {
      if (in.field() == (bytes == Long.BYTES ? 7 : 5)) {
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
    if (count[0] != values.length) {
      throw in.malformed(
          "has " + count[0] + " numbers, but " + tensor.shape() + " has " + elements);
    }
    return values;
  }

  private OnnxTensor tensor(String name) {
    OnnxTensor tensor = tensors.get(name);
    if (tensor == null) {
      throw new IllegalArgumentException(source.name() + " has no tensor '" + name + "'");
    }
    return tensor;
  }

  private ProtoReader message(OnnxTensor tensor, String what) {
    Cursor file = Cursor.over(source, what);
    file.skip(tensor.from());
    return new ProtoReader(what, file.slice(what, tensor.length()));
  }

  private float[] readExternal(OnnxTensor tensor, FloatType type, String what) throws IOException {
    OnnxTensor.External external = tensor.external();
    String location = external.location();
    if (leaves(location)) {
      throw new MalformedWeightsException(
          source.name(),
          what + " lies in '" + location + "', which is not a file in the model's folder");
    }
    if (!folder.exists(location)) {
      throw new MalformedWeightsException(
          source.name(),
          String.format(
              "%s lies in '%s', which is not in %s; copy it there", what, location, folder.name()));
    }
    long elements = tensor.shape().elements();
    if (elements > Long.MAX_VALUE / Double.BYTES
        || (external.length() >= 0 && external.length() != elements * type.bytes())) {
      throw wrongSize(tensor, what, external.length());
    }
    try (ByteSource data = folder.open(location)) {
      data.requireRange(external.offset(), elements * type.bytes(), what);
      return type.read(data, external.offset(), elements, what);
    }
  }

  /** Whether a name may lead out of its folder. */
  private static boolean leaves(String location) {
    if (location.startsWith("/") || location.contains("\\") || location.contains(":")) {
      return true;
    }
    for (String segment : location.split("/", -1)) {
      if (segment.equals("..") || segment.isEmpty() || location.indexOf('\0') >= 0) {
        return true;
      }
    }
    return false;
  }

  private MalformedWeightsException wrongSize(OnnxTensor tensor, String what, long found) {
    return new MalformedWeightsException(
        source.name(),
        String.format(
            "%s has %d bytes, which is not what %s %s takes",
            what, found, tensor.dtype(), tensor.shape()));
  }

  private static long bytes(OnnxTensor tensor) {
    int each = OnnxType.bytes(tensor.dtype());
    long elements = tensor.shape().elements();
    return elements > Long.MAX_VALUE / 16 ? Long.MAX_VALUE : elements * each;
  }

  @Override
  public void close() throws IOException {
    source.close();
  }

  /** The numbers of a tensor that stores them as a list. */
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

    float[] read(OnnxTensor tensor) throws IOException {
      try {
        ProtoReader in = message(tensor, what);
        while (in.next()) {
          boolean mine =
              in.field()
                  == switch (type) {
                    case FLOAT32 -> 4;
                    case FLOAT64 -> 10;
                    case FLOAT16, BFLOAT16 -> 5;
                  };
          if (!mine) {
            in.skip();
          } else if (type == FloatType.FLOAT32) {
            in.floats(this::add);
          } else if (type == FloatType.FLOAT64) {
            in.doubles(this::addDouble);
          } else {
            in.int64s(this::addHalf);
          }
        }
      } catch (UncheckedIOException e) {
        throw e.getCause();
      }
      if (count != values.length) {
        throw new MalformedWeightsException(
            source.name(),
            String.format(
                "%s has %d numbers, but %s has %d", what, count, tensor.shape(), values.length));
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

    private void addHalf(long bits) {
      add(type.widened((short) bits));
    }

    private void add(float value) {
      if (count < values.length) {
        values[count] = value;
      }
      count++;
    }
  }
}
