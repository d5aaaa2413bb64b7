package org.sparkrnn.ops;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.sparkrnn.cell.Activation;
import org.sparkrnn.cell.BasicRnnCell;
import org.sparkrnn.cell.LstmCell;
import org.sparkrnn.cell.RnnCell;
import org.sparkrnn.oracle.EveryActivation;
import org.sparkrnn.oracle.RandomNetworks;
import org.sparkrnn.tensor.Tensor;

/**
 * The program of {@link SimdAllocationTest}: prints for each cell and layer how many bytes many
 * steps of the vector code allocate once they are compiled, and the names that they go by.
 */
final class SimdAllocations {
  private static final int INPUTS = 6;
  private static final int UNITS = 20;

  /** Two sizes of tiles. */
  private static final int ROWS = 9;

  private static final int STEPS = 500;

  /** What the measuring itself may allocate. */
  static final long FEW_BYTES = 1000;

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private SimdAllocations() {}

  /** Without arguments. */
  public static void main(String[] args) {
    RandomNetworks random = new RandomNetworks(1);
    cells(random).forEach((name, cell) -> print(name, steps(cell, random)));
    Tensor kernel = random.tensor(INPUTS, UNITS);
    for (Activation activation : List.of(Activation.TANH, Activation.RELU)) {
      PackedDense.Runner dense =
          Ops.of("simd").pack(kernel, random.tensor(UNITS), activation).runner();
      float[] x = random.floats(ROWS * INPUTS);
      float[] y = new float[ROWS * UNITS];
      print("dense " + activation, () -> dense.apply(ROWS, x, 0, y, 0));
    }
    float[] logits = random.floats(ROWS * UNITS);
    print("softmax", () -> Ops.of("simd").softmax(logits, 0, ROWS, UNITS));
  }

  private static Map<String, RnnCell> cells(RandomNetworks random) {
    Map<String, RnnCell> cells = new LinkedHashMap<>();
    cells.put("lstm", random.lstm(INPUTS, UNITS));
    cells.put("lstm with peepholes, clip, projection", random.fullLstm(INPUTS, UNITS, 7));
    cells.put("gru", random.gru(INPUTS, UNITS));
    cells.put("reset-after gru", random.resetAfterGru(INPUTS, UNITS));
    EveryActivation.elementwise()
        .forEach(
            activation -> {
              cells.put(
                  "basic " + activation,
                  new BasicRnnCell(
                      random.tensor(INPUTS + UNITS, UNITS), random.tensor(UNITS), activation));
              LstmCell lstm = random.lstm(INPUTS, UNITS);
              cells.put(
                  "lstm " + activation,
                  new LstmCell(
                      lstm.kernel(),
                      lstm.bias(),
                      1,
                      activation,
                      Activation.HARD_SIGMOID,
                      LstmCell.Peepholes.NONE,
                      3,
                      LstmCell.Projection.NONE));
            });
    return cells;
  }

  private static Runnable steps(RnnCell cell, RandomNetworks random) {
    PackedCell packed = Ops.of("simd").pack(cell);
    CellStepper stepper = packed.stepper(ROWS);
    int[] rows = IntStream.range(0, ROWS).toArray();
    float[][] x = FlatSteps.each(ROWS, random.floats(ROWS * INPUTS));
    int[] from = FlatSteps.times(rows, INPUTS);
    float[] y = new float[ROWS * packed.outputSize()];
    int[] to = FlatSteps.times(rows, packed.outputSize());
    return () -> stepper.step(ROWS, x, from, y, to);
  }

  private static void print(String name, Runnable step) {
    long fewest = Long.MAX_VALUE;
    // On a busy machine the compiler may take its time; what counts is how it ends.
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (fewest > FEW_BYTES && System.nanoTime() < deadline) {
      long before = THREADS.getCurrentThreadAllocatedBytes();
      for (int t = 0; t < STEPS; t++) {
        step.run();
      }
      fewest = Math.min(fewest, THREADS.getCurrentThreadAllocatedBytes() - before);
    }
    System.out.println(fewest + "\t" + name);
  }
}
