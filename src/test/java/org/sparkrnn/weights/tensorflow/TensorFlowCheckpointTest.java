package org.sparkrnn.weights.tensorflow;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import java.io.FileNotFoundException;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sparkrnn.tensor.Shape;
import org.sparkrnn.tensor.Tensor;
import org.sparkrnn.weights.InMemoryStorage;
import org.sparkrnn.weights.MalformedWeightsException;
import org.sparkrnn.weights.TensorInfo;
import org.sparkrnn.weights.UnsupportedWeightsException;

/** What TensorFlow wrote, read by us; {@code CheckpointFixtures} says what is in the files. */
class TensorFlowCheckpointTest {
  private static final String VALUE = "/.ATTRIBUTES/VARIABLE_VALUE";

  @Test
  void everyEntryIsListed() throws IOException {
    TensorFlowCheckpoint file = TensorFlowCheckpoint.open(CheckpointFixtures.types(), "types.ckpt");

    assertThat(file.name()).isEqualTo("types.ckpt.index");
    assertThat(file.format()).isEqualTo("TensorFlow V2 checkpoint");
    assertThat(file.aliases()).isEmpty();
    assertThat(file.tensors().values())
        .containsExactly(
            new TensorInfo("bfloat16", "DT_BFLOAT16", Shape.of(7), 14),
            new TensorInfo("cell/bias", "DT_FLOAT", Shape.of(5), 20),
            new TensorInfo("cell/kernel", "DT_FLOAT", Shape.of(5, 8), 160),
            new TensorInfo("double", "DT_DOUBLE", Shape.of(3), 24),
            new TensorInfo("double_beyond", "DT_DOUBLE", Shape.of(2), 16),
            new TensorInfo("empty", "DT_FLOAT", Shape.of(0, 3), 0),
            new TensorInfo("global_step", "DT_INT64", Shape.of(), 8),
            new TensorInfo("half", "DT_HALF", Shape.of(7), 14),
            new TensorInfo("ids", "DT_INT32", Shape.of(2, 2), 16),
            new TensorInfo("mask", "DT_BOOL", Shape.of(2), 2),
            new TensorInfo("scalar", "DT_FLOAT", Shape.of(), 4),
            new TensorInfo("words", "DT_STRING", Shape.of(4), 182));
  }

  @Test
  void floatsOfEveryWidthBecomeFloat32() throws IOException {
    TensorFlowCheckpoint file = TensorFlowCheckpoint.open(CheckpointFixtures.types(), "types.ckpt");

    assertThat(file.read("cell/kernel")).isEqualTo(counting(0, 5, 8));
    assertThat(file.read("cell/bias").toArray())
        .containsExactly(0f, -0f, 1f, Float.MIN_VALUE, 1e30f);
    assertThat(file.read("scalar")).isEqualTo(Tensor.of(Shape.of(), 0.25f));
    assertThat(file.read("empty")).isEqualTo(Tensor.of(Shape.of(0, 3)));
    assertThat(file.read("half").toArray())
        .containsExactly(
            1f, -2.5f, 0x1.998p-4f, 65504f, 0x1p-23f, Float.NaN, Float.NEGATIVE_INFINITY);
    assertThat(file.read("bfloat16").toArray())
        .containsExactly(
            1f, -2.5f, 0x1.9ap-4f, 65536f, 0x1.aep-24f, Float.NaN, Float.NEGATIVE_INFINITY);
    assertThat(file.read("double").toArray()).containsExactly(0.1f, -0f, 1e38f);
  }

  @ParameterizedTest
  @CsvSource({
    "ids,DT_INT32",
    "mask,DT_BOOL",
    "global_step,DT_INT64",
    "words,DT_STRING",
  })
  void otherTypesAreRefusedWhenRead(String name, String dtype) throws IOException {
    TensorFlowCheckpoint file = TensorFlowCheckpoint.open(CheckpointFixtures.types(), "types.ckpt");

    assertThatThrownBy(() -> file.read(name))
        .isInstanceOf(UnsupportedWeightsException.class)
        .hasMessage(
            "types.ckpt.index: tensor '%s' is %s; readable are DT_FLOAT, DT_HALF, DT_BFLOAT16 and"
                + " DT_DOUBLE",
            name, dtype);
  }

