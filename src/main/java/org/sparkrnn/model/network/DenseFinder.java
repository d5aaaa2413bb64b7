package org.sparkrnn.model.network;

import java.util.ArrayList;
import java.util.List;
import org.sparkrnn.model.ModelException;
import org.sparkrnn.model.cells.Variables;
import org.sparkrnn.model.spec.LayerSpec;

/** Finds the variables of a dense layer: by their full names, or in a scope. */
final class DenseFinder {
  private static final List<Pair> SPELLINGS =
      List.of(
          new Pair("kernel", "bias"),
          new Pair("weights", "biases"),
          new Pair("Matrix", "Bias"),
          new Pair("Linear/Matrix", "Linear/Bias"),
          new Pair("weight", "bias"));

  private final Variables variables;

  DenseFinder(Variables variables) {
    this.variables = variables;
  }

  private record Pair(String kernel, String bias) {}

  /**
   * The layer's variables by full name.
   *
   * @param kernel the kernel
   * @param bias the bias; empty where the layer has none
   */
  record Found(String kernel, String bias) {
    /** Whether the kernel's rows are the outputs, as in PyTorch's {@code fc.weight}. */
    boolean transposed() {
      return kernel.equals("weight") || kernel.endsWith(".weight");
    }
  }

  Found find(LayerSpec.Dense spec) {
    LayerSpec.DenseSource source = spec.source();
    if (!source.kernel().isEmpty()) {
      variables.require(source.kernel(), spec.place().key("kernel"));
      if (spec.useBias()) {
        variables.require(source.bias(), spec.place().key("bias"));
      }
      return new Found(source.kernel(), source.bias());
    }
    List<Found> found = new ArrayList<>();
    for (Pair pair : SPELLINGS) {
      String join = pair.kernel().equals("weight") ? "." : "/";
      String stem = source.scope().isEmpty() ? "" : source.scope() + join;
      Found candidate = new Found(stem + pair.kernel(), spec.useBias() ? stem + pair.bias() : "");
      if (variables.has(candidate.kernel())
          && (!spec.useBias() || variables.has(candidate.bias()))) {
        found.add(candidate);
      }
      refuseUnusedBias(spec, stem, pair);
    }
    if (found.size() != 1) {
      throw failure(found, spec);
    }
    return found.get(0);
  }

  private void refuseUnusedBias(LayerSpec.Dense spec, String stem, Pair pair) {
    if (!spec.useBias()
        && variables.has(stem + pair.kernel())
        && variables.has(stem + pair.bias())) {
      throw variables.error(
          "holds '"
              + stem
              + pair.bias()
              + "', which \"use_bias\": false would leave out; to mean that, name the 'kernel'"
              + " itself",
          spec.place());
    }
  }

  private ModelException failure(List<Found> found, LayerSpec.Dense spec) {
    String scope = spec.source().scope();
    if (found.isEmpty()) {
      String prefix = scope.isEmpty() ? "" : scope + "/";
      List<String> inside = variables.names().stream().filter(n -> n.startsWith(prefix)).toList();
      String what = spec.useBias() ? "kernel + bias or weights + biases" : "kernel or weights";
      return variables.error(
          "no "
              + what
              + " in scope '"
              + scope
              + "'; "
              + (inside.isEmpty()
                  ? "the file holds " + variables.shown(variables.names(), 10)
                  : "the scope holds " + variables.shown(inside, 10)),
          spec.place());
    }
    return variables.error(
        "scope '"
            + scope
            + "' holds more than one spelling: "
            + String.join(", ", found.stream().map(Found::kernel).toList())
            + "; name 'kernel' and 'bias'",
        spec.place());
  }
}
