package org.sparkrnn.oracle;

import static org.sparkrnn.oracle.TextbookCell.activate;
import static org.sparkrnn.oracle.TextbookCell.affine;
import static org.sparkrnn.oracle.TextbookCell.concat;

import java.util.HashMap;
import java.util.Map;
import org.sparkrnn.cell.Activation;
import org.sparkrnn.cell.AttentionCellWrapper;
import org.sparkrnn.cell.BidirectionalGridLstmCell;
import org.sparkrnn.cell.CfnCell;
import org.sparkrnn.cell.ConvLstmCell;
import org.sparkrnn.cell.CoupledGateLstmCell;
import org.sparkrnn.cell.FormulaCell;
import org.sparkrnn.cell.GlstmCell;
import org.sparkrnn.cell.GridLstmCell;
import org.sparkrnn.cell.GridRnnCell;
import org.sparkrnn.cell.HighwayWrapper;
import org.sparkrnn.cell.IndRnnCell;
import org.sparkrnn.cell.IndyGruCell;
import org.sparkrnn.cell.IndyLstmCell;
import org.sparkrnn.cell.InputProjectionWrapper;
import org.sparkrnn.cell.IntersectionRnnCell;
import org.sparkrnn.cell.LayerNormLstmCell;
import org.sparkrnn.cell.MinimalRnnCell;
import org.sparkrnn.cell.NasCell;
import org.sparkrnn.cell.OnnxGruCell;
import org.sparkrnn.cell.OnnxLstmCell;
import org.sparkrnn.cell.OnnxRnnCell;
import org.sparkrnn.cell.OutputProjectionWrapper;
import org.sparkrnn.cell.PhasedLstmCell;
import org.sparkrnn.cell.ResidualWrapper;
import org.sparkrnn.cell.SruCell;
import org.sparkrnn.cell.TimeFreqLstmCell;
import org.sparkrnn.cell.UgrnnCell;
import org.sparkrnn.cell.WeightNormLstmCell;
import org.sparkrnn.oracle.TextbookCell.Step;
import org.sparkrnn.tensor.Tensor;

/**
 * The textbook's steps of the cells that run from a formula: from the published formulas, by plain
 * loops, never from the cell's own {@code formula()}.
 */
final class TextbookCells {
  /** One step of a cell of class {@code C}. */
  private interface Textbook<C> {
    Step step(C cell, double[] x, double[] state);
  }

  private static final Map<Class<?>, Textbook<? super FormulaCell>> STEPS = new HashMap<>();

  static {
    put(MinimalRnnCell.class, TextbookCells::minimalRnn);
    put(UgrnnCell.class, TextbookContribCells::ugrnn);
    put(IntersectionRnnCell.class, TextbookContribCells::intersection);
    put(SruCell.class, TextbookContribCells::sru);
    put(CoupledGateLstmCell.class, TextbookContribLstmCells::coupled);
    put(LayerNormLstmCell.class, TextbookContribLstmCells::layerNorm);
    put(WeightNormLstmCell.class, TextbookContribLstmCells::weightNorm);
    put(NasCell.class, TextbookContribLstmCells::nas);
    put(IndyLstmCell.class, TextbookContribLstmCells::indyLstm);
    put(PhasedLstmCell.class, TextbookContribLstmCells::phased);
    put(OnnxLstmCell.class, TextbookOnnxCells::lstm);
    put(OnnxGruCell.class, TextbookOnnxCells::gru);
    put(OnnxRnnCell.class, TextbookOnnxCells::rnn);
    put(IndRnnCell.class, TextbookContribCells::indRnn);
    put(IndyGruCell.class, TextbookContribCells::indyGru);
    put(GridLstmCell.class, TextbookSpatialCells::grid);
    put(BidirectionalGridLstmCell.class, TextbookSpatialCells::bidirectional);
    put(GridRnnCell.class, TextbookSpatialCells::gridRnn);
    put(GlstmCell.class, TextbookSpatialCells::glstm);
    put(ConvLstmCell.class, TextbookSpatialCells::conv);
    put(TimeFreqLstmCell.class, TextbookSpatialCells::timeFreq);
    put(CfnCell.class, TextbookContribCells::cfn);
    put(ResidualWrapper.class, TextbookWrappers::residual);
    put(HighwayWrapper.class, TextbookWrappers::highway);
    put(InputProjectionWrapper.class, TextbookWrappers::inputProjection);
    put(OutputProjectionWrapper.class, TextbookWrappers::outputProjection);
    put(AttentionCellWrapper.class, TextbookWrappers::attention);
  }

  private TextbookCells() {}

  private static <C extends FormulaCell> void put(Class<C> cells, Textbook<C> textbook) {
    STEPS.put(cells, (cell, x, state) -> textbook.step(cells.cast(cell), x, state));
  }

  static Step step(FormulaCell cell, double[] x, double[] state) {
    Textbook<? super FormulaCell> textbook = STEPS.get(cell.getClass());
    if (textbook == null) {
      throw new AssertionError("the textbook has no step for " + cell.getClass());
    }
    return textbook.step(cell, x, state);
  }

  private static Step minimalRnn(MinimalRnnCell cell, double[] x, double[] h) {
    int n = cell.numUnits();
    double[] z = affine(x, cell.kernel().rows(0, x.length), Tensor.zeros(n));
    for (int i = 0; i < n; i++) {
      z[i] = activate(cell.activation(), z[i]);
    }
    double[] u = affine(concat(z, h), cell.kernel().rows(x.length, 2 * n), cell.bias());
    double[] next = new double[n];
    for (int i = 0; i < n; i++) {
      double update = activate(Activation.SIGMOID, u[i]);
      next[i] = update * h[i] + (1 - update) * z[i];
    }
    return new Step(next, next);
  }
}
