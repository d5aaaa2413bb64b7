package org.sparkrnn.model.keras;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import org.sparkrnn.tensor.Shape;
import org.sparkrnn.weights.TensorInfo;
import org.sparkrnn.weights.keras.KerasFile;

/**
 * Where a file of Keras has the weights of a layer.
 *
 * @param aliases the names of its tensors by layer, {@code lstm_1/kernel}, each with its own
 * @param tensors its tensors by their own names
 * @param latest whether it stores them as Keras 3 does, below {@code layers}
 * @param counted whether its layers are told by their classes and places alone
 * @param twice whether a layer with weights counts as two
 */
record KerasScopes(
    SortedMap<String, String> aliases,
    SortedMap<String, TensorInfo> tensors,
    boolean latest,
    boolean counted,
    boolean twice) {
  private static final String LAYERS = "layers/";

  static KerasScopes of(KerasFile file) {
    boolean twice = file.countsTwice();
    boolean latest =
        twice
            || file.tensors().keySet().stream().anyMatch(name -> slashed(name).startsWith(LAYERS));
    boolean counted = latest;
    for (Map.Entry<String, String> alias : file.aliases().entrySet()) {
      // Since 3.8 a group has its layer's name as an attribute, by which the aliases are made.
      counted &=
          !slashed(alias.getValue()).startsWith(LAYERS)
              || slashed(alias.getValue()).startsWith(LAYERS + first(alias.getKey()) + "/");
    }
    return new KerasScopes(file.aliases(), file.tensors(), latest, counted, twice);
  }

  private static String slashed(String name) {
    return name.replace('\\', '/');
  }

  /** Where names by layer are those of the layers' paths, as Keras 1 and 2 store them. */
  static KerasScopes ofPaths(
      SortedMap<String, String> aliases, SortedMap<String, TensorInfo> tensors) {
    return new KerasScopes(aliases, tensors, false, false, false);
  }

  private static String first(String path) {
    int slash = path.indexOf('/');
    return slash < 0 ? path : path.substring(0, slash);
  }

  /** The scope of a layer's variables. */
  String of(KerasConfig.Item item) {
    if (!latest) {
      return item.path();
    }
    return counted
        ? item.stored()
        : first(item.path()) + item.stored().substring(first(item.stored()).length());
  }

  /** The one variable in this scope, at any depth, with this last name; pieces are none. */
  Optional<String> tensor(String scope, String last) {
    List<String> found = tensors(scope, last);
    return found.size() == 1 ? Optional.of(found.get(0)) : Optional.empty();
  }

  /** All variables in this scope, at any depth, with this last name, sorted. */
  List<String> tensors(String scope, String last) {
    List<String> found = new ArrayList<>();
    SortedMap<String, String> inside = aliases.tailMap(scope + "/");
    for (String alias : inside.keySet()) {
      if (!alias.startsWith(scope + "/")) {
        break;
      }
      if (alias.endsWith("/" + last)) {
        found.add(alias);
      }
    }
    return found;
  }

  /** The rows of the first kernel, where the first layer with one reads the input; else 0. */
  int inputSize(List<KerasConfig.Item> layers) {
    for (KerasConfig.Item item : layers) {
      List<String> kernels = tensors(of(item), "kernel");
      if (!kernels.isEmpty()) {
        Shape shape = shape(kernels.get(0));
        return shape.rank() == 2 ? Math.toIntExact(Math.min(shape.dim(0), Integer.MAX_VALUE)) : 0;
      }
    }
    return 0;
  }

  /** The shape of a variable of {@link #tensors}. */
  Shape shape(String name) {
    return tensors.get(aliases.get(name)).shape();
  }
}
