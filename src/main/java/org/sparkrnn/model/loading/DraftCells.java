package org.sparkrnn.model.loading;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.sparkrnn.model.spec.OpenQuestions;
import org.sparkrnn.tensor.Shape;

/** The cells of a weights file, told by the names, sets and shapes of its variables. */
final class DraftCells {
  private static final Pattern LEVEL = Pattern.compile("(?i)cell_?(\\d+)");
  private static final Pattern STACK = Pattern.compile("(?i)multi_?rnn_?cell");
  private static final Pattern CELL =
      Pattern.compile("(?i)(basic_?)?(lstm|gru|rnn)_?(block_?)?cell(_\\d+)?|(simple_rnn_)?cell");
  private static final Pattern FORWARD = Pattern.compile("(?i)fw|forward(_.*)?");
  private static final Pattern BACKWARD = Pattern.compile("(?i)bw|backward(_.*)?");

  /** How the variables of a cell end, TensorFlow's spellings of all times among them. */
  private static final Pattern ROLE =
      Pattern.compile(
          "(?i)(.*?)/?((?:gates|candidate)/(?:linear/)?(?:kernel|bias|weights|biases|matrix)|"
              + "(?:linear/)?(?:kernel|bias|weights|biases|matrix)|projection/(?:kernel|weights)|"
              + "w_[fio]_diag|recurrent_kernel|(?:weight|bias)_(?:ih|hh|hr))");

  private DraftCells() {}

  /**
   * A cell.
   *
   * @param scope the layer's, without levels, directions and the cell's own name
   * @param level its place in a stack; 0 where there is none
   * @param stacked whether it has such a place
   * @param direction {@code fw}, {@code bw}, or empty
   * @param levelFirst whether the level stands before the direction
   * @param spec what a spec says of it, open questions among it
   * @param input the size of its input
   * @param output the size of its output
   * @param names of its variables
   */
  record Cell(
      String scope,
      int level,
      boolean stacked,
      String direction,
      boolean levelFirst,
      ObjectNode spec,
      long input,
      long output,
      Set<String> names) {}

  /**
   * Finds the cells.
   *
   * @param shapes of the variables by the names under which cells are looked for
   */
  static List<Cell> find(Map<String, Shape> shapes) {
    Map<String, Map<String, String>> byPath = new TreeMap<>();
    shapes
        .keySet()
        .forEach(
            name -> {
              Matcher role = ROLE.matcher(name);
              if (role.matches()) {
                byPath
                    .computeIfAbsent(role.group(1), path -> new TreeMap<>())
                    .put(word(role.group(2)), name);
              }
            });
    List<Cell> cells = new ArrayList<>();
    byPath.forEach(
        (path, roles) -> {
          Map<String, Shape> own = new TreeMap<>();
          roles.forEach((role, name) -> own.put(role, shapes.get(name)));
          spec(path, own).ifPresent(spec -> cells.add(cell(path, spec, own, roles)));
        });
    return cells;
  }

  /** Today's word for a variable. */
  private static String word(String role) {
    return role.toLowerCase(Locale.ROOT)
        .replaceFirst("linear/", "")
        .replaceFirst("matrix$|weights$", "kernel")
        .replaceFirst("biases$", "bias");
  }

  private static long dim(Shape shape, int axis) {
    return shape != null && shape.rank() > axis ? shape.dim(axis) : 0;
  }

  /** The cell that has such variables; empty where none has. */
  private static Optional<ObjectNode> spec(String path, Map<String, Shape> own) {
    String last = path.substring(path.lastIndexOf('/') + 1).toLowerCase(Locale.ROOT);
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    if (own.containsKey("weight_ih") && own.containsKey("weight_hh")) {
      return torch(node, own);
    }
    if (own.containsKey("recurrent_kernel") && own.containsKey("kernel")) {
      return keras(node, own);
    }
    Shape kernel = own.get("kernel");
    if (own.containsKey("gates/kernel") && own.containsKey("candidate/kernel")) {
      node.put("type", "GRUCell").put("num_units", dim(own.get("candidate/kernel"), 1));
      return Optional.of(node);
    }
    if (kernel == null || !own.containsKey("bias") || kernel.rank() != 2) {
      return Optional.empty();
    }
    if (last.matches("(basic_?)?lstm_?(block_?)?cell(_\\d+)?")) {
      boolean basic = last.startsWith("basic");
      node.put("type", basic ? "BasicLSTMCell" : "LSTMCell").put("num_units", kernel.dim(1) / 4);
      node.put("forget_bias", OpenQuestions.MARK);
      if (own.containsKey("w_f_diag")) {
        node.put("use_peepholes", true);
      }
      if (own.containsKey("projection/kernel")) {
        node.put("num_proj", dim(own.get("projection/kernel"), 1));
      }
      return Optional.of(node);
    }
    return last.matches("basic_?rnn_?cell(_\\d+)?")
        ? Optional.of(node.put("type", "BasicRNNCell").put("num_units", kernel.dim(1)))
        : Optional.empty();
  }

