package org.sparkrnn.model.network;

import java.util.List;
import java.util.Set;
import org.sparkrnn.model.ModelException;
import org.sparkrnn.model.cells.CellType;
import org.sparkrnn.model.cells.Wrappers;
import org.sparkrnn.model.spec.CellSpec;
import org.sparkrnn.model.spec.LayerSpec;

/**
 * Where an {@code EmbeddingWrapper} may stand: it is given ids, so it is the first that sees a
 * layer's input.
 */
public final class EmbeddedCells {
  /** Wrappers that give their input on as it is. */
  private static final Set<CellType<?>> UNTOUCHED =
      Set.of(Wrappers.DROPOUT, Wrappers.DEVICE, Wrappers.OUTPUT_PROJECTION);

  private EmbeddedCells() {}

  /**
   * Whether a layer's cells take ids.
   *
   * @throws ModelException if an {@code EmbeddingWrapper} stands where no ids are, or not in every
   *     direction
   */
  static boolean takeIds(LayerSpec.Rnn spec) {
    boolean any = false;
    for (int level = 0; level < spec.levels().size(); level++) {
      for (CellSpec cell : spec.levels().get(level)) {
        any |= check(cell, level == 0);
      }
    }
    if (any && !spec.levels().get(0).stream().allMatch(EmbeddedCells::isFirst)) {
      throw spec.place().error("one direction has an EmbeddingWrapper and the other has none");
    }
    return any;
  }

  /** Whether there is one in the cell; refuses one that is not the first to see the input. */
  private static boolean check(CellSpec cell, boolean first) {
    boolean any = false;
    List<CellSpec> inside;
    boolean untouched;
    if (cell instanceof CellSpec.Multi multi) {
      inside = multi.cells();
      untouched = true;
    } else {
      CellSpec.Single single = (CellSpec.Single) cell;
      inside = single.cells();
      untouched = UNTOUCHED.contains(single.type());
      if (single.type() == Wrappers.EMBEDDING) {
        if (!first) {
          throw cell.place()
              .error(
                  "an EmbeddingWrapper takes ids, but is given floats: it must be the first that"
                      + " sees the layer's input");
        }
        any = true;
      }
    }
    for (int i = 0; i < inside.size(); i++) {
      any |= check(inside.get(i), first && untouched && i == 0);
    }
    return any;
  }

  private static boolean isFirst(CellSpec cell) {
    if (cell instanceof CellSpec.Multi multi) {
      return isFirst(multi.cells().get(0));
    }
    CellSpec.Single single = (CellSpec.Single) cell;
    return single.type() == Wrappers.EMBEDDING
        || UNTOUCHED.contains(single.type()) && isFirst(single.cells().get(0));
  }
}
