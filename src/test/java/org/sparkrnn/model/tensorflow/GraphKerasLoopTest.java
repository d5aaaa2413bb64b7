package org.sparkrnn.model.tensorflow;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.sparkrnn.cell.Activation;
import org.sparkrnn.cell.LstmCell;
import org.sparkrnn.model.Cut;
import org.sparkrnn.model.SequenceModel;
import org.sparkrnn.rnn.Layer;
import org.sparkrnn.tensor.Shape;
import org.sparkrnn.tensor.Tensor;
import org.sparkrnn.weights.InMemoryStorage;
import org.sparkrnn.weights.tensorflow.GraphBytes;

/**
 * The loops that Keras wrote with TensorFlow 1: weights cut into gates, and the input's product in
 * the step ({@code implementation=1}) or before the loop ({@code implementation=0}).
 */
public class GraphKerasLoopTest {
  private static final int UNITS = 2;

  /** Gates {@code i, f, c, o} side by side. */
  private static final float[][] KERNEL = {
    {1, 2, 3, 4, 5, 6, 7, 8}, {-1, -2, -3, -4, -5, -6, -7, -8}
  };

  private static final float[][] RECURRENT = {
    {0.1f, 0.2f, 0.3f, 0.4f, 0.5f, 0.6f, 0.7f, 0.8f}, {1, -1, 1, -1, 1, -1, 1, -1}
  };
  private static final float[] BIAS = {0.5f, 0.25f, 1, 1, -0.5f, -0.25f, 2, 3};
  private static final String GATES = "ifco";

  private static GraphBytes weights() {
    GraphBytes graph =
        new GraphBytes()
            .floats("kernel", List.of(2, 8), flat(KERNEL))
            .floats("recurrent", List.of(2, 8), flat(RECURRENT))
            .floats("bias", List.of(8), BIAS)
            .floats("fifth", List.of(), 0.2f)
            .floats("half", List.of(), 0.5f)
            .floats("nought", List.of(), 0)
            .floats("unit", List.of(), 1)
            .integers("zero", List.of(), 0)
            .integers("one", List.of(), 1)
            .integers("two", List.of(), 2)
            .integers("ones", List.of(1), 1)
            .integers("ones/2", List.of(2), 1, 1)
            .integers("turn", List.of(3), 1, 0, 2)
            .integers("rows", List.of(2), -1, 2)
            .integers("steps", List.of(3), -1, 5, 2)
            .integers("shape", List.of(2), 1, UNITS)
            .nodes("x = Placeholder ; dtype=1\nstart = Fill shape nought");
    for (int gate = 0; gate < GATES.length(); gate++) {
      long from = (long) gate * UNITS;
      graph
          .integers("from/" + gate, List.of(2), 0, from)
          .integers("to/" + gate, List.of(2), 0, from + UNITS)
          .integers("from/bias/" + gate, List.of(1), from)
          .integers("to/bias/" + gate, List.of(1), from + UNITS);
      graph.nodes(
          """
          kernel/G = StridedSlice kernel from/G to/G ones/2 ; begin_mask=1 end_mask=1
          recurrent/G = StridedSlice recurrent from/G to/G ones/2 ; begin_mask=1 end_mask=1
          bias/G = StridedSlice bias from/bias/G to/bias/G ones
          """
              .replace("G", "" + gate));
    }
    return graph;
  }

  private static float[] flat(float[][] rows) {
    float[] all = new float[rows.length * rows[0].length];
    for (int row = 0; row < rows.length; row++) {
      System.arraycopy(rows[row], 0, all, row * rows[0].length, rows[0].length);
    }
    return all;
  }

  private static String hardSigmoid(String name, String of) {
    return """
    N/scaled = Mul OF fifth
    N/shifted = Add N/scaled half
    N/low = Minimum N/shifted unit
    N = Maximum N/low nought
    """
        .replace("N/", name + "/")
        .replace("N = ", name + " = ")
        .replace("OF", of);
  }

