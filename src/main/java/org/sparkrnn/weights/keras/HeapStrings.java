package org.sparkrnn.weights.keras;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashSet;
import java.util.Set;

/** Strings of any length, which stand in heaps of the file: a list of them has their places. */
final class HeapStrings {
  private HeapStrings() {}

  /**
   * Whether several strings are one in the file, so that a few bytes would become as many copies of
   * it. Each is given by its length, the address of a heap and a number in it, 0 where it is empty.
   *
   * @param list the places
   * @param address how many bytes an address has
   */
  static boolean repeat(ByteBuffer list, int address) {
    ByteBuffer left = list.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    Set<ByteBuffer> found = new HashSet<>();
    while (left.remaining() >= 8 + address) {
      ByteBuffer place = left.slice(left.position() + 4, address + 4);
      left.position(left.position() + 8 + address);
      if (place.order(ByteOrder.LITTLE_ENDIAN).getInt(address) != 0 && !found.add(place)) {
        return true;
      }
    }
    return false;
  }
}
