package org.sparkrnn.spark;

import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.execution.QueryExecution;
import org.apache.spark.sql.util.QueryExecutionListener;

/**
 * Waits for what the operator did in an action whose query the program does not hold, above all a
 * write.
 *
 * <pre>{@code
 * try (RunListener listener = RunListener.on(session)) {
 *   scored.write().parquet(path);
 *   RunMetrics metrics = listener.next(Duration.ofSeconds(30));
 * }
 * }</pre>
 *
 * <p>Spark reports finished queries a moment later and on another thread. Thread-safe. Queries
 * without the operator are passed over, and failed ones too: their action throws.
 */
public final class RunListener implements QueryExecutionListener, AutoCloseable {
  private final SparkSession session;
  private final BlockingQueue<RunMetrics> finished = new LinkedBlockingQueue<>();

  private RunListener(SparkSession session) {
    this.session = session;
  }

  /** Listens to a session until closed. */
  public static RunListener on(SparkSession session) {
    RunListener listener = new RunListener(session);
    session.listenerManager().register(listener);
    return listener;
  }

  @Override
  public void onSuccess(String function, QueryExecution query, long nanos) {
    if (!RunMetrics.nodes(query.executedPlan()).isEmpty()) {
      finished.add(RunMetrics.of(query));
    }
  }

  @Override
  public void onFailure(String function, QueryExecution query, Exception failure) {
    // The action throws it.
  }

  /**
   * What the next query with the operator did, in the order they finished.
   *
   * @throws IllegalStateException if none is reported within {@code patience}
   * @throws InterruptedException if interrupted while waiting
   */
  public RunMetrics next(Duration patience) throws InterruptedException {
    RunMetrics next = finished.poll(patience.toMillis(), TimeUnit.MILLISECONDS);
    if (next == null) {
      throw new IllegalStateException(
          "Spark did not report a finished query with the operator within " + patience);
    }
    return next;
  }

  @Override
  public void close() {
    session.listenerManager().unregister(this);
  }
}
