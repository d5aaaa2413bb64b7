package org.sparkrnn.model.tensorflow;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.sparkrnn.model.tensorflow.StepMatcher.Found;
import org.sparkrnn.model.tensorflow.StepParts.Applied;
import org.sparkrnn.model.tensorflow.StepParts.Ordered;
import org.sparkrnn.model.tensorflow.StepTerm.Kind;
import org.sparkrnn.model.tensorflow.StepTerm.Linear;

/** Puts the cells of a step in order, each with what is wrapped around it. */
final class StepStack {
  /** Wrappers around one another are a handful. */
  private static final int DEEPEST = 8;

  private StepStack() {}

  /** The cells in the order in which one feeds the next; empty where they are no such chain. */
  @SuppressWarnings("ReferenceEquality")
  static Optional<List<Found>> ordered(List<Found> found) {
    List<Found> left = new ArrayList<>(found);
    List<Found> first =
        found.stream()
            .filter(
                each ->
                    found.stream().noneMatch(o -> o != each && giving(o, each.input()).isPresent()))
            .toList();
    if (first.size() != 1) {
      return Optional.empty();
    }
    List<Found> order = new ArrayList<>();
    Found last = first.get(0);
    // By identity: terms are deep, and to compare them costs more than to look where they are.
    left.removeIf(each -> each == first.get(0));
    while (!left.isEmpty()) {
      Found giver = last;
      Optional<Found> next =
          left.stream().filter(each -> giving(giver, each.input()).isPresent()).findFirst();
      if (next.isEmpty()) {
        return Optional.empty();
      }
      order.add(giving(giver, next.get().input()).orElseThrow());
      last = next.get();
      left.removeIf(each -> each == next.get());
    }
    order.add(last);
    order.set(0, taking(order.get(0)));
    return Optional.of(order);
  }

  /** A cell with wrappers around it so that its output is a term; empty where none make it that. */
  static Optional<Found> giving(Found found, StepTerm wanted) {
    return giving(found, wanted, 0);
  }

  private static Optional<Found> giving(Found found, StepTerm wanted, int depth) {
    if (StepParts.same(found.output(), wanted)) {
      return Optional.of(found);
    }
    if (depth == DEEPEST) {
      return Optional.empty();
    }
    for (Ordered sum : StepParts.either(wanted, Kind.ADD)) {
      Optional<Found> inner =
          StepParts.same(sum.second(), found.input())
              ? giving(found, sum.first(), depth + 1)
              : Optional.empty();
      if (inner.isPresent()) {
        return inner.map(f -> f.with(new StepWrapper.Residual(f.cell()), f.input(), wanted));
      }
    }
    Optional<Applied> dense = dense(wanted);
    return dense
        .flatMap(applied -> giving(found, source(applied), depth + 1))
        .map(
            f ->
                f.with(
                    new StepWrapper.OutputProjection(f.cell(), layer(dense.get())),
                    f.input(),
                    wanted));
  }

  /** A cell with the wrappers that stand before it. */
  private static Found taking(Found found) {
    Found at = found;
    for (int i = 0; i < DEEPEST; i++) {
      Optional<Applied> dense = dense(at.input());
      if (dense.isEmpty()) {
        break;
      }
      at =
          at.with(
              new StepWrapper.InputProjection(at.cell(), layer(dense.get())),
              source(dense.get()),
              at.output());
    }
    return at;
  }

  /** A function of the product of one value. */
  private static Optional<Applied> dense(StepTerm term) {
    return StepParts.activated(term)
        .filter(applied -> ((Linear) applied.of()).products().size() == 1);
  }

  private static StepTerm source(Applied dense) {
    return ((Linear) dense.of()).products().get(0).source();
  }

  private static StepWrapper.Dense layer(Applied dense) {
    Linear linear = (Linear) dense.of();
    return new StepWrapper.Dense(
        linear.products().get(0).kernel(), linear.biases(), dense.function());
  }
}
