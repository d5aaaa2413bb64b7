package org.sparkrnn.weights.pytorch;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.sparkrnn.tensor.Shape;
import org.sparkrnn.tensor.Tensor;

/** Writes state dicts as {@code torch.save} does: a zip archive or, before 1.6, a stream. */
public final class StateDictBytes {
  private static final int MARK = '(';
  private static final int TUPLE = 't';
  private static final int REDUCE = 'R';
  private static final int PERSISTENT = 'Q';
  private static final int STOP = '.';

  private final ByteArrayOutputStream pickle = new ByteArrayOutputStream();

  private StateDictBytes() {
    pickle.write(0x80);
    pickle.write(2);
  }

  /** An archive as since PyTorch 1.6. */
  public static byte[] archive(Map<String, Tensor> tensors) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(out)) {
      zip.setMethod(ZipOutputStream.STORED);
      put(zip, "net/data.pkl", dict(tensors));
      int key = 0;
      for (Tensor tensor : tensors.values()) {
        put(zip, "net/data/" + key++, littleEndian(tensor));
      }
      put(zip, "net/version", "3\n".getBytes(UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  /** A stream as before PyTorch 1.6: three pickles, the state dict, its keys, the numbers. */
  public static byte[] stream(Map<String, Tensor> tensors) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    byte[] magic = {(byte) 0x8a, 10, 0x6c, (byte) 0xfc, (byte) 0x9c, 0x46, (byte) 0xf9, 0x20};
    StateDictBytes first = new StateDictBytes();
    first.pickle.writeBytes(magic);
    first.pickle.writeBytes(new byte[] {0x6a, (byte) 0xa8, 0x50, 0x19});
    out.writeBytes(first.end());
    StateDictBytes protocol = new StateDictBytes();
    protocol.number(1001);
    out.writeBytes(protocol.end());
    StateDictBytes system = new StateDictBytes();
    system.pickle.write('}');
    out.writeBytes(system.end());
    out.writeBytes(dict(tensors));
    StateDictBytes keys = new StateDictBytes();
    keys.pickle.write(']');
    keys.pickle.write(MARK);
    for (int key = 0; key < tensors.size(); key++) {
      keys.text(String.valueOf(key));
    }
    keys.pickle.write('e');
    out.writeBytes(keys.end());
    for (Tensor tensor : tensors.values()) {
      byte[] bytes = littleEndian(tensor);
      out.writeBytes(
          ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(bytes.length / 4).array());
      out.writeBytes(bytes);
    }
    return out.toByteArray();
  }

  private static byte[] dict(Map<String, Tensor> tensors) {
    Map<String, Shape> shapes = new LinkedHashMap<>();
    tensors.forEach((name, tensor) -> shapes.put(name, tensor.shape()));
    return pickle(shapes);
  }

  /** The pickle of a state dict of these shapes; the storages are 0, 1, ... */
  public static byte[] pickle(Map<String, Shape> shapes) {
    StateDictBytes bytes = new StateDictBytes();
    bytes.global("collections", "OrderedDict");
    bytes.pickle.write(')');
    bytes.pickle.write(REDUCE);
    bytes.pickle.write(MARK);
    int key = 0;
    for (Map.Entry<String, Shape> entry : shapes.entrySet()) {
      bytes.text(entry.getKey());
      bytes.tensor(entry.getValue(), String.valueOf(key++));
    }
    bytes.pickle.write('u');
    return bytes.end();
  }

  private byte[] end() {
    pickle.write(STOP);
    return pickle.toByteArray();
  }

  private void tensor(Shape shape, String key) {
    List<Long> dims = shape.dims();
    List<Long> strides = new ArrayList<>();
    long stride = 1;
    for (int axis = dims.size() - 1; axis >= 0; axis--) {
      strides.add(0, stride);
      stride *= dims.get(axis);
    }
    global("torch._utils", "_rebuild_tensor_v2");
    pickle.write(MARK);
    pickle.write(MARK);
    text("storage");
    global("torch", "FloatStorage");
    text(key);
    text("cpu");
    number(shape.elements());
    pickle.write(TUPLE);
    pickle.write(PERSISTENT);
    number(0);
    tuple(dims);
    tuple(strides);
    pickle.write(0x89);
    global("collections", "OrderedDict");
    pickle.write(')');
    pickle.write(REDUCE);
    pickle.write(TUPLE);
    pickle.write(REDUCE);
  }

  private void tuple(List<Long> numbers) {
    pickle.write(MARK);
    numbers.forEach(this::number);
    pickle.write(TUPLE);
  }

  private void number(long value) {
    pickle.write('J');
    pickle.writeBytes(
        ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt((int) value).array());
  }

  private void text(String text) {
    byte[] bytes = text.getBytes(UTF_8);
    pickle.write('X');
    pickle.writeBytes(
        ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(bytes.length).array());
    pickle.writeBytes(bytes);
  }

  private void global(String module, String name) {
    pickle.writeBytes(("c" + module + "\n" + name + "\n").getBytes(UTF_8));
  }

  private static void put(ZipOutputStream zip, String name, byte[] bytes) throws IOException {
    ZipEntry entry = new ZipEntry(name);
    CRC32 crc = new CRC32();
    crc.update(bytes);
    entry.setSize(bytes.length);
    entry.setCrc(crc.getValue());
    zip.putNextEntry(entry);
    zip.write(bytes);
    zip.closeEntry();
  }

  private static byte[] littleEndian(Tensor tensor) {
    float[] values = tensor.toArray();
    ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    return bytes.array();
  }
}
