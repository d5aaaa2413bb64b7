package org.sparkrnn.bench;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The bare cell over a batch of 64 steps, by JMH: for its profilers, and to see that our own clock
 * agrees with its. {@link MicroBenchmark} compares.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(value = 1, jvmArgsAppend = {"--add-modules=jdk.incubator.vector", "-Xmx2g"})
public class CellStepJmh {
  /** The cell. */
  @Param({"lstm", "gru", "lbr"})
  public String cell;

  /** Its units, and its inputs. */
  @Param({"128"})
  public int units;

  /** Rows stepped together. */
  @Param({"1", "64"})
  public int rows;

  /** The arithmetic. */
  @Param({"auto", "scalar"})
  public String ops;

  private SteppedCell stepped;

  /** Packs the weights. */
  @Setup
  public void pack() {
    stepped = new SteppedCell(Cells.of(cell, units), ops, Corpus.equal(rows, 64, units));
  }

  /** 64 steps of all rows. */
  @Benchmark
  public void steps() {
    stepped.run();
  }
}
