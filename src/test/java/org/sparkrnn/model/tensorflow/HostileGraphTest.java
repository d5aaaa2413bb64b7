package org.sparkrnn.model.tensorflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.sparkrnn.cell.Activation;
import org.sparkrnn.cell.GruCell;
import org.sparkrnn.model.Cut;
import org.sparkrnn.model.ModelException;
import org.sparkrnn.tensor.Tensor;
import org.sparkrnn.weights.InMemoryStorage;
import org.sparkrnn.weights.WeightsException;
import org.sparkrnn.weights.tensorflow.GraphBytes;
import org.sparkrnn.weights.tensorflow.python.Era;
import org.sparkrnn.weights.tensorflow.python.PythonCell;
import org.sparkrnn.weights.tensorflow.python.PythonCells;
import org.sparkrnn.weights.tensorflow.python.PythonGraph;
import org.sparkrnn.weights.tensorflow.python.PythonOps;
import org.sparkrnn.weights.tensorflow.python.PythonRnn;
import org.sparkrnn.weights.tensorflow.python.Value;

/**
 * Graphs that are made to take a reader's time, its stack or its memory: they are read, or refused
 * by our own exceptions, within seconds.
 */
class HostileGraphTest {
  private static final int LONG = 30_000;
  private static final int SIZE = 2;

  /** Nodes that can stand in a row without end. */
  enum Link {
    IDENTITY {
      @Override
      Value behind(PythonOps tf, Value x) {
        return tf.identity("link", x);
      }
    },
    TANH {
      @Override
      Value behind(PythonOps tf, Value x) {
        return tf.unary("Tanh", "link", x);
      }
    },
    DOUBLED {
      @Override
      Value behind(PythonOps tf, Value x) {
        return tf.plus(x, x);
      }
    },
    JOINED {
      @Override
      Value behind(PythonOps tf, Value x) {
        return tf.concat(1, List.of(x, x));
      }
    },
    SLICED {
      @Override
      Value behind(PythonOps tf, Value x) {
        return tf.slice(x, new int[] {0, 0}, -1, SIZE);
      }
    },
    SPLIT {
      @Override
      Value behind(PythonOps tf, Value x) {
        return tf.split(1, x, 2).get(1);
      }
    },
    TURNED {
      @Override
      Value behind(PythonOps tf, Value x) {
        return tf.transpose(x, tf.vector("order", 1, 0));
      }
    },
    PRODUCT {
      @Override
      Value behind(PythonOps tf, Value x) {
        // Sums of sums: twice as many products each.
        return x.node().contains("add") ? tf.plus(x, x) : doubled(tf, x);
      }

      private Value doubled(PythonOps tf, Value x) {
        Value product = tf.matMul(x, tf.kernel("w", SIZE));
        return tf.plus(product, product);
      }
    },
    RESHAPED {
      @Override
      Value behind(PythonOps tf, Value x) {
        return tf.reshape(x, tf.shape(x));
      }
    };

    abstract Value behind(PythonOps tf, Value x);

    UnaryOperator<Value> chain(PythonOps tf) {
      return x -> {
        Value at = x;
        for (int i = 0; i < LONG / 15; i++) {
          at = behind(tf, at);
        }
        return at;
      };
    }
  }

  /** Where they stand. */
  enum Place {
    WEIGHTS,
    BEFORE,
    INSIDE,
    BEHIND
  }

  private static PythonCell cell() {
    GruCell cell =
        new GruCell(
            Tensor.zeros(2 * SIZE, 2 * SIZE),
            Tensor.zeros(2 * SIZE),
            Tensor.zeros(2 * SIZE, SIZE),
            Tensor.zeros(SIZE),
            Activation.TANH);
    return PythonCells.of(cell);
  }

  /** Calls a cell with a state that went through a chain of nodes. */
  private record Chained(PythonCell cell, Link link) implements PythonCell {
    @Override
    public String type() {
      return cell.type();
    }

    @Override
    public List<Integer> stateSizes() {
      return cell.stateSizes();
    }

    @Override
    public int outputSize() {
      return cell.outputSize();
    }

    @Override
    public Step call(PythonGraph graph, Value x, List<Value> state) {
      UnaryOperator<Value> chain = link.chain(new PythonOps(graph));
      Step step = cell.call(graph, x, List.of(chain.apply(state.get(0))));
      return new Step(step.output(), List.of(chain.apply(step.state().get(0))));
    }
  }

