package org.sparkrnn.weights.keras;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import io.jhdf.HdfFile;
import io.jhdf.WritableHdfFile;
import io.jhdf.api.DatasetCreationOptions;
import io.jhdf.checksum.JenkinsLookup3HashLittle;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkrnn.tensor.Shape;
import org.sparkrnn.tensor.Tensor;
import org.sparkrnn.weights.Damage;
import org.sparkrnn.weights.InMemoryStorage;
import org.sparkrnn.weights.LocalStorage;
import org.sparkrnn.weights.MalformedWeightsException;
import org.sparkrnn.weights.TensorInfo;
import org.sparkrnn.weights.UnsupportedWeightsException;
import org.sparkrnn.weights.WeightsException;

/** The fixtures are h5py's: {@code src/test/python/make_keras_fixtures.py}. */
class KerasFileTest {

  @ParameterizedTest
  @ValueSource(strings = {"weights.h5", "latest_gzip.h5"})
  void aWeightsFileIsReadByPathsAndByLayers(String fixture) throws IOException {
    KerasFile file = open(fixture);

    assertThat(file.format()).isEqualTo("Keras weights in HDF5");
    assertThat(file.config()).isEmpty();
    assertThat(file.aliases())
        .containsEntry("lstm_1/kernel", "lstm_1/lstm_1/kernel:0")
        .containsEntry("lstm_1/recurrent_kernel", "lstm_1/lstm_1/recurrent_kernel:0")
        .containsEntry("lstm_1/bias", "lstm_1/lstm_1/bias:0")
        .containsEntry("dense_1/kernel", "dense_1/dense_1/kernel:0")
        .hasSize(5);
    assertThat(file.tensors().get("lstm_1/lstm_1/kernel:0"))
        .isEqualTo(new TensorInfo("lstm_1/lstm_1/kernel:0", "float32", Shape.of(3, 8), 96));
    assertThat(file.read("lstm_1/lstm_1/kernel:0").at(0)).isEqualTo(0.101595804f);
    assertThat(file.read("dense_1/dense_1/kernel:0"))
        .isEqualTo(Tensor.of(Shape.of(2, 3), 0, .25f, .5f, .75f, 1, 1.25f));
    assertThat(file.read("dense_1/dense_1/bias:0")).isEqualTo(Tensor.of(Shape.of(3), 0, 1, 2));
    assertThatThrownBy(() -> file.read("steps"))
        .isInstanceOf(UnsupportedWeightsException.class)
        .hasMessage(fixture + ": tensor 'steps' is long64; readable are float16, float32, float64");
  }

  @ParameterizedTest
  @ValueSource(strings = {"stored.keras", "deflated.keras", "model.weights.h5"})
  void variablesOfKeras3HaveTheirRoles(String fixture) throws IOException {
    KerasFile file = open(fixture);

    assertThat(file.aliases())
        .containsEntry("lstm_7/cell/kernel", "layers/lstm/cell/vars/0")
        .containsEntry("lstm_7/cell/recurrent_kernel", "layers/lstm/cell/vars/1")
        .containsEntry("lstm_7/cell/bias", "layers/lstm/cell/vars/2")
        .containsEntry("head/kernel", "layers/dense/vars/0")
        .containsEntry("head/bias", "layers/dense/vars/1")
        .containsEntry("embedding/embeddings", "layers/embedding/vars/0");
    assertThat(file.read("layers/lstm/cell/vars/0").at(0)).isEqualTo(0.101595804f);
    assertThat(file.config().isPresent()).isEqualTo(fixture.endsWith(".keras"));
  }

  @Test
  void noLinkIsFollowed() throws IOException {
    KerasFile file = open("links.h5");

    assertThat(file.tensors()).containsOnlyKeys("good");
    Damage.readAll(file);
  }

  @Test
  void aBombIsRefusedBeforeItGrows() throws IOException {
    KerasFile file = open("bomb.h5");

    assertThatThrownBy(() -> file.read("zeros"))
        .isInstanceOf(MalformedWeightsException.class)
        .hasMessageStartingWith("bomb.h5: tensor 'zeros' has [134217728] elements of 4 bytes");
  }

