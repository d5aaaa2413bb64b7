package org.sparkrnn.model.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.sparkrnn.weights.onnx.OnnxText;
import org.sparkrnn.model.SequenceModel;

/** What exporters write around recurrent nodes, loaded and run here and in ONNX Runtime. */
class OnnxTailsOracleTest {
  private static final int D = 2;
  private static final int N = 3;
  private static final int T = 4;
  private static final int ROWS = 3;

  /** A handful of sums of products of numbers near 1, and functions within 1e-6 of theirs. */
  private static final double TOLERANCE = 1e-5;

  /** An LSTM over {@code X}, batch first, with the given nodes behind it. */
  private static OnnxText lstm(int opset, int ways, String... nodes) {
    OnnxText text =
        new OnnxText(opset)
            .input("X", -1, T, D)
            .nodes(
                "Transpose X -> xt perm=1,0,2",
                "LSTM xt W R B -> Y Yh Yc hidden_size=3 direction="
                    + (ways == 2 ? "bidirectional" : "forward"))
            .nodes(nodes);
    return weights(text, ways).floats("k", ways * N, 2).floats("b", 2);
  }

  private static OnnxText weights(OnnxText text, int ways) {
    return text.floats("W", ways, 4 * N, D)
        .floats("R", ways, 4 * N, N)
        .floats("B", ways, 8 * N)
        .integer("first", 0)
        .integer("last", -1)
        .integer("before", -2)
        .integers("i0", 0)
        .integers("i1", 1)
        .integers("i2", 2)
        .integers("im1", -1)
        .integers("im2", -2)
        .integers("far", Long.MAX_VALUE)
        .integers("joined", 0, 0, -1);
  }

  /** One direction, squeezed to {@code s} [rows, steps, 3], and nodes from there to {@code out}. */
  private static OnnxText steps(int opset, String... nodes) {
    return lstm(opset, 1, "Squeeze Y i1 -> sq", "Transpose sq -> s perm=1,0,2")
        .nodes(nodes)
        .floats("v", N)
        .constant("six", new long[0], 6)
        .constant("zero", new long[0], 0)
        .constant("two", new long[0], 2)
        .constant("eps", new long[0], 1e-3f)
        .constant("positive", new long[] {N}, 0.5f, 2, 1.5f);
  }

  private record Case(String name, OnnxText text, String output) {}

  private static Case each(String name, OnnxText text) {
    return new Case(name, text, "out");
  }

