package org.sparkrnn.model.tensorflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkrnn.cell.Activation;
import org.sparkrnn.cell.BasicRnnCell;
import org.sparkrnn.model.Cut;
import org.sparkrnn.model.LoadedModel;
import org.sparkrnn.model.ModelException;
import org.sparkrnn.rnn.Layer;
import org.sparkrnn.tensor.Shape;
import org.sparkrnn.tensor.Tensor;
import org.sparkrnn.weights.InMemoryStorage;
import org.sparkrnn.weights.tensorflow.GraphBytes;

/** What TensorFlow graphs do in training, or only to save work. */
public class GraphBranchesTest {
  private static final float[] KERNEL = {0.5f, -0.25f, 0.75f, 1, -0.5f, 0.25f, -1, 0.125f};
  public static final String DROPOUT =
      """
      drawn/random = RandomUniform shape
      drawn = Add keep drawn/random
      mask = Floor drawn
      scaled = RealDiv b keep
      dropped = Mul scaled mask
      """;
  private static final Layer RNN =
      new Layer.Rnn(
          "rnn",
          List.of(
              new BasicRnnCell(
                  Tensor.of(Shape.of(4, 2), KERNEL),
                  Tensor.of(Shape.of(2), 0.125f, 1),
                  Activation.TANH)),
          Layer.Merge.CONCAT);
  private static final Layer LAST = new Layer.Reduce("last", Layer.Reduction.LAST);
  private static final Layer DENSE =
      new Layer.Dense(
          "dense",
          Tensor.of(Shape.of(2, 2), 2, -3, 1, 0.5f),
          Tensor.of(Shape.of(2), 0, 0),
          Activation.LINEAR);

  private static GraphBytes constants() {
    return new GraphBytes()
        .floats("kernel", List.of(4, 2), KERNEL)
        .floats("bias", List.of(2), 0.125f, 1)
        .floats("w", List.of(2, 2), 2, -3, 1, 0.5f)
        .floats("zeros", List.of(1, 2), 0)
        .floats("keep", List.of(), 0.5f)
        .floats("one/float", List.of(), 1)
        .integers("zero", List.of(), 0)
        .integers("one", List.of(), 1)
        .integers("shape", List.of(2), 1, 1)
        .nodes(
            """
            x = Placeholder ; dtype=1
            n = Placeholder ; dtype=3
            part = Unpack x ; num=2 axis=1
            """);
  }

  /** A step of {@code static_rnn} with {@code sequence_length}, called S, behind state H. */
  private static String step(String name, String time, String x, String h) {
    return """
    S/done = GreaterEqual TIME longest
    S/cond/pred = Identity S/done
    S/cond/x = Switch X S/cond/pred
    S/cond/h = Switch H S/cond/pred
    S/cond/n = Switch n S/cond/pred
    S/cond/shortest = Switch shortest S/cond/pred
    S/cond/zeros = Switch zeros S/cond/pred
    S/joined = ConcatV2 S/cond/x S/cond/h one
    S/product = MatMul S/joined kernel
    S/sum = BiasAdd S/product bias
    S/new = Tanh S/sum
    S/full = Less TIME S/cond/shortest
    S/cond/in/pred = Identity S/full
    S/cond/in/new = Switch S/new S/cond/in/pred
    S/cond/in/n = Switch S/cond/n S/cond/in/pred
    S/cond/in/h = Switch S/cond/h S/cond/in/pred
    S/cond/in/zeros = Switch S/cond/zeros S/cond/in/pred
    S/ended = GreaterEqual TIME S/cond/in/n
    S/some/output = Select S/ended S/cond/in/zeros S/cond/in/new
    S/some/state = Select S/ended S/cond/in/h S/cond/in/new
    S/inner/output = Merge S/some/output S/cond/in/new:1
    S/inner/state = Merge S/some/state S/cond/in/new:1
    S/output = Merge S/inner/output S/cond/zeros:1
    S/state = Merge S/inner/state S/cond/h:1
    """
        .replace("S/", name + "/")
        .replace("TIME", time)
        .replace("X ", x + " ")
        .replace("H ", h + " ");
  }

  private static LoadedModel load(GraphBytes graph, String to) throws IOException {
    return GraphNetwork.load(
        new InMemoryStorage().with("m.pb", graph.toByteArray()), "m.pb", new Cut("", to));
  }

  /** Two steps of {@code static_rnn} with {@code sequence_length}. */
  public static GraphBytes skipping() {
    return constants()
        .nodes("longest = Max n zero\nshortest = Min n zero")
        .nodes(step("a", "zero", "part", "zeros"))
        .nodes(step("b", "one", "part:1", "a/state"))
        .nodes(
            """
            outputs = Pack a/output b/output ; axis=1
            logits = MatMul b/state w
            """);
  }

  @Test
  void stepsOfStaticRnnThatSkipWorkAreThatOfTheCell() throws IOException {
    GraphBytes graph = skipping();
    assertThat(load(graph, "outputs").model().network().layers()).containsExactly(RNN);
    assertThat(load(graph, "logits").model().network().layers()).containsExactly(RNN, LAST, DENSE);
  }

  private static GraphBytes unrolled(GraphBytes graph) {
    return graph.nodes(
        """
        a/joined = ConcatV2 part zeros one
        a/product = MatMul a/joined kernel
        a/sum = BiasAdd a/product bias
        a = Tanh a/sum
        b/joined = ConcatV2 part:1 a one
        b/product = MatMul b/joined kernel
        b/sum = BiasAdd b/product bias
        b = Tanh b/sum
        """);
  }

  /** A head behind dropout. */
  public static GraphBytes dropping(String dropout) {
    return unrolled(constants()).nodes(dropout).nodes("logits = MatMul dropped w");
  }

  /** The spellings of TensorFlow 1.0, 1.13 and 2. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        DROPOUT,
        """
        drawn/random = RandomUniform shape
        drawn/scaled = Mul drawn/random one/float
        drawn = Add drawn/scaled keep
        kept = GreaterEqual drawn keep
        mask = Cast kept ; DstT=1
        rest = Sub one/float keep
        scale = RealDiv one/float rest
        scaled = Mul b scale
        dropped = Mul scaled mask
        """,
        """
        drawn = RandomUniform shape
        kept = GreaterEqual drawn keep
        scaled = Mul b keep
        dropped = SelectV2 kept scaled zeros
        """
      })
  void dropoutIsLeftOut(String dropout) throws IOException {
    assertThat(load(dropping(dropout), "logits").model().network().layers())
        .containsExactly(RNN, LAST, DENSE);
  }

  /** A head that depends on a placeholder. */
  public static GraphBytes branching(String placeholder) {
    String branches =
        """
        not = LogicalNot PHASE
        pred = Identity not
        both = Switch b pred
        off = Softsign both
        merged = Merge off both:1
        logits = MatMul merged w
        """;
    return unrolled(constants())
        .nodes(placeholder + " = Placeholder ; dtype=10")
        .nodes(branches.replace("PHASE", placeholder));
  }

  @Test
  void aBranchForTrainingIsNotTaken() throws IOException {
    assertThat(load(branching("keras_learning_phase"), "logits").model().network().layers())
        .containsExactly(RNN, LAST, DENSE);

    assertThatThrownBy(() -> load(branching("loud"), "logits"))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining(
            "Merge 'merged': which of its branches is taken depends on 'not'; only constants and"
                + " placeholders of training settle that");
  }
}
