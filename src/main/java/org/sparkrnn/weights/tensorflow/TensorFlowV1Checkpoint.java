package org.sparkrnn.weights.tensorflow;

import java.io.Closeable;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.sparkrnn.tensor.Shape;
import org.sparkrnn.tensor.Tensor;
import org.sparkrnn.weights.ByteSource;
import org.sparkrnn.weights.FloatType;
import org.sparkrnn.weights.MalformedWeightsException;
import org.sparkrnn.weights.Storage;
import org.sparkrnn.weights.TensorInfo;
import org.sparkrnn.weights.UnsupportedWeightsException;
import org.sparkrnn.weights.WeightsFile;

/**
 * A TensorFlow V1 checkpoint, as {@code tf.train.Saver} wrote them before TensorFlow 0.12 and with
 * {@code write_version=V1} later: one file, or a few named {@code P-00000-of-00002} and so on. Each
 * is a sorted string table:
 *
 * <pre>{@code
 * ""                              -> SavedTensorSlices with the table of contents
 * OrderedCode(0, name, slice...)  -> SavedTensorSlices with the numbers of a piece
 * }</pre>
 *
 * <p>Nothing in the files is trusted; every block that is read has a checksum. Opening reads the
 * table of contents; a tensor's block is read when the tensor is. Types are read as by {@link
 * TensorFlowCheckpoint}.
 *
 * <p>Not thread-safe.
 *
 * @see <a
 *     href="https://github.com/tensorflow/tensorflow/blob/v1.15.0/tensorflow/core/util/tensor_slice_reader.cc">TensorFlow
 *     1.15, tensor_slice_reader.cc</a>
 */
public final class TensorFlowV1Checkpoint implements WeightsFile {
  private static final Pattern SHARD = Pattern.compile("(.+)-\\d{5}-of-(\\d{5})");
  private static final byte[] CONTENTS = new byte[0];
  private static final String END = "W\u00fb\u0080\u008b$uG\u00db";

  private final String name;
  private final List<Shard> shards;
  private final SortedMap<String, TensorInfo> tensors;

  private TensorFlowV1Checkpoint(
      String name, List<Shard> shards, SortedMap<String, TensorInfo> tensors) {
    this.name = name;
    this.shards = shards;
    this.tensors = Collections.unmodifiableSortedMap(tensors);
  }

  /** One of the checkpoint's files. */
  private record Shard(
      ByteSource source, Sstable table, SortedMap<String, SavedSlices.Meta> contents)
      implements Closeable {

    static Shard open(ByteSource source) throws IOException {
      try {
        Sstable table = Sstable.open(source);
        byte[] contents =
            table
                .value(CONTENTS)
                .orElseThrow(
                    () ->
                        new MalformedWeightsException(
                            source.name(),
                            "the table has no entry of contents, so it is no checkpoint"));
        return new Shard(source, table, SavedSlices.contents(source.name(), contents));
      } catch (RuntimeException | IOException e) {
        source.close();
        throw e;
      }
    }

    @Override
    public void close() throws IOException {
      source.close();
    }
  }

  /**
   * Whether {@code file} is, or starts the names of, files that end as sorted string tables do.
   *
   * @param file a file's name, or what the names of all shards start with
   */
  public static boolean isCheckpoint(Storage storage, String file) throws IOException {
    List<String> files = files(storage, file);
    if (files.isEmpty()) {
      return false;
    }
    try (ByteSource source = storage.open(files.get(0))) {
      if (source.size() < END.length()) {
        return false;
      }
      byte[] end = source.read(source.size() - END.length(), END.length(), "the end");
      return new String(end, StandardCharsets.ISO_8859_1).equals(END);
    }
  }

  /**
   * Reads the table of contents.
   *
   * @param storage the folder it lies in
   * @param file its name; of several files the name of one, or what all start with
   * @throws FileNotFoundException if there is no such file
   * @throws MalformedWeightsException if the contents are damaged, or files are missing
   * @throws UnsupportedWeightsException if it is for readers newer than this one
   * @throws IOException if the storage fails
   */
  public static TensorFlowV1Checkpoint open(Storage storage, String file) throws IOException {
    List<String> files = files(storage, file);
    if (files.isEmpty()) {
      throw new FileNotFoundException(storage.name() + " has no file " + file);
    }
    List<Shard> shards = new ArrayList<>();
    try {
      String first = "";
      for (String each : files) {
        ByteSource source = storage.open(each);
        first = first.isEmpty() ? source.name() : first;
        shards.add(Shard.open(source));
      }
      return new TensorFlowV1Checkpoint(first, shards, merge(shards));
    } catch (RuntimeException | IOException e) {
      closeAll(shards);
      throw e;
    }
  }

  /** All files of the checkpoint that {@code file} names. */
  private static List<String> files(Storage storage, String file) throws IOException {
    Matcher matcher = SHARD.matcher(file);
    boolean isShard = matcher.matches();
    if (!isShard && storage.exists(file)) {
      return List.of(file);
    }
    String prefix = isShard ? matcher.group(1) : file;
    List<String> found =
        storage.list().stream()
            .filter(
                name -> {
                  Matcher other = SHARD.matcher(name);
                  return other.matches() && other.group(1).equals(prefix);
                })
            .toList();
    for (String each : found) {
      Matcher of = SHARD.matcher(each);
      if (of.matches() && Integer.parseInt(of.group(2)) != found.size()) {
        throw new MalformedWeightsException(
            each,
            String.format(
                "is one of %d files, but %s holds %d of them; copy all of the checkpoint there",
                Integer.parseInt(of.group(2)), storage.name(), found.size()));
      }
    }
    return found;
  }

