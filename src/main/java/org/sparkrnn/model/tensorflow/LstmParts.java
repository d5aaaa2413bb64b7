package org.sparkrnn.model.tensorflow;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiPredicate;
import org.sparkrnn.cell.Activation;
import org.sparkrnn.model.tensorflow.StepMatcher.Found;
import org.sparkrnn.model.tensorflow.StepParts.Applied;
import org.sparkrnn.model.tensorflow.StepParts.Before;
import org.sparkrnn.model.tensorflow.StepParts.Ordered;
import org.sparkrnn.model.tensorflow.StepParts.Parted;
import org.sparkrnn.model.tensorflow.StepTerm.Apply;
import org.sparkrnn.model.tensorflow.StepTerm.Block;
import org.sparkrnn.model.tensorflow.StepTerm.Kind;
import org.sparkrnn.model.tensorflow.StepTerm.Linear;

/**
 * An LSTM whose output gate and new {@code c} are seen.
 *
 * @param outputGate the function and the argument of gate {@code o}
 * @param newState {@code act} and the new {@code c}
 * @param projection of {@code h}: one matrix or none
 * @param projectionClip its bound; infinity for none
 * @param becomes whether a state becomes a value in the next step, as far as that is known
 */
record LstmParts(
    Applied outputGate,
    Applied newState,
    List<Block> projection,
    float projectionClip,
    BiPredicate<StepTerm, StepTerm> becomes) {

  /** {@code c' = clip(f * c + i * act(j))}. */
  Optional<Found> find(StepTerm output) {
    StepTerm sum = newState.of();
    float clip = Float.POSITIVE_INFINITY;
    if (sum instanceof Apply apply
        && apply.function().kind() == Activation.Kind.CLIP
        && apply.function().alpha() == -apply.function().beta()) {
      clip = apply.function().beta();
      sum = apply.of();
    }
    for (Ordered both : StepParts.either(sum, Kind.ADD)) {
      for (Ordered kept : StepParts.either(both.first(), Kind.MULTIPLY)) {
        for (Ordered added : StepParts.either(both.second(), Kind.MULTIPLY)) {
          Optional<Found> found = find(output, kept, added, clip);
          if (found.isPresent()) {
            return found;
          }
        }
      }
    }
    return Optional.empty();
  }

  /** {@code kept} is {@code f * c}, {@code added} is {@code i * act(j)}. */
  private Optional<Found> find(StepTerm output, Ordered kept, Ordered added, float clip) {
    Optional<Applied> forget = StepParts.gate(kept.first());
    Optional<Applied> input = StepParts.gate(added.first());
    Optional<Applied> candidate = StepParts.activated(added.second());
    StepTerm c = kept.second();
    if (forget.isEmpty()
        || input.isEmpty()
        || candidate.isEmpty()
        || StepParts.activated(c).isPresent()
        || !candidate.get().function().equals(newState.function())
        || !forget.get().function().equals(outputGate.function())
        || !input.get().function().equals(outputGate.function())
        || !becomes.test(c, newState.of())) {
      return Optional.empty();
    }
    List<Optional<Before>> before =
        List.of(
            StepParts.before(input.get().of()),
            StepParts.before(candidate.get().of()),
            StepParts.before(forget.get().of()),
            StepParts.before(outputGate.of()));
    if (before.stream().anyMatch(Optional::isEmpty)) {
      return Optional.empty();
    }
    List<Before> gates = before.stream().map(Optional::get).toList();
    Optional<List<Block>> peepholes = peepholes(gates, c);
    if (peepholes.isEmpty() || addsToOthers(gates)) {
      return Optional.empty();
    }
    List<Linear> linears = gates.stream().map(Before::linear).toList();
    int size = projection.isEmpty() ? linears.get(0).width() : projection.get(0).columns();
    for (StepTerm h : StepParts.candidates(linears.get(3))) {
      Optional<List<Parted>> parted = StepParts.parted(linears, h, size);
      if (parted.isPresent() && becomes.test(h, output)) {
        StepCell cell =
            new StepCell.Lstm(
                StepParts.gates(parted.get()),
                new StepCell.LstmOptions(
                    gates.get(2).added(),
                    newState.function(),
                    outputGate.function(),
                    clip,
                    projectionClip),
                peepholes.get(),
                projection);
        return Optional.of(
            new Found(
                cell, parted.get().get(0).x(), List.of(c, h), List.of(newState.of(), output)));
      }
    }
    return Optional.empty();
  }

  /** Only {@code f} has a number added, the forget bias. */
  private static boolean addsToOthers(List<Before> gates) {
    return gates.get(0).added() != 0 || gates.get(1).added() != 0 || gates.get(3).added() != 0;
  }

  /** {@code w_i, w_f, w_o}, or none; empty where they are not an LSTM's. */
  private Optional<List<Block>> peepholes(List<Before> gates, StepTerm c) {
    List<Block> found = new ArrayList<>();
    for (Before gate : List.of(gates.get(0), gates.get(2), gates.get(3))) {
      gate.peephole().ifPresent(found::add);
    }
    if (gates.get(1).peephole().isPresent() || (found.size() != 0 && found.size() != 3)) {
      return Optional.empty();
    }
    boolean theirs =
        found.isEmpty()
            || (StepParts.same(gates.get(0).seen(), c)
                && StepParts.same(gates.get(2).seen(), c)
                && StepParts.same(gates.get(3).seen(), newState.of()));
    return theirs ? Optional.of(found) : Optional.empty();
  }
}
