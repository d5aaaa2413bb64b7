package org.sparkrnn.weights.tensorflow;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import org.sparkrnn.weights.InMemoryStorage;

/**
 * The checkpoints that TensorFlow 2.18 wrote for these tests; {@code CheckpointFixturesOracleTest}
 * is the program that had it do so.
 */
final class CheckpointFixtures {
  private CheckpointFixtures() {}

  /** Every element type: {@code types.ckpt}. */
  static InMemoryStorage types() {
    return storage("types.ckpt.index", "types.ckpt.data-00000-of-00001");
  }

  /** Two shards and partitioned variables: {@code sharded.ckpt}. */
  static InMemoryStorage sharded() {
    return storage(
        "sharded.ckpt.index",
        "sharded.ckpt.data-00000-of-00002",
        "sharded.ckpt.data-00001-of-00002");
  }

  /** An object graph: {@code objects.ckpt}. */
  static InMemoryStorage objects() {
    return storage("objects.ckpt.index", "objects.ckpt.data-00000-of-00001");
  }

  /** The checkpoint of this prefix, in a folder of its own. */
  static InMemoryStorage of(String prefix) {
    return switch (prefix) {
      case "types.ckpt" -> types();
      case "sharded.ckpt" -> sharded();
      case "objects.ckpt" -> objects();
      default -> throw new IllegalArgumentException(prefix);
    };
  }

  /** One committed file. */
  static byte[] bytes(String file) {
    try (InputStream in = CheckpointFixtures.class.getResourceAsStream(file)) {
      if (in == null) {
        throw new IllegalStateException("no fixture " + file);
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static InMemoryStorage storage(String... files) {
    InMemoryStorage storage = new InMemoryStorage();
    List.of(files).forEach(file -> storage.with(file, bytes(file)));
    return storage;
  }
}