  private static Stream<Case> torch() {
    return Stream.of(
        each(
            "out[:, -1] of joined directions, Linear",
            lstm(
                13,
                2,
                "Transpose Y -> y1 perm=2,0,1,3",
                "Reshape y1 joined -> y2",
                "Gather y2 last -> l axis=1",
                "Gemm l k b -> out")),
        each(
            "view(rows, -1) of joined directions, Linear",
            lstm(
                    13,
                    2,
                    "Transpose Y -> y1 perm=2,0,1,3",
                    "Reshape y1 joined -> y2",
                    "Reshape y2 all -> f",
                    "Gemm f kf b -> out")
                .integers("all", 0, -1)
                .floats("kf", T * 2 * N, 2)),
        each(
            "view(rows, -1) of directions and floats, the rows counted by Shape",
            lstm(
                    13,
                    2,
                    "Transpose Y -> y1 perm=2,0,1,3",
                    "Shape y1 -> sh",
                    "Gather sh first -> rows axis=0",
                    "Unsqueeze rows i0 -> rows1",
                    "Concat rows1 im1 -> all axis=0",
                    "Reshape y1 all -> out")),
        each("swish", steps(13, "Sigmoid s -> g", "Mul s g -> out")),
        each(
            "hard swish written out",
            steps(13, "HardSigmoid s -> g alpha=0.16666667 beta=0.5", "Mul s g -> out")),
        each("Flatten of every step", steps(13, "Relu s -> r", "Flatten r -> out axis=1")),
        each(
            "reshape(-1, steps * floats)",
            steps(13, "Reshape s all -> out").integers("all", -1, T * N)),
        each(
            "cat(h_n[-2], h_n[-1]), Linear, LogSoftmax",
            lstm(
                13,
                2,
                "Gather Yh before -> fw axis=0",
                "Gather Yh last -> bw axis=0",
                "Concat fw bw -> both axis=1",
                "Gemm both k b -> z",
                "LogSoftmax z -> out axis=1")),
        each(
            "h_n by slices, opset 9 style squeezes",
            lstm(
                11,
                2,
                "Slice Yh im2 im1 i0 -> f2",
                "Squeeze f2 -> f1 axes=0,",
                "Slice Yh im1 far i0 -> b2",
                "Squeeze b2 -> b1 axes=0,",
                "Concat f1 b1 -> both axis=-1",
                "MatMul both k -> m",
                "Add m b -> out")),
        each(
            "h_n[-1] of two layers joined",
            lstm(
                    14,
                    1,
                    "Squeeze Y i1 -> x2",
                    "LSTM x2 R2 R2 B2 -> _ Yh2 hidden_size=3",
                    "Concat Yh Yh2 -> hn axis=0",
                    "Gather hn last -> h axis=0",
                    "Gemm h k b -> out")
                .floats("R2", 1, 4 * N, N)
                .floats("B2", 1, 8 * N)),
        each(
            "h_n.permute(1, 0, 2).reshape(batch, -1)",
            lstm(
                    13,
                    2,
                    "Transpose Yh -> hp perm=1,0,2",
                    "Shape X -> sh",
                    "Gather sh first -> rows axis=0",
                    "Unsqueeze rows i0 -> rows1",
                    "Concat rows1 im1 -> shape axis=0",
                    "Reshape hp shape -> h",
                    "Gemm h k b -> out")),
        each(
            "one logit, squeezed, as a probability",
            steps(
                    13,
                    "Gather s last -> l axis=1",
                    "Gemm l k1 b1 -> z",
                    "Squeeze z i1 -> q",
                    "Sigmoid q -> out")
                .floats("k1", N, 1)
                .floats("b1", 1)),
        each(
            "one logit, put in another shape",
            steps(13, "Gather s last -> l axis=1", "Gemm l k1 b1 -> z", "Reshape z im1 -> out")
                .floats("k1", N, 1)
                .floats("b1", 1)),
        each(
            "h_n.view(1, 2, batch, hidden)[-1]",
            lstm(
                    13,
                    2,
                    "Reshape Yh view -> v",
                    "Gather v last -> d axis=0",
                    "Gather d first -> f axis=0",
                    "Gather d last -> g axis=0",
                    "Concat f g -> c axis=1",
                    "Gemm c k b -> out")
                .integers("view", 1, 2, -1, N)),
        each(
            "a dense layer on rows * steps, and back",
            steps(
                13,
                "Shape s -> sh",
                "Gather sh first -> rows axis=0",
                "Gather sh one -> count axis=0",
                "Unsqueeze rows i0 -> rows1",
                "Unsqueeze count i0 -> count1",
                "Reshape s flat -> p",
                "MatMul p k -> m",
                "Add b m -> z",
                "Concat rows1 count1 im1 -> back axis=0",
                "Reshape z back -> out")
                .integer("one", 1)
                .integers("flat", -1, N)));
  }

  private static Stream<Case> initialStates() {
    return Stream.of(
        each(
            "learned initial states, expanded to the rows",
            states("LSTM xt W R B _ h c -> Y _ _ hidden_size=3 direction=bidirectional")),
        each(
            "a learned initial_h alone",
            states("LSTM xt W R B _ h -> Y _ _ hidden_size=3 direction=bidirectional")),
        each(
            "a learned initial_c alone",
            states("LSTM xt W R B _ _ c -> Y _ _ hidden_size=3 direction=bidirectional")),
        each(
            "a learned initial_h that is a constant of all rows",
            states("LSTM xt W R B _ rows3 -> Y _ _ hidden_size=3 direction=bidirectional")));
  }

