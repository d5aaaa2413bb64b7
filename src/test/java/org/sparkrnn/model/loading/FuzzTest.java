package org.sparkrnn.model.loading;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.sparkrnn.model.Cut;
import org.sparkrnn.model.InputSpec;
import org.sparkrnn.model.ModelException;
import org.sparkrnn.model.files.WeightsFiles;
import org.sparkrnn.model.keras.Hdf5Seals;
import org.sparkrnn.model.keras.KerasNetwork;
import org.sparkrnn.model.network.SpecModel;
import org.sparkrnn.model.onnx.OnnxNetwork;
import org.sparkrnn.model.spec.ModelSpec;
import org.sparkrnn.model.spec.SpecParser;
import org.sparkrnn.model.spec.VocabularyReader;
import org.sparkrnn.model.tensorflow.GraphNetwork;
import org.sparkrnn.model.tensorflow.GraphSamples;
import org.sparkrnn.weights.ByteSource;
import org.sparkrnn.weights.Damage;
import org.sparkrnn.weights.InMemoryStorage;
import org.sparkrnn.weights.Storage;
import org.sparkrnn.weights.WeightsException;
import org.sparkrnn.weights.keras.KerasFile;
import org.sparkrnn.weights.numpy.NumpyFile;
import org.sparkrnn.weights.pytorch.PyTorchFile;
import org.sparkrnn.weights.safetensors.SafetensorsFile;
import org.sparkrnn.weights.safetensors.ShardedSafetensors;
import org.sparkrnn.weights.tensorflow.CheckpointBytes;
import org.sparkrnn.weights.tensorflow.TensorFlowCheckpoint;
import org.sparkrnn.weights.tensorflow.TensorFlowV1Checkpoint;

/**
 * Feeds every reader files that were damaged at random: it reads them, or refuses them by our own
 * exceptions, with memory that the file's size bounds, and opens nothing outside the folder. A
 * fraction of a second each in the suite; {@code mvn test -Dtest=FuzzTest
 * -Dsparkrnn.fuzz.seconds=60 -Dsparkrnn.fuzz.seed=N} for longer.
 */
class FuzzTest {
  /** What a reader may take for a file of some kilobytes: archives inflate up to 64 MiB freely. */
  private static final long MOST_BYTES = 192L << 20;

  private static final double SECONDS =
      Double.parseDouble(System.getProperty("sparkrnn.fuzz.seconds", "0.4"));
  private static final long SEED = Long.getLong("sparkrnn.fuzz.seed", 1);

  @TempDir private Path temp;

  /** Reads a damaged file, which stands in a folder under its name. */
  private interface Reader {
    void read(Storage folder, String name) throws IOException;
  }

  /** Writes files into a folder. */
  private interface Sample {
    void write(Path folder) throws IOException;
  }

  /** A reader with the file that is damaged for it. */
  enum Target {
    CHECKPOINT_V2_INDEX(Encoding.CHECKPOINT_V2, "m.ckpt-7.index", FuzzTest::v2),
    CHECKPOINT_V2_SEALED(Encoding.CHECKPOINT_V2, "m.ckpt-7.index", FuzzTest::v2),
    CHECKPOINT_V1(Encoding.CHECKPOINT_V1, "m.ckpt-7", FuzzTest::v1),
    CHECKPOINT_V1_SEALED(Encoding.CHECKPOINT_V1, "m.ckpt-7", FuzzTest::v1),
    HDF5(Encoding.KERAS_2, "m.h5", FuzzTest::keras),
    HDF5_SEALED(Encoding.KERAS_2, "m.h5", FuzzTest::keras),
    HDF5_WITHOUT_CHECKSUMS(Encoding.KERAS_2, "weights.h5", FuzzTest::keras),
    HDF5_COMPRESSED(Encoding.KERAS_2, "latest_gzip.h5", FuzzTest::keras),
    KERAS_CONFIGURATION(Encoding.KERAS_WEIGHTS_AND_JSON, "m.json", FuzzTest::configuration),
    KERAS_ARCHIVE(Encoding.KERAS_3, "m.keras", FuzzTest::keras),
    ONNX(Encoding.ONNX, "m.onnx", (folder, name) -> OnnxNetwork.load(folder, name, Cut.NONE)),
    PYTORCH_ARCHIVE(Encoding.PYTORCH, "m.pt", FuzzTest::torch),
    PYTORCH_STREAM(Encoding.PYTORCH_STREAM, "m.pth", FuzzTest::torch),
    SAFETENSORS(Encoding.SAFETENSORS, "m.safetensors", FuzzTest::safetensors),
    SAFETENSORS_INDEX(Encoding.SAFETENSORS, "i.safetensors.index.json", FuzzTest::sharded),
    GRAPH(GraphSamples::frozen, "m.pb", FuzzTest::graph),
    META_GRAPH(GraphSamples::meta, "m.meta", FuzzTest::graph),
    SAVED_MODEL(GraphSamples::savedModel, "saved_model.pb", FuzzTest::graph),
    NUMPY(Encoding.NPZ, "m.npz", FuzzTest::numpy),
    SPEC(Encoding.NPZ, "model.json", FuzzTest::spec);

    private final Sample sample;
    private final String file;
    private final Reader reader;

    Target(Encoding encoding, String file, Reader reader) {
      this(folder -> encoding.write(1, folder), file, reader);
    }

    Target(Sample sample, String file, Reader reader) {
      this.sample = sample;
      this.file = file;
      this.reader = reader;
    }

