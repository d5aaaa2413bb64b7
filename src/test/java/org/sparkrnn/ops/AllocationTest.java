package org.sparkrnn.ops;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.sparkrnn.cell.RnnCell;
import org.sparkrnn.oracle.RandomNetworks;

/**
 * Steppers allocate nothing once they are compiled. Runs in the small JVM without the vector module
 * only: what C2 keeps out of the heap depends on what else the JVM has seen, and of the vector code
 * the benchmark tells.
 */
@Tag("without-vector-module")
class AllocationTest {
  @Test
  void aStepAllocatesNothing() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    RandomNetworks random = new RandomNetworks(1);
    for (RnnCell cell : random.cells(6, 20)) {
      PackedCell packed = Ops.of("scalar").pack(cell);
      int rows = 9;
      CellStepper stepper = packed.stepper(rows);
      int[] at = IntStream.range(0, rows).toArray();
      float[][] x = FlatSteps.each(rows, random.floats(rows * 6));
      int[] from = FlatSteps.times(at, 6);
      int[] to = FlatSteps.times(at, packed.outputSize());
      float[] y = new float[rows * packed.outputSize()];
      long fewest = Long.MAX_VALUE;
      // On a busy machine the compiler may take its time; what counts is how it ends.
      long deadline = System.nanoTime() + 30_000_000_000L;
      while (fewest > 0 && System.nanoTime() < deadline) {
        long before = threads.getCurrentThreadAllocatedBytes();
        for (int t = 0; t < 1000; t++) {
          stepper.step(rows, x, from, y, to);
        }
        fewest = Math.min(fewest, threads.getCurrentThreadAllocatedBytes() - before);
      }
      assertThat(fewest).as(cell.getClass().getSimpleName()).isLessThan(1000);
    }
  }
}
