package org.sparkrnn.oracle;

import java.util.ArrayList;
import java.util.List;
import org.sparkrnn.cell.LstmCell;
import org.sparkrnn.cell.MultiRnnCell;
import org.sparkrnn.cell.RnnCell;

/** Keras' order of states: of an LSTM {@code h} comes first. */
public final class KerasStates {
  private KerasStates() {}

  /** For each float of the cells' states in Keras' order, its index in the cells' own order. */
  public static int[] held(List<RnnCell> cells) {
    List<Integer> held = new ArrayList<>();
    add(cells, 0, held);
    return held.stream().mapToInt(Integer::intValue).toArray();
  }

  private static void add(List<RnnCell> cells, int offset, List<Integer> held) {
    int next = offset;
    for (RnnCell cell : cells) {
      int size = cell.stateShape().size();
      if (cell instanceof MultiRnnCell multi) {
        add(multi.cells(), next, held);
      } else {
        int first = cell instanceof LstmCell lstm ? lstm.numUnits() : 0;
        for (int i = 0; i < size; i++) {
          held.add(next + (first + i) % size);
        }
      }
      next += size;
    }
  }
}
