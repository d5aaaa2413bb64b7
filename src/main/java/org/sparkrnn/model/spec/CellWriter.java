package org.sparkrnn.model.spec;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import org.sparkrnn.cell.FlatStateCell;
import org.sparkrnn.cell.MultiRnnCell;
import org.sparkrnn.cell.RnnCell;
import org.sparkrnn.model.cells.CellOption;
import org.sparkrnn.model.cells.CellType;
import org.sparkrnn.model.cells.CellTypes;
import org.sparkrnn.tensor.Tensor;

/** From a cell to its canonical spec, and to the tensors that the spec names. */
final class CellWriter {
  private final Map<String, Tensor> tensors;

  /**
   * @param tensors filled with every tensor by name
   */
  CellWriter(Map<String, Tensor> tensors) {
    this.tensors = tensors;
  }

  /** The spec of a cell whose variables go under {@code scope}. */
  ObjectNode cell(RnnCell cell, String scope) {
    if (cell instanceof FlatStateCell flat) {
      return cell(flat.cell(), scope).put(CellParser.STATE_IS_TUPLE, false);
    }
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    if (cell instanceof MultiRnnCell multi) {
      node.put("type", CellParser.MULTI);
      ArrayNode cells = node.putArray("cells");
      for (int i = 0; i < multi.cells().size(); i++) {
        cells.add(cell(multi.cells().get(i), scope + "/multi_rnn_cell/cell_" + i));
      }
      return node;
    }
    CellType<?> type = CellTypes.of(cell);
    node.put("type", type.word());
    type.settings(cell).values().forEach((option, value) -> put(node, option, value));
    String own = scope + "/" + type.scope();
    type.tensors(cell)
        .forEach((role, tensor) -> tensors.put(own + "/" + type.written(role), tensor));
    List<RnnCell> inner = type.innerCells(cell);
    if (!inner.isEmpty() && !type.variables().isEmpty()) {
      node.put("scope", own);
    }
    if (type.inner() == CellType.Inner.ONE) {
      node.set("cell", cell(inner.get(0), own));
    } else if (type.inner() == CellType.Inner.MANY) {
      ArrayNode cells = node.putArray("cells");
      for (int i = 0; i < inner.size(); i++) {
        cells.add(cell(inner.get(i), own + "/cell_" + i));
      }
    }
    return node;
  }

  @SuppressWarnings("unchecked") // an option's value is one of its own
  private static <T> void put(ObjectNode node, CellOption<T> option, Object value) {
    if (!value.equals(option.otherwise())) {
      option.writer().write(node, option.key(), (T) value);
    }
  }
}
