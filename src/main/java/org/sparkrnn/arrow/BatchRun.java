package org.sparkrnn.arrow;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.apache.arrow.vector.util.TransferPair;
import org.sparkrnn.model.BadRow;
import org.sparkrnn.model.BadRowException;
import org.sparkrnn.model.InputColumns;
import org.sparkrnn.model.OnBadRow;
import org.sparkrnn.model.SequenceModel;
import org.sparkrnn.rnn.NetworkRunner;
import org.sparkrnn.rnn.PackedNetwork;
import org.sparkrnn.rnn.Window;

/** Runs a model over one record batch, window by window. For one thread. */
public final class BatchRun {
  private final BatchSettings settings;
  private final BufferAllocator allocator;
  private final int rows;
  private final StepReader sequences;
  private final LengthColumn lengths;
  private final StateColumn states;
  private final List<FieldVector> passThrough;
  private final List<BatchColumns.Added> outputs;
  private final NetworkRunner runner;
  private final Window window;
  private final List<AddedColumn> added = new ArrayList<>();

  /** Where the rows of the window stand in the batch. */
  private final List<AddedColumn.Extent> staged = new ArrayList<>();

  private final Map<String, String> metadata;
  private final List<Field> fields = new ArrayList<>();
  private VarCharVector reasons;

  private BatchRun(
      SequenceModel model,
      PackedNetwork packed,
      BatchSettings settings,
      VectorSchemaRoot in,
      BufferAllocator allocator) {
    this.settings = settings;
    this.allocator = allocator;
    this.rows = in.getRowCount();
    BatchColumns columns = new BatchColumns(model, settings, in);
    this.metadata = in.getSchema().getCustomMetadata();
    this.sequences = columns.sequence();
    this.lengths = columns.length();
    this.states = columns.initialState();
    this.passThrough = columns.passThrough();
    this.outputs = columns.added(passThrough);
    passThrough.forEach(column -> fields.add(columns.field(column)));
    this.runner =
        packed.runner(
            outputs.stream().map(column -> column.what().output()).toList(), settings.limits());
    this.window = runner.window();
  }

  /**
   * Runs the model.
   *
   * @param model what to run
   * @param packed its weights
   * @param settings how
   * @param in the batch; stays as it is, and its owner's to close
   * @param allocator for the batch that is returned; of one root with those of {@code in}
   * @return the columns of {@code in} that pass through, sharing its buffers, and the outputs; the
   *     caller's to close
   * @throws IllegalArgumentException if the columns do not fit the model
   * @throws BadRowException for a row that cannot be computed, under {@link OnBadRow#FAIL}
   */
  public static VectorSchemaRoot run(
      SequenceModel model,
      PackedNetwork packed,
      BatchSettings settings,
      VectorSchemaRoot in,
      BufferAllocator allocator) {
    for (FieldVector column : in.getFieldVectors()) {
      if (column.getAllocator() != null && column.getAllocator().getRoot() != allocator.getRoot()) {
        throw new IllegalArgumentException(
            "column '"
                + column.getName()
                + "' was allocated under another root allocator than the one given: columns can"
                + " pass through only under one root, so give a child of the batch's own");
      }
    }
    return new BatchRun(model, packed, settings, in, allocator).run();
  }

  private VectorSchemaRoot run() {
    List<FieldVector> all = new ArrayList<>();
    try {
      for (FieldVector column : passThrough) {
        TransferPair pair = column.getTransferPair(column.getField(), allocator);
        all.add((FieldVector) pair.getTo());
        pair.splitAndTransfer(0, rows);
      }
      boolean nullable = settings.onBadRow() == OnBadRow.NULL;
      for (BatchColumns.Added output : outputs) {
        Field field = ColumnTypes.field(output.name(), output.what(), nullable);
        fields.add(field);
        added.add(AddedColumn.of(field, output.what(), rows, allocator));
        all.add(added.get(added.size() - 1).vector);
      }
      if (nullable) {
        Field field = ColumnTypes.reason(settings.output().error());
        fields.add(field);
        reasons = (VarCharVector) field.createVector(allocator);
        all.add(reasons);
        reasons.allocateNew();
      }
      for (int row = 0; row < rows; row++) {
        stage(row);
      }
      flush();
      added.forEach(column -> column.finish(rows));
      if (nullable) {
        reasons.setValueCount(rows);
      }
      return new VectorSchemaRoot(new Schema(fields, metadata), List.copyOf(all), rows);
    } catch (RuntimeException | Error e) {
      all.forEach(FieldVector::close);
      throw e;
    }
  }

  private void stage(int row) {
    int steps;
    int length;
    try {
      steps = sequences.steps(row);
      length = lengths.length(row, steps);
      BadRowException.requireSteps(window.refusal(length));
      if (!window.fits(length)) {
        throw BadRowException.because(
            BadRow.TOO_LARGE,
            "a row of %d steps takes %d bytes, more than the %d of windowBytes: raise it to at"
                + " least %d",
            length,
            window.bytesNeeded(length),
            settings.limits().windowBytes(),
            window.bytesNeeded(length));
      }
      sequences.read(length);
      states.read(row);
    } catch (BadRowException bad) {
      refuse(bad, row);
      return;
    }
    if (!window.hasRoom(length)) {
      flush();
    }
    sequences.addTo(window, length);
    states.addTo(window);
    int staying = window.rows() - 1;
    staged.add(new AddedColumn.Extent(row, staying, window.length(staying), steps));
  }

  private void refuse(BadRowException bad, int row) {
    InputColumns input = settings.input();
    if (settings.onBadRow() == OnBadRow.FAIL) {
      String column =
          switch (bad.reason()) {
            case INITIAL_STATE -> input.initialState();
            case NEGATIVE_LENGTH, LENGTH_BEYOND_ROW -> input.length();
            default -> input.sequence();
          };
      throw bad.failing(
          "row " + row + " of the batch (counted from 0)", column, "onBadRow(\"null\")");
    }
    AddedColumn.reason(reasons, row, bad.text());
  }

  private void flush() {
    if (window.rows() > 0 && !added.isEmpty()) {
      runner.run();
      for (AddedColumn.Extent row : staged) {
        for (int i = 0; i < added.size(); i++) {
          added.get(i).put(runner.result(i), row);
        }
      }
    }
    window.clear();
    staged.clear();
  }

  /** {@code more}, if a vector that has {@code end} elements can have so many more. */
  static int fitting(long end, long more) {
    if (end + more > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "the batch's results are more than an Arrow list can address, which is 2^31 - 1 numbers:"
              + " run smaller batches, or select fewer outputs");
    }
    return (int) more;
  }
}
