package org.sparkrnn.weights.numpy;

import java.io.IOException;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.sparkrnn.tensor.Shape;
import org.sparkrnn.tensor.Tensor;
import org.sparkrnn.weights.ByteSource;
import org.sparkrnn.weights.FloatType;
import org.sparkrnn.weights.SwappedSource;
import org.sparkrnn.weights.TensorInfo;
import org.sparkrnn.weights.UnsupportedWeightsException;
import org.sparkrnn.weights.WeightsFile;
import org.sparkrnn.weights.ZipArchive;

/**
 * NumPy's arrays: a {@code .npz} archive, stored or compressed, or one {@code .npy} array, whose
 * tensor has the file's name without the ending.
 *
 * <p>Read: floats of 2, 4 and 8 bytes in either byte order, in C's order of elements or Fortran's.
 * Other types are listed, and refused by name when that array is read; arrays of Python objects
 * among them, because only running their pickle would tell what they are.
 *
 * <p>Not thread-safe. Closing it closes the source.
 *
 * @see <a href="https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html">NumPy, the
 *     format of .npy and .npz</a>
 */
public final class NumpyFile implements WeightsFile {
  private static final String ARRAY = ".npy";

  private final ByteSource source;
  private final ZipArchive archive;
  private final SortedMap<String, NpyHeader> headers;
  private final Map<String, String> entries;
  private final SortedMap<String, TensorInfo> tensors;

  private NumpyFile(
      ByteSource source,
      ZipArchive archive,
      SortedMap<String, NpyHeader> headers,
      Map<String, String> entries) {
    this.source = source;
    this.archive = archive;
    this.headers = headers;
    this.entries = entries;
    SortedMap<String, TensorInfo> infos = new TreeMap<>();
    headers.forEach(
        (name, header) ->
            infos.put(
                name,
                new TensorInfo(
                    name,
                    header.descr(),
                    header.shape(),
                    Math.max(0, header.elementBytes()) * header.shape().elements())));
    this.tensors = Collections.unmodifiableSortedMap(infos);
  }

  /** Whether {@code start}, a file's first bytes, is an array's. */
  public static boolean isArray(byte[] start) {
    return NpyHeader.isNpy(start);
  }

  /** Whether an archive holds arrays and nothing else. */
  public static boolean isArchive(ZipArchive archive) {
    return !archive.sizes().isEmpty()
        && archive.sizes().keySet().stream().allMatch(name -> name.endsWith(ARRAY));
  }

  /**
   * Reads the headers of {@code source}.
   *
   * @param source the file; closed by {@link #close()}, and by its owner if this throws
   * @throws org.sparkrnn.weights.MalformedWeightsException if it is not a whole, well-formed file
   * @throws IOException if the storage fails
   */
  public static NumpyFile open(ByteSource source) throws IOException {
    if (ZipArchive.isZip(source)) {
      return open(source, ZipArchive.open(source));
    }
    SortedMap<String, NpyHeader> headers = new TreeMap<>();
    headers.put(stem(source.name()), NpyHeader.read(source));
    return new NumpyFile(source, null, headers, new TreeMap<>());
  }

  /** As above, of an archive whose directory was read already. */
  public static NumpyFile open(ByteSource source, ZipArchive archive) throws IOException {
    SortedMap<String, NpyHeader> headers = new TreeMap<>();
    Map<String, String> entries = new TreeMap<>();
    for (String entry : archive.sizes().keySet()) {
      if (!entry.endsWith(ARRAY)) {
        continue;
      }
      String name = entry.substring(0, entry.length() - ARRAY.length());
      try (ByteSource array = archive.open(entry)) {
        headers.put(name, NpyHeader.read(array));
      }
      entries.put(name, entry);
    }
    return new NumpyFile(source, archive, headers, entries);
  }

  private static String stem(String path) {
    String name = path.substring(path.lastIndexOf('/') + 1);
    return name.endsWith(ARRAY) ? name.substring(0, name.length() - ARRAY.length()) : name;
  }

  @Override
  public String name() {
    return source.name();
  }

  @Override
  public String format() {
    return archive == null ? "NumPy array" : "NumPy archive";
  }

  @Override
  public SortedMap<String, TensorInfo> tensors() {
    return tensors;
  }

  @Override
  public Tensor read(String name) throws IOException {
    NpyHeader header = headers.get(name);
    if (header == null) {
      throw new IllegalArgumentException(source.name() + " has no tensor '" + name + "'");
    }
    FloatType type = type(header, name);
    if (archive == null) {
      return read(source, header, type, name);
    }
    try (ByteSource array = archive.open(entries.get(name))) {
      return read(array, header, type, name);
    }
  }

  private FloatType type(NpyHeader header, String name) {
    String what = "tensor '" + name + "'";
    if (header.pickled()) {
      throw new UnsupportedWeightsException(
          source.name(),
          what
              + " holds pickled Python objects (dtype "
              + header.descr()
              + "), which are never run; save it as an array of floats");
    }
    return switch (header.descr().replaceFirst("^[<>=|]", "")) {
      case "f2" -> FloatType.FLOAT16;
      case "f4" -> FloatType.FLOAT32;
      case "f8" -> FloatType.FLOAT64;
      default ->
          throw new UnsupportedWeightsException(
              source.name(), what + " is " + header.descr() + "; readable are f2, f4 and f8");
    };
  }

  private static Tensor read(ByteSource array, NpyHeader header, FloatType type, String name)
      throws IOException {
    ByteSource ordered =
        header.descr().startsWith(">") ? new SwappedSource(array, type.bytes()) : array;
    Shape shape = header.shape();
    float[] values =
        type.read(ordered, header.dataStart(), shape.elements(), "tensor '" + name + "'");
    return Tensor.owning(shape, header.fortran() ? rowMajor(shape, values) : values);
  }

  /** The elements of an array whose first index varies fastest, with the last one doing so. */
  private static float[] rowMajor(Shape shape, float[] columnMajor) {
    if (shape.rank() < 2 || columnMajor.length == 0) {
      return columnMajor;
    }
    int rank = shape.rank();
    int[] index = new int[rank];
    float[] values = new float[columnMajor.length];
    for (int i = 0; i < values.length; i++) {
      int from = 0;
      for (int axis = rank - 1; axis >= 0; axis--) {
        from = from * (int) shape.dim(axis) + index[axis];
      }
      values[i] = columnMajor[from];
      for (int axis = rank - 1; axis >= 0 && ++index[axis] == shape.dim(axis); axis--) {
        index[axis] = 0;
      }
    }
    return values;
  }

  @Override
  public void close() throws IOException {
    source.close();
  }
}
