package org.sparkrnn.rnn;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Random;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.sparkrnn.cell.Activation;
import org.sparkrnn.ops.Ops;
import org.sparkrnn.oracle.RandomNetworks;

/**
 * A runner allocates nothing for a row or a step once its buffers have grown: a few small objects
 * for each group remain. Runs in the small JVM without the vector module, as the test of the
 * steppers does.
 */
@Tag("without-vector-module")
class RunnerAllocationTest {
  /** For the three groups of a window. */
  private static final long FEW_BYTES = 2000;

  private static final int ROWS = 90;

  @Test
  void aWindowAllocatesNothingForItsRowsAndSteps() {
    RandomNetworks random = new RandomNetworks(1);
    Network network =
        NetworkRunnerTest.features(
            4,
            new Layer.Dense("below", random.tensor(4, 6), random.tensor(6), Activation.TANH),
            new Layer.Rnn("both", List.of(random.lstm(6, 5), random.gru(6, 3)), Layer.Merge.CONCAT),
            new Layer.Rnn("top", List.of(random.lstm(8, 9)), Layer.Merge.CONCAT),
            new Layer.Dense("logits", random.tensor(9, 7), random.tensor(7), Activation.ELU),
            new Layer.Softmax("probabilities"),
            new Layer.Reduce("mean", Layer.Reduction.MEAN),
            new Layer.ArgMax("class"));
    NetworkRunner runner =
        PackedNetwork.pack(network, Ops.of("scalar"))
            .runner(network.outputs(), new Limits(64L << 20, 32));
    float[] features = random.floats(40 * 4);
    assertAllocatesLittle(runner, row -> runner.window().add(features, 0, (row * 7) % 40));
  }

  @Test
  void norDoesOneWhoseRowsShareSteps() {
    RandomNetworks random = new RandomNetworks(2);
    Network network =
        new Network(
            new Network.Input.Ids(5),
            List.of(
                new Layer.Embedding("embedding", random.tensor(5, 4)),
                new Layer.Rnn(
                    "both", List.of(random.lstm(4, 5), random.gru(4, 3)), Layer.Merge.CONCAT),
                new Layer.Rnn("top", List.of(random.lstm(8, 9)), Layer.Merge.CONCAT)));
    NetworkRunner runner =
        PackedNetwork.pack(network, Ops.of("scalar"))
            .runner(network.outputs(), new Limits(64L << 20, 32, Sharing.ALWAYS));
    int[] ids = new Random(3).ints(80, 0, 5).toArray();
    assertAllocatesLittle(runner, row -> runner.window().add(ids, row % 8, (row * 7) % 40));
  }

  private static void assertAllocatesLittle(NetworkRunner runner, IntConsumer add) {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long fewest = Long.MAX_VALUE;
    // On a busy machine the compiler may take its time; what counts is how it ends.
    long deadline = System.nanoTime() + 30_000_000_000L;
    while (fewest > FEW_BYTES && System.nanoTime() < deadline) {
      long before = threads.getCurrentThreadAllocatedBytes();
      runner.window().clear();
      for (int row = 0; row < ROWS; row++) {
        add.accept(row);
      }
      runner.run();
      fewest = Math.min(fewest, threads.getCurrentThreadAllocatedBytes() - before);
    }
    assertThat(fewest).as("bytes for a window").isLessThanOrEqualTo(FEW_BYTES);
  }
}