  private static Optional<ObjectNode> torch(ObjectNode node, Map<String, Shape> own) {
    boolean projected = own.containsKey("weight_hr");
    long units = projected ? dim(own.get("weight_hr"), 1) : dim(own.get("weight_hh"), 1);
    long gates = units == 0 ? 0 : dim(own.get("weight_hh"), 0) / units;
    Map<Long, String> types = Map.of(4L, "LSTM", 3L, "GRU", 1L, "RNN");
    if (!types.containsKey(gates)) {
      return Optional.empty();
    }
    node.put("type", "torch." + types.get(gates) + "Cell").put("hidden_size", units);
    if (projected) {
      node.put("proj_size", dim(own.get("weight_hr"), 0));
    }
    if (!own.containsKey("bias_ih")) {
      node.put("bias", false);
    }
    return Optional.of(gates == 1 ? node.put("nonlinearity", OpenQuestions.MARK) : node);
  }

  private static Optional<ObjectNode> keras(ObjectNode node, Map<String, Shape> own) {
    long units = dim(own.get("recurrent_kernel"), 0);
    long gates = units == 0 ? 0 : dim(own.get("recurrent_kernel"), 1) / units;
    Map<Long, String> types = Map.of(4L, "LSTM", 3L, "GRU", 1L, "SimpleRNN");
    if (!types.containsKey(gates)) {
      return Optional.empty();
    }
    node.put("type", "keras." + types.get(gates) + "Cell").put("units", units);
    Shape bias = own.get("bias");
    if (bias == null) {
      node.put("use_bias", false);
    }
    if (gates > 1) {
      node.put("recurrent_activation", OpenQuestions.MARK);
    }
    if (gates == 3 && bias == null) {
      node.put("reset_after", OpenQuestions.MARK);
    } else if (gates == 3) {
      node.put("reset_after", bias.rank() == 2);
    }
    return Optional.of(node);
  }

  private static Cell cell(
      String path, ObjectNode spec, Map<String, Shape> own, Map<String, String> roles) {
    List<String> parts = new ArrayList<>(List.of(path.split("/", -1)));
    int level = -1;
    String direction = "";
    boolean levelFirst = false;
    while (!parts.isEmpty()) {
      String last = parts.get(parts.size() - 1);
      Matcher place = LEVEL.matcher(last);
      if (place.matches() && level < 0) {
        level = Integer.parseInt(place.group(1));
        levelFirst = !direction.isEmpty();
      } else if (FORWARD.matcher(last).matches() && direction.isEmpty()) {
        direction = "fw";
      } else if (BACKWARD.matcher(last).matches() && direction.isEmpty()) {
        direction = "bw";
      } else if (!CELL.matcher(last).matches()
          && !STACK.matcher(last).matches()
          && !(last.equals("bidirectional_rnn") && parts.size() > 1 && isLevel(parts))) {
        break;
      }
      parts.remove(parts.size() - 1);
    }
    Sizes sizes = sizes(spec, own);
    return new Cell(
        String.join("/", parts),
        Math.max(level, 0),
        level >= 0,
        direction,
        levelFirst,
        spec,
        sizes.input(),
        sizes.output(),
        new TreeSet<>(roles.values()));
  }

  /**
   * Of a cell.
   *
   * @param input floats of a step
   * @param output floats of its output
   */
  private record Sizes(long input, long output) {}

  private static Sizes sizes(ObjectNode spec, Map<String, Shape> own) {
    String type = spec.path("type").asText();
    if (type.startsWith("torch.")) {
      long units = spec.path("hidden_size").asLong();
      return new Sizes(dim(own.get("weight_ih"), 1), spec.path("proj_size").asLong(units));
    }
    Shape kernel = own.getOrDefault("kernel", own.get("gates/kernel"));
    if (type.startsWith("keras.")) {
      return new Sizes(dim(kernel, 0), spec.path("units").asLong());
    }
    long output = spec.path("num_proj").asLong(spec.path("num_units").asLong());
    return new Sizes(dim(kernel, 0) - output, output);
  }

  private static boolean isLevel(List<String> parts) {
    return LEVEL.matcher(parts.get(parts.size() - 2)).matches();
  }
}
