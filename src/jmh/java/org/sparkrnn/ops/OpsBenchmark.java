package org.sparkrnn.ops;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;
import org.sparkrnn.cell.Activation;
import org.sparkrnn.cell.GruCell;
import org.sparkrnn.cell.LstmCell;
import org.sparkrnn.cell.ResetAfterGruCell;
import org.sparkrnn.cell.RnnCell;
import org.sparkrnn.tensor.Shape;
import org.sparkrnn.tensor.Tensor;

/**
 * How fast the cells step: GFLOP/s of one thread and the share of what its multipliers can do.
 *
 * <p>Run with {@code mvn -Pbench test-compile exec:exec}, with {@code -Dunits=128,256} and {@code
 * -Drows=64} to choose sizes. Prints, for each cell and size, the median over slices of CPU time,
 * with the implementations taking turns, and fails when their outputs differ in a bit. The peak is
 * measured in the same JVM: independent fused multiply-adds in registers. Input and recurrent width
 * are equal; operations are two for each weight, gates not counted.
 */
public final class OpsBenchmark {
  private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
  private static final int SLICES = 9;
  private static final long SLICE_NANOS = 200_000_000;
  private static final long WARM_UP_NANOS = 2_500_000_000L;

  private OpsBenchmark() {}

  /** A workload that counts its own operations. */
  private interface Work {
    /** Does some of it; returns the floating-point operations. */
    double run();
  }

  public static void main(String[] args) {
    double peak = peak();
    System.out.printf(
        "java %s, %s, peak %.0f GFLOP/s%n",
        System.getProperty("java.version"), Ops.of("auto").name(), peak);
    System.out.printf("%-18s %5s %5s %9s %7s %8s %7s%n", "cell", "units", "rows", "simd", "peak", "scalar", "ratio");
    for (int units : sizes("units", "64,128,256,512")) {
      for (int rows : sizes("rows", "1,8,64")) {
        for (RnnCell cell : cells(units, new Random(units))) {
          compare(cell, units, rows, peak);
        }
      }
    }
  }

  private static int[] sizes(String property, String otherwise) {
    return Arrays.stream(System.getProperty(property, otherwise).split(",", -1))
        .mapToInt(Integer::parseInt)
        .toArray();
  }

  private static void compare(RnnCell cell, int units, int rows, double peak) {
    Run simd = new Run(Ops.of("simd"), cell, rows);
    Run scalar = new Run(Ops.of("scalar"), cell, rows);
    double[] rates = medians(simd, scalar);
    simd.restart();
    scalar.restart();
    for (int t = 0; t < 5; t++) {
      simd.step();
      scalar.step();
    }
    if (!Arrays.equals(simd.y, scalar.y)) {
      throw new IllegalStateException("outputs differ: " + cell.getClass().getSimpleName());
    }
    System.out.printf(
        "%-18s %5d %5d %9.1f %6.0f%% %8.1f %7.2f%n",
        cell.getClass().getSimpleName(),
        units,
        rows,
        rates[0],
        100 * rates[0] / peak,
        rates[1],
        rates[1] / rates[0]);
  }

  /** GFLOP/s of each, the median of slices that take turns. */
  private static double[] medians(Work... works) {
    double[][] rates = new double[works.length][SLICES];
    for (Work work : works) {
      rate(work, WARM_UP_NANOS);
    }
    for (int slice = 0; slice < SLICES; slice++) {
      for (int w = 0; w < works.length; w++) {
        rates[w][slice] = rate(works[w], SLICE_NANOS);
      }
    }
    return Arrays.stream(rates).mapToDouble(r -> Arrays.stream(r).sorted().toArray()[SLICES / 2]).toArray();
  }

  private static double rate(Work work, long nanos) {
    double operations = 0;
    long start = THREADS.getCurrentThreadCpuTime();
    long now = start;
    while (now - start < nanos) {
      operations += work.run();
      now = THREADS.getCurrentThreadCpuTime();
    }
    return operations / (now - start);
  }

