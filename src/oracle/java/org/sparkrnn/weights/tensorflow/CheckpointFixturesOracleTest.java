package org.sparkrnn.weights.tensorflow;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkrnn.weights.LocalStorage;
import org.sparkrnn.weights.TensorInfo;
import org.tensorflow.EagerSession;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.NdArrays;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.TrackableObjectGraphOuterClass.TrackableObjectGraph;
import org.tensorflow.proto.TrackableObjectGraphOuterClass.TrackableObjectGraph.TrackableObject;
import org.tensorflow.proto.TrackableObjectGraphOuterClass.TrackableObjectGraph.TrackableObject.SerializedTensor;
import org.tensorflow.types.TBfloat16;
import org.tensorflow.types.TFloat16;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TString;

/**
 * TensorFlow 2.18 writes the checkpoints under {@code src/test/resources}, and the committed ones are
 * what it writes today. To write them anew, run this with {@code -Dsparkrnn.fixtures=<folder>}.
 */
class CheckpointFixturesOracleTest {
  @TempDir Path temp;
  private EagerSession session;
  private Ops tf;

  @BeforeEach
  void start() {
    session = EagerSession.create();
    tf = Ops.create(session);
  }

  @AfterEach
  void stop() {
    session.close();
  }

  @Test
  void theCommittedFixturesAreWhatTensorFlowWrites() throws IOException {
    String target = System.getProperty("sparkrnn.fixtures");
    Path folder = target == null ? temp : Path.of(target);

    writeTypes(folder);
    writeSharded(folder);
    writeObjects(folder);

    List<Path> fresh;
    try (Stream<Path> files = Files.list(folder)) {
      fresh = files.filter(Files::isRegularFile).sorted().toList();
    }
    assertThat(fresh).hasSize(2 + 3 + 2);
    for (Path file : fresh) {
      String name = file.getFileName().toString();
      assertThat(Files.readAllBytes(file)).as(name).isEqualTo(CheckpointFixtures.bytes(name));
    }
  }

  @Test
  void tensorFlowReadsTheFixturesAsWeDo() throws IOException {
    for (String prefix : List.of("types.ckpt", "sharded.ckpt", "objects.ckpt")) {
      for (String file : CheckpointFixtures.of(prefix).list()) {
        Files.write(temp.resolve(file), CheckpointFixtures.bytes(file));
      }
      try (TensorFlowCheckpoint ours =
          TensorFlowCheckpoint.open(LocalStorage.of(temp), prefix)) {
        for (TensorInfo info : ours.tensors().values()) {
          if (info.dtype().equals("DT_FLOAT")) {
            assertThat(ours.read(info.name()).toArray())
                .as("%s of %s", info.name(), prefix)
                .isEqualTo(restored(prefix, info.name()));
          }
        }
      }
    }
  }

  @Test
  void variablesCutInAnyWayAreReadAsTensorFlowReadsThem() throws IOException {
    long seed = 11;
    Random random = new Random(seed);
    for (int round = 0; round < 12; round++) {
      String prefix = "cut-" + round;
      // Wide enough that some starts and lengths need more than one byte of their code.
      int[] bounds = {1, 70, 9000, 17_000};
      int rows = 1 + random.nextInt(3);
      int width = bounds[random.nextInt(bounds.length)] + 1;
      TensorFlowWriter writer = new TensorFlowWriter(tf);
      for (int start = 0, count; start < width; start += count) {
        count = 1 + random.nextInt(width - start);
        writer.with(
            "v",
            String.format("%d %d -:%d,%d", rows, width, start, count),
            tensor(Shape.of(rows, count), random(random, rows * count)));
      }
      writer.save(temp.resolve(prefix));

      try (TensorFlowCheckpoint ours =
          TensorFlowCheckpoint.open(LocalStorage.of(temp), prefix)) {
        assertThat(ours.read("v").toArray())
            .as("seed %d, round %d: [%d, %d]", seed, round, rows, width)
            .isEqualTo(restored(prefix, "v"));
      }
    }
  }

  /** The tensor as TensorFlow restores it. */
  private float[] restored(String prefix, String name) {
    TFloat32 tensor =
        (TFloat32)
            tf.train
                .restore(
                    tf.constant(temp.resolve(prefix).toString()),
                    tf.array(name),
                    tf.array(""),
                    List.of(TFloat32.class))
                .tensors()
                .get(0)
                .asTensor();
    float[] values = new float[Math.toIntExact(tensor.size())];
    if (values.length > 0) {
      tensor.asRawTensor().data().asFloats().read(values);
    }
    return values;
  }

