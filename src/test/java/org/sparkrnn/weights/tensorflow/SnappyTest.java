package org.sparkrnn.weights.tensorflow;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkrnn.weights.Cursor;
import org.sparkrnn.weights.MalformedWeightsException;

class SnappyTest {

  @ParameterizedTest
  @CsvSource({
    "00, ''",
    // A literal of 3.
    "03 08 616263, abc",
    // A copy of the first kind: 4 bytes from 1 back, which overlaps.
    "05 00 61 01 01, aaaaa",
    // Of the first kind with a high offset bit pattern of 0, length 7 from 3 back.
    "0a 08 616263 0d 03, abcabcabca",
    // Of the second kind: 5 bytes from 2 back.
    "07 04 6162 12 0200, abababa",
    // Of the third kind: 1 byte from 3 back.
    "04 08 616263 03 03000000, abca",
    // A literal whose length stands in the next 1, 2, 3, 4 bytes.
    "02 f0 01 6162, ab",
    "02 f4 0100 6162, ab",
    "02 f8 010000 6162, ab",
    "02 fc 01000000 6162, ab",
  })
  void everyKindOfElementIsRead(String hex, String expected) {
    assertThat(decompress(bytes(hex))).isEqualTo(expected.getBytes(US_ASCII));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 59, 60, 61, 64, 65, 255, 256, 257, 2047, 2048, 65535, 65537})
  void whatTheNativeLibraryCompressesComesBack(int size) throws IOException {
    for (int seed = 0; seed < 8; seed++) {
      Random random = new Random(seed);
      byte[] plain = new byte[size];
      // From noise to long repeats.
      int alphabet = 1 << seed;
      for (int i = 0; i < size; i++) {
        plain[i] =
            i > 20 && random.nextInt(4) > 0
                ? plain[i - 1 - random.nextInt(20)]
                : (byte) random.nextInt(alphabet);
      }

      assertThat(decompress(org.xerial.snappy.Snappy.compress(plain)))
          .as("seed %d", seed)
          .isEqualTo(plain);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          ''               | ends where it should hold a byte
          ffffffffffffffffff01 | claims 18446744073709551615 bytes of snappy data, which its 0 bytes
          ffffffffffffffffff02 | holds a varint of more than 64 bits
          ffffffffffffffffffff01 | holds a varint of more than 64 bits
          ffffffff07 00 61 | claims 2147483647 bytes of snappy data, which its 2 bytes cannot hold
          01               | claims 1 bytes of snappy data, which its 0 bytes cannot hold
          03 04 6162       | holds 2 bytes of snappy data, but claims 3
          01 04 6162       | holds more snappy data than the 1 bytes it claims
          04 0c 6162       | ends where it should hold 4 bytes
          05 00 61 01      | ends where it should hold a byte
          05 00 61 01 00   | copies from 0 bytes back, but has 1 bytes of snappy data
          05 00 61 01 02   | copies from 2 bytes back, but has 1 bytes of snappy data
          04 00 61 01 01   | holds more snappy data than the 4 bytes it claims
          05 00 61 0f ffffffff | copies from 4294967295 bytes back, but has 1 bytes
          05 fc ffffffff 61 | holds more snappy data than the 5 bytes it claims
          """)
  void damageIsNamed(String hex, String offence) {
    assertThatThrownBy(() -> decompress(bytes(hex)))
        .isInstanceOf(MalformedWeightsException.class)
        .hasMessageStartingWith("x.index: a block ")
        .hasMessageContaining(offence);
  }

  @Test
  void everyCutAndEveryFlipIsSurvived() throws IOException {
    byte[] whole =
        org.xerial.snappy.Snappy.compress(
            "cell_0/kernel cell_0/bias cell_1/kernel cell_1/bias".getBytes(US_ASCII));
    for (int length = 0; length < whole.length; length++) {
      byte[] cut = Arrays.copyOf(whole, length);
      assertThatThrownBy(() -> decompress(cut))
          .as("cut to %d bytes", length)
          .isInstanceOf(MalformedWeightsException.class);
    }
    for (int bit = 0; bit < 8 * whole.length; bit++) {
      byte[] flipped = whole.clone();
      flipped[bit / 8] ^= (byte) (1 << bit % 8);
      try {
        decompress(flipped);
      } catch (MalformedWeightsException e) {
        assertThat(e).as("bit %d", bit).hasMessageStartingWith("x.index: a block ");
      } catch (RuntimeException e) {
        fail("bit " + bit, e);
      }
    }
  }

  private static byte[] decompress(byte[] compressed) {
    return Snappy.decompress(new Cursor("x.index", "a block", compressed));
  }

  private static byte[] bytes(String hex) {
    return HexFormat.of().parseHex(hex.replace(" ", ""));
  }
}
