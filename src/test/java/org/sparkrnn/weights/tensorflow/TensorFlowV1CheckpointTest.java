package org.sparkrnn.weights.tensorflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.sparkrnn.tensor.Shape;
import org.sparkrnn.tensor.Tensor;
import org.sparkrnn.weights.InMemoryStorage;
import org.sparkrnn.weights.LocalStorage;
import org.sparkrnn.weights.MalformedWeightsException;
import org.sparkrnn.weights.TensorInfo;
import org.sparkrnn.weights.UnsupportedWeightsException;
import org.sparkrnn.weights.WeightsException;

class TensorFlowV1CheckpointTest {
  private static final int FLOAT = 1;
  private static final int DOUBLE = 2;
  private static final int INT32 = 3;
  private static final int HALF = 19;

  private static TensorSlice slice(long... startsAndLengths) {
    List<TensorSlice.Extent> extents = new ArrayList<>();
    for (int i = 0; i < startsAndLengths.length; i += 2) {
      extents.add(new TensorSlice.Extent(startsAndLengths[i], startsAndLengths[i + 1]));
    }
    return new TensorSlice(extents);
  }

  private static ProtoBytes floats(float... values) {
    ProtoBytes packed = new ProtoBytes();
    for (float value : values) {
      int bits = Float.floatToIntBits(value);
      packed.raw(bits, bits >> 8, bits >> 16, bits >> 24);
    }
    return new ProtoBytes().bytes(5, packed.toByteArray());
  }

  private static SlicesBytes whole() {
    return new SlicesBytes()
        .tensor("kernel", FLOAT, List.of(2L, 3L), List.of(slice(0, -1, 0, -1)))
        .piece("kernel", slice(0, -1, 0, -1), floats(1, 2, 3, 4, 5, 6))
        .tensor("parts", FLOAT, List.of(2L, 3L), List.of(slice(0, -1, 0, 1), slice(0, -1, 1, 2)))
        .piece("parts", slice(0, -1, 0, 1), floats(1, 4))
        .piece("parts", slice(0, -1, 1, 2), floats(2, 3, 5, 6))
        .tensor("halves", HALF, List.of(2L), List.of(slice(0, -1)))
        .piece("halves", slice(0, -1), new ProtoBytes().varint(13, 0x3c00).varint(13, 0xc000))
        .tensor("doubles", DOUBLE, List.of(1L), List.of(slice(0, -1)))
        .piece(
            "doubles",
            slice(0, -1),
            new ProtoBytes().bytes(6, new byte[] {0, 0, 0, 0, 0, 0, -8, 63}))
        .tensor("step", INT32, List.of(), List.of(slice()))
        .piece("step", slice(), new ProtoBytes().varint(7, 5));
  }

  private static InMemoryStorage storage(SlicesBytes writer) {
    return new InMemoryStorage().with("m.ckpt-1", writer.bytes());
  }

  private static TensorFlowV1Checkpoint open(InMemoryStorage storage) throws IOException {
    return TensorFlowV1Checkpoint.open(storage, "m.ckpt-1");
  }

  @Test
  void everyTypeIsRead() throws IOException {
    try (TensorFlowV1Checkpoint file = open(storage(whole()))) {
      Tensor expected = Tensor.of(Shape.of(2, 3), 1, 2, 3, 4, 5, 6);
      assertThat(file.read("kernel")).isEqualTo(expected);
      assertThat(file.read("parts")).isEqualTo(expected);
      assertThat(file.read("halves")).isEqualTo(Tensor.of(Shape.of(2), 1, -2));
      assertThat(file.read("doubles")).isEqualTo(Tensor.of(Shape.of(1), 1.5f));
      assertThat(file.tensors().get("step"))
          .isEqualTo(new TensorInfo("step", "DT_INT32", Shape.of(), 4));
      assertThatThrownBy(() -> file.read("step"))
          .isInstanceOf(UnsupportedWeightsException.class)
          .hasMessage(
              "m.ckpt-1: tensor 'step' is DT_INT32; readable are DT_FLOAT, DT_HALF, DT_BFLOAT16"
                  + " and DT_DOUBLE");
      assertThatThrownBy(() -> file.read("kernal"))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("m.ckpt-1 has no tensor 'kernal'");
      assertThat(file.format()).isEqualTo("TensorFlow V1 checkpoint");
    }
  }

