package org.sparkrnn.model.network;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.sparkrnn.cell.FlatStateCell;
import org.sparkrnn.cell.MultiRnnCell;
import org.sparkrnn.cell.RnnCell;
import org.sparkrnn.cell.StateShape;
import org.sparkrnn.model.cells.CellOption;
import org.sparkrnn.model.cells.CellParts;
import org.sparkrnn.model.cells.CellType;
import org.sparkrnn.model.cells.ShapeFormula;
import org.sparkrnn.model.cells.Variables;
import org.sparkrnn.model.cells.Variables.Expected;
import org.sparkrnn.model.cells.Wrappers;
import org.sparkrnn.model.network.CellFinder.Search;
import org.sparkrnn.model.network.CellFinder.Step;
import org.sparkrnn.model.spec.CellSpec;
import org.sparkrnn.model.spec.LayerSpec;
import org.sparkrnn.tensor.Shape;
import org.sparkrnn.tensor.Tensor;

/** From a cell's spec and the weights file to the cell. */
final class CellBuilder {
  private final Variables variables;
  private final CellFinder finder;
  private final String user;
  private final List<Tensor> tables = new ArrayList<>();

  /**
   * @param variables where to read from
   * @param user the layer the cells are for
   */
  CellBuilder(Variables variables, String user) {
    this.variables = variables;
    this.finder = new CellFinder(variables);
    this.user = user;
  }

  /**
   * Builds a cell.
   *
   * @param spec its spec
   * @param search where its variables are
   * @param inputSize width of its input steps
   */
  RnnCell build(CellSpec spec, Search search, int inputSize) throws IOException {
    if (spec instanceof CellSpec.Multi multi) {
      RnnCell cell = stack(multi, search, inputSize);
      return multi.flatState() ? new FlatStateCell(cell) : cell;
    }
    CellSpec.Single single = (CellSpec.Single) spec;
    RnnCell cell = single(single, search, inputSize);
    if (!single.flatState()) {
      return cell;
    }
    if (single.type().inner() == CellType.Inner.ONE) {
      requireFlat(single, cell);
    }
    return new FlatStateCell(cell);
  }

  /** A wrapper that adds to the cell's state takes only a state in one piece into its own. */
  private static void requireFlat(CellSpec.Single spec, RnnCell wrapper) {
    StateShape own = wrapper.stateShape();
    RnnCell wrapped = spec.type().innerCells(wrapper).get(0);
    List<StateShape.Part> parts = wrapped.stateShape().parts();
    if (parts.size() > 1 && own.size() > wrapped.stateShape().size()) {
      throw spec.place()
          .error(
              "the wrapped cell has its state in parts ("
                  + parts.stream().map(StateShape.Part::path).collect(Collectors.joining(", "))
                  + "), but the wrapper has \"state_is_tuple\": false; give the wrapped cell"
                  + " \"state_is_tuple\": false too, as TensorFlow demands");
    }
  }

  /** Refuses a stack of directions of which the file holds more levels than the spec lists. */
  void refuseMoreLevels(LayerSpec.Rnn spec, Search search, Step direction) {
    finder.refuseMore(spec.levels().size(), spec.place(), search, List.of(direction));
  }

  /** The tables of the {@code EmbeddingWrapper}s that were built. */
  List<Tensor> tables() {
    return List.copyOf(tables);
  }

  private RnnCell stack(CellSpec.Multi spec, Search search, int inputSize) throws IOException {
    List<RnnCell> cells = new ArrayList<>();
    int width = inputSize;
    for (int i = 0; i < spec.cells().size(); i++) {
      RnnCell cell = build(spec.cells().get(i), search.then(Step.cell(i)), width);
      width = cell.outputSize();
      cells.add(cell);
    }
    finder.refuseMore(cells.size(), spec.place(), search, List.of());
    return new MultiRnnCell(cells);
  }

  private RnnCell single(CellSpec.Single spec, Search search, int inputSize) throws IOException {
    CellType<?> type = spec.type();
    check(spec, inputSize);
    List<RnnCell> inner = inner(spec, search, inputSize);
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    Sizes sizes = new Sizes(spec, inputSize, inner);
    List<String> roles = type.roles(spec.settings());
    if (!roles.isEmpty()) {
      String first = type.variable(roles.get(0)).shape();
      Map<String, List<String>> names = finder.find(spec, search, sizes.shape(first));
      for (String role : roles) {
        tensors.put(
            role, variables.read(names.get(role), sizes.expected(type.variable(role).shape())));
      }
    }
    if (type == Wrappers.EMBEDDING) {
      tables.add(tensors.get("embedding"));
    }
    try {
      return type.make(new CellParts(inputSize, spec.settings(), tensors, inner));
    } catch (IllegalArgumentException e) {
      throw spec.place().error(e.getMessage(), e);
    }
  }

  private static void check(CellSpec.Single spec, int inputSize) {
    try {
      spec.type().check(new CellParts(inputSize, spec.settings(), Map.of(), List.of()));
    } catch (IllegalArgumentException e) {
      throw spec.place().error(e.getMessage(), e);
    }
  }

  private List<RnnCell> inner(CellSpec.Single spec, Search search, int inputSize)
      throws IOException {
    Search own = CellFinder.inside(spec, search);
    CellParts parts = new CellParts(inputSize, spec.settings(), Map.of(), List.of());
    List<RnnCell> inner = new ArrayList<>();
    for (int i = 0; i < spec.cells().size(); i++) {
      Search where = spec.type().inner() == CellType.Inner.MANY ? own.then(Step.cell(i)) : own;
      inner.add(build(spec.cells().get(i), where, spec.type().innerInput(parts)));
    }
    return inner;
  }

  /** The sizes that the shapes of a cell's variables follow from. */
  private final class Sizes {
    private final CellSpec.Single spec;
    private final int input;
    private final List<RnnCell> inner;

    Sizes(CellSpec.Single spec, int input, List<RnnCell> inner) {
      this.spec = spec;
      this.input = input;
      this.inner = inner;
    }

    long of(String name) {
      return switch (name) {
        case "input" -> input;
        case "cell_output" -> inner.get(0).outputSize();
        case "cell_state" -> inner.get(0).stateShape().size();
        default -> {
          long size = spec.type().size(name, spec.settings());
          yield size > 0 ? size : spec.type().otherwise(name).map(this::of).orElse(size);
        }
      };
    }

    Shape shape(String formula) {
      return ShapeFormula.shape(expanded(formula), this::of);
    }

    /** Options that are lists of sizes stand for several dimensions. */
    private String expanded(String formula) {
      String expanded = formula;
      for (Map.Entry<CellOption<?>, Object> entry : spec.settings().values().entrySet()) {
        if (entry.getValue() instanceof List<?> sizes) {
          String dims = sizes.stream().map(String::valueOf).collect(Collectors.joining(", "));
          expanded = expanded.replaceAll("\\b" + entry.getKey().key() + "\\b", dims);
        }
      }
      return expanded;
    }

    Expected expected(String formula) {
      String given =
          spec.settings().values().entrySet().stream()
              .filter(entry -> entry.getValue() instanceof Integer size && size > 0)
              .map(entry -> entry.getKey().key() + " = " + entry.getValue())
              .collect(Collectors.joining(", "));
      return new Expected(
          shape(formula),
          ShapeFormula.shown(expanded(formula), this::of)
              + " from "
              + (given.isEmpty() ? "" : given + " and ")
              + "inputs of size "
              + input,
          spec.place(),
          user);
    }
  }
}