  private static final class Run implements Work {
    private final CellStepper stepper;
    private final int rows;
    private final int[] at;
    private final float[] x;
    private final float[] y;
    private final float[] zero;
    private final double operations;
    private final int steps;

    Run(Ops ops, RnnCell cell, int rows) {
      PackedCell packed = ops.pack(cell);
      this.rows = rows;
      stepper = packed.stepper(rows);
      at = IntStream.range(0, rows).toArray();
      Random random = new Random(7);
      x = new float[rows * packed.inputSize()];
      for (int i = 0; i < x.length; i++) {
        x[i] = random.nextFloat() - 0.5f;
      }
      y = new float[rows * packed.outputSize()];
      zero = new float[packed.stateSize()];
      operations = (double) packed.flopsPerStep() * rows;
      steps = Math.max(1, (int) (1e7 / operations));
    }

    void restart() {
      for (int r = 0; r < rows; r++) {
        stepper.setState(r, zero, 0);
      }
    }

    void step() {
      stepper.step(rows, at, x, y);
    }

    @Override
    public double run() {
      for (int t = 0; t < steps; t++) {
        step();
      }
      return operations * steps;
    }
  }

  /** Twelve chains of fused multiply-adds: enough to hide their latency. */
  private static double peak() {
    double best = 0;
    for (int round = 0; round < 30; round++) {
      best = Math.max(best, rate(OpsBenchmark::chains, SLICE_NANOS / 2));
    }
    return best;
  }

  private static double sink;

  private static double chains() {
    int count = 1_000_000;
    FloatVector a = FloatVector.broadcast(S, 0.5f);
    FloatVector b = FloatVector.broadcast(S, 1f);
    FloatVector c0 = b;
    FloatVector c1 = b;
    FloatVector c2 = b;
    FloatVector c3 = b;
    FloatVector c4 = b;
    FloatVector c5 = b;
    FloatVector c6 = b;
    FloatVector c7 = b;
    FloatVector c8 = b;
    FloatVector c9 = b;
    FloatVector c10 = b;
    FloatVector c11 = b;
    for (int i = 0; i < count; i++) {
      c0 = c0.fma(a, b);
      c1 = c1.fma(a, b);
      c2 = c2.fma(a, b);
      c3 = c3.fma(a, b);
      c4 = c4.fma(a, b);
      c5 = c5.fma(a, b);
      c6 = c6.fma(a, b);
      c7 = c7.fma(a, b);
      c8 = c8.fma(a, b);
      c9 = c9.fma(a, b);
      c10 = c10.fma(a, b);
      c11 = c11.fma(a, b);
    }
    FloatVector sum = c0.add(c1).add(c2).add(c3).add(c4).add(c5);
    sink += sum.add(c6).add(c7).add(c8).add(c9).add(c10).add(c11).lane(0);
    return 2.0 * 12 * count * S.length();
  }

  private static List<RnnCell> cells(int n, Random random) {
    return List.of(
        new LstmCell(
            tensor(random, 2 * n, 4 * n),
            tensor(random, 4 * n),
            1,
            Activation.TANH,
            Activation.SIGMOID,
            LstmCell.Peepholes.NONE,
            Float.POSITIVE_INFINITY,
            LstmCell.Projection.NONE),
        new GruCell(
            tensor(random, 2 * n, 2 * n),
            tensor(random, 2 * n),
            tensor(random, 2 * n, n),
            tensor(random, n),
            Activation.TANH),
        new ResetAfterGruCell(
            tensor(random, 2 * n, 2 * n),
            tensor(random, 2 * n),
            tensor(random, n, n),
            tensor(random, n),
            tensor(random, n, n),
            tensor(random, n),
            Activation.TANH));
  }

  private static Tensor tensor(Random random, long... dims) {
    Shape shape = Shape.of(dims);
    float[] values = new float[Math.toIntExact(shape.elements())];
    for (int i = 0; i < values.length; i++) {
      values[i] = (random.nextFloat() - 0.5f) * 0.1f;
    }
    return Tensor.owning(shape, values);
  }
}