  /** A chunk of 16 bytes that inflates to 16 MiB. */
  @Test
  void aChunkIsInflatedNoFurtherThanItsSize(@TempDir Path dir) throws IOException {
    Path path = dir.resolve("chunk.h5");
    DatasetCreationOptions deflated =
        DatasetCreationOptions.builder().chunkDimensions(1 << 22).deflate(9).build();
    try (WritableHdfFile file = HdfFile.write(path)) {
      file.putDataset("kernel", new float[1 << 22], deflated);
    }
    assertThat(open("chunk.h5", Files.readAllBytes(path)).read("kernel").shape())
        .isEqualTo(Shape.of(1 << 22));

    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(path)).order(ByteOrder.LITTLE_ENDIAN);
    int header = 0;
    for (int at = 0; at < bytes.capacity() - 4; at++) {
      header = bytes.getInt(at) == 0x5244484f ? at : header; // "OHDR", the dataset's is the last
    }
    int end = header + 10 + bytes.getInt(header + 6);
    for (int at = header; at < end - 4; at++) {
      if ((bytes.getInt(at) & 0xffffff) == 1 << 22) {
        // The size of the dataset, then that of the chunk in three bytes.
        bytes.put(at, (byte) 4).putShort(at + 1, (short) 0);
      }
    }
    bytes.putInt(end, JenkinsLookup3HashLittle.hash(bytes.slice(header, end - header)));
    KerasFile bomb = open("chunk.h5", bytes.array());
    assertThat(bomb.tensors().get("kernel").shape()).isEqualTo(Shape.of(4));
    assertThatThrownBy(() -> bomb.read("kernel"))
        .isInstanceOf(MalformedWeightsException.class)
        .hasMessage(
            "chunk.h5: tensor 'kernel' has a chunk that inflates to more than its 16 bytes");
  }

  @Test
  void aStringInTheFileIsReadOnce() {
    ByteBuffer list = ByteBuffer.allocate(3 * 16).order(ByteOrder.LITTLE_ENDIAN);
    list.putInt(5).putLong(4096).putInt(1);
    list.putInt(5).putLong(4096).putInt(2);
    assertThat(HeapStrings.repeat(list.slice(0, 32), 8)).isFalse();
    list.putInt(5).putLong(4096).putInt(1);
    assertThat(HeapStrings.repeat(list.flip(), 8)).isTrue();
    // Empty strings are in no heap.
    assertThat(HeapStrings.repeat(ByteBuffer.allocate(32), 8)).isFalse();
  }

  @Test
  void everyCutIsReadOrReported() throws IOException {
    for (String fixture : new String[] {"weights.h5", "latest_gzip.h5", "stored.keras"}) {
      Damage.cuts(fixture, fixture(fixture), source -> Damage.readAll(KerasFile.open(source)));
    }
  }

  @Test
  void everyChangedByteIsReadOrReported() throws IOException {
    for (String fixture : new String[] {"weights.h5", "latest_gzip.h5", "links.h5"}) {
      Damage.flips(fixture, fixture(fixture), source -> Damage.readAll(KerasFile.open(source)));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"weights.h5", "latest_gzip.h5"})
  void noSizeThatAFileStatesIsTakenInMemory(String fixture) throws IOException {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    byte[] whole = fixture(fixture);
    for (int at = 0; at < whole.length - 4; at += 4) {
      ByteBuffer damaged = ByteBuffer.wrap(whole.clone()).order(ByteOrder.LITTLE_ENDIAN);
      damaged.putInt(at, 0x7ffffff0);
      long before = threads.getCurrentThreadAllocatedBytes();
      try (KerasFile file = KerasFile.open(InMemoryStorage.source(fixture, damaged.array()))) {
        Damage.readAll(file);
      } catch (WeightsException e) {
        assertThat(e).hasMessageStartingWith(fixture);
      }
      long taken = threads.getCurrentThreadAllocatedBytes() - before;
      assertThat(taken).as("bytes taken, 2 GiB stated at byte %d", at).isLessThan(16L << 20);
    }
  }

  @Test
  void filesOfEveryKerasAreRead() throws IOException {
    Path folder = data().resolve("models/h5-dl4j-weights");
    Assumptions.assumeTrue(Files.isDirectory(folder), "skipped: no data found at " + folder);
    for (String name : LocalStorage.of(folder).list()) {
      if (!name.endsWith(".h5")) {
        continue;
      }
      try (KerasFile file = KerasFile.open(LocalStorage.of(folder).open(name))) {
        Damage.readAll(file);
        assertThat(file.config()).as(name).isPresent();
        boolean parts = name.contains("lstm") && name.endsWith("1.h5");
        List<String> kernels =
            file.aliases().keySet().stream().filter(n -> n.matches(".*/kernel(/part_0)?")).toList();
        assertThat(kernels).as(name).isNotEmpty();
        assertThat(kernels.get(0).endsWith("part_0")).as(name).isEqualTo(parts);
      }
    }
  }

  @Test
  void aModelOfKeras3IsRead() throws IOException {
    Path folder = data().resolve("models/keras-emg-lstm");
    Assumptions.assumeTrue(Files.isDirectory(folder), "skipped: no data found at " + folder);
    try (KerasFile file = KerasFile.open(LocalStorage.of(folder).open("model.keras"))) {
      assertThat(file.aliases()).containsKeys("lstm/cell/kernel", "dense1/bias", "output/kernel");
      assertThat(file.read("layers/lstm/cell/vars/1").shape()).isEqualTo(Shape.of(16, 64));
    }
  }

  private static Path data() {
    return Path.of(System.getProperty("sparkrnn.data", "../shared/data"));
  }

  private static byte[] fixture(String name) throws IOException {
    try (InputStream in = KerasFileTest.class.getResourceAsStream(name)) {
      return in.readAllBytes();
    }
  }

  private static KerasFile open(String name) throws IOException {
    return open(name, fixture(name));
  }

  private static KerasFile open(String name, byte[] bytes) throws IOException {
    return KerasFile.open(InMemoryStorage.source(name, bytes));
  }
}