  private static float[] random(Random random, int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  /** Every element type that models hold, and shapes from scalar to empty. */
  private void writeTypes(Path folder) {
    Operand<TFloat32> numbers =
        tf.constant(new float[] {1, -2.5f, 0.1f, 65504, 1e-7f, Float.NaN, Float.NEGATIVE_INFINITY});
    new TensorFlowWriter(tf)
        .with("cell/kernel", matrix(5, 8, 0))
        .with("cell/bias", tf.constant(new float[] {0, -0f, 1, Float.MIN_VALUE, 1e30f}))
        .with("scalar", tf.constant(0.25f))
        .with("empty", tf.zeros(tf.array(0L, 3L), TFloat32.class))
        .with("half", tf.dtypes.cast(numbers, TFloat16.class))
        .with("bfloat16", tf.dtypes.cast(numbers, TBfloat16.class))
        .with("double", tf.constant(new double[] {0.1, -1e-300, 1e38}))
        .with("double_beyond", tf.constant(new double[] {1, 1e39}))
        .with("global_step", tf.constant(1234L))
        .with("ids", tf.constant(new int[][] {{1, 2}, {3, 4}}))
        .with("mask", tf.constant(new boolean[] {true, false}))
        .with("words", tf.array("", "eins", "zwei drei", "vier".repeat(40)))
        .save(folder.resolve("types.ckpt"));
  }

  /** Two saves merged, as a distributed trainer does, with partitioned variables. */
  private void writeSharded(Path folder) throws IOException {
    Path parts = Files.createDirectories(temp.resolve("parts"));
    Operand<TString> first =
        new TensorFlowWriter(tf)
            .with("only/in/first", matrix(2, 2, 100))
            .with("rows", "5 3 0,2:-", matrix(2, 3, 0))
            .with("columns", "2 300 -:0,100", columns(300, 0, 100))
            .with("columns", "2 300 -:100,200", columns(300, 100, 200))
            .save(parts.resolve("a"));
    Operand<TString> second =
        new TensorFlowWriter(tf)
            .with("rows", "5 3 2,3:-", matrix(3, 3, 6))
            .with("only/in/second", tf.dtypes.cast(matrix(3, 1, 7), TFloat16.class))
            .with("cube", "2 3 4 0,1:0,2:0,4", cube(0, 0, 2, 0, 4))
            .with("cube", "2 3 4 0,1:2,1:0,4", cube(0, 2, 1, 0, 4))
            .with("cube", "2 3 4 1,1:0,3:0,1", cube(1, 0, 3, 0, 1))
            .with("cube", "2 3 4 1,1:0,3:1,3", cube(1, 0, 3, 1, 3))
            .save(parts.resolve("b"));
    tf.train.mergeV2Checkpoints(
        tf.stack(List.of(first, second)), tf.constant(folder.resolve("sharded.ckpt").toString()));
  }

  /** What TensorFlow 2 stores for a Keras model: keys are paths, names are in the object graph. */
  private void writeObjects(Path folder) {
    TrackableObjectGraph graph =
        TrackableObjectGraph.newBuilder()
            .addNodes(
                TrackableObject.newBuilder()
                    .addChildren(
                        TrackableObject.ObjectReference.newBuilder()
                            .setNodeId(1)
                            .setLocalName("layer_with_weights-0")))
            .addNodes(variable("lstm/lstm_cell/kernel", "layer_with_weights-0/cell/kernel"))
            .addNodes(variable("lstm/lstm_cell/bias", "layer_with_weights-0/cell/bias"))
            .addNodes(variable("dense/bias", "layer_with_weights-1/bias"))
            .addNodes(variable("dense/bias", "layer_with_weights-2/bias"))
            .addNodes(variable("not/saved", "elsewhere"))
            .build();
    Operand<TString> bytes =
        tf.constantOf(
            TString.tensorOfBytes(NdArrays.scalarOfObject(graph.toByteArray())));
    new TensorFlowWriter(tf)
        .with("_CHECKPOINTABLE_OBJECT_GRAPH", bytes)
        .with("layer_with_weights-0/cell/kernel/.ATTRIBUTES/VARIABLE_VALUE", matrix(3, 4, 0))
        .with("layer_with_weights-0/cell/bias/.ATTRIBUTES/VARIABLE_VALUE", matrix(1, 4, 20))
        .with("layer_with_weights-1/bias/.ATTRIBUTES/VARIABLE_VALUE", matrix(1, 1, 30))
        .with("layer_with_weights-2/bias/.ATTRIBUTES/VARIABLE_VALUE", matrix(1, 1, 40))
        .save(folder.resolve("objects.ckpt"));
  }

  private static TrackableObject variable(String fullName, String path) {
    return TrackableObject.newBuilder()
        .addAttributes(
            SerializedTensor.newBuilder()
                .setName("VARIABLE_VALUE")
                .setFullName(fullName)
                .setCheckpointKey(path + "/.ATTRIBUTES/VARIABLE_VALUE"))
        .build();
  }

  private Operand<TFloat32> matrix(int rows, int columns, int first) {
    float[] values = new float[rows * columns];
    for (int i = 0; i < values.length; i++) {
      values[i] = (first + i) / 4f;
    }
    return tensor(Shape.of(rows, columns), values);
  }

  /** Columns {@code [start, start + count)} of a matrix of two rows that counts up. */
  private Operand<TFloat32> columns(int width, int start, int count) {
    float[] values = new float[2 * count];
    for (int i = 0; i < values.length; i++) {
      values[i] = (i / count * width + start + i % count) / 4f;
    }
    return tensor(Shape.of(2, count), values);
  }

  /** A box of a {@code [2, 3, 4]} tensor that counts up. */
  private Operand<TFloat32> cube(int plane, int row, int rows, int column, int columns) {
    float[] values = new float[rows * columns];
    for (int i = 0; i < values.length; i++) {
      values[i] = (plane * 12 + (row + i / columns) * 4 + column + i % columns) / 4f;
    }
    return tensor(Shape.of(1, rows, columns), values);
  }

  private Operand<TFloat32> tensor(Shape shape, float[] values) {
    return tf.constant(shape, DataBuffers.of(values));
  }
}
