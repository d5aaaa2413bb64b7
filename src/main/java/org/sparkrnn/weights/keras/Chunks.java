package org.sparkrnn.weights.keras;

import io.jhdf.api.dataset.ChunkedDataset;
import io.jhdf.exceptions.HdfException;
import io.jhdf.filter.PipelineFilterWithData;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * The compressed chunks of a dataset. jHDF inflates a chunk to its end, whatever the size that the
 * dataset states; so they are inflated here first, to nowhere, and no further than that size.
 */
final class Chunks {
  /** In the order in which data is written through them. */
  private static final List<Integer> FILTERS = List.of(2, 1, 3);

  private static final int DEFLATE = 1;

  /** Of fletcher32, behind a chunk that is not inflated. */
  private static final int CHECKSUM_BYTES = 4;

  private Chunks() {}

  /** Whether these are shuffle, deflate and fletcher32 in this order, each once or left out. */
  static boolean areReadable(List<PipelineFilterWithData> filters) {
    List<Integer> ids = filters.stream().map(PipelineFilterWithData::getId).toList();
    List<Integer> inOrder = FILTERS.stream().filter(ids::contains).toList();
    return ids.equals(inOrder) && new HashSet<>(ids).size() == ids.size();
  }

  /**
   * Inflates every chunk.
   *
   * @param bytes of a chunk
   * @return whether each is as large as that, or smaller
   */
  static boolean areBounded(ChunkedDataset data, long bytes) {
    if (data.getFilters().stream().noneMatch(filter -> filter.getId() == DEFLATE)) {
      return true;
    }
    int[] sizes = data.getDimensions();
    int[] steps = data.getChunkDimensions();
    int[] at = new int[sizes.length];
    for (int axis = 0; axis >= 0; ) {
      ByteBuffer chunk = raw(data, at);
      if (chunk != null && !ends(chunk, bytes)) {
        return false;
      }
      axis = at.length - 1;
      while (axis >= 0 && (at[axis] += steps[axis]) >= sizes[axis]) {
        at[axis--] = 0;
      }
    }
    return true;
  }

  /** A chunk as it is stored; null where none is, which stands for zeros. */
  private static ByteBuffer raw(ChunkedDataset data, int[] at) {
    try {
      return data.getRawChunkBuffer(Arrays.copyOf(at, at.length));
    } catch (HdfException e) {
      if (String.valueOf(e.getMessage()).startsWith("No chunk with offset")) {
        return null;
      }
      throw e;
    }
  }

  private static boolean ends(ByteBuffer chunk, long bytes) {
    Inflater inflater = new Inflater();
    try {
      inflater.setInput(chunk);
      byte[] nowhere = new byte[1 << 14];
      while (!inflater.finished()) {
        int count = inflater.inflate(nowhere);
        if (inflater.getBytesWritten() > bytes + CHECKSUM_BYTES) {
          return false;
        }
        if (count == 0) {
          return true; // damaged, which jHDF says as well
        }
      }
      return true;
    } catch (DataFormatException e) {
      return true; // likewise
    } finally {
      inflater.end();
    }
  }
}
