package org.sparkrnn.model.spec;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.sparkrnn.cell.Activation;
import org.sparkrnn.model.json.Place;
import org.sparkrnn.rnn.Layer;
import org.sparkrnn.rnn.Loop;

/** A layer as a spec describes it, before its variables are found. */
public sealed interface LayerSpec {

  /** Where it stands. */
  Place place();

  /** Its name, given or by default. */
  String name();

  /**
   * @param place where it stands
   * @param name its name
   * @param variable the full name of the table
   * @param size the width of the table, where the spec states it
   * @param maskZero whether id 0 is masked
   */
  record Embedding(
      Place place, String name, String variable, Optional<Integer> size, boolean maskZero)
      implements LayerSpec {}

  /**
   * @param place where it stands
   * @param name its name
   * @param depth how many ids there are, where the spec states it
   */
  record OneHot(Place place, String name, Optional<Integer> depth) implements LayerSpec {}

  /**
   * @param place where it stands
   * @param name its name
   * @param scope where to look for variables; empty for the whole file
   * @param loop what happens around the cells
   * @param levels one, or those of a stack; of each one cell, or the forward and the backward one
   * @param merge how two directions become one value
   * @param initialState the tensor of the state that rows start from; empty for zeros
   */
  record Rnn(
      Place place,
      String name,
      String scope,
      Loop loop,
      List<List<CellSpec>> levels,
      Layer.Merge merge,
      String initialState)
      implements LayerSpec {}

  /**
   * @param place where it stands
   * @param name its name
   * @param source where its variables are
   * @param useBias whether it has a bias
   * @param units the width of its output, where the spec states it
   * @param activation elementwise
   */
  record Dense(
      Place place,
      String name,
      DenseSource source,
      boolean useBias,
      Optional<Integer> units,
      Activation activation)
      implements LayerSpec {}

  /**
   * Where a dense layer's variables are: by full names, or under a scope.
   *
   * @param kernel full name; empty to search under {@code scope}
   * @param bias full name; empty to search under {@code scope}
   * @param scope the scope that holds them
   */
  record DenseSource(String kernel, String bias, String scope) {}

  /**
   * A layer that normalises.
   *
   * @param place where it stands
   * @param name its name
   * @param batch whether by the mean and variance of training, or by each entry's own
   * @param names of the variables that it has, by role: {@code gamma}, {@code beta}, {@code
   *     moving_mean}, {@code moving_variance}
   * @param epsilon added to the variance
   */
  record Norm(Place place, String name, boolean batch, Map<String, String> names, float epsilon)
      implements LayerSpec {}

  /**
   * A layer without variables.
   *
   * @param place where it stands
   * @param layer itself, ready
   */
  record Plain(Place place, Layer layer) implements LayerSpec {
    @Override
    public String name() {
      return layer.name();
    }
  }
}
