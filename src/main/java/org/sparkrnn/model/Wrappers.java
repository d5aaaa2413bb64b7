package org.sparkrnn.model;

import java.util.List;
import org.sparkrnn.cell.ResidualWrapper;
import org.sparkrnn.cell.RnnCell;

/** Cells around a cell. */
final class Wrappers {
  static final CellType<ResidualWrapper> RESIDUAL =
      CellType.of("ResidualWrapper", ResidualWrapper.class)
          .wraps(ResidualWrapper::cell)
          .make(parts -> new ResidualWrapper(parts.cell()));

  /** Of no effect when a network is only run. */
  static final CellType<RnnCell> DROPOUT =
      CellType.of("DropoutWrapper", RnnCell.class)
          .alias()
          .option(CellOption.number("input_keep_prob", 1), cell -> 1f)
          .option(CellOption.number("output_keep_prob", 1), cell -> 1f)
          .option(CellOption.number("state_keep_prob", 1), cell -> 1f)
          .wraps(cell -> cell)
          .make(CellParts::cell);

  /** Says where a cell is computed; of no effect here. */
  static final CellType<RnnCell> DEVICE =
      CellType.of("DeviceWrapper", RnnCell.class).alias().wraps(cell -> cell).make(CellParts::cell);

  static final List<CellType<? extends RnnCell>> ALL = List.of(RESIDUAL, DROPOUT, DEVICE);

  private Wrappers() {}
}
