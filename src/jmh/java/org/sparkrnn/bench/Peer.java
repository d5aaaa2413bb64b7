package org.sparkrnn.bench;

import java.nio.FloatBuffer;
import org.sparkrnn.cell.RnnCell;

/** Somebody else's implementation, in this JVM, on the calling thread alone. */
interface Peer {

  /** Its name and version. */
  String name();

  /** Whether it has this cell as one operation over a whole sequence. */
  boolean has(RnnCell cell);

  /** Takes the cell's weights, as it likes them best. */
  Loaded load(RnnCell cell, int maxSteps, int maxRows);

  /** A layer with its weights, and buffers that are used again from batch to batch. */
  interface Loaded extends AutoCloseable {

    /** Says what the next batch's padded size is. */
    void shape(int steps, int rows);

    /** Where the batch goes: {@code [steps, rows, inputs]}, in native order. */
    FloatBuffer input();

    /** Computes {@code [steps, rows, units]} from the zero state. */
    void run();

    /** Where the outputs of the last run are, valid until the next one. */
    FloatBuffer output();

    @Override
    void close();
  }

  /** A peer that also takes PyTorch's packed sequences: no padding, rows sorted by length. */
  interface Packed extends Loaded {

    /**
     * Says how many rows are still there at each step; input and output are {@code [sum, size]},
     * step by step.
     */
    void shape(int[] rowsAtStep);
  }

  /** A failure of a peer's own. */
  final class PeerException extends RuntimeException {
    private static final long serialVersionUID = 1;

    PeerException(String message, Throwable cause) {
      super(message, cause);
    }
  }
}
