package org.sparkrnn.model.cells;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.sparkrnn.cell.RnnCell;
import org.sparkrnn.model.ModelException;

/** Every type of cell that a spec can name, besides {@code MultiRNNCell}. */
public final class CellTypes {
  /** All of them; the first that fits a finished cell writes it. */
  public static final List<CellType<?>> ALL = all();

  /** TensorFlow's cells that do not run here, and what is missing. */
  public static final Map<String, String> NOT_RUN =
      Map.of(
          "NTMCell",
          "its memory with content and location addressing is not implemented",
          "DNCCell",
          "its memory with content and location addressing is not implemented");

  private static final Map<String, CellType<?>> BY_WORD =
      ALL.stream().collect(Collectors.toMap(CellType::word, type -> type));

  private static final Set<String> INNER_SCOPES = innerScopes();

  private CellTypes() {}

  private static List<CellType<?>> all() {
    List<CellType<?>> all = new ArrayList<>();
    all.addAll(CoreCells.ALL);
    all.addAll(ContribCells.ALL);
    all.addAll(NormLstmCells.ALL);
    all.addAll(ContribLstmCells.ALL);
    all.addAll(KerasCells.ALL);
    all.addAll(TorchCells.ALL);
    all.addAll(OnnxCellTypes.ALL);
    all.addAll(SpatialCells.ALL);
    all.addAll(GridLstmCells.ALL);
    all.addAll(GridRnnCells.ALL);
    all.addAll(Wrappers.ALL);
    return List.copyOf(all);
  }

  /** Whether it is a scope inside a cell, no cell itself though it may hold a kernel and a bias. */
  static boolean isInner(String scope) {
    return INNER_SCOPES.contains(scope) || INNER_SCOPES.contains(scope.replaceAll("\\d+$", "%d"));
  }

  /** A grid's cells stand in scopes of cells, which are no inner ones elsewhere. */
  private static Set<String> innerScopes() {
    Set<String> scopes = new TreeSet<>();
    for (CellType<?> type : ALL) {
      for (CellForm form : type.forms()) {
        for (String name : form.spelling().values()) {
          String[] parts = name.split("/", -1);
          String last = parts[parts.length - 1];
          if (last.equals("kernel") || last.equals("weights") || last.equals("Matrix")) {
            scopes.addAll(List.of(parts).subList(0, parts.length - 1));
          }
        }
      }
    }
    ALL.forEach(type -> scopes.remove(type.scope()));
    scopes.removeIf(scope -> scope.startsWith("cell_"));
    return Set.copyOf(scopes);
  }

  public static CellType<?> of(String word) {
    return BY_WORD.get(word);
  }

  /**
   * The type that a finished cell is written as.
   *
   * @throws ModelException if it is a program's own
   */
  public static CellType<?> of(RnnCell cell) {
    for (CellType<?> type : ALL) {
      if (type.writes(cell)) {
        return type;
      }
    }
    throw new ModelException(
        "a "
            + cell.getClass().getName()
            + " is a program's own cell: a model.json has no type for it, so it cannot be written");
  }
}
