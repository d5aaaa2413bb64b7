package org.sparkrnn.spark.task;

import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Set;
import org.apache.spark.TaskContext;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.UnsafeRow;
import org.apache.spark.sql.catalyst.expressions.codegen.GenerateUnsafeRowJoiner;
import org.apache.spark.sql.catalyst.expressions.codegen.UnsafeRowJoiner;
import org.apache.spark.util.TaskCompletionListener;
import org.sparkrnn.model.BadRow;
import org.sparkrnn.model.BadRowException;
import org.sparkrnn.model.Generated;
import org.sparkrnn.model.OnBadRow;
import org.sparkrnn.rnn.NetworkRunner;
import org.sparkrnn.rnn.Output;
import org.sparkrnn.rnn.Window;

/**
 * The rows of one partition. Stages rows until the window is full, runs the network, gives the rows
 * out in the order they came, and begins again; so memory is bounded whatever the partition's size.
 * Works as it is asked: nothing is read before the first {@code hasNext}.
 *
 * <p>A row given out is valid until the next one is asked for. For one task's thread.
 */
final class InferenceIterator implements Iterator<InternalRow> {
  private final TaskPlan plan;
  private final TaskMetrics metrics;
  private final RowSource source;
  private final StagedRows staged;
  private final GeneratedRow generated;
  private final UnsafeRowJoiner joiner;
  private final PassThrough passThrough;
  private final LengthReader lengths;

  private NetworkRunner runner;
  private Window window;
  private SequenceReader sequences;
  private StateReader states;
  private boolean selected;
  private String ops = "";

  /** A row was read from the source and is not staged yet. */
  private boolean pending;

  private long rowsRead;
  private long longest;
  private int given;

  InferenceIterator(TaskPlan plan, TaskMetrics metrics, RowSource source) {
    this.plan = plan;
    this.metrics = metrics;
    this.source = source;
    this.staged = new StagedRows(plan.rows().kept().size());
    this.generated = new GeneratedRow(plan.columns());
    this.joiner =
        GenerateUnsafeRowJoiner.create(plan.rows().passThrough(), plan.rows().generated());
    this.passThrough = new PassThrough(plan.rows());
    this.lengths = new LengthReader(plan.inputs().length());
  }

  @Override
  public boolean hasNext() {
    return given < staged.rows() || fill();
  }

  @Override
  public InternalRow next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    int row = given++;
    UnsafeRow added =
        staged.inWindow(row) == StagedRows.NONE
            ? generated.bad(staged.error(row))
            : generated.good(
                runner::result,
                staged.inWindow(row),
                window.length(staged.inWindow(row)),
                staged.steps(row));
    metrics.rows().add(1);
    return joiner.join(staged.passThrough(row), added);
  }

  /** Stages and runs the next rows; false if there are none. */
  private boolean fill() {
    TaskContext.get().killTaskIfInterrupted();
    staged.clear();
    given = 0;
    if (window != null) {
      window.clear();
    }
    while (pending || source.next()) {
      pending = true;
      if (runner == null) {
        open();
      }
      if (!stage()) {
        break;
      }
      pending = false;
      rowsRead++;
    }
    if (staged.rows() == 0) {
      return false;
    }
    run();
    return true;
  }

  /** Only a task that has rows needs the model. */
  private void open() {
    ModelCache.Lease lease;
    try {
      lease = ModelCache.shared().acquire(plan.model(), plan.running().ops());
    } catch (InterruptedException e) {
      TaskContext.get().killTaskIfInterrupted();
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while another task packed the model", e);
    }
    TaskCompletionListener release = context -> lease.close();
    TaskContext.get().addTaskCompletionListener(release);
    ModelCache.Packed packed = lease.packed();
    List<Output> outputs =
        plan.columns().stream()
            .filter(Generated.Column.class::isInstance)
            .map(column -> ((Generated.Column) column).output())
            .toList();
    runner = packed.network().runner(outputs, plan.running().limits());
    window = runner.window();
    selected = !outputs.isEmpty();
    ops = packed.network().ops().name();
    sequences = SequenceReader.of(packed.input(), plan.inputs().sequence());
    states = new StateReader(plan.inputs().state(), packed.network().network().stateShape());
  }

  /** Stages the row at hand; false if it has to wait for the next window. */
  private boolean stage() {
    UnsafeRow kept = passThrough.of(source.row());
    if (staged.rows() > 0
        && staged.bytes() + kept.getSizeInBytes() > plan.running().windowBytes()) {
      return false;
    }
    int steps;
    int length;
    try {
      steps = sequences.steps(source);
      length = lengths.length(source.row(), steps);
      BadRowException.requireSteps(window.refusal(length));
      requireFits(length, steps);
      if (!window.hasRoom(length)) {
        return false;
      }
      sequences.read(length);
      states.read(source.row());
    } catch (BadRowException bad) {
      refuse(bad, kept);
      return true;
    }
    sequences.addTo(window, length);
    states.addTo(window);
    staged.add(kept, window.rows() - 1, steps);
    longest = Math.max(longest, length);
    return true;
  }

  private void requireFits(int length, int steps) {
    if (!window.fits(length)) {
      throw BadRowException.because(
          BadRow.TOO_LARGE,
          "a row of %d steps takes %d bytes, more than the %d of spark.rnn.windowBytes"
              + " (--window-bytes): raise it to at least %d",
          length,
          window.bytesNeeded(length),
          plan.running().windowBytes(),
          window.bytesNeeded(length));
    }
    long out = generated.size(length, steps);
    if (out > Integer.MAX_VALUE / 2) {
      throw BadRowException.because(
          BadRow.TOO_LARGE,
          "the results of a row of %d steps take %d bytes, more than a Spark row can hold: select"
              + " fewer outputs",
          steps,
          out);
    }
  }

  private void refuse(BadRowException bad, UnsafeRow kept) {
    if (plan.running().onBadRow() == OnBadRow.FAIL) {
      String column =
          bad.reason() == BadRow.INITIAL_STATE
              ? plan.inputs().state().name()
              : bad.reason() == BadRow.NEGATIVE_LENGTH || bad.reason() == BadRow.LENGTH_BEYOND_ROW
                  ? plan.inputs().length().name()
                  : plan.inputs().sequence().name();
      throw bad.failing(
          String.format(
              "row %d of partition %d (both counted from 0)",
              rowsRead, TaskContext.getPartitionId()),
          column,
          "spark.rnn.onBadRow=null (--on-bad-row null)");
    }
    metrics.badRows().get(bad.reason()).add(1);
    staged.addBad(kept, bad.text());
  }

  private void run() {
    if (window.rows() == 0) {
      return;
    }
    metrics.steps().add(window.steps());
    metrics.work().windows().add(1);
    metrics.work().stagedBytes().add(window.bytes() + staged.bytes());
    metrics.work().longestRow().set((double) longest);
    metrics.facts().add(new Facts(longest, Set.of(ops)));
    if (selected) {
      long cellSteps = runner.cellSteps();
      long flops = runner.flops();
      long start = System.nanoTime();
      runner.run();
      metrics.work().nanos().add(System.nanoTime() - start);
      metrics.work().cellSteps().add(runner.cellSteps() - cellSteps);
      metrics.work().flops().add(runner.flops() - flops);
    }
  }
}