  @Test
  void aShardedCheckpointIsOneFile() throws IOException {
    SlicesBytes first =
        new SlicesBytes()
            .tensor("parts", FLOAT, List.of(2L), List.of(slice(0, 1)))
            .piece("parts", slice(0, 1), floats(1));
    SlicesBytes second =
        new SlicesBytes()
            .tensor("parts", FLOAT, List.of(2L), List.of(slice(1, 1)))
            .piece("parts", slice(1, 1), floats(2));
    InMemoryStorage storage =
        new InMemoryStorage()
            .with("m.ckpt-1-00000-of-00002", first.bytes())
            .with("m.ckpt-1-00001-of-00002", second.bytes());
    for (String name : List.of("m.ckpt-1", "m.ckpt-1-00001-of-00002")) {
      assertThat(TensorFlowV1Checkpoint.isCheckpoint(storage, name)).isTrue();
      try (TensorFlowV1Checkpoint file = TensorFlowV1Checkpoint.open(storage, name)) {
        assertThat(file.read("parts")).isEqualTo(Tensor.of(Shape.of(2), 1, 2));
      }
    }
    storage.without("m.ckpt-1-00001-of-00002");
    assertThatThrownBy(() -> open(storage))
        .isInstanceOf(MalformedWeightsException.class)
        .hasMessage(
            "m.ckpt-1-00000-of-00002: is one of 2 files, but memory holds 1 of them; copy all of"
                + " the checkpoint there");
  }

  @Test
  void otherFilesAreNoCheckpoints() throws IOException {
    InMemoryStorage storage = new InMemoryStorage().with("a", new byte[7]).with("b", new byte[99]);
    assertThat(TensorFlowV1Checkpoint.isCheckpoint(storage, "a")).isFalse();
    assertThat(TensorFlowV1Checkpoint.isCheckpoint(storage, "b")).isFalse();
    assertThat(TensorFlowV1Checkpoint.isCheckpoint(storage, "c")).isFalse();
    assertThatThrownBy(() -> TensorFlowV1Checkpoint.open(storage, "c"))
        .isInstanceOf(FileNotFoundException.class)
        .hasMessage("memory has no file c");
  }

  private static void refused(SlicesBytes writer, String tensor, String message) {
    assertThatThrownBy(
            () -> {
              try (TensorFlowV1Checkpoint file = open(storage(writer))) {
                file.read(tensor);
              }
            })
        .isInstanceOf(MalformedWeightsException.class)
        .hasMessage("m.ckpt-1: " + message);
  }

  @Test
  void contentsThatLieAreReported() {
    TensorSlice all = slice(0, -1);
    refused(
        new SlicesBytes().tensor("k", FLOAT, List.of(4L), List.of(all)),
        "k",
        "piece '-' of tensor 'k' is missing");
    refused(
        new SlicesBytes()
            .tensor("k", FLOAT, List.of(1L << 40), List.of(all))
            .piece("k", all, floats(1)),
        "k",
        "piece '-' of tensor 'k' has 17 bytes, too few for 1099511627776 numbers");
    refused(
        new SlicesBytes()
            .tensor("k", FLOAT, List.of(3L), List.of(all))
            .piece("k", all, floats(1, 2)),
        "k",
        "piece '-' of tensor 'k' has 2 numbers, but its shape has 3");
    refused(
        new SlicesBytes()
            .tensor("k", FLOAT, List.of(1L), List.of(all))
            .piece("k", all, floats(1, 2)),
        "k",
        "piece '-' of tensor 'k' has more than the 1 numbers of its shape");
    refused(
        new SlicesBytes().tensor("k", DOUBLE, List.of(1L), List.of(all)).piece("k", all, floats(1)),
        "k",
        "piece '-' of tensor 'k' has FLOAT32 numbers, expected FLOAT64");
    refused(
        new SlicesBytes().tensor("k", FLOAT, List.of(2L), List.of(all, all)),
        "k",
        "the table of contents lists piece '-' of tensor 'k' twice");
    refused(
        new SlicesBytes().tensor("k", FLOAT, List.of(2L), List.of(slice(1, 2))),
        "k",
        "piece '1,2' of tensor 'k' is no part of [2]");
    refused(
        new SlicesBytes().tensor("k", FLOAT, List.of(2L), List.of(slice(1, 1))),
        "k",
        "the pieces of tensor 'k' have 1 elements, but [2] has 2");
    refused(
        new SlicesBytes()
            .tensor("k", FLOAT, List.of(4L), List.of(slice(0, 2), slice(1, 2)))
            .piece("k", slice(0, 2), floats(1, 2))
            .piece("k", slice(1, 2), floats(2, 3)),
        "k",
        "piece '1,2' of tensor 'k' overlaps another");
    refused(
        new SlicesBytes().tensor("k", -1, List.of(2L), List.of(all)),
        "k",
        "the table of contents gives tensor 'k' the element type -1");
  }

