package org.sparkrnn.model;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.sparkrnn.cell.BasicRnnCell;
import org.sparkrnn.cell.GruCell;
import org.sparkrnn.cell.LstmCell;
import org.sparkrnn.cell.MultiRnnCell;
import org.sparkrnn.cell.ResetAfterGruCell;
import org.sparkrnn.cell.RnnCell;
import org.sparkrnn.model.CellFinder.Search;
import org.sparkrnn.model.CellFinder.Step;
import org.sparkrnn.model.CellSpec.Type;
import org.sparkrnn.model.Variables.Expected;
import org.sparkrnn.tensor.Shape;
import org.sparkrnn.tensor.Tensor;

/** From a cell's spec and the weights file to the cell. */
final class CellBuilder {
  private final Variables variables;
  private final CellFinder finder;
  private final String user;

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
      List<RnnCell> cells = new ArrayList<>();
      int width = inputSize;
      for (int i = 0; i < multi.cells().size(); i++) {
        RnnCell cell = build(multi.cells().get(i), search.then(Step.cell(i)), width);
        width = cell.outputSize();
        cells.add(cell);
      }
      finder.refuseMore(multi, search);
      return new MultiRnnCell(cells);
    }
    CellSpec.Single single = (CellSpec.Single) spec;
    Sizes sizes = new Sizes(single, inputSize);
    Map<String, List<String>> names = finder.find(single, search, sizes.kernel());
    return switch (single.type()) {
      case BASIC_RNN ->
          new BasicRnnCell(
              read(names, "kernel", sizes.matrix(1)),
              read(names, "bias", sizes.vector(1)),
              single.activation());
      case BASIC_LSTM, LSTM -> lstm(single, names, sizes);
      case GRU ->
          new GruCell(
              read(names, "gates/kernel", sizes.matrix(2)),
              read(names, "gates/bias", sizes.vector(2)),
              read(names, "candidate/kernel", sizes.matrix(1)),
              read(names, "candidate/bias", sizes.vector(1)),
              single.activation());
      case RESET_AFTER_GRU ->
          new ResetAfterGruCell(
              read(names, "gates/kernel", sizes.matrix(2)),
              read(names, "gates/bias", sizes.vector(2)),
              read(names, "candidate/input_projection/kernel", sizes.plain(inputSize)),
              read(names, "candidate/input_projection/bias", sizes.vector(1)),
              read(names, "candidate/hidden_projection/kernel", sizes.plain(single.numUnits())),
              read(names, "candidate/hidden_projection/bias", sizes.vector(1)),
              single.activation());
    };
  }

  private LstmCell lstm(CellSpec.Single spec, Map<String, List<String>> names, Sizes sizes)
      throws IOException {
    CellSpec.Lstm lstm = spec.lstm();
    LstmCell.Peepholes peepholes = LstmCell.Peepholes.NONE;
    if (lstm.usePeepholes()) {
      peepholes =
          new LstmCell.Peepholes(
              read(names, "w_i_diag", sizes.vector(1)),
              read(names, "w_f_diag", sizes.vector(1)),
              read(names, "w_o_diag", sizes.vector(1)));
    }
    LstmCell.Projection projection = LstmCell.Projection.NONE;
    if (lstm.numProj() > 0) {
      projection =
          new LstmCell.Projection(
              read(names, "projection/kernel", sizes.projection()), lstm.projClip());
    }
    return new LstmCell(
        read(names, "kernel", sizes.matrix(4)),
        read(names, "bias", sizes.vector(4)),
        lstm.forgetBias(),
        spec.activation(),
        lstm.gateActivation(),
        peepholes,
        lstm.cellClip(),
        projection);
  }

  private Tensor read(Map<String, List<String>> names, String role, Expected expected)
      throws IOException {
    return variables.read(names.get(role), expected);
  }

  /** The shapes that follow from a cell's sizes, with the formulas for messages. */
  private final class Sizes {
    private final CellSpec.Single spec;
    private final long input;
    private final long units;

    /** Width of {@code h}. */
    private final long recurrent;

    Sizes(CellSpec.Single spec, int inputSize) {
      this.spec = spec;
      this.input = inputSize;
      this.units = spec.numUnits();
      this.recurrent = spec.lstm().numProj() > 0 ? spec.lstm().numProj() : units;
    }

    Shape kernel() {
      int gates =
          switch (spec.type()) {
            case BASIC_RNN -> 1;
            case BASIC_LSTM, LSTM -> 4;
            case GRU, RESET_AFTER_GRU -> 2;
          };
      return matrix(gates).shape();
    }

    Expected matrix(int gates) {
      return expected(
          Shape.of(input + recurrent, gates * units),
          "[" + input + " + " + recurrent + ", " + times(gates) + units + "]");
    }

    Expected vector(int gates) {
      return expected(Shape.of(gates * units), "[" + times(gates) + units + "]");
    }

    Expected plain(long rows) {
      return expected(Shape.of(rows, units), "[" + rows + ", " + units + "]");
    }

    Expected projection() {
      return expected(Shape.of(units, recurrent), "[" + units + ", " + recurrent + "]");
    }

    private String times(int gates) {
      return gates == 1 ? "" : gates + " * ";
    }

    private Expected expected(Shape shape, String formula) {
      boolean projects = spec.type() == Type.LSTM && spec.lstm().numProj() > 0;
      return new Expected(
          shape,
          formula
              + " from num_units = "
              + units
              + (projects ? ", num_proj = " + recurrent : "")
              + " and inputs of size "
              + input,
          spec.place(),
          user);
    }
  }
}
