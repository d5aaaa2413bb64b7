package org.sparkrnn.model.cells;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.sparkrnn.model.ModelException;
import org.sparkrnn.model.Spelling;
import org.sparkrnn.model.json.Place;
import org.sparkrnn.tensor.Shape;
import org.sparkrnn.tensor.Tensor;
import org.sparkrnn.weights.TensorInfo;
import org.sparkrnn.weights.WeightsFile;

/**
 * The variables of a weights file, without what only training needs, and who uses which. For one
 * thread; does not close the file.
 */
public final class Variables {
  private final WeightsFile file;
  private final NavigableMap<String, TensorInfo> infos = new TreeMap<>();
  private final NavigableMap<String, String> keys;
  private final NavigableMap<String, String> search = new TreeMap<>();
  private final NavigableMap<String, String> users = new TreeMap<>();
  private final Set<String> used = new TreeSet<>();

  private Variables(WeightsFile file, TensorNames tensorNames) {
    this.file = file;
    this.keys = tensorNames.keys();
    file.tensors()
        .forEach(
            (name, info) -> {
              if (!TrainingState.holds(name)) {
                infos.put(name, info);
              }
            });
    tensorNames.search().forEach((name, key) -> search.put(name, key));
    search.values().retainAll(infos.keySet());
  }

  /** The variables of {@code file}. */
  public static Variables of(WeightsFile file) throws IOException {
    return new Variables(file, TensorNames.of(file));
  }

  /** The weights file's name, for messages. */
  String source() {
    return file.name();
  }

  public boolean has(String name) {
    return infos.containsKey(keys.getOrDefault(name, name));
  }

  /** All names by which cells are looked for, sorted. */
  public List<String> names() {
    return List.copyOf(search.keySet());
  }

  /** Which layer uses each tensor that was read. */
  public NavigableMap<String, String> users() {
    return users;
  }

  /** The names by which tensors were read. */
  public Set<String> used() {
    return used;
  }

  /** The file's own name for a tensor. */
  private String key(String name) {
    return keys.getOrDefault(name, name);
  }

  /** {@code name [shape]}, for messages. */
  public String shown(String name) {
    return key(name) + " " + shape(name);
  }

  /** At most {@code limit} of {@code names} with their shapes, and how many more there are. */
  public String shown(List<String> names, int limit) {
    String shown = names.stream().limit(limit).map(this::shown).collect(Collectors.joining(", "));
    return names.size() <= limit ? shown : shown + " and " + (names.size() - limit) + " more";
  }

  public Shape shape(String name) {
    return infos.get(key(name)).shape();
  }

  /**
   * What a variable must be like.
   *
   * @param shape its shape
   * @param reason the shape as a formula, and what it follows from: {@code [128 + 128, 4 * 128]
   *     from num_units = 128}
   * @param place where the spec asks for it
   * @param user the layer that uses it
   */
  public record Expected(Shape shape, String reason, Place place, String user) {}

  /** Reads a variable that is stored whole. */
  public Tensor read(String name, Expected expected) throws IOException {
    return read(List.of(name), expected);
  }

  /**
   * Reads a variable, put together where it is stored in pieces: TensorFlow splits along the first
   * dimension ({@code num_unit_shards}), its partitioners along any one.
   */
  public Tensor read(List<String> names, Expected expected) throws IOException {
    names.forEach(name -> require(name, expected.place()));
    Shape shape = expected.shape();
    boolean rows = names.stream().allMatch(name -> tail(shape(name)).equals(tail(shape)));
    boolean fits =
        names.size() == 1
            ? shape(names.get(0)).equals(shape)
            : rows
                ? sum(names, 0) == shape.dim(0)
                : shape.rank() == 2
                    && names.stream()
                        .allMatch(n -> shape(n).rank() == 2 && shape(n).dim(0) == shape.dim(0))
                    && sum(names, 1) == shape.dim(1);
    if (!fits) {
      throw mismatch(names, expected);
    }
    List<Tensor> pieces = new ArrayList<>();
    for (String name : names) {
      users.merge(key(name), expected.user(), (a, b) -> a.equals(b) ? a : a + ", " + b);
      used.add(name);
      pieces.add(file.read(key(name)));
    }
    return pieces.size() == 1 ? pieces.get(0) : joined(pieces, shape, rows);
  }

  /** Refuses a name that the file does not hold, with names that are near. */
  public void require(String name, Place place) {
    if (has(name)) {
      return;
    }
    String reason = "no tensor '" + name + "'";
    if (file.tensors().containsKey(name)) {
      reason += " that a network could use: it is the optimizer's";
    } else {
      List<String> near = new ArrayList<>(Spelling.near(name, infos.keySet(), 3));
      String last = name.substring(name.lastIndexOf('/') + 1);
      infos.keySet().stream()
          .filter(n -> n.endsWith("/" + last) && !near.contains(n))
          .limit(3)
          .forEach(near::add);
      reason +=
          near.isEmpty()
              ? "; the file holds " + shown(names(), 10)
              : "; did you mean " + shown(near, 6) + "?";
    }
    throw error(reason, place);
  }

  /** An exception that names the weights file first and the spec's place last. */
  public ModelException error(String reason, Place place) {
    return new ModelException(
        source() + ": " + reason + " (" + place.file() + ": " + place.path() + ")");
  }

  private ModelException mismatch(List<String> names, Expected expected) {
    String found =
        names.size() == 1
            ? "tensor '" + key(names.get(0)) + "' has shape " + shape(names.get(0))
            : "the pieces "
                + shown(names, 8)
                + " do not make one tensor of shape "
                + expected.shape();
    return error(found + ", expected " + expected.reason(), expected.place());
  }

  private long sum(List<String> names, int axis) {
    return names.stream().mapToLong(name -> shape(name).dim(axis)).sum();
  }

  private static List<Long> tail(Shape shape) {
    return shape.rank() == 0 ? List.of(-1L) : shape.dims().subList(1, shape.rank());
  }

  private static Tensor joined(List<Tensor> pieces, Shape shape, boolean byRows) {
    float[] values = new float[Math.toIntExact(shape.elements())];
    int width = values.length / Math.toIntExact(shape.dim(0));
    int at = 0;
    for (Tensor piece : pieces) {
      if (byRows) {
        int length = Math.toIntExact(piece.shape().elements());
        piece.copyTo(0, values, at, length);
        at += length;
      } else {
        int columns = Math.toIntExact(piece.shape().dim(1));
        for (int row = 0; row < shape.dim(0); row++) {
          piece.copyTo(row * columns, values, row * width + at, columns);
        }
        at += columns;
      }
    }
    return Tensor.owning(shape, values);
  }
}
