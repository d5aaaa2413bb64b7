package org.sparkrnn.model.cells;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.sparkrnn.cell.Activation;
import org.sparkrnn.cell.RnnCell;
import org.sparkrnn.tensor.Tensor;

/**
 * What a cell is made of.
 *
 * @param inputSize width of its input
 * @param settings its options
 * @param tensors its variables by role
 * @param cells the cells inside it
 */
public record CellParts(
    int inputSize, CellSettings settings, Map<String, Tensor> tensors, List<RnnCell> cells) {

  /** A variable that the cell has. */
  Tensor tensor(String role) {
    Tensor tensor = tensors.get(role);
    if (tensor == null) {
      throw new IllegalStateException("the cell has no variable '" + role + "'");
    }
    return tensor;
  }

  /** Numbered variables that the cell has, in order; {@code %d} stands for the number. */
  List<Tensor> tensors(String roles) {
    List<Tensor> numbered = new ArrayList<>();
    for (int i = 0; tensors.containsKey(roles.replace("%d", String.valueOf(i))); i++) {
      numbered.add(tensors.get(roles.replace("%d", String.valueOf(i))));
    }
    return List.copyOf(numbered);
  }

  /** The only cell inside. */
  RnnCell cell() {
    return cells.get(0);
  }

  int integer(String key) {
    return settings.integer(key);
  }

  List<Integer> integers(String key) {
    return settings.integers(key);
  }

  float number(String key) {
    return settings.number(key);
  }

  boolean flag(String key) {
    return settings.flag(key);
  }

  Activation activation(String key) {
    return settings.activation(key);
  }
}