  private static SortedMap<String, TensorInfo> merge(List<Shard> shards) {
    SortedMap<String, TensorInfo> tensors = new TreeMap<>();
    for (Shard shard : shards) {
      for (SavedSlices.Meta meta : shard.contents().values()) {
        Shape shape = meta.shape();
        TensorInfo info =
            new TensorInfo(meta.name(), DataType.name(meta.dtype()), shape, bytes(meta));
        TensorInfo other = tensors.put(meta.name(), info);
        if (other != null && !other.equals(info)) {
          throw new MalformedWeightsException(
              shard.source().name(),
              String.format(
                  "tensor '%s' is %s %s here, but %s %s in another file of the checkpoint",
                  meta.name(), info.dtype(), shape, other.dtype(), other.shape()));
        }
      }
    }
    return tensors;
  }

  private static long bytes(SavedSlices.Meta meta) {
    long elements = meta.shape().elements();
    int each = DataType.bytes(meta.dtype());
    return elements > Long.MAX_VALUE / 16 ? Long.MAX_VALUE : elements * each;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public String format() {
    return "TensorFlow V1 checkpoint";
  }

  @Override
  public SortedMap<String, TensorInfo> tensors() {
    return tensors;
  }

  /** A piece of a tensor and the file that holds it. */
  private record Piece(Shard shard, TensorSlice slice, Shape shape) {
    float[] read(String tensor, FloatType type) throws IOException {
      String what = "piece '" + slice + "' of tensor '" + tensor + "'";
      byte[] value =
          shard
              .table()
              .value(slice.key(tensor))
              .orElseThrow(
                  () -> new MalformedWeightsException(shard.source().name(), what + " is missing"));
      return SavedSlices.values(shard.source().name(), what, value, type, shape.elements());
    }
  }

  @Override
  public Tensor read(String tensor) throws IOException {
    TensorInfo info = tensors.get(tensor);
    if (info == null) {
      throw new IllegalArgumentException(name + " has no tensor '" + tensor + "'");
    }
    List<Piece> pieces = new ArrayList<>();
    FloatType type = null;
    long elements = 0;
    for (Shard shard : shards) {
      SavedSlices.Meta meta = shard.contents().get(tensor);
      if (meta != null) {
        type = floatType(shard, meta);
        for (TensorSlice slice : meta.slices()) {
          Piece piece = new Piece(shard, slice, shapeOf(shard, meta, slice));
          elements += piece.shape().elements();
          pieces.add(piece);
        }
      }
    }
    if (elements != info.shape().elements()) {
      throw new MalformedWeightsException(
          name,
          String.format(
              "the pieces of tensor '%s' have %d elements, but %s has %d",
              tensor, elements, info.shape(), info.shape().elements()));
    }
    if (pieces.size() == 1) {
      return Tensor.owning(info.shape(), pieces.get(0).read(tensor, type));
    }
    return joined(info, pieces, type);
  }

  private static Tensor joined(TensorInfo info, List<Piece> pieces, FloatType type)
      throws IOException {
    List<float[]> read = new ArrayList<>();
    for (Piece piece : pieces) {
      read.add(piece.read(info.name(), type));
    }
    PartitionedTensor whole = new PartitionedTensor(info.shape());
    for (int i = 0; i < read.size(); i++) {
      Piece piece = pieces.get(i);
      if (!whole.put(piece.slice(), piece.shape(), read.get(i))) {
        throw new MalformedWeightsException(
            piece.shard().source().name(),
            "piece '" + piece.slice() + "' of tensor '" + info.name() + "' overlaps another");
      }
    }
    return Tensor.owning(info.shape(), whole.values());
  }

  private static FloatType floatType(Shard shard, SavedSlices.Meta meta) {
    return DataType.floatType(meta.dtype())
        .orElseThrow(
            () ->
                new UnsupportedWeightsException(
                    shard.source().name(),
                    String.format(
                        "tensor '%s' is %s; readable are DT_FLOAT, DT_HALF, DT_BFLOAT16 and"
                            + " DT_DOUBLE",
                        meta.name(), DataType.name(meta.dtype()))));
  }

  private static Shape shapeOf(Shard shard, SavedSlices.Meta meta, TensorSlice slice) {
    Optional<Shape> shape = slice.shapeWithin(meta.shape());
    return shape.orElseThrow(
        () ->
            new MalformedWeightsException(
                shard.source().name(),
                String.format(
                    "piece '%s' of tensor '%s' is no part of %s",
                    slice, meta.name(), meta.shape())));
  }

  @Override
  public void close() throws IOException {
    closeAll(shards);
  }

  private static void closeAll(List<Shard> shards) throws IOException {
    IOException failure = null;
    for (Shard shard : shards) {
      try {
        shard.close();
      } catch (IOException e) {
        if (failure == null) {
          failure = e;
        } else {
          failure.addSuppressed(e);
        }
      }
    }
    if (failure != null) {
      throw failure;
    }
  }
}