  @Test
  void everyTruncationIsReported() {
    byte[] file = whole().bytes();
    for (int length = 0; length < file.length; length++) {
      InMemoryStorage storage = new InMemoryStorage().with("m.ckpt-1", Arrays.copyOf(file, length));
      try {
        readAll(storage);
        fail("cut to %d of %d bytes, the file was read as if it were whole", length, file.length);
      } catch (IOException | WeightsException e) {
        assertThat(e).isInstanceOf(WeightsException.class).hasMessageStartingWith("m.ckpt-1: ");
      }
    }
  }

  @Test
  void everyFlippedBitIsReportedOrWithoutEffect() throws IOException {
    byte[] file = whole().bytes();
    List<Tensor> undamaged = readAll(storage(whole()));
    for (int bit = 0; bit < 8 * file.length; bit++) {
      byte[] flipped = file.clone();
      flipped[bit / 8] ^= (byte) (1 << bit % 8);
      try {
        assertThat(readAll(new InMemoryStorage().with("m.ckpt-1", flipped)))
            .as("bit %d", bit)
            .isEqualTo(undamaged);
      } catch (WeightsException e) {
        assertThat(e).as("bit %d", bit).hasMessageStartingWith("m.ckpt-1: ");
      }
    }
  }

  @Test
  void liesBehindGoodChecksumsAreReportedOrRead() throws IOException {
    List<Block.Entry> table = Sstable.entries(InMemoryStorage.source("m.ckpt-1", whole().bytes()));
    byte[] block = TableBytes.block(table);
    for (int bit = 0; bit < 8 * block.length; bit++) {
      byte[] flipped = block.clone();
      flipped[bit / 8] ^= (byte) (1 << bit % 8);
      InMemoryStorage storage = new InMemoryStorage().with("m.ckpt-1", TableBytes.tableOf(flipped));
      try {
        readAll(storage);
      } catch (WeightsException e) {
        assertThat(e).as("bit %d", bit).hasMessageStartingWith("m.ckpt-1: ");
      }
    }
  }

  private static List<Tensor> readAll(InMemoryStorage storage) throws IOException {
    List<Tensor> read = new ArrayList<>();
    try (TensorFlowV1Checkpoint file = open(storage)) {
      for (TensorInfo info : file.tensors().values()) {
        if (!info.dtype().equals("DT_INT32")) {
          read.add(file.read(info.name()));
        }
      }
    }
    return read;
  }

  @Test
  void everyFloatOfARealCheckpointIsRead() throws IOException {
    Path folder =
        Path.of(
            System.getProperty("sparkrnn.data", "../shared/data"),
            "models/tf1ckpt-charrnn-poembot");
    Assumptions.assumeTrue(Files.isDirectory(folder), "skipped: no model at " + folder);
    try (TensorFlowV1Checkpoint file =
        TensorFlowV1Checkpoint.open(LocalStorage.of(folder), "model.ckpt-360000")) {
      String matrix = "rnnlm/MultiRNNCell/Cell1/BasicLSTMCell/Linear/Matrix";
      assertThat(file.tensors().get(matrix).shape()).isEqualTo(Shape.of(256, 512));
      assertThat(file.tensors()).hasSizeGreaterThan(8);
      for (TensorInfo info : file.tensors().values()) {
        for (float value : file.read(info.name()).toArray()) {
          assertThat(value).as(info.name()).isFinite();
        }
      }
    }
  }
}
