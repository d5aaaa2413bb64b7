package org.sparkrnn.weights.numpy;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.sparkrnn.tensor.Shape;
import org.sparkrnn.weights.ByteSource;
import org.sparkrnn.weights.MalformedWeightsException;
import org.sparkrnn.weights.UnsupportedWeightsException;

/**
 * What precedes an array's bytes.
 *
 * @param descr the element type as NumPy spells it: {@code <f4}
 * @param fortran whether the first index varies fastest
 * @param shape the sizes
 * @param dataStart where the elements start
 */
record NpyHeader(String descr, boolean fortran, Shape shape, long dataStart) {
  private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
  private static final int MAX_HEADER = 1 << 20;
  private static final Pattern SCALAR = Pattern.compile("([<>|=])([a-zA-Z])(\\d{0,9})(\\[.*])?");

  /** Whether the bytes start like an array. */
  static boolean isNpy(byte[] start) {
    if (start.length < MAGIC.length) {
      return false;
    }
    for (int i = 0; i < MAGIC.length; i++) {
      if (start[i] != MAGIC[i]) {
        return false;
      }
    }
    return true;
  }

  /** Reads the header and compares the file's size with what it says. */
  static NpyHeader read(ByteSource source) throws IOException {
    byte[] start = source.read(0, 8, "the start of a NumPy array");
    if (!isNpy(start)) {
      throw new MalformedWeightsException(
          source.name(), "is no NumPy array: it does not start with \\x93NUMPY");
    }
    int version = start[6];
    if (version < 1 || version > 3 || start[7] != 0) {
      throw new UnsupportedWeightsException(
          source.name(),
          "is a NumPy array of version "
              + version
              + "."
              + start[7]
              + "; read are 1.0, 2.0 and 3.0");
    }
    int lengthBytes = version == 1 ? 2 : 4;
    byte[] length = source.read(8, lengthBytes, "the header's length");
    long headerBytes = 0;
    for (int i = lengthBytes - 1; i >= 0; i--) {
      headerBytes = headerBytes << 8 | length[i] & 0xff;
    }
    if (headerBytes > MAX_HEADER) {
      throw new MalformedWeightsException(
          source.name(), "the header's length is " + headerBytes + ", more than any array needs");
    }
    byte[] text = source.read(8 + lengthBytes, headerBytes, "the header");
    HeaderParser parser = new HeaderParser(source.name(), new String(text, UTF_8));
    NpyHeader header = parser.parse(8 + lengthBytes + headerBytes);
    header.checkSize(source);
    return header;
  }

  private void checkSize(ByteSource source) {
    long there = source.size() - dataStart;
    long width = elementBytes();
    if (width < 0) {
      return;
    }
    long high = Math.multiplyHigh(shape.elements(), width);
    long bytes = shape.elements() * width;
    if (high != 0 || bytes != there) {
      throw new MalformedWeightsException(
          source.name(),
          "the header says "
              + descr
              + " "
              + shape
              + ", but "
              + there
              + " bytes follow it"
              + (high == 0 && bytes >= 0 ? ", expected " + bytes : ""));
    }
  }

  /** Bytes of an element; -1 where the type does not say. */
  long elementBytes() {
    Matcher matcher = SCALAR.matcher(descr);
    if (!matcher.matches() || matcher.group(3).isEmpty() || matcher.group(2).equals("O")) {
      return -1;
    }
    long width = Long.parseLong(matcher.group(3));
    return matcher.group(2).equals("U") ? 4 * width : width;
  }

  /** Whether the elements are Python's objects, pickled. */
  boolean pickled() {
    return descr.indexOf('O') >= 0;
  }
}
