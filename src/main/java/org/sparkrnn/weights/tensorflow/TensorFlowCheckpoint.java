package org.sparkrnn.weights.tensorflow;

import java.io.IOException;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.zip.CRC32C;
import org.sparkrnn.tensor.Shape;
import org.sparkrnn.tensor.Tensor;
import org.sparkrnn.weights.ByteSource;
import org.sparkrnn.weights.Cursor;
import org.sparkrnn.weights.FloatType;
import org.sparkrnn.weights.MalformedWeightsException;
import org.sparkrnn.weights.ProtoReader;
import org.sparkrnn.weights.Storage;
import org.sparkrnn.weights.TensorInfo;
import org.sparkrnn.weights.UnsupportedWeightsException;
import org.sparkrnn.weights.WeightsFile;

/**
 * A TensorFlow V2 checkpoint, also called tensor bundle: {@code P.index}, a table of contents, and
 * {@code P.data-00000-of-00001} and so on, the tensors' bytes, row-major and little-endian.
 *
 * <p>Nothing in the files is trusted: every size is compared with the file it speaks of before
 * memory is taken, and the checksums of the index and of every tensor that is read are verified.
 *
 * <p>Read: {@code DT_FLOAT}; {@code DT_HALF} and {@code DT_BFLOAT16}, widened; {@code DT_DOUBLE},
 * rounded to {@code float32}. Any other type is listed, and refused by name when that tensor is
 * read. A partitioned variable is one tensor here: its pieces are put together. A data file is
 * opened when a tensor in it is first read.
 *
 * <p>Not thread-safe.
 *
 * @see <a
 *     href="https://github.com/tensorflow/tensorflow/blob/v2.18.0/tensorflow/core/util/tensor_bundle/tensor_bundle.h">TensorFlow
 *     2.18 {@code tensor_bundle.h}</a>
 */
public final class TensorFlowCheckpoint implements WeightsFile {
  /** The checkpoint in the folder of a SavedModel. */
  public static final String SAVED_MODEL = "variables/variables";

  private static final String INDEX = ".index";

  /** Room for the names of ten thousand checkpoints. */
  private static final int MAX_STATE_BYTES = 1 << 20;

  private final String indexName;
  private final BundleIndex index;
  private final Shards shards;
  private final SortedMap<String, TensorInfo> tensors;
  private SortedMap<String, String> aliases;

  private TensorFlowCheckpoint(String indexName, BundleIndex index, Shards shards) {
    this.indexName = indexName;
    this.index = index;
    this.shards = shards;
    SortedMap<String, TensorInfo> infos = new TreeMap<>();
    index.tensors().forEach((name, entry) -> infos.put(name, info(name, entry)));
    this.tensors = Collections.unmodifiableSortedMap(infos);
  }

  /**
   * Reads the index of a checkpoint.
   *
   * @param storage the folder it lies in
   * @param prefix what its files' names start with, {@code "model.ckpt-500"}
   * @throws java.io.FileNotFoundException if the folder has no {@code <prefix>.index}
   * @throws MalformedWeightsException if the index is damaged
   * @throws UnsupportedWeightsException if the checkpoint was written big-endian, or for readers
   *     newer than this one
   * @throws IOException if the storage fails
   */
  public static TensorFlowCheckpoint open(Storage storage, String prefix) throws IOException {
    try (ByteSource source = storage.open(prefix + INDEX)) {
      BundleIndex index = BundleIndex.read(source);
      Shards shards = new Shards(storage, prefix, source.name(), index.shards());
      return new TensorFlowCheckpoint(source.name(), index, shards);
    }
  }

  /** Whether the folder has a checkpoint of this prefix. */
  public static boolean isCheckpoint(Storage storage, String prefix) throws IOException {
    return storage.exists(prefix + INDEX);
  }

