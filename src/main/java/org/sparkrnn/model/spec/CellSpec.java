package org.sparkrnn.model.spec;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.sparkrnn.model.cells.CellSettings;
import org.sparkrnn.model.cells.CellType;
import org.sparkrnn.model.json.Place;

/** A cell as a spec describes it, before its variables are found. */
public sealed interface CellSpec {

  /** Where it stands. */
  Place place();

  /**
   * A cell or a wrapper.
   *
   * @param place where it stands
   * @param type which
   * @param settings its options
   * @param flatState whether its state is one list of floats: {@code state_is_tuple=False}
   * @param sources where its variables are
   * @param cells those inside it; none, one of a wrapper, or several
   */
  record Single(
      Place place,
      CellType<?> type,
      CellSettings settings,
      boolean flatState,
      Sources sources,
      List<CellSpec> cells)
      implements CellSpec {}

  /**
   * A {@code MultiRNNCell}.
   *
   * @param place where it stands
   * @param cells first to last
   * @param flatState whether its state is one list of floats: {@code state_is_tuple=False}
   */
  record Multi(Place place, List<CellSpec> cells, boolean flatState) implements CellSpec {}

  /**
   * Where a cell's variables are.
   *
   * @param scope a scope of the cell's own, from the root of the weights file, in place of the
   *     layer's
   * @param names full names by role, in place of a search; empty to search
   */
  record Sources(Optional<String> scope, Map<String, List<String>> names) {}
}
