package org.sparkrnn.weights.keras;

import io.jhdf.HdfFile;
import io.jhdf.api.Attribute;
import io.jhdf.api.Dataset;
import io.jhdf.api.Group;
import io.jhdf.api.Link;
import io.jhdf.api.Node;
import io.jhdf.api.dataset.ChunkedDataset;
import io.jhdf.exceptions.UnsupportedHdfException;
import io.jhdf.filter.PipelineFilterWithData;
import io.jhdf.object.datatype.VariableLength;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.sparkrnn.tensor.Shape;
import org.sparkrnn.tensor.Tensor;
import org.sparkrnn.weights.ByteSource;
import org.sparkrnn.weights.FloatType;
import org.sparkrnn.weights.MalformedWeightsException;
import org.sparkrnn.weights.UnsupportedWeightsException;
import org.sparkrnn.weights.WeightsException;

/**
 * The datasets and attributes of an HDF5 file. Links are not followed, least of all those to other
 * files. Whatever jHDF throws at a damaged file becomes our exception, errors of the virtual
 * machine among them: a size in the file can exhaust the heap, a loop in it the stack.
 */
final class Hdf5 {
  private static final int DEEPEST = 64;
  private static final int MOST_NODES = 1_000_000;

  /** What compressed chunks may grow to, as in {@code ZipArchive}. */
  private static final long FREE_BYTES = 64L << 20;

  private static final long ALLOWED_PER_BYTE = 100;

  private final ByteSource source;
  private final SourceStorage storage;
  private final HdfFile file;
  private final SortedMap<String, Dataset> datasets = new TreeMap<>();
  private final SortedMap<String, Group> groups = new TreeMap<>();
  private final Set<Long> seen = new HashSet<>();

  private Hdf5(ByteSource source) {
    this.source = source;
    this.storage = named(source, "the file", () -> new SourceStorage(source));
    this.file = guarded("the file", storage::open);
    guarded(
        "the file",
        () -> {
          walk("", file, 0);
          return file;
        });
  }

  /** Reads the groups of {@code source}, which stays open. */
  static Hdf5 open(ByteSource source) throws IOException {
    source.requireRange(0, 8, "the start of an HDF5 file");
    return new Hdf5(source);
  }

  private void walk(String path, Group group, int depth) {
    // Two names for one group are one group; a group inside itself ends here.
    if (depth > DEEPEST || datasets.size() + groups.size() > MOST_NODES) {
      throw malformed("has groups more than " + DEEPEST + " deep, or too many");
    }
    if (!seen.add(group.getAddress())) {
      return;
    }
    groups.put(path, group);
    for (Map.Entry<String, Node> child : group.getChildren().entrySet()) {
      String name = path.isEmpty() ? child.getKey() : path + "/" + child.getKey();
      Node node = child.getValue();
      if (node instanceof Link) {
        continue;
      }
      if (node instanceof Dataset dataset) {
        datasets.put(name, dataset);
      } else if (node instanceof Group inner) {
        walk(name, inner, depth + 1);
      }
    }
  }

  /** The paths of the datasets. */
  Set<String> datasets() {
    return datasets.keySet();
  }

  /** The paths of the groups; the root's is empty. */
  Set<String> groups() {
    return groups.keySet();
  }

  Shape shape(String dataset) {
    return guarded(
        "dataset '" + dataset + "'",
        () -> {
          try {
            return Shape.of(datasets.get(dataset).getDimensionsAsLong());
          } catch (IllegalArgumentException e) {
            throw new MalformedWeightsException(
                source.name(), "dataset '" + dataset + "': " + e.getMessage(), e);
          }
        });
  }

  /** The element type: {@code float32}, or Java's word for what is no float. */
  String dtype(String dataset) {
    return guarded(
        "dataset '" + dataset + "'",
        () -> {
          Dataset data = datasets.get(dataset);
          String java = data.getDataType().getJavaType().getSimpleName();
          int bits = data.getDataType().getSize() * 8;
          return isFloat(data) ? "float" + bits : java + bits;
        });
  }

  long bytes(String dataset) {
    return guarded("dataset '" + dataset + "'", () -> datasets.get(dataset).getSizeInBytes());
  }

  private static boolean isFloat(Dataset data) {
    return data.getDataType() instanceof io.jhdf.object.datatype.FloatingPoint;
  }

  /** Reads a dataset of floats. */
  Tensor read(String name) {
    String what = "tensor '" + name + "'";
    Dataset data = datasets.get(name);
    Shape shape = shape(name);
    if (!guarded(what, () -> isFloat(data))) {
      throw new UnsupportedWeightsException(
          source.name(), what + " is " + dtype(name) + "; readable are float16, float32, float64");
    }
    long width = guarded(what, () -> data.getDataType().getSize());
    boolean filtered = guarded(what, () -> filtered(data, what));
    requireRoom(shape, width, filtered, what + " has ");
    if (shape.elements() == 0) {
      return Tensor.of(shape);
    }
    if (data instanceof ChunkedDataset chunked) {
      int[] sizes = guarded(what, chunked::getChunkDimensions);
      Shape chunk = guarded(what, () -> Shape.of(Arrays.stream(sizes).asLongStream().toArray()));
      requireRoom(chunk, width, filtered, what + " is in chunks that have ");
      long most = chunk.elements() * width;
      if (!guarded(what, () -> Chunks.areBounded(chunked, most))) {
        throw malformed(what + " has a chunk that inflates to more than its " + most + " bytes");
      }
    }
    Object values = guarded(what, data::getDataFlat);
    return Tensor.owning(shape, floats(values, shape, what));
  }

