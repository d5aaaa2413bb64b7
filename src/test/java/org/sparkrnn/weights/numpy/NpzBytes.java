package org.sparkrnn.weights.numpy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.sparkrnn.tensor.Shape;
import org.sparkrnn.tensor.Tensor;

/** Writes NumPy's archives as {@code numpy.savez} does. */
public final class NpzBytes {
  private NpzBytes() {}

  /** An archive of these arrays. */
  public static byte[] archive(Map<String, Tensor> tensors) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(out)) {
      for (Map.Entry<String, Tensor> entry : new TreeMap<>(tensors).entrySet()) {
        zip.putNextEntry(new ZipEntry(entry.getKey() + ".npy"));
        zip.write(array(entry.getValue()));
        zip.closeEntry();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  /** What stands before the numbers of an array of this shape. */
  public static byte[] header(Shape sizes) {
    StringBuilder shape = new StringBuilder();
    sizes.dims().forEach(dim -> shape.append(dim).append(","));
    String text = "{'descr': '<f4', 'fortran_order': False, 'shape': (" + shape + "), }";
    String header = text + " ".repeat(63 - (10 + text.length()) % 64) + "\n";
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.writeBytes(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0});
    bytes.write(header.length());
    bytes.write(header.length() >> 8);
    bytes.writeBytes(header.getBytes(ISO_8859_1));
    return bytes.toByteArray();
  }

  /** One array. */
  public static byte[] array(Tensor tensor) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.writeBytes(header(tensor.shape()));
    for (float value : tensor.toArray()) {
      int bits = Float.floatToRawIntBits(value);
      for (int shift = 0; shift < Integer.SIZE; shift += Byte.SIZE) {
        bytes.write(bits >> shift);
      }
    }
    return bytes.toByteArray();
  }
}
