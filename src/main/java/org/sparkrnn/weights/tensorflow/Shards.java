package org.sparkrnn.weights.tensorflow;

import java.io.Closeable;
import java.io.IOException;
import java.util.SortedMap;
import java.util.TreeMap;
import org.sparkrnn.weights.ByteSource;
import org.sparkrnn.weights.MalformedWeightsException;
import org.sparkrnn.weights.Storage;

/** The data files of a checkpoint, each opened when something in it is read. */
final class Shards implements Closeable {
  private final Storage storage;
  private final String prefix;
  private final String indexName;
  private final int count;
  private final SortedMap<Integer, ByteSource> open = new TreeMap<>();

  /**
   * The data files of checkpoint {@code prefix} in {@code storage}.
   *
   * @param indexName the index that spoke of them, for messages
   * @param count how many there are
   */
  Shards(Storage storage, String prefix, String indexName, int count) {
    this.storage = storage;
    this.prefix = prefix;
    this.indexName = indexName;
    this.count = count;
  }

  /** The data file of number {@code shard}; this object closes it. */
  ByteSource shard(int shard) throws IOException {
    ByteSource source = open.get(shard);
    if (source == null) {
      String file = String.format("%s.data-%05d-of-%05d", prefix, shard, count);
      if (!storage.exists(file)) {
        throw new MalformedWeightsException(
            indexName,
            String.format(
                "shard %d of %d, '%s', is not in %s; copy all files of the checkpoint there",
                shard, count, file, storage.name()));
      }
      source = storage.open(file);
      open.put(shard, source);
    }
    return source;
  }

  @Override
  public void close() throws IOException {
    IOException failure = null;
    for (ByteSource source : open.values()) {
      try {
        source.close();
      } catch (IOException e) {
        if (failure == null) {
          failure = e;
        } else {
          failure.addSuppressed(e);
        }
      }
    }
    open.clear();
    if (failure != null) {
      throw failure;
    }
  }
}
