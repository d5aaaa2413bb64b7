package org.sparkrnn.weights.tensorflow;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OrderedCodeTest {

  @ParameterizedTest
  @CsvSource({
    "0, 00",
    "1, 0101",
    "255, 01ff",
    "256, 020100",
    "-1, 08ffffffffffffffff",
  })
  void unsignedNumbersFollowTheirLength(long value, String hex) {
    assertThat(new OrderedCode().number(value).toByteArray()).isEqualTo(bytes(hex));
  }

  @ParameterizedTest
  @CsvSource({
    "0, 80",
    "1, 81",
    "-1, 7f",
    "63, bf",
    "-64, 40",
    "64, c040",
    "-65, 3fbf",
    "8191, dfff",
    "8192, e02000",
    "-8193, 1fdfff",
    "9223372036854775807, ffc07fffffffffffffff",
    "-9223372036854775808, 003f8000000000000000",
  })
  void signedNumbersMarkTheirLengthInTheirFirstBits(long value, String hex) {
    assertThat(new OrderedCode().signedNumber(value).toByteArray()).isEqualTo(bytes(hex));
  }

  @Test
  void stringsEscapeTheirEnd() {
    assertThat(new OrderedCode().string(bytes("6100ff62")).toByteArray())
        .isEqualTo(bytes("6100ffff00620001"));
  }

  @Test
  void codesSortAsTheNumbersDo() {
    long seed = 7;
    Random random = new Random(seed);
    for (int i = 0; i < 20_000; i++) {
      long a = random.nextLong() >> random.nextInt(64);
      long b = random.nextBoolean() ? a + 1 : random.nextLong() >> random.nextInt(64);
      int order =
          Arrays.compareUnsigned(
              new OrderedCode().signedNumber(a).toByteArray(),
              new OrderedCode().signedNumber(b).toByteArray());

      assertThat(Integer.signum(order))
          .as("seed %d: %d, %d", seed, a, b)
          .isEqualTo(Long.compare(a, b));
    }
  }

  @Test
  void aPieceHasTheKeyThatTensorFlowGaveIt() throws Exception {
    var table = Sstable.entries(CheckpointFixtures.sharded().open("sharded.ckpt.index"));

    assertThat(table.stream().map(Block.Entry::key).filter(key -> key.length > 0 && key[0] == 0))
        .contains(
            bytes("00" + "636f6c756d6e73" + "0001" + "0102" + "807f" + "80c064"),
            bytes("00" + "636f6c756d6e73" + "0001" + "0102" + "807f" + "c064c0c8"))
        .hasSize(8);
  }

  private static byte[] bytes(String hex) {
    return HexFormat.of().parseHex(hex);
  }
}