  @Test
  void aDoubleBeyondFloat32IsRefused() throws IOException {
    TensorFlowCheckpoint file = TensorFlowCheckpoint.open(CheckpointFixtures.types(), "types.ckpt");

    assertThatThrownBy(() -> file.read("double_beyond"))
        .isInstanceOf(UnsupportedWeightsException.class)
        .hasMessage(
            "types.ckpt.data-00000-of-00001: tensor 'double_beyond', element 1, is a float64"
                + " beyond the range of float32 (3.4028235E38)");
  }

  @Test
  void aTensorThatIsNotThereIsTheCallersMistake() throws IOException {
    TensorFlowCheckpoint file = TensorFlowCheckpoint.open(CheckpointFixtures.types(), "types.ckpt");

    assertThatThrownBy(() -> file.read("cell/weights"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("types.ckpt.index has no tensor 'cell/weights'");
  }

  @Test
  void stringsAreReadAsBytes() throws IOException {
    TensorFlowCheckpoint file = TensorFlowCheckpoint.open(CheckpointFixtures.types(), "types.ckpt");

    assertThat(file.readStrings("words"))
        .containsExactly(
            new byte[0],
            "eins".getBytes(UTF_8),
            "zwei drei".getBytes(UTF_8),
            "vier".repeat(40).getBytes(UTF_8));
    assertThatThrownBy(() -> file.readStrings("ids"))
        .isInstanceOf(UnsupportedWeightsException.class)
        .hasMessage("types.ckpt.index: tensor 'ids' is DT_INT32, expected whole DT_STRING");
  }

  @Test
  void partitionedVariablesAreWhole() throws IOException {
    TensorFlowCheckpoint file =
        TensorFlowCheckpoint.open(CheckpointFixtures.sharded(), "sharded.ckpt");

    assertThat(file.tensors().values())
        .containsExactly(
            new TensorInfo("columns", "DT_FLOAT", Shape.of(2, 300), 2400),
            new TensorInfo("cube", "DT_FLOAT", Shape.of(2, 3, 4), 96),
            new TensorInfo("only/in/first", "DT_FLOAT", Shape.of(2, 2), 16),
            new TensorInfo("only/in/second", "DT_HALF", Shape.of(3, 1), 6),
            new TensorInfo("rows", "DT_FLOAT", Shape.of(5, 3), 60));
    assertThat(file.read("rows")).isEqualTo(counting(0, 5, 3));
    assertThat(file.read("columns")).isEqualTo(counting(0, 2, 300));
    assertThat(file.read("cube")).isEqualTo(counting(0, 2, 3, 4));
    assertThat(file.read("only/in/first")).isEqualTo(counting(100, 2, 2));
    assertThat(file.read("only/in/second")).isEqualTo(counting(7, 3, 1));
  }

  @Test
  void aShardIsOpenedWhenItIsNeeded() throws IOException {
    InMemoryStorage storage = CheckpointFixtures.sharded();
    String first = "sharded.ckpt.data-00000-of-00002";
    String second = "sharded.ckpt.data-00001-of-00002";
    TensorFlowCheckpoint file = TensorFlowCheckpoint.open(storage, "sharded.ckpt");
    assertThat(storage.openings(first) + storage.openings(second)).isZero();

    file.read("only/in/second");
    file.read("cube");

    assertThat(storage.openings(first)).isZero();
    assertThat(storage.openings(second)).isEqualTo(1);
  }

  @Test
  void aMissingShardIsNamed() throws IOException {
    InMemoryStorage storage =
        CheckpointFixtures.sharded().without("sharded.ckpt.data-00001-of-00002");
    TensorFlowCheckpoint file = TensorFlowCheckpoint.open(storage, "sharded.ckpt");

    assertThat(file.read("only/in/first")).isEqualTo(counting(100, 2, 2));
    assertThatThrownBy(() -> file.read("rows"))
        .isInstanceOf(MalformedWeightsException.class)
        .hasMessage(
            "sharded.ckpt.index: shard 1 of 2, 'sharded.ckpt.data-00001-of-00002', is not in"
                + " memory; copy all files of the checkpoint there");
  }

  @Test
  void variablesOfTensorFlow2HaveTheirNamesToo() throws IOException {
    TensorFlowCheckpoint file =
        TensorFlowCheckpoint.open(CheckpointFixtures.objects(), "objects.ckpt");

    assertThat(file.tensors())
        .containsKeys("_CHECKPOINTABLE_OBJECT_GRAPH", "layer_with_weights-0/cell/bias" + VALUE);
    // Not dense/bias, which two variables share, and not what is not in the file.
    assertThat(file.aliases())
        .containsExactly(
            entry("lstm/lstm_cell/bias", "layer_with_weights-0/cell/bias" + VALUE),
            entry("lstm/lstm_cell/kernel", "layer_with_weights-0/cell/kernel" + VALUE));
    assertThat(file.read("layer_with_weights-0/cell/kernel" + VALUE)).isEqualTo(counting(0, 3, 4));
  }

  @Test
  void anIndexIsWhatMakesACheckpoint() throws IOException {
    InMemoryStorage storage = CheckpointFixtures.types();

    assertThat(TensorFlowCheckpoint.isCheckpoint(storage, "types.ckpt")).isTrue();
    assertThat(TensorFlowCheckpoint.isCheckpoint(storage, "types")).isFalse();
    assertThatThrownBy(() -> TensorFlowCheckpoint.open(storage, "types"))
        .isInstanceOf(FileNotFoundException.class)
        .hasMessage("types.index");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          model_checkpoint_path: "model.ckpt-7"                    | model.ckpt-7
          all_model_checkpoint_paths: "a"#model_checkpoint_path: "b" | b
          model_checkpoint_path: "/home/ada/save/model.ckpt-7"     | model.ckpt-7
          model_checkpoint_path: "C:\\\\models\\\\model.ckpt-7"    | model.ckpt-7
          model_checkpoint_path:"f\\303\\274r \\"uns\\""           | für "uns"
          all_model_checkpoint_paths: "a"                          |
          model_checkpoint_path: ""                                |
          model_checkpoint_path: "cut                              |
          """)
  void theCheckpointFileNamesTheLatest(String text, String expected) throws IOException {
    InMemoryStorage storage =
        new InMemoryStorage().with("checkpoint", text.replace('#', '\n').getBytes(UTF_8));

    assertThat(TensorFlowCheckpoint.latest(storage).orElse(null)).isEqualTo(expected);
  }

  @Test
  void withoutACheckpointFileNothingIsTheLatest() throws IOException {
    assertThat(TensorFlowCheckpoint.latest(new InMemoryStorage())).isEmpty();
  }

  @Test
  void aHugeCheckpointFileIsNotLoaded() {
    InMemoryStorage storage = new InMemoryStorage().with("checkpoint", new byte[1_048_577]);

    assertThatThrownBy(() -> TensorFlowCheckpoint.latest(storage))
        .isInstanceOf(MalformedWeightsException.class)
        .hasMessage("checkpoint: has 1048577 bytes, too many for a list of checkpoints as text");
  }

  /** The fixtures' pattern: quarters, counted up. */
  private static Tensor counting(int first, long... dims) {
    Shape shape = Shape.of(dims);
    float[] values = new float[Math.toIntExact(shape.elements())];
    for (int i = 0; i < values.length; i++) {
      values[i] = (first + i) / 4f;
    }
    return Tensor.of(shape, values);
  }
}
