package org.sparkrnn.sample;

import java.nio.charset.StandardCharsets;

/** A hash of a text that is the same on every JVM: FNV-1a, 64 bits, over the UTF-8 bytes. */
final class StableHash {
  private static final long OFFSET = 0xcbf29ce484222325L;
  private static final long PRIME = 0x100000001b3L;

  private StableHash() {}

  static long of(String text) {
    long hash = OFFSET;
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      hash = (hash ^ (b & 0xff)) * PRIME;
    }
    return hash;
  }
}
