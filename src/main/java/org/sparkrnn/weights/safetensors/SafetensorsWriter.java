package org.sparkrnn.weights.safetensors;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.sparkrnn.tensor.Tensor;

/**
 * Writes tensors as a safetensors file, all of them {@code F32}.
 *
 * <p>The bytes depend on the arguments only: tensors and metadata are sorted by name, and spaces
 * pad the header so that the data starts at a multiple of 8.
 */
public final class SafetensorsWriter {
  private static final JsonFactory JSON = new JsonFactory();
  private static final String METADATA = "__metadata__";
  private static final int CHUNK = 1 << 16;

  private SafetensorsWriter() {}

  /**
   * Writes {@code tensors} to {@code out}, which stays open.
   *
   * @throws IOException if {@code out} fails
   */
  public static void write(Map<String, Tensor> tensors, OutputStream out) throws IOException {
    write(tensors, Map.of(), out);
  }

  /**
   * Writes {@code tensors} to {@code out}, which stays open.
   *
   * @param tensors by name; {@code "__metadata__"} is not a name
   * @param metadata free text to keep with them; readers need not look at it
   * @throws IllegalArgumentException if a tensor has the reserved name
   * @throws IOException if {@code out} fails
   */
  public static void write(
      Map<String, Tensor> tensors, Map<String, String> metadata, OutputStream out)
      throws IOException {
    if (tensors.containsKey(METADATA)) {
      throw new IllegalArgumentException(
          "a tensor must not be called '" + METADATA + "': the safetensors format reserves it");
    }
    SortedMap<String, Tensor> sorted = new TreeMap<>(tensors);
    byte[] header = header(sorted, new TreeMap<>(metadata));
    ByteBuffer length = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
    out.write(length.putLong(header.length).array());
    out.write(header);
    for (Tensor tensor : sorted.values()) {
      writeValues(tensor, out);
    }
  }

  private static byte[] header(
      SortedMap<String, Tensor> tensors, SortedMap<String, String> metadata) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JsonGenerator json = JSON.createGenerator(bytes)) {
      json.writeStartObject();
      if (!metadata.isEmpty()) {
        json.writeObjectFieldStart(METADATA);
        for (Map.Entry<String, String> entry : metadata.entrySet()) {
          json.writeStringField(entry.getKey(), entry.getValue());
        }
        json.writeEndObject();
      }
      long begin = 0;
      for (Map.Entry<String, Tensor> entry : tensors.entrySet()) {
        long end = begin + Float.BYTES * entry.getValue().shape().elements();
        json.writeObjectFieldStart(entry.getKey());
        json.writeStringField("dtype", "F32");
        writeNumbers(json, "shape", entry.getValue().shape().dims());
        writeNumbers(json, "data_offsets", Arrays.asList(begin, end));
        json.writeEndObject();
        begin = end;
      }
      json.writeEndObject();
    }
    while (bytes.size() % 8 != 0) {
      bytes.write(' ');
    }
    return bytes.toByteArray();
  }

  private static void writeNumbers(JsonGenerator json, String field, Iterable<Long> numbers)
      throws IOException {
    json.writeArrayFieldStart(field);
    for (long number : numbers) {
      json.writeNumber(number);
    }
    json.writeEndArray();
  }

  private static void writeValues(Tensor tensor, OutputStream out) throws IOException {
    int elements = Math.toIntExact(tensor.shape().elements());
    float[] values = new float[CHUNK];
    ByteBuffer bytes = ByteBuffer.allocate(CHUNK * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    int done = 0;
    while (done < elements) {
      int count = Math.min(CHUNK, elements - done);
      tensor.copyTo(done, values, 0, count);
      bytes.asFloatBuffer().put(values, 0, count);
      out.write(bytes.array(), 0, count * Float.BYTES);
      done += count;
    }
  }
}
