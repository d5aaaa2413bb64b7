package org.sparkrnn.weights.safetensors;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import org.sparkrnn.tensor.Tensor;
import org.sparkrnn.weights.ByteSource;
import org.sparkrnn.weights.FloatType;
import org.sparkrnn.weights.MalformedWeightsException;
import org.sparkrnn.weights.TensorInfo;
import org.sparkrnn.weights.UnsupportedWeightsException;
import org.sparkrnn.weights.WeightsFile;

/**
 * A safetensors file.
 *
 * <p>Layout, all integers little-endian:
 *
 * <pre>{@code
 * offset  size  field
 * 0       8     N, length of the header in bytes, unsigned, at most 100,000,000
 * 8       N     header, UTF-8 JSON: name -> {dtype, shape, data_offsets: [begin, end)}
 * 8 + N   ...   tensor data, row-major; data_offsets count from here
 * }</pre>
 *
 * <p>Nothing in the file is trusted: the header's length is compared with the file's size before
 * memory is taken for it, and every range with the data that is there.
 *
 * <p>Read: {@code F32}; {@code F16} and {@code BF16}, widened; {@code F64}, rounded to {@code
 * float32}. Any other type is listed, and refused by name when that tensor is read. The format
 * carries no checksum, so a changed bit in the data cannot be seen.
 *
 * <p>Not thread-safe. Closing it closes the source.
 *
 * @see <a href="https://huggingface.co/docs/safetensors/index#format">The safetensors format</a>
 */
public final class SafetensorsFile implements WeightsFile {
  private static final int LENGTH_BYTES = 8;
  private static final long MAX_HEADER_BYTES = 100_000_000;

  private final ByteSource source;
  private final long dataStart;
  private final SafetensorsHeader header;
  private final SortedMap<String, TensorInfo> tensors;

  private SafetensorsFile(ByteSource source, long dataStart, SafetensorsHeader header) {
    this.source = source;
    this.dataStart = dataStart;
    this.header = header;
    SortedMap<String, TensorInfo> infos = new TreeMap<>();
    for (TensorEntry entry : header.entries().values()) {
      infos.put(
          entry.name(), new TensorInfo(entry.name(), entry.dtype(), entry.shape(), entry.bytes()));
    }
    this.tensors = Collections.unmodifiableSortedMap(infos);
  }

  /**
   * Reads the header of {@code source}.
   *
   * @param source the file; closed by {@link #close()}, and by its owner if this throws
   * @throws MalformedWeightsException if it is not a whole, well-formed safetensors file
   * @throws IOException if the storage fails
   */
  public static SafetensorsFile open(ByteSource source) throws IOException {
    byte[] prefix = source.read(0, LENGTH_BYTES, "the header's length");
    long length = ByteBuffer.wrap(prefix).order(ByteOrder.LITTLE_ENDIAN).getLong();
    if (length < 0 || length > MAX_HEADER_BYTES) {
      throw new MalformedWeightsException(
          source.name(),
          String.format(
              "the header's length is %s, but the format allows at most %d",
              Long.toUnsignedString(length), MAX_HEADER_BYTES));
    }
    byte[] json = source.read(LENGTH_BYTES, length, "the header");
    long dataStart = LENGTH_BYTES + length;
    SafetensorsHeader header =
        SafetensorsHeader.parse(source.name(), json, source.size() - dataStart);
    return new SafetensorsFile(source, dataStart, header);
  }

  @Override
  public String name() {
    return source.name();
  }

  @Override
  public String format() {
    return "safetensors";
  }

  @Override
  public SortedMap<String, TensorInfo> tensors() {
    return tensors;
  }

  /** The free text that the writer left under {@code __metadata__}; empty if there is none. */
  public SortedMap<String, String> metadata() {
    return Collections.unmodifiableSortedMap(header.metadata());
  }

  @Override
  public Tensor read(String name) throws IOException {
    TensorEntry entry = header.entries().get(name);
    if (entry == null) {
      throw new IllegalArgumentException(source.name() + " has no tensor '" + name + "'");
    }
    String what = "tensor '" + name + "'";
    FloatType type =
        switch (entry.dtype()) {
          case "F32" -> FloatType.FLOAT32;
          case "F16" -> FloatType.FLOAT16;
          case "BF16" -> FloatType.BFLOAT16;
          case "F64" -> FloatType.FLOAT64;
          default ->
              throw new UnsupportedWeightsException(
                  source.name(),
                  what + " is " + entry.dtype() + "; readable are F32, F16, BF16 and F64");
        };
    float[] values = type.read(source, dataStart + entry.begin(), entry.shape().elements(), what);
    return Tensor.owning(entry.shape(), values);
  }

  @Override
  public void close() throws IOException {
    source.close();
  }
}
