package org.sparkrnn.model.cells;

import java.io.IOException;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.sparkrnn.weights.WeightsFile;

/**
 * The names under which a spec finds a file's tensors: the file's own, its aliases, and of
 * PyTorch's layers the ones that TensorFlow's loops would give their cells. PyTorch has the place
 * in a stack and the direction at the end of a name, {@code lstm.weight_ih_l1_reverse}; here it is
 * {@code lstm/cell_1/bw/weight_ih}, without {@code cell_1} where there is no stack and without
 * {@code bw} where there is one direction.
 *
 * @param keys the tensor of each name
 * @param search for each tensor the name by which cells are looked for, with the tensor
 */
public record TensorNames(NavigableMap<String, String> keys, NavigableMap<String, String> search) {
  private static final Pattern TORCH =
      Pattern.compile("(?:(.*)[./])?((?:weight|bias)_(?:ih|hh|hr))(?:_l(\\d+)(_reverse)?)?");

  /** The names of {@code file}'s tensors. */
  public static TensorNames of(WeightsFile file) throws IOException {
    NavigableMap<String, String> keys = new TreeMap<>();
    Map<String, String> shortest = new TreeMap<>();
    file.aliases()
        .forEach(
            (alias, key) -> {
              keys.put(alias, key);
              shortest.merge(
                  key,
                  alias,
                  (a, b) -> Comparator.comparingInt(String::length).compare(a, b) <= 0 ? a : b);
            });
    file.tensors().keySet().forEach(key -> keys.put(key, key));
    file.tensors().keySet().forEach(key -> shortest.putIfAbsent(key, key));
    Set<String> names = new HashSet<>(shortest.values());
    NavigableMap<String, String> search = new TreeMap<>();
    shortest.forEach(
        (key, name) -> {
          String cell = cell(name, names);
          search.put(keys.containsKey(cell) ? name : cell, key);
        });
    search.forEach(keys::putIfAbsent);
    return new TensorNames(keys, search);
  }

  private static String cell(String name, Set<String> names) {
    Matcher torch = TORCH.matcher(name);
    if (!torch.matches()) {
      return name;
    }
    String scope = torch.group(1) == null ? "" : torch.group(1) + "/";
    if (torch.group(3) == null) {
      return scope + torch.group(2);
    }
    String stem = name.substring(0, torch.start(2));
    String level = names.contains(stem + "weight_ih_l1") ? "cell_" + torch.group(3) + "/" : "";
    String direction = torch.group(4) == null ? "fw/" : "bw/";
    boolean both = names.contains(stem + "weight_ih_l0_reverse");
    return scope + level + (both ? direction : "") + torch.group(2);
  }
}
