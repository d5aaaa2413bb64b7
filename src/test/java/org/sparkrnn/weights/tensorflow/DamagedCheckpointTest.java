package org.sparkrnn.weights.tensorflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.sparkrnn.weights.InMemoryStorage;
import org.sparkrnn.weights.TensorInfo;
import org.sparkrnn.weights.WeightsException;

/** Every file of every fixture, cut at every byte and with every bit flipped. */
class DamagedCheckpointTest {

  static Stream<Arguments> fixtures() {
    return Stream.of("types.ckpt", "sharded.ckpt", "objects.ckpt")
        .flatMap(
            prefix ->
                CheckpointFixtures.of(prefix).list().stream()
                    .map(file -> Arguments.of(prefix, file)));
  }

  @ParameterizedTest(name = "{1}")
  @MethodSource("fixtures")
  void everyTruncationIsReported(String prefix, String file) throws IOException {
    InMemoryStorage storage = CheckpointFixtures.of(prefix);
    byte[] whole = CheckpointFixtures.bytes(file);
    for (int length = 0; length < whole.length; length++) {
      storage.with(file, Arrays.copyOf(whole, length));
      try {
        Contents.of(storage, prefix);
      } catch (WeightsException e) {
        assertThat(e).as("cut to %d bytes", length).hasMessageStartingWith(file + ": ");
        continue;
      }
      fail("%s, cut to %d of %d bytes, was read as if it were whole", file, length, whole.length);
    }
  }

  @ParameterizedTest(name = "{1}")
  @MethodSource("fixtures")
  void everyFlippedBitIsReportedOrWithoutEffect(String prefix, String file) throws IOException {
    InMemoryStorage storage = CheckpointFixtures.of(prefix);
    Contents undamaged = Contents.of(storage, prefix);
    byte[] whole = CheckpointFixtures.bytes(file);
    List<Integer> unnoticed = new ArrayList<>();
    for (int bit = 0; bit < 8 * whole.length; bit++) {
      byte[] flipped = whole.clone();
      flipped[bit / 8] ^= (byte) (1 << bit % 8);
      storage.with(file, flipped);
      try {
        assertThat(Contents.of(storage, prefix)).as("bit %d", bit).isEqualTo(undamaged);
        unnoticed.add(bit / 8);
      } catch (WeightsException e) {
        assertThat(e).as("bit %d", bit).hasMessageStartingWith(file + ": ");
      }
    }
    // Only the padding of the footer is behind no checksum; and what nobody has read.
    assertThat(unnoticed.stream().distinct())
        .as("bytes of %s that may change", file)
        .allMatch(at -> isFooterPadding(file, at, whole.length) || isUnread(file, at));
  }

  @Test
  void liesBehindGoodChecksumsAreReportedOrRead() throws IOException {
    for (String prefix : List.of("types.ckpt", "sharded.ckpt", "objects.ckpt")) {
      String index = prefix + ".index";
      List<Block.Entry> table =
          Sstable.entries(InMemoryStorage.source(index, CheckpointFixtures.bytes(index)));
      byte[] block = TableBytes.block(table);
      InMemoryStorage storage = CheckpointFixtures.of(prefix);
      for (int bit = 0; bit < 8 * block.length; bit++) {
        byte[] flipped = block.clone();
        flipped[bit / 8] ^= (byte) (1 << bit % 8);
        storage.with(index, TableBytes.tableOf(flipped));
        try {
          Contents.of(storage, prefix);
        } catch (WeightsException e) {
          assertThat(e).as("bit %d", bit).hasMessageStartingWith(prefix + ".");
        } catch (RuntimeException e) {
          fail(index + ", bit " + bit, e);
        }
      }
    }
  }

  private static boolean isFooterPadding(String file, int at, int size) {
    return file.endsWith(".index") && at >= size - 48 && at < size - 8;
  }

  /** Integers and booleans: we do not read them, so nobody looks at their checksums. */
  private static boolean isUnread(String file, int at) {
    if (!file.equals("types.ckpt.data-00000-of-00001")) {
      return false;
    }
    try {
      BundleIndex index = BundleIndex.read(CheckpointFixtures.types().open("types.ckpt.index"));
      return Stream.of("ids", "mask", "global_step", "double_beyond")
          .map(name -> index.tensors().get(name))
          .anyMatch(entry -> at >= entry.offset() && at < entry.offset() + entry.size());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** All that can be read of a checkpoint. */
  private record Contents(
      Map<String, TensorInfo> tensors, Map<String, String> aliases, Map<String, Object> values) {

    static Contents of(InMemoryStorage storage, String prefix) throws IOException {
      try (TensorFlowCheckpoint file = TensorFlowCheckpoint.open(storage, prefix)) {
        Map<String, Object> values = new TreeMap<>();
        for (TensorInfo info : file.tensors().values()) {
          switch (info.dtype()) {
            case "DT_STRING" ->
                values.put(
                    info.name(),
                    file.readStrings(info.name()).stream().map(Arrays::toString).toList());
            case "DT_FLOAT", "DT_HALF", "DT_BFLOAT16" ->
                values.put(info.name(), file.read(info.name()));
            case "DT_DOUBLE" -> {
              if (!info.name().equals("double_beyond")) {
                values.put(info.name(), file.read(info.name()));
              }
            }
            default -> {}
          }
        }
        return new Contents(file.tensors(), file.aliases(), values);
      }
    }
  }
}