  /** Whether a dataset is compressed, by what it may be: each filter can be asked for memory. */
  private boolean filtered(Dataset data, String what) {
    List<PipelineFilterWithData> filters = data.getFilters();
    if (!Chunks.areReadable(filters)) {
      throw new UnsupportedWeightsException(
          source.name(),
          what
              + " has the filters "
              + filters
              + "; readable are shuffle, deflate and fletcher32, in this order");
    }
    return !filters.isEmpty();
  }

  /** Refuses what is larger than the file, or than what the file may inflate to. */
  private void requireRoom(Shape shape, long width, boolean filtered, String what) {
    long most = filtered ? FREE_BYTES : 0;
    long perByte = filtered ? ALLOWED_PER_BYTE : 1;
    if (width < 1 || shape.elements() > (most + perByte * source.size()) / width) {
      throw malformed(
          what + shape + " elements of " + width + " bytes, more than the file can hold");
    }
  }

  private float[] floats(Object values, Shape shape, String what) {
    float[] floats;
    if (values instanceof float[] singles) {
      floats = singles;
    } else if (values instanceof double[] doubles) {
      floats = new float[doubles.length];
      for (int i = 0; i < floats.length; i++) {
        floats[i] = (float) doubles[i];
        if (FloatType.isBeyondFloat(doubles[i])) {
          throw new UnsupportedWeightsException(
              source.name(),
              what + ", element " + i + ", is a float64 beyond the range of float32");
        }
      }
    } else if (values instanceof Number single) {
      floats = new float[] {single.floatValue()};
    } else {
      throw malformed(what + " is read as " + (values == null ? "nothing" : values.getClass()));
    }
    if (floats.length != shape.elements()) {
      throw malformed(what + " has " + floats.length + " elements, expected " + shape.elements());
    }
    return floats;
  }

  /** An attribute that is a string or a list of strings; empty where there is none. */
  List<String> strings(String group, String attribute) {
    return guarded(
        "attribute '" + attribute + "' of group '/" + group + "'",
        () -> {
          Attribute found = groups.get(group).getAttribute(attribute);
          if (found == null) {
            return List.of();
          }
          for (long size : found.getDimensionsAsLong()) {
            // Each for itself: of several the product may be 0, or more than a number holds.
            if (size < 0 || size > source.size()) {
              throw malformed("attribute '" + attribute + "' is larger than the file");
            }
          }
          if (found.getSizeInBytes() < 0 || found.getSizeInBytes() > source.size()) {
            throw malformed("attribute '" + attribute + "' is larger than the file");
          }
          if (found.getDataType() instanceof VariableLength
              && HeapStrings.repeat(found.getBuffer(), storage.getSizeOfOffsets())) {
            throw malformed("attribute '" + attribute + "' has the same string several times");
          }
          List<String> strings = new ArrayList<>();
          Object data = found.getData();
          if (data instanceof Object[] several) {
            for (Object one : several) {
              strings.add(String.valueOf(one));
            }
          } else if (data != null) {
            strings.add(String.valueOf(data));
          }
          return strings;
        });
  }

  /** Keras writes long lists in pieces: {@code weight_names0}, {@code weight_names1}, ... */
  List<String> longStrings(String group, String attribute) {
    List<String> all = new ArrayList<>(strings(group, attribute));
    List<String> piece = all.isEmpty() ? strings(group, attribute + "0") : List.of();
    for (int i = 1; !piece.isEmpty(); i++) {
      all.addAll(piece);
      piece = strings(group, attribute + i);
    }
    return all;
  }

  private <T> T guarded(String what, Supplier<T> read) {
    storage.restart();
    return named(source, what, read);
  }

  private static <T> T named(ByteSource source, String what, Supplier<T> read) {
    try {
      return read.get();
    } catch (WeightsException e) {
      throw e;
    } catch (RuntimeException | StackOverflowError | OutOfMemoryError | AssertionError e) {
      for (Throwable cause = e; cause != null; cause = cause.getCause()) {
        if (cause instanceof WeightsException ours) {
          throw ours;
        }
        if (cause instanceof UnsupportedHdfException) {
          throw new UnsupportedWeightsException(
              source.name(), what + " cannot be read: " + cause.getMessage());
        }
      }
      throw new MalformedWeightsException(
          source.name(), what + " cannot be read as HDF5: " + reason(e), e);
    }
  }

  private static String reason(Throwable e) {
    Throwable last = e;
    while (last.getCause() != null) {
      last = last.getCause();
    }
    return last.getMessage() == null ? last.getClass().getSimpleName() : last.getMessage();
  }

  private MalformedWeightsException malformed(String reason) {
    return new MalformedWeightsException(source.name(), reason);
  }
}
