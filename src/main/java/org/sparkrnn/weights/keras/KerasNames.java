package org.sparkrnn.weights.keras;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What Keras calls the datasets of a file, by layer: {@code lstm_1/kernel}, {@code
 * bidirectional_1/forward_lstm_1/recurrent_kernel}. Where Keras 1 has a dataset for each gate, they
 * are the parts of one variable in today's order of gates.
 */
final class KerasNames {
  private static final String WEIGHTS = "model_weights";
  private static final Pattern GATE = Pattern.compile("(?:(.*)_)?([WUb])_([ifcozrh])");
  private static final Pattern WHOLE = Pattern.compile("(?:(.*)_)?([WUb])");
  private static final Pattern NORM =
      Pattern.compile("(?:(.*)_)?(gamma|beta|running_mean|running_std)");
  private static final Pattern VARS = Pattern.compile("(.*/)?vars/(\\d+)");
  private static final Map<String, String> ROLES =
      Map.of("W", "kernel", "U", "recurrent_kernel", "b", "bias");
  private static final String LSTM = "ifco";
  private static final String GRU = "zrh";

  /** What the archives of TensorFlow 2.12 to 2.15 call a model's layers. */
  static final String DEPENDENCIES = "_layer_checkpoint_dependencies";

  private final Hdf5 file;
  private final SortedMap<String, String> names = new TreeMap<>();
  private final Set<String> twice = new HashSet<>();

  private KerasNames(Hdf5 file) {
    this.file = file;
  }

  /** The names, each with the path of its dataset. */
  static SortedMap<String, String> of(Hdf5 file) {
    KerasNames names = new KerasNames(file);
    String root = file.groups().contains(WEIGHTS) ? WEIGHTS : "";
    List<String> layers = file.longStrings(root, "layer_names");
    for (String layer : layers) {
      String group = root.isEmpty() ? layer : root + "/" + layer;
      if (file.groups().contains(group)) {
        names.layer(layer, group);
      }
    }
    if (layers.isEmpty()) {
      names.keras3();
    }
    names.twice.forEach(names.names::remove);
    return names.names;
  }

  private void put(String name, String dataset) {
    if (file.datasets().contains(dataset)
        && !name.equals(dataset)
        && names.putIfAbsent(name, dataset) != null) {
      twice.add(name);
    }
  }

  private void layer(String layer, String group) {
    List<String> weights = file.longStrings(group, "weight_names");
    for (String weight : weights) {
      String name = weight.replaceFirst(":\\d+$", "");
      if (name.startsWith(layer + "/")) {
        name = name.substring(layer.length() + 1);
      }
      put(
          layer + "/" + (name.contains("/") ? name : named(layer, name, weights.size())),
          group + "/" + weight);
    }
  }

  /** Of Keras 1: {@code lstm_1_W_i} of 12 datasets, {@code dense_1_W} of 2. */
  private static String named(String layer, String name, int datasets) {
    Matcher gate = GATE.matcher(name);
    if (gate.matches()) {
      String order = LSTM.contains(gate.group(3)) ? LSTM : GRU;
      return scope(layer, gate.group(1))
          + ROLES.get(gate.group(2))
          + "/part_"
          + order.indexOf(gate.group(3));
    }
    Matcher whole = WHOLE.matcher(name);
    if (whole.matches()) {
      String role =
          datasets == 1 && whole.group(2).equals("W") ? "embeddings" : ROLES.get(whole.group(2));
      return scope(layer, whole.group(1)) + role;
    }
    Matcher norm = NORM.matcher(name);
    if (norm.matches()) {
      return scope(layer, norm.group(1)) + norm.group(2);
    }
    return name;
  }

  private static String scope(String layer, String prefix) {
    return prefix == null || prefix.equals(layer) ? "" : prefix + "/";
  }

  /**
   * Of Keras 3: {@code layers/lstm/cell/vars/0}, numbered as they are made. On Windows it wrote
   * {@code layers\\lstm\\cell/vars/0}, and before 3 it called the layers {@link #DEPENDENCIES}.
   */
  private void keras3() {
    for (String dataset : file.datasets()) {
      Matcher vars = VARS.matcher(dataset);
      if (!vars.matches() || vars.group(1) == null) {
        continue;
      }
      String group = vars.group(1).substring(0, vars.group(1).length() - 1);
      int number = vars.group(2).length() > 2 ? 99 : Integer.parseInt(vars.group(2));
      String scope = scope(group);
      boolean cell =
          file.datasets().contains(group + "/vars/1") && file.shape(group + "/vars/1").rank() == 2;
      String[] roles =
          cell
              ? new String[] {"kernel", "recurrent_kernel", "bias"}
              : new String[] {"kernel", "bias"};
      if (file.datasets().contains(group + "/vars/0") && file.shape(group + "/vars/0").rank() < 2) {
        // Of a layer that normalises: the configuration tells which of its weights it has.
        put(scope + "/vars/" + number, dataset);
      } else if (number < roles.length) {
        put(scope + "/" + roles[number], dataset);
      }
      if (!cell && number == 0 && !file.datasets().contains(group + "/vars/1")) {
        put(scope + "/embeddings", dataset);
      }
    }
  }

  /** The path with the layer's own name, which its group of variables has as an attribute. */
  private String scope(String path) {
    String group = path.replace('\\', '/').replace(DEPENDENCIES + "/", "layers/");
    String[] parts = group.split("/", -1);
    if (parts.length < 2 || !parts[0].equals("layers")) {
      return group;
    }
    String layer = parts[0] + "/" + parts[1];
    List<String> name =
        file.groups().contains(layer + "/vars") ? file.strings(layer + "/vars", "name") : List.of();
    return (name.size() == 1 ? name.get(0) : parts[1]) + group.substring(layer.length());
  }
}
