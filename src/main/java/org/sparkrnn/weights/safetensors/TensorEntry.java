package org.sparkrnn.weights.safetensors;

import java.util.Map;
import org.sparkrnn.tensor.Shape;

/**
 * One tensor as the header describes it.
 *
 * @param name its name
 * @param dtype its element type, as spelled
 * @param shape its sizes
 * @param begin where its bytes begin, counted from the end of the header
 * @param end where they end
 */
record TensorEntry(String name, String dtype, Shape shape, long begin, long end) {
  /** Bits per element of every type the format names (safetensors 0.7, {@code Dtype}). */
  private static final Map<String, Integer> BITS =
      Map.ofEntries(
          Map.entry("F4", 4),
          Map.entry("F6_E2M3", 6),
          Map.entry("F6_E3M2", 6),
          Map.entry("BOOL", 8),
          Map.entry("U8", 8),
          Map.entry("I8", 8),
          Map.entry("F8_E5M2", 8),
          Map.entry("F8_E4M3", 8),
          Map.entry("F8_E8M0", 8),
          Map.entry("F8_E4M3FNUZ", 8),
          Map.entry("F8_E5M2FNUZ", 8),
          Map.entry("I16", 16),
          Map.entry("U16", 16),
          Map.entry("F16", 16),
          Map.entry("BF16", 16),
          Map.entry("I32", 32),
          Map.entry("U32", 32),
          Map.entry("F32", 32),
          Map.entry("C64", 64),
          Map.entry("F64", 64),
          Map.entry("I64", 64),
          Map.entry("U64", 64));

  /** How many bytes the entry claims. */
  long bytes() {
    return end - begin;
  }

  /** Whether the range is as long as type and shape say; true for a type that we do not know. */
  boolean rangeFitsShape() {
    Integer bits = BITS.get(dtype);
    if (bits == null) {
      return true;
    }
    long high = Math.multiplyHigh(shape.elements(), bits);
    long low = shape.elements() * bits;
    return high == 0 && low >= 0 && low % 8 == 0 && low / 8 == bytes();
  }
}