  /** Both directions from states that are constants. */
  private static OnnxText states(String node) {
    OnnxText text =
        new OnnxText(13)
            .input("X", -1, T, D)
            .nodes(
                "Transpose X -> xt perm=1,0,2",
                "Shape X -> sh",
                "Gather sh first -> rows axis=0",
                "Unsqueeze rows i0 -> rows1",
                "Concat i2 rows1 i3 -> shape axis=0",
                "Expand h0 shape -> h",
                "Concat i1 rows1 i1 -> times axis=0",
                "Tile c0 times -> c",
                node,
                "Transpose Y -> y1 perm=2,0,1,3",
                "Reshape y1 joined -> out")
            .integers("i3", 3)
            .floats("h0", 2, 1, N)
            .floats("c0", 2, 1, N);
    float[] rows = new float[2 * ROWS * N];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = 0.1f * (i / (ROWS * N) * N + i % N);
    }
    return weights(text.constant("rows3", new long[] {2, ROWS, N}, rows), 2);
  }

  private static Stream<Case> norms() {
    return Stream.of(
        each(
            "BatchNorm1d of the last step, ReLU6",
            steps(
                    13,
                    "Gather s last -> l axis=1",
                    "BatchNormalization l v positive v positive -> n epsilon=0.001",
                    "Clip n zero six -> out")),
        each(
            "BatchNorm1d over [rows, floats, steps], and their mean",
            steps(
                13,
                "Transpose s -> c perm=0,2,1",
                "BatchNormalization c positive v v positive -> n",
                "GlobalAveragePool n -> g",
                "Flatten g -> out axis=1")),
        each(
            "AdaptiveMaxPool1d",
            steps(13, "Transpose s -> c perm=0,2,1", "GlobalMaxPool c -> g", "Squeeze g i2 -> out")),
        each("LayerNormalization", steps(17, "LayerNormalization s positive v -> out axis=-1")),
        each(
            "LayerNormalization written out",
            steps(
                13,
                "ReduceMean s -> m axes=-1, keepdims=1",
                "Sub s m -> d",
                "Pow d two -> p",
                "ReduceMean p -> v1 axes=-1, keepdims=1",
                "Add v1 eps -> v2",
                "Sqrt v2 -> v3",
                "Div d v3 -> n",
                "Mul n positive -> g",
                "Add g v -> out")),
        each(
            "a standardised input",
            weights(
                new OnnxText(13)
                    .input("X", -1, T, D)
                    .nodes(
                        "Sub X mean -> c",
                        "Div c deviation -> n",
                        "Transpose n -> xt perm=1,0,2",
                        "LSTM xt W R B -> _ Yh hidden_size=3",
                        "Squeeze Yh i0 -> h",
                        "Relu h -> out")
                    .floats("mean", D)
                    .constant("deviation", new long[] {D}, 0.5f, 2),
                1)));
  }

  private static Stream<Case> functions() {
    return Stream.of(
            "13 LeakyRelu s -> out alpha=0.2",
            "13 Elu s -> out alpha=0.7",
            "13 Selu s -> out",
            "13 Celu s -> out alpha=0.5",
            "13 Softplus s -> out",
            "13 Softsign s -> out",
            "13 HardSigmoid s -> out alpha=0.3 beta=0.4",
            "13 ThresholdedRelu s -> out alpha=0.1",
            "14 HardSwish s -> out",
            "18 Mish s -> out",
            "20 Gelu s -> out",
            "20 Gelu s -> out approximate=tanh",
            "13 PRelu s eps -> out",
            "13 Clip s eps -> out",
            "13 Clip s _ eps -> out",
            "9 Clip s -> out min=-0.1 max=0.1",
            "13 Exp s -> out",
            "13 Neg s -> out",
            "13 Mul two s -> out",
            "13 Mul s v -> out",
            "13 Div s positive -> out",
            "13 Sub six s -> out",
            "13 Sub v s -> out",
            "13 Add s v -> out",
            "13 Softmax s -> out axis=2",
            "13 LogSoftmax s -> out",
            "13 Dropout s -> out",
            "13 Identity s -> out")
        .map(
            line -> {
              int opset = Integer.parseInt(line.substring(0, line.indexOf(' ')));
              String node = line.substring(line.indexOf(' ') + 1);
              OnnxText text =
                  opset < 13
                      ? lstm(opset, 1, "Squeeze Y -> sq axes=1,", "Transpose sq -> s perm=1,0,2")
                          .nodes(node)
                      : steps(opset, node);
              return each(line, text);
            });
  }

  /** Shapes that are computed of constants and sizes, as PyTorch's exporters write them. */
  private static Stream<Case> shapes() {
    OnnxText old =
        new OnnxText(9)
            .input("X", -1, T, D)
            .nodes(
                "Shape X -> sh",
                "Gather sh first -> rows axis=0",
                "Unsqueeze one -> one1 axes=0,",
                "Unsqueeze rows -> rows1 axes=0,",
                "Unsqueeze three -> three1 axes=0,",
                "Concat one1 rows1 three1 -> size axis=0",
                "ConstantOfShape size -> zeros",
                "Transpose X -> xt perm=1,0,2",
                "LSTM xt W R B _ zeros zeros -> Y Yh Yc hidden_size=3",
                "Squeeze Yh -> h axes=0,",
                "Gemm h k b -> out")
            .floats("k", N, 2)
            .floats("b", 2)
            .integer("one", 1)
            .integer("three", N);
    OnnxText dynamo =
        lstm(
                18,
                1,
                "Transpose Y -> y1 perm=0,2,1,3",
                "Shape y1 -> sh start=0",
                "Slice sh i0 i1 -> steps",
                "Slice sh i1 i2 -> rows",
                "Slice sh i2 i3 -> ways",
                "Slice sh i3 i4 -> units",
                "Mul ways units -> floats",
                "Reshape floats im1 -> floats1",
                "Concat steps rows floats1 -> joined3 axis=0",
                "Reshape y1 joined3 -> x2",
                "LSTM x2 R2 R2 B2 -> Y2 Yh2 hidden_size=3",
                "Concat Yh Yh2 -> hn axis=0",
                "Gather hn last -> h axis=0",
                "Gemm h k b -> out")
            .integers("i3", 3)
            .integers("i4", 4)
            .floats("R2", 1, 4 * N, N)
            .floats("B2", 1, 8 * N);
    return Stream.of(
        each("zeros of a shape of constants, PyTorch 1.0", weights(old, 1)),
        each("two layers of PyTorch 2's exporter", dynamo),
        each(
            "an unknown size less 0, times 1, beside a known one",
            steps(
                    13,
                    "Shape s -> sh",
                    "Slice sh i0 i1 -> rows",
                    "Sub rows i0 -> rows1",
                    "Mul rows1 i1 -> rows2",
                    "Div i6 i2 -> floats",
                    "Concat rows2 four floats -> size axis=0",
                    "Reshape s size -> out")
                .integers("four", T)
                .integers("i6", 2 * N)));
  }

  private static Stream<Case> reductions() {
    return Stream.of(
        each("ReduceMean, axes an attribute", steps(13, "ReduceMean s -> out axes=1, keepdims=0")),
        each("ReduceMax", steps(13, "ReduceMax s -> m axes=1,", "Squeeze m i1 -> out")),
        each("ReduceSum", steps(13, "ReduceSum s i1 -> out keepdims=0")),
        each("ReduceMean, axes an input", steps(18, "ReduceMean s i1 -> out keepdims=0")),
        each("the first step", steps(13, "Gather s first -> out axis=1")),
        each(
            "the last step by its number",
            steps(13, "Gather s three -> out axis=1").integer("three", T - 1)),
        each(
            "the last step by a slice up to the size",
            steps(
                13, "Shape s -> sh", "Slice sh i1 i2 i0 -> to", "Slice s three to i1 -> l",
                "Squeeze l i1 -> out").integers("three", T - 1)),
        each(
            "tf2onnx' strided slice",
            steps(13, "Slice s starts ends -> l", "Squeeze l i1 -> q", "MatMul q k -> m",
                "Add m b -> z", "Softmax z -> out")
                .integers("starts", 0, -1, 0)
                .integers("ends", Integer.MAX_VALUE, Integer.MAX_VALUE, Integer.MAX_VALUE)),
        each(
            "an index as the attribute of a Constant",
            steps(13, "Constant -> at value_int=-1", "Gather s at -> out axis=1")));
  }

  @TestFactory
  Stream<DynamicTest> exportedTailsGiveOnnxRuntimesOutputs() {
    return Stream.of(torch(), shapes(), initialStates(), norms(), functions(), reductions())
        .flatMap(UnaryOperator.identity())
        .map(each -> DynamicTest.dynamicTest(each.name(), () -> judge(each)));
  }

  private static void judge(Case each) throws IOException, OrtException {
    byte[] bytes = each.text().model(each.output());
    Random random = new Random(31);
    float[] x = new float[ROWS * T * D];
    for (int i = 0; i < x.length; i++) {
      x[i] = 2 * random.nextFloat() - 1;
    }
    float[][] rows = new float[ROWS][];
    Arrays.setAll(rows, row -> Arrays.copyOfRange(x, row * T * D, (row + 1) * T * D));
    SequenceModel model = OnnxNetworkTest.load(bytes);
    float[][] ours = OnnxNetworkTest.run(model, rows, model.select().get(0))[0];
    float[] theirs = run(bytes, x, ROWS, T, D);
    int size = theirs.length / ROWS;
    for (int row = 0; row < ROWS; row++) {
      assertThat(ours[row]).as("row %d", row).hasSize(size);
      for (int i = 0; i < size; i++) {
        assertThat((double) ours[row][i])
            .as("row %d, float %d", row, i)
            .isCloseTo(theirs[row * size + i], within(TOLERANCE));
      }
    }
  }

  private static float[] run(byte[] bytes, float[] x, long... shape) throws OrtException {
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    try (OrtSession session = environment.createSession(bytes);
        OnnxTensor in = OnnxTensor.createTensor(environment, FloatBuffer.wrap(x), shape);
        OrtSession.Result result = session.run(Map.of("X", in))) {
      OnnxTensor out = (OnnxTensor) result.get(0);
      assertThat(((TensorInfo) out.getInfo()).getShape()[0]).isEqualTo(ROWS);
      float[] values = new float[out.getFloatBuffer().remaining()];
      out.getFloatBuffer().get(values);
      return values;
    }
  }
}
