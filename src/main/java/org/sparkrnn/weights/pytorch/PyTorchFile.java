package org.sparkrnn.weights.pytorch;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.sparkrnn.tensor.Tensor;
import org.sparkrnn.weights.ByteSource;
import org.sparkrnn.weights.MalformedWeightsException;
import org.sparkrnn.weights.TensorInfo;
import org.sparkrnn.weights.UnsupportedWeightsException;
import org.sparkrnn.weights.WeightsFile;
import org.sparkrnn.weights.ZipArchive;

/**
 * A file of {@code torch.save}: the zip archive written since PyTorch 1.6, the stream written
 * before it, or a TorchScript archive, of which the tensors are read and the code is not.
 *
 * <p>The pickle in it is read as data: containers, numbers, strings, and the few functions that
 * rebuild tensors and storages, which are known here and not called. Every other name is listed by
 * {@link #unknown()}, and what it would have made is kept as an object without a meaning, of which
 * the attributes are looked through for tensors.
 *
 * <p>Tensors have the paths to them as names, joined by dots: {@code model.lstm.weight_ih_l0} of a
 * checkpoint whose {@code model} is a state dict. {@link #aliases()} has them without the words
 * around the network, such as {@code state_dict.}, {@code model.} and DataParallel's {@code
 * module.}.
 *
 * <p>Not thread-safe. Closing it closes the source.
 *
 * @see <a href="https://github.com/pytorch/pytorch/blob/v2.7.1/torch/serialization.py">PyTorch 2.7,
 *     serialization.py</a>
 */
public final class PyTorchFile implements WeightsFile {
  /** PROTO 2, LONG1 of 10 bytes, and the number that starts a stream. */
  private static final byte[] MAGIC = {
    (byte) 0x8a,
    10,
    0x6c,
    (byte) 0xfc,
    (byte) 0x9c,
    0x46,
    (byte) 0xf9,
    0x20,
    0x6a,
    (byte) 0xa8,
    0x50,
    0x19
  };

  private static final String PICKLE = "data.pkl";
  private static final String CONSTANTS = "constants.pkl";
  private static final long PROTOCOL = 1001;

  private final ByteSource source;
  private final String format;
  private final StateDict constants;
  private final Storages constantStorages;
  private StateDict state;
  private Storages storages;
  private final SortedSet<String> unknown = new TreeSet<>();
  private final SortedMap<String, TensorInfo> tensors = new TreeMap<>();

  private PyTorchFile(ByteSource source, String format) {
    this.source = source;
    this.format = format;
    this.constants = new StateDict(source.name());
    this.constantStorages = new Storages(source.name(), false);
  }

  /** Whether {@code start}, a file's first bytes, is that of the stream. */
  public static boolean isStream(byte[] start) {
    if (start.length < 2 + MAGIC.length || start[0] != (byte) 0x80) {
      return false;
    }
    for (int i = 0; i < MAGIC.length; i++) {
      if (start[2 + i] != MAGIC[i]) {
        return false;
      }
    }
    return true;
  }

  /** Whether an archive is PyTorch's. */
  public static boolean isArchive(ZipArchive archive) {
    return root(archive) != null;
  }

  /**
   * Reads the pickle of {@code source}.
   *
   * @param source the file; closed by {@link #close()}, and by its owner if this throws
   * @throws MalformedWeightsException if it is not a whole, well-formed file
   * @throws UnsupportedWeightsException if it is written in a way that PyTorch does not write
   * @throws IOException if the storage fails
   */
  public static PyTorchFile open(ByteSource source) throws IOException {
    if (ZipArchive.isZip(source)) {
      return open(source, ZipArchive.open(source));
    }
    byte[] start = source.read(0, Math.min(2 + MAGIC.length, source.size()), "the start");
    if (!isStream(start)) {
      throw new MalformedWeightsException(
          source.name(), "is no file of PyTorch: neither a zip archive nor its older stream");
    }
    return stream(source);
  }

  /** As above, of an archive whose directory was read already. */
  public static PyTorchFile open(ByteSource source, ZipArchive archive) throws IOException {
    String root = root(archive);
    if (root == null) {
      throw new MalformedWeightsException(source.name(), "the archive has no " + PICKLE);
    }
    boolean script = archive.sizes().containsKey(root + CONSTANTS);
    PyTorchFile file = new PyTorchFile(source, script ? "TorchScript archive" : "PyTorch archive");
    boolean bigEndian =
        archive.sizes().containsKey(root + "byteorder") && file.bigEndian(archive, root);
    file.storages = new Storages(source.name(), bigEndian);
    file.storages.addFolder(archive, root + "data/");
    file.state = file.unpickled(archive, root + PICKLE, "");
    file.list(file.state, file.storages);
    if (script) {
      file.constantStorages.addFolder(archive, root + "constants/");
      StateDict constants = file.unpickled(archive, root + CONSTANTS, "constants");
      constants.views().forEach((name, view) -> file.constants.add(name, view));
      file.list(constants, file.constantStorages);
    }
    return file;
  }