  /**
   * The prefix that the folder's file {@code checkpoint} calls the latest. A path that was written
   * on another machine or in another folder is cut to its last part, as the checkpoint is expected
   * beside the file. The checkpoint itself may be missing: see {@link #isCheckpoint}.
   *
   * @return empty if there is no such file, or if it names none
   * @throws IOException if the storage fails
   */
  public static Optional<String> latest(Storage storage) throws IOException {
    if (!storage.exists(CheckpointState.FILE)) {
      return Optional.empty();
    }
    try (ByteSource source = storage.open(CheckpointState.FILE)) {
      if (source.size() > MAX_STATE_BYTES) {
        throw new MalformedWeightsException(
            source.name(),
            "has " + source.size() + " bytes, too many for a list of checkpoints as text");
      }
      byte[] text = source.read(0, source.size(), "the list of checkpoints");
      return CheckpointState.latestPath(text)
          .map(path -> path.substring(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1))
          .filter(prefix -> !prefix.isEmpty());
    }
  }

  @Override
  public String name() {
    return indexName;
  }

  @Override
  public String format() {
    return "TensorFlow V2 checkpoint";
  }

  @Override
  public SortedMap<String, TensorInfo> tensors() {
    return tensors;
  }

  /**
   * The names that variables had in the program, each with the tensor's name in this file. Only
   * checkpoints of TensorFlow 2 objects have such names; the map is empty for others.
   *
   * @throws MalformedWeightsException if the object graph in the file is damaged
   * @throws IOException if the storage fails
   */
  @Override
  public SortedMap<String, String> aliases() throws IOException {
    if (aliases == null) {
      aliases = readAliases();
    }
    return aliases;
  }

  @Override
  public Tensor read(String name) throws IOException {
    BundleEntry entry = entry(name);
    FloatType type =
        DataType.floatType(entry.dtype())
            .orElseThrow(
                () ->
                    new UnsupportedWeightsException(
                        indexName,
                        String.format(
                            "tensor '%s' is %s; readable are DT_FLOAT, DT_HALF, DT_BFLOAT16 and"
                                + " DT_DOUBLE",
                            name, DataType.name(entry.dtype()))));
    float[] values =
        entry.slices().isEmpty()
            ? readValues("tensor '" + name + "'", entry, type)
            : readPartitioned(name, entry, type);
    return Tensor.owning(entry.shape(), values);
  }

  /**
   * Reads a tensor of strings as bytes, in storage order.
   *
   * @throws MalformedWeightsException if the bytes are damaged
   * @throws UnsupportedWeightsException if it holds no strings
   */
  List<byte[]> readStrings(String name) throws IOException {
    BundleEntry entry = entry(name);
    String what = "tensor '" + name + "'";
    if (entry.dtype() != DataType.STRING || !entry.slices().isEmpty()) {
      throw new UnsupportedWeightsException(
          indexName, what + " is " + DataType.name(entry.dtype()) + ", expected whole DT_STRING");
    }
    return StringTensor.read(shards.shard(entry.shard()), entry, what);
  }

  /**
   * The objects of the program that the tensors belong to; none where a checkpoint was not written
   * of objects.
   *
   * @throws MalformedWeightsException if the object graph in the file is damaged
   * @throws IOException if the storage fails
   */
  public List<TrackedObject> objects() throws IOException {
    BundleEntry entry = index.tensors().get(ObjectGraph.KEY);
    if (entry == null || entry.dtype() != DataType.STRING || entry.shape().elements() != 1) {
      return List.of();
    }
    Cursor cursor = new Cursor(indexName, "the object graph", readStrings(ObjectGraph.KEY).get(0));
    return ObjectGraph.objects(new ProtoReader("the object graph", cursor));
  }

  @Override
  public void close() throws IOException {
    shards.close();
  }

  private SortedMap<String, String> readAliases() throws IOException {
    SortedMap<String, String> keys = new TreeMap<>(ObjectGraph.keysByFullName(objects()));
    keys.values().retainAll(tensors.keySet());
    keys.keySet().removeAll(tensors.keySet());
    return Collections.unmodifiableSortedMap(keys);
  }

