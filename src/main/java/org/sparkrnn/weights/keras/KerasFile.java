package org.sparkrnn.weights.keras;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.sparkrnn.tensor.Tensor;
import org.sparkrnn.weights.ByteSource;
import org.sparkrnn.weights.MalformedWeightsException;
import org.sparkrnn.weights.TensorInfo;
import org.sparkrnn.weights.WeightsFile;
import org.sparkrnn.weights.ZipArchive;

/**
 * A file of Keras: a full model or weights alone in HDF5, or a {@code .keras} archive.
 *
 * <p>Tensors have the datasets' paths as names: {@code model_weights/lstm_1/lstm_1/kernel:0}.
 * {@link #aliases()} has them by layer: {@code lstm_1/kernel}.
 *
 * <p>Not thread-safe. Closing it closes the source.
 */
public final class KerasFile implements WeightsFile {
  private static final String WEIGHTS = "model.weights.h5";
  private static final String CONFIG = "config.json";
  private static final String METADATA = "metadata.json";
  private static final Pattern VERSION = Pattern.compile("\"keras_version\"\\s*:\\s*\"([^\"]*)\"");
  private static final byte[] MAGIC = {(byte) 0x89, 'H', 'D', 'F', 13, 10, 26, 10};

  private final ByteSource source;
  private final String format;
  private final String config;
  private final String version;
  private final Hdf5 hdf5;
  private final SortedMap<String, String> aliases;
  private final SortedMap<String, TensorInfo> tensors = new TreeMap<>();

  private KerasFile(ByteSource source, String format, Texts texts, Hdf5 hdf5) {
    this.source = source;
    this.format = format;
    this.config = texts.config();
    this.version = texts.version();
    this.hdf5 = hdf5;
    for (String name : hdf5.datasets()) {
      tensors.put(name, new TensorInfo(name, hdf5.dtype(name), hdf5.shape(name), hdf5.bytes(name)));
    }
    this.aliases = KerasNames.of(hdf5);
  }

  /**
   * What a file says about its model.
   *
   * @param config the configuration; null where there is none
   * @param version of Keras; null where it is not stated
   */
  private record Texts(String config, String version) {}

  /** Whether {@code start}, a file's first bytes, is HDF5's. */
  public static boolean isHdf5(byte[] start) {
    for (int i = 0; i < MAGIC.length; i++) {
      if (start.length <= i || start[i] != MAGIC[i]) {
        return false;
      }
    }
    return true;
  }

  /** Whether an archive is a model of Keras 3. */
  public static boolean isArchive(ZipArchive archive) {
    return archive.sizes().containsKey(WEIGHTS);
  }

  /**
   * Reads the table of contents of {@code source}.
   *
   * @param source the file; closed by {@link #close()}, and by its owner if this throws
   * @throws MalformedWeightsException if it is not a whole, well-formed file
   * @throws IOException if the storage fails
   */
  public static KerasFile open(ByteSource source) throws IOException {
    if (ZipArchive.isZip(source)) {
      return open(source, ZipArchive.open(source));
    }
    Hdf5 hdf5 = Hdf5.open(source);
    List<String> config = hdf5.strings("", "model_config");
    String format = config.isEmpty() ? "Keras weights in HDF5" : "Keras model in HDF5";
    List<String> version = hdf5.strings("", "keras_version");
    if (version.isEmpty() && hdf5.groups().contains("model_weights")) {
      version = hdf5.strings("model_weights", "keras_version");
    }
    return new KerasFile(source, format, new Texts(first(config), first(version)), hdf5);
  }

  /** As above, of an archive whose directory was read already. */
  public static KerasFile open(ByteSource source, ZipArchive archive) throws IOException {
    if (!isArchive(archive)) {
      throw new MalformedWeightsException(source.name(), "the archive has no " + WEIGHTS);
    }
    ByteSource weights = archive.open(WEIGHTS);
    if (!archive.isStored(WEIGHTS)) {
      weights =
          new MemorySource(weights.name(), weights.read(0, weights.size(), "entry " + WEIGHTS));
    }
    String metadata = text(archive, METADATA);
    Matcher version = VERSION.matcher(metadata == null ? "" : metadata);
    return new KerasFile(
        source,
        "Keras archive",
        new Texts(text(archive, CONFIG), version.find() ? version.group(1) : null),
        Hdf5.open(weights));
  }

  private static String first(List<String> strings) {
    return strings.isEmpty() ? null : strings.get(0);
  }

  private static String text(ZipArchive archive, String entry) throws IOException {
    if (!archive.sizes().containsKey(entry)) {
      return null;
    }
    try (ByteSource text = archive.open(entry)) {
      return new String(text.read(0, text.size(), "entry " + entry), UTF_8);
    }
  }

  @Override
  public String name() {
    return source.name();
  }

  @Override
  public String format() {
    return format;
  }

  /** The model's configuration as JSON, where the file holds one. */
  public Optional<String> config() {
    return Optional.ofNullable(config);
  }

  /** The version of Keras that wrote the file, where it says so: {@code 2.2.4-tf}. */
  public Optional<String> version() {
    return Optional.ofNullable(version);
  }

  @Override
  public SortedMap<String, TensorInfo> tensors() {
    return Collections.unmodifiableSortedMap(tensors);
  }

  @Override
  public SortedMap<String, String> aliases() {
    return Collections.unmodifiableSortedMap(aliases);
  }

  /**
   * Whether it counts layers as the archives of TensorFlow 2.12 to 2.15 do: each layer with weights
   * twice, so that the second LSTM is {@code lstm_2}.
   */
  public boolean countsTwice() {
    return tensors.keySet().stream().anyMatch(name -> name.startsWith(KerasNames.DEPENDENCIES));
  }

  @Override
  public Tensor read(String name) throws IOException {
    if (!tensors.containsKey(name)) {
      throw new IllegalArgumentException(source.name() + " has no tensor '" + name + "'");
    }
    return hdf5.read(name);
  }

  @Override
  public void close() throws IOException {
    source.close();
  }
}