  /** The folder of the archive that holds the pickle; null where there is none. */
  private static String root(ZipArchive archive) {
    String root = null;
    for (String entry : archive.sizes().keySet()) {
      if (entry.equals(PICKLE) || entry.endsWith("/" + PICKLE)) {
        String folder = entry.substring(0, entry.length() - PICKLE.length());
        root = root == null || folder.length() < root.length() ? folder : root;
      }
    }
    return root;
  }

  private boolean bigEndian(ZipArchive archive, String root) throws IOException {
    try (ByteSource entry = archive.open(root + "byteorder")) {
      String order =
          entry.size() > 10 ? "" : new String(entry.read(0, entry.size(), "byteorder"), UTF_8);
      if (!List.of("little", "big").contains(order)) {
        throw new MalformedWeightsException(
            source.name(), "its byteorder is neither 'little' nor 'big'");
      }
      return order.equals("big");
    }
  }

  private StateDict unpickled(ZipArchive archive, String entry, String prefix) throws IOException {
    Rebuild rebuild = new Rebuild(source.name());
    try (ByteSource pickle = archive.open(entry)) {
      Pickled value = new Unpickler(source.name(), new PickleBytes(pickle, 0), rebuild).read();
      unknown.addAll(rebuild.unknown());
      StateDict state = new StateDict(source.name());
      state.add(prefix, value);
      return state;
    }
  }

  private static PyTorchFile stream(ByteSource source) throws IOException {
    PyTorchFile file = new PyTorchFile(source, "PyTorch stream");
    Rebuild rebuild = new Rebuild(source.name());
    PickleBytes in = new PickleBytes(source, 0);
    new Unpickler(source.name(), in, rebuild).read();
    if (!(new Unpickler(source.name(), in, rebuild).read() instanceof Pickled.Int protocol)
        || protocol.value() != PROTOCOL) {
      throw new UnsupportedWeightsException(
          source.name(), "its stream is not of protocol " + PROTOCOL);
    }
    Pickled system = new Unpickler(source.name(), in, rebuild).read();
    boolean bigEndian =
        system instanceof Pickled.Dict info
            && info.value("little_endian") instanceof Pickled.Other other
            && other.shown().equals("False");
    file.storages = new Storages(source.name(), bigEndian);
    Pickled value = new Unpickler(source.name(), in, rebuild).read();
    Pickled keys = new Unpickler(source.name(), in, rebuild).read();
    file.unknown.addAll(rebuild.unknown());
    file.ranges(keys, rebuild, in.position());
    file.state = new StateDict(source.name());
    file.state.add("", value);
    file.list(file.state, file.storages);
    return file;
  }

  /** Behind the pickles each storage has its number of elements and its bytes. */
  private void ranges(Pickled keys, Rebuild rebuild, long start) throws IOException {
    if (!(keys instanceof Pickled.Items items)) {
      throw new MalformedWeightsException(source.name(), "the stream has no list of storages");
    }
    long at = start;
    for (Pickled item : items.values) {
      String key = item instanceof Pickled.Text text ? text.value() : "";
      Pickled.Storage storage = rebuild.storages().get(key);
      if (storage == null || storage.type() == null) {
        throw new MalformedWeightsException(
            source.name(), "the stream lists a storage that no tensor has");
      }
      long elements = new PickleBytes(source, at).number(8);
      long bytes =
          Math.multiplyHigh(elements, storage.type().bytes()) != 0
              ? -1
              : elements * storage.type().bytes();
      source.requireRange(at + 8, bytes, "storage " + key);
      storages.addRange(source, key, at + 8, bytes);
      at += 8 + bytes;
    }
    if (at != source.size()) {
      throw new MalformedWeightsException(
          source.name(), "the stream ends at byte " + at + ", but the file has " + source.size());
    }
  }

  private void list(StateDict from, Storages where) {
    from.views()
        .forEach(
            (name, view) -> {
              long bytes =
                  where.checked(view, "tensor '" + name + "'").elements() * view.type().bytes();
              tensors.put(
                  name,
                  new TensorInfo(
                      name,
                      view.type().dtype(),
                      where.checked(view, "tensor '" + name + "'"),
                      bytes));
            });
  }

  @Override
  public String name() {
    return source.name();
  }

  @Override
  public String format() {
    return format;
  }

  @Override
  public SortedMap<String, TensorInfo> tensors() {
    return Collections.unmodifiableSortedMap(tensors);
  }

  @Override
  public SortedMap<String, String> aliases() {
    return Collections.unmodifiableSortedMap(state.aliases());
  }

  /** The names of classes and functions in the pickle that mean nothing here; none was called. */
  public SortedSet<String> unknown() {
    return Collections.unmodifiableSortedSet(unknown);
  }

  @Override
  public Tensor read(String name) throws IOException {
    String what = "tensor '" + name + "'";
    if (state.views().containsKey(name)) {
      return storages.read(state.views().get(name), what);
    }
    if (constants.views().containsKey(name)) {
      return constantStorages.read(constants.views().get(name), what);
    }
    throw new IllegalArgumentException(source.name() + " has no tensor '" + name + "'");
  }

  @Override
  public void close() throws IOException {
    source.close();
  }
}