  private static byte[] graph(Place place, Link link, boolean unrolled) {
    PythonGraph graph = new PythonGraph(Era.V1_15);
    PythonOps tf = new PythonOps(graph);
    Value x = tf.placeholder("x", Value.Type.FLOAT, -1, -1, SIZE);
    UnaryOperator<Value> chain = link.chain(tf);
    PythonCell cell = place == Place.INSIDE ? new Chained(cell(), link) : cell();
    Value in = place == Place.BEFORE ? chain.apply(x) : x;
    PythonRnn rnn = new PythonRnn(graph);
    Value out =
        unrolled
            ? rnn.unrolled(cell, tf.unstack(1, in, 3), List.of()).outputs().get(2)
            : rnn.dynamic(cell, new PythonRnn.Inputs(in, SIZE, Optional.empty(), false), List.of())
                .outputs();
    if (place == Place.WEIGHTS) {
      Value kernel = graph.variable("dense/kernel", Tensor.zeros(SIZE, SIZE));
      out = tf.matMul(tf.reshape(out, tf.vector("flat", -1, SIZE)), chain.apply(kernel));
    }
    tf.identity("out", place == Place.BEHIND ? chain.apply(out) : out);
    return graph.toByteArray();
  }

  /** Whether it was read; refused by another exception than ours, or late, it fails. */
  private static boolean isRead(byte[] graph) {
    return assertTimeoutPreemptively(
        Duration.ofSeconds(20),
        () -> {
          try {
            GraphNetwork.load(
                new InMemoryStorage().with("m.pb", graph), "m.pb", new Cut("", "out"));
            return true;
          } catch (ModelException | WeightsException e) {
            assertThat(e).hasMessageContaining("m.pb");
            return false;
          }
        });
  }

  @ParameterizedTest
  @EnumSource(Link.class)
  void rowsOfNodesWithoutEndAreReadOrRefused(Link link) {
    for (Place place : Place.values()) {
      for (boolean unrolled : new boolean[] {false, true}) {
        boolean read = isRead(graph(place, link, unrolled));
        if (link == Link.IDENTITY) {
          assertThat(read).as("%s, unrolled %s", place, unrolled).isTrue();
        }
      }
    }
  }

  /** Not hostile, but as long. */
  @Test
  void twoHundredUnrolledStepsAreRead() {
    PythonGraph graph = new PythonGraph(Era.V1_15);
    PythonOps tf = new PythonOps(graph);
    int steps = 200;
    Value x = tf.placeholder("x", Value.Type.FLOAT, -1, steps, SIZE);
    PythonRnn.Steps both =
        new PythonRnn(graph).unrolledBothWays(cell(), cell(), tf.unstack(1, x, steps));
    tf.identity("out", tf.stack(1, both.outputs()));
    assertThat(isRead(graph.toByteArray())).isTrue();
  }

  @Test
  void functionsThatCallTwoOthersEachAreRefused() {
    GraphBytes graph = new GraphBytes().nodes("x = Placeholder ; dtype=1");
    int depth = 200;
    for (int i = 0; i < depth; i++) {
      GraphBytes body = new GraphBytes();
      String called = i + 1 < depth ? "f" + (i + 1) : "Tanh";
      body.nodes("a = " + called + " x\n b = " + called + " x");
      graph.function("f" + i, "x", "y=a:y:0", body);
    }
    assertThat(isRead(graph.nodes("out = f0 x").toByteArray())).isFalse();
  }

  @Test
  void functionsThatCallOneAnotherWithoutEndAreRefused() {
    GraphBytes graph = new GraphBytes().nodes("x = Placeholder ; dtype=1");
    for (int i = 0; i < LONG; i++) {
      graph.function("f" + i, "x", "y=a:y:0", new GraphBytes().nodes("a = f" + (i + 1) + " x"));
    }
    assertThat(isRead(graph.nodes("out = f0 x").toByteArray())).isFalse();
  }

  @Test
  void countsAreNotBelieved() {
    List<String> lines = new ArrayList<>();
    for (long count : new long[] {-1, 0, Integer.MAX_VALUE, Long.MAX_VALUE}) {
      lines.add("out = Split axis x ; num_split=" + count);
      lines.add("out = Unpack x ; axis=1 num=" + count);
      lines.add("out = Unpack x ; num=2 axis=" + count);
      lines.add("out = Squeeze x ; squeeze_dims=" + count);
    }
    lines.add("out = Reshape w huge");
    lines.add("out = Transpose x huge");
    lines.add("out = OneHot x huge one one");
    lines.add("out = Range zero huge one");
    lines.add("out = Fill huge one");
    lines.add("out = BiasAdd x w");
    lines.add("out = MatMul x w");
    for (String line : lines) {
      byte[] graph =
          new GraphBytes()
              .integers("axis", List.of(), 1)
              .integers("zero", List.of(), 0)
              .integers("huge", List.of(2), Integer.MAX_VALUE, Integer.MAX_VALUE)
              .floats("one", List.of(), 1)
              .floats("w", List.of(Integer.MAX_VALUE, Integer.MAX_VALUE), 1)
              .nodes("x = Placeholder ; dtype=1\n" + line)
              .toByteArray();
      assertThat(isRead(graph)).as(line).isFalse();
    }
  }
}
