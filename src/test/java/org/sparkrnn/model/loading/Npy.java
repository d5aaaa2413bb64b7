package org.sparkrnn.model.loading;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An array in NumPy's {@code .npy} format, versions 1 and 2: {@code <f4} or {@code <i4}, row-major.
 *
 * @param shape sizes
 * @param floats the numbers of a float array
 * @param ints the numbers of an integer array
 */
public record Npy(int[] shape, float[] floats, int[] ints) {
  private static final Pattern HEADER =
      Pattern.compile(
          "\\{'descr': '(<f4|<i4)', 'fortran_order': False, 'shape': \\(([0-9, ]*)\\), \\}\\s*");

  public static Npy read(Path path) throws IOException {
    ByteBuffer file = ByteBuffer.wrap(Files.readAllBytes(path)).order(ByteOrder.LITTLE_ENDIAN);
    byte[] magic = new byte[6];
    file.get(magic);
    byte major = file.get();
    file.get();
    if (!new String(magic, ISO_8859_1).equals("\u0093NUMPY") || major > 2) {
      throw new IOException(path + " is no .npy file of version 1 or 2");
    }
    byte[] header = new byte[major == 1 ? file.getShort() : file.getInt()];
    file.get(header);
    Matcher matcher = HEADER.matcher(new String(header, ISO_8859_1));
    if (!matcher.matches()) {
      throw new IOException(path + " has the header " + new String(header, ISO_8859_1));
    }
    int[] shape =
        Arrays.stream(matcher.group(2).split(","))
            .map(String::trim)
            .filter(size -> !size.isEmpty())
            .mapToInt(Integer::parseInt)
            .toArray();
    int elements = Arrays.stream(shape).reduce(1, Math::multiplyExact);
    if (file.remaining() != elements * 4) {
      throw new IOException(path + " has " + file.remaining() + " bytes of data");
    }
    boolean isFloat = matcher.group(1).equals("<f4");
    float[] floats = new float[isFloat ? elements : 0];
    int[] ints = new int[isFloat ? 0 : elements];
    if (isFloat) {
      file.asFloatBuffer().get(floats);
    } else {
      file.asIntBuffer().get(ints);
    }
    return new Npy(shape, floats, ints);
  }
}
