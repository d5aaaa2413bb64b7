package org.sparkrnn.cell;

import java.io.Serializable;
import java.util.Arrays;
import java.util.List;

/**
 * Blocks of windows over the features of a step.
 *
 * @param inputSize how many features there are
 * @param size features of a window, TensorFlow's {@code feature_size}
 * @param skip from one window's start to the next one's, TensorFlow's {@code frequency_skip}
 * @param counts windows of each block, TensorFlow's {@code num_frequency_blocks}
 * @param starts first feature of each block, TensorFlow's {@code start_freqindex_list}; empty for
 *     one block over all features
 * @param ends the feature behind each block, TensorFlow's {@code end_freqindex_list}; empty
 *     likewise
 */
public record FrequencyBlocks(
    int inputSize,
    int size,
    int skip,
    List<Integer> counts,
    List<Integer> starts,
    List<Integer> ends)
    implements Serializable {
  private static final String FILTER =
      ", please check the input size and filter config are correct: the numbers follow from"
          + " 'feature_size', 'frequency_skip', the indices and the inputs' size of ";

  /** Checks as TensorFlow does, with its sentences; takes copies of the lists. */
  public FrequencyBlocks {
    counts = List.copyOf(counts);
    starts = List.copyOf(starts);
    ends = List.copyOf(ends);
    if (starts.isEmpty() && counts.size() != 1) {
      throw new IllegalArgumentException(
          "Length of num_frequency_blocks is not 1, but instead is "
              + counts.size()
              + ": give 'start_freqindex_list' and 'end_freqindex_list' for several blocks");
    }
    if (starts.size() != ends.size()) {
      throw new IllegalArgumentException(
          "Length of start and end freqindex_list does not match: "
              + starts.size()
              + " and "
              + ends.size());
    }
    if (!starts.isEmpty() && counts.size() != starts.size()) {
      throw new IllegalArgumentException(
          "Length of num_frequency_blocks is not equal to start_freqindex_list: "
              + counts.size()
              + " and "
              + starts.size());
    }
    for (int block = 0; block < counts.size(); block++) {
      int from = starts.isEmpty() ? 0 : starts.get(block);
      int to = ends.isEmpty() ? inputSize : ends.get(block);
      int fit = to - from < size ? 0 : (to - from - size) / skip + 1;
      if (to > inputSize || fit != counts.get(block)) {
        throw new IllegalArgumentException(
            "Invalid num_frequency_blocks, requires "
                + counts.get(block)
                + " but gets "
                + fit
                + FILTER
                + inputSize);
      }
    }
  }

  /** All windows of all blocks. */
  public int total() {
    return counts.stream().mapToInt(Integer::intValue).sum();
  }

  /** A window's features; 0 where it reaches over the edge, moved by {@code offset}. */
  Term of(Term x, int block, int window, int offset) {
    int start = (starts.isEmpty() ? 0 : starts.get(block)) + window * skip + offset;
    int[] from = new int[size];
    Arrays.setAll(from, i -> start + i < 0 || start + i >= inputSize ? -1 : start + i);
    return x.gather(from);
  }
}
