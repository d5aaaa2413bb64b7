package org.sparkrnn.rnn;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.sparkrnn.ops.PackedCell;
import org.sparkrnn.ops.PackedDense;

/**
 * What the first cells make of each id before they know a state: for every id the row {@code bias +
 * embedding(id) * weights} of a cell's sums. Tokens then cost neither a look-up nor the input's
 * half of the product, and one-hot steps are never multiplied out. Its rows are made by the cell's
 * own product, so the bits are those of the layers one by one. Immutable; for all threads of a JVM.
 *
 * @param cells by direction of the first level, what follows a row of the table
 * @param sums by direction {@code [ids, cell.inputSize]}
 */
@SuppressWarnings("ArrayRecordComponent") // handed down, never compared
record TokenTable(List<PackedCell> cells, List<float[]> sums) {
  /**
   * Bound on the bytes of a network's tables. It is one of memory alone: a row that comes from main
   * memory still takes less time than the product that it stands for.
   */
  static final long MOST_BYTES = 64L << 20;

  /** Bound on the operations that make the tables: some tenths of a second. */
  private static final long MOST_FLOPS = 1L << 35;

  /** Bounds of a product, in rows and in floats of its input. */
  private static final int MOST_ROWS = 256;

  private static final int MOST_FLOATS = 1 << 18;

  /**
   * The table of a chain that starts with an embedding or one-hot layer and an rnn layer behind it;
   * empty where a chain starts otherwise, the cells have no such form, or it would be larger than
   * {@link #MOST_BYTES} or take too long to make, as of one-hot steps with many ids.
   *
   * @param cells the rnn layer's packed cells by direction, level by level
   */
  static Optional<TokenTable> of(Network chain, List<List<PackedCell>> cells) {
    List<Layer> layers = chain.layers();
    if (!(chain.input() instanceof Network.Input.Ids ids)
        || layers.size() < 2
        || !(layers.get(1) instanceof Layer.Rnn rnn)) {
      return Optional.empty();
    }
    int directions = rnn.bidirectional() ? 2 : 1;
    List<PackedCell.Split> splits = new ArrayList<>();
    long floats = 0;
    for (List<PackedCell> direction : cells.subList(0, directions)) {
      Optional<PackedCell.Split> split = direction.get(0).split();
      if (split.isEmpty()) {
        return Optional.empty();
      }
      splits.add(split.get());
      floats += (long) ids.count() * split.get().input().outputSize();
    }
    int width = chain.values().get(0).size();
    if (floats > MOST_BYTES / Float.BYTES || floats > MOST_FLOPS / 2 / width) {
      return Optional.empty();
    }
    return Optional.of(
        new TokenTable(
            splits.stream().map(PackedCell.Split::rest).toList(),
            splits.stream()
                .map(split -> rows(layers.get(0), ids.count(), width, split.input()))
                .toList()));
  }

  private static float[] rows(Layer first, int ids, int width, PackedDense product) {
    int size = product.outputSize();
    PackedDense.Runner runner = product.runner();
    float[] sums = new float[ids * size];
    int batch = Math.max(1, Math.min(MOST_ROWS, MOST_FLOATS / width));
    float[] steps = new float[batch * width];
    for (int from = 0; from < ids; from += batch) {
      int count = Math.min(batch, ids - from);
      for (int i = 0; i < count; i++) {
        write(first, from + i, steps, i * width, width);
      }
      runner.apply(count, steps, 0, sums, from * size);
    }
    return sums;
  }

  /** What an embedding or one-hot layer makes of an id. */
  static void write(Layer first, int id, float[] target, int offset, int width) {
    if (first instanceof Layer.Embedding embedding) {
      embedding.table().copyTo(id * width, target, offset, width);
      return;
    }
    Arrays.fill(target, offset, offset + width, 0f);
    target[offset + id] = 1f;
  }

  /** Memory of the tables, in bytes; the cells share their weights with the whole ones. */
  long bytes() {
    return sums.stream().mapToLong(each -> (long) Float.BYTES * each.length).sum();
  }
}