  private BundleEntry entry(String name) {
    BundleEntry entry = index.tensors().get(name);
    if (entry == null) {
      throw new IllegalArgumentException(indexName + " has no tensor '" + name + "'");
    }
    return entry;
  }

  private TensorInfo info(String name, BundleEntry entry) {
    long bytes = entry.size();
    for (TensorSlice slice : entry.slices()) {
      BundleEntry piece = index.piece(name, slice);
      bytes += piece == null ? 0 : piece.size();
    }
    return new TensorInfo(name, DataType.name(entry.dtype()), entry.shape(), bytes);
  }

  private float[] readValues(String what, BundleEntry entry, FloatType type) throws IOException {
    ByteSource shard = requireBytes(what, entry, type);
    CRC32C crc = new CRC32C();
    float[] values = type.read(shard, entry.offset(), entry.shape().elements(), what, crc);
    MaskedCrc.verify(shard.name(), what, crc, entry.crc());
    return values;
  }

  /** Checks that the entry's bytes are there and as many as its shape takes. */
  private ByteSource requireBytes(String what, BundleEntry entry, FloatType type)
      throws IOException {
    if (entry.size() % type.bytes() != 0
        || entry.size() / type.bytes() != entry.shape().elements()) {
      throw new MalformedWeightsException(
          indexName,
          String.format(
              "%s has %d bytes, which is not what %s %s takes",
              what, entry.size(), DataType.name(entry.dtype()), entry.shape()));
    }
    ByteSource shard = shards.shard(entry.shard());
    shard.requireRange(entry.offset(), entry.size(), what);
    return shard;
  }

  private float[] readPartitioned(String name, BundleEntry full, FloatType type)
      throws IOException {
    long elements = 0;
    IdentityHashMap<ByteSource, Long> needed = new IdentityHashMap<>();
    for (TensorSlice slice : full.slices()) {
      BundleEntry piece = index.piece(name, slice);
      String what = piece(name, slice);
      Optional<Shape> shape = slice.shapeWithin(full.shape());
      if (piece == null
          || piece.dtype() != full.dtype()
          || !piece.slices().isEmpty()
          || shape.isEmpty()
          || !shape.get().equals(piece.shape())) {
        throw new MalformedWeightsException(
            indexName,
            String.format(
                "%s is %s, expected a part of %s %s",
                what,
                piece == null ? "missing" : DataType.name(piece.dtype()) + " " + piece.shape(),
                DataType.name(full.dtype()),
                full.shape()));
      }
      needed.merge(requireBytes(what, piece, type), piece.size(), Long::sum);
      elements += piece.shape().elements();
    }
    // Each piece is in its file; together they must be too, or a small file could claim a lot.
    needed.forEach(
        (shard, bytes) -> shard.requireRange(0, bytes, "tensor '" + name + "' in pieces"));
    if (elements != full.shape().elements()) {
      throw new MalformedWeightsException(
          indexName,
          String.format(
              "the pieces of tensor '%s' have %d elements, but %s has %d",
              name, elements, full.shape(), full.shape().elements()));
    }
    if (elements > Integer.MAX_VALUE - 8) {
      throw new UnsupportedWeightsException(
          indexName,
          "tensor '" + name + "' has " + elements + " elements, more than one Java array holds");
    }
    PartitionedTensor whole = new PartitionedTensor(full.shape());
    for (TensorSlice slice : full.slices()) {
      BundleEntry piece = index.piece(name, slice);
      String what = piece(name, slice);
      if (!whole.put(slice, piece.shape(), readValues(what, piece, type))) {
        throw new MalformedWeightsException(indexName, what + " overlaps another piece");
      }
    }
    return whole.values();
  }

  private static String piece(String name, TensorSlice slice) {
    return "piece '" + slice + "' of tensor '" + name + "'";
  }
}