    /** With checksums that are right, so that a reader goes on to what is damaged. */
    byte[] sealed(byte[] damaged) {
      return switch (this) {
        case CHECKPOINT_V2_SEALED, CHECKPOINT_V1_SEALED -> CheckpointBytes.sealed(damaged);
        case HDF5_SEALED, HDF5_COMPRESSED -> Hdf5Seals.sealed(damaged);
        default -> damaged;
      };
    }

    /** What is damaged of a file: all of it, or the block that is sealed. */
    byte[] given(byte[] whole) throws IOException {
      return this == CHECKPOINT_V2_SEALED || this == CHECKPOINT_V1_SEALED
          ? CheckpointBytes.block(whole)
          : whole;
    }
  }

  private static void v2(Storage folder, String name) throws IOException {
    try (TensorFlowCheckpoint file = TensorFlowCheckpoint.open(folder, "m.ckpt-7")) {
      Damage.readAll(file);
    }
  }

  private static void v1(Storage folder, String name) throws IOException {
    if (TensorFlowV1Checkpoint.isCheckpoint(folder, name)) {
      try (TensorFlowV1Checkpoint file = TensorFlowV1Checkpoint.open(folder, name)) {
        Damage.readAll(file);
      }
    }
  }

  private static void keras(Storage folder, String name) throws IOException {
    try (KerasFile file = KerasFile.open(folder.open(name))) {
      Damage.readAll(file);
    }
    KerasNetwork.load(folder, name, Cut.NONE);
  }

  private static void configuration(Storage folder, String name) throws IOException {
    KerasNetwork.load(folder, "m_weights.h5", Cut.NONE);
  }

  private static void graph(Storage folder, String name) throws IOException {
    GraphNetwork.load(folder, name, new Cut("", name.equals("saved_model.pb") ? "" : "out"));
  }

  private static void torch(Storage folder, String name) throws IOException {
    try (PyTorchFile file = PyTorchFile.open(folder.open(name))) {
      Damage.readAll(file);
    }
  }

  private static void safetensors(Storage folder, String name) throws IOException {
    try (SafetensorsFile file = SafetensorsFile.open(folder.open(name))) {
      Damage.readAll(file);
    }
  }

  private static void sharded(Storage folder, String name) throws IOException {
    try (ShardedSafetensors file = ShardedSafetensors.open(folder, name)) {
      Damage.readAll(file);
    }
  }

  private static void numpy(Storage folder, String name) throws IOException {
    try (NumpyFile file = NumpyFile.open(folder.open(name))) {
      Damage.readAll(file);
    }
  }

  private static void spec(Storage folder, String name) throws IOException {
    ModelSpec spec = SpecParser.parse(WeightsFiles.readAll(folder, name), name);
    try (NumpyFile file = NumpyFile.open(folder.open("m.npz"))) {
      InputSpec input = new VocabularyReader(List.of(folder)).read(spec.input());
      SpecModel.assemble("m", spec, input, file);
    }
  }

  @ParameterizedTest
  @EnumSource(Target.class)
  void damagedFilesAreReadOrRefused(Target target) throws IOException {
    InMemoryStorage folder = new InMemoryStorage();
    target.sample.write(temp);
    try (var files = Files.walk(temp)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        String name = temp.relativize(file).toString().replace('\\', '/');
        folder.with(name, Files.readAllBytes(file));
      }
    }
    for (String fixture : List.of("weights.h5", "latest_gzip.h5")) {
      try (InputStream stream = KerasFile.class.getResourceAsStream(fixture)) {
        folder.with(fixture, stream.readAllBytes());
      }
    }
    String index = "{\"weight_map\": {\"fc.bias\": \"m.safetensors\"}}";
    folder.with("i.safetensors.index.json", index.getBytes(UTF_8));
    byte[] whole = WeightsFiles.readAll(folder, target.file);
    target.reader.read(folder, target.file);
    byte[] given = target.given(whole);
    long end = System.nanoTime() + (long) (SECONDS * 1e9);
    int refused = 0;
    // On a slow machine too until one was refused, which shows that the reader was reached.
    for (long seed = SEED; System.nanoTime() < end || refused == 0; seed++) {
      byte[] damaged = new Mutations(seed).damaged(given);
      folder.with(target.file, target.sealed(damaged));
      refused += refused(target, new Watched(folder), seed) ? 1 : 0;
    }
    assertThat(refused).isPositive();
  }

  private static boolean refused(Target target, Storage folder, long seed) {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    boolean refused = false;
    try {
      target.reader.read(folder, target.file);
    } catch (WeightsException | ModelException e) {
      assertThat(e.getMessage()).as("%s, seed %d", target, seed).contains(": ");
      refused = true;
    } catch (Exception | StackOverflowError | OutOfMemoryError e) {
      throw new AssertionError(target + ", -Dsparkrnn.fuzz.seed=" + seed, e);
    }
    long taken = threads.getCurrentThreadAllocatedBytes() - before;
    assertThat(taken).as("bytes taken by %s, seed %d", target, seed).isLessThan(MOST_BYTES);
    return refused;
  }

  /** A folder that nobody leaves. */
  private record Watched(InMemoryStorage files) implements Storage {
    private static String inside(String name) {
      if (List.of(name.split("[/\\\\]", -1)).contains("..") || name.startsWith("/")) {
        throw new AssertionError("asked for '" + name + "', outside the folder");
      }
      return name;
    }

    @Override
    public String name() {
      return files.name();
    }

    @Override
    public boolean exists(String file) {
      return files.exists(inside(file));
    }

    @Override
    public List<String> list() {
      return files.list();
    }

    @Override
    public ByteSource open(String file) throws FileNotFoundException {
      return files.open(inside(file));
    }
  }
}