  public static GraphBytes loop(boolean before) {
    GraphBytes graph = weights();
    for (int gate = 0; before && gate < GATES.length(); gate++) {
      graph.nodes(
          """
          before/G/rows = Reshape x rows
          before/G/product = MatMul before/G/rows kernel/G
          before/G/sum = BiasAdd before/G/product bias/G
          before/G = Reshape before/G/sum steps
          """
              .replace("G", "" + gate));
    }
    if (before) {
      graph.nodes("before = ConcatV2 before/0 before/1 before/2 before/3 two");
    }
    graph.nodes(
        """
        turned = Transpose INPUT turn
        inputs = TensorArrayV3 zero
        filled = TensorArrayScatterV3 inputs zero turned inputs:1
        outputs = TensorArrayV3 zero
        time/enter = Enter zero
        time/merge = Merge time/enter time/next
        less = Less time/merge zero
        goes = LoopCond less
        time/switch = Switch time/merge goes
        time = Identity time/switch:1
        time/one = Add time one ; T=3
        time/next = NextIteration time/one
        time/exit = Exit time/switch
        c/enter = Enter start
        c/merge = Merge c/enter c/next
        c/switch = Switch c/merge goes
        h/enter = Enter start
        h/merge = Merge h/enter h/next
        h/switch = Switch h/merge goes
        out/enter = Enter outputs:1
        out/merge = Merge out/enter out/next
        out/switch = Switch out/merge goes
        read = TensorArrayReadV3 inputs time filled
        """
            .replace("INPUT", before ? "before" : "x"));
    for (int gate = 0; gate < GATES.length(); gate++) {
      String input =
          before
              ? "x/G = StridedSlice read from/G to/G ones/2 ; begin_mask=1 end_mask=1\n"
              : "in/G = MatMul read kernel/G\nx/G = BiasAdd in/G bias/G\n";
      String rest =
          """
          kept/G = Mul h/switch:1 unit
          state/G = MatMul kept/G recurrent/G
          sum/G = Add x/G state/G
          """;
      graph.nodes((input + rest).replace("G", "" + gate));
      graph.nodes(gate == 2 ? "gate/2 = Tanh sum/2" : hardSigmoid("gate/" + gate, "sum/" + gate));
    }
    return graph.nodes(
        """
        old = Mul gate/1 c/switch:1
        new = Mul gate/0 gate/2
        c = Add old new
        act = Tanh c
        h = Mul gate/3 act
        written = TensorArrayWriteV3 outputs time h out/switch:1
        c/next = NextIteration c
        h/next = NextIteration h
        out/next = NextIteration written
        out/exit = Exit out/switch
        end = Sub time/exit one
        last = TensorArrayReadV3 outputs end out/exit
        result = Identity last
        """);
  }

  /** Ours are {@code i, j, f, o}, the input's rows above the state's. */
  private static LstmCell cell() {
    float[][] rows = new float[4][];
    for (int row = 0; row < 4; row++) {
      rows[row] = reordered(row < 2 ? KERNEL[row] : RECURRENT[row - 2]);
    }
    return new LstmCell(
        Tensor.of(Shape.of(4, 8), flat(rows)),
        Tensor.of(Shape.of(8), reordered(BIAS)),
        0,
        Activation.TANH,
        new Activation(Activation.Kind.HARD_SIGMOID, 0.2f, 0.5f),
        LstmCell.Peepholes.NONE,
        Float.POSITIVE_INFINITY,
        LstmCell.Projection.NONE);
  }

  private static float[] reordered(float[] gates) {
    return new float[] {
      gates[0], gates[1], gates[4], gates[5], gates[2], gates[3], gates[6], gates[7]
    };
  }

  @Test
  void aLoopIsTheSameCellWhereverItsInputIsMultiplied() throws IOException {
    for (boolean before : new boolean[] {false, true}) {
      byte[] graph = loop(before).toByteArray();
      SequenceModel model =
          GraphNetwork.load(new InMemoryStorage().with("m.pb", graph), "m.pb", Cut.NONE).model();
      assertThat(model.network().layers())
          .containsExactly(
              new Layer.Rnn("rnn", List.of(cell()), Layer.Merge.CONCAT),
              new Layer.Reduce("last", Layer.Reduction.LAST));
      assertThat(model.select()).containsExactly("last");
    }
  }
}
