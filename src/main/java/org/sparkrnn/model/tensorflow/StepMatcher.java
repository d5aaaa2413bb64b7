package org.sparkrnn.model.tensorflow;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.BiPredicate;
import org.sparkrnn.cell.Activation;
import org.sparkrnn.model.tensorflow.StepCell.Gate;
import org.sparkrnn.model.tensorflow.StepParts.Applied;
import org.sparkrnn.model.tensorflow.StepParts.Before;
import org.sparkrnn.model.tensorflow.StepParts.Ordered;
import org.sparkrnn.model.tensorflow.StepParts.Parted;
import org.sparkrnn.model.tensorflow.StepTerm.Apply;
import org.sparkrnn.model.tensorflow.StepTerm.Binary;
import org.sparkrnn.model.tensorflow.StepTerm.Block;
import org.sparkrnn.model.tensorflow.StepTerm.Joined;
import org.sparkrnn.model.tensorflow.StepTerm.Kind;
import org.sparkrnn.model.tensorflow.StepTerm.Linear;
import org.sparkrnn.model.tensorflow.StepTerm.Scalar;

/** Sees cells in terms: by what they compute, whatever their nodes are called. */
final class StepMatcher {
  private final BlockCells blocks;
  private final BiPredicate<StepTerm, StepTerm> becomes;

  /**
   * Sees cells.
   *
   * @param blocks reads cells that are one operation
   * @param becomes whether a state becomes a value in the next step, as far as that is known
   */
  StepMatcher(BlockCells blocks, BiPredicate<StepTerm, StepTerm> becomes) {
    this.blocks = blocks;
    this.becomes = becomes;
  }

  /**
   * A cell at one step.
   *
   * @param cell which
   * @param input what it takes
   * @param states what its state was: {@code c, h} of an LSTM, else {@code h}
   * @param results what its state is then
   * @param output what it gives
   */
  record Found(
      StepCell cell,
      StepTerm input,
      List<StepTerm> states,
      List<StepTerm> results,
      StepTerm output) {
    /** Of a cell that gives its {@code h}. */
    Found(StepCell cell, StepTerm input, List<StepTerm> states, List<StepTerm> results) {
      this(cell, input, states, results, results.get(results.size() - 1));
    }

    /** The same state of a cell with something around it. */
    Found with(StepCell wrapped, StepTerm taken, StepTerm given) {
      return new Found(wrapped, taken, states, results, given);
    }
  }

  /** The cell whose output a term is. */
  Optional<Found> find(StepTerm output) throws IOException {
    if (output instanceof StepTerm.BlockResult result) {
      return blocks.find(result);
    }
    return lstm(output).or(() -> gru(output)).or(() -> basic(output));
  }

  // ---- BasicRNNCell

  private Optional<Found> basic(StepTerm output) {
    Optional<Applied> applied = StepParts.activated(output);
    if (applied.isEmpty()) {
      return Optional.empty();
    }
    Linear linear = (Linear) applied.get().of();
    for (StepTerm h : StepParts.candidates(linear)) {
      Optional<Parted> parted = StepParts.parted(linear, h, linear.width());
      if (parted.isPresent() && becomes.test(h, output)) {
        StepCell cell = new StepCell.Basic(parted.get().gate(), applied.get().function());
        return Optional.of(new Found(cell, parted.get().x(), List.of(h), List.of(output)));
      }
    }
    return Optional.empty();
  }

  // ---- GRU

  /** {@code u * h + (1 - u) * candidate}. */
  private Optional<Found> gru(StepTerm output) {
    for (Ordered sum : StepParts.either(output, Kind.ADD)) {
      for (Ordered kept : StepParts.either(sum.first(), Kind.MULTIPLY)) {
        Optional<Applied> update = StepParts.gate(kept.first());
        if (update.isEmpty() || !becomes.test(kept.second(), output)) {
          continue;
        }
        for (Ordered added : StepParts.either(sum.second(), Kind.MULTIPLY)) {
          Optional<Found> found =
              isRest(added.first(), kept.first())
                  ? gru(output, update.get(), kept.second(), added.second())
                  : Optional.empty();
          if (found.isPresent()) {
            return found;
          }
        }
      }
    }
    return Optional.empty();
  }

  private static boolean isRest(StepTerm term, StepTerm of) {
    return term instanceof Binary minus
        && minus.kind() == Kind.SUBTRACT
        && minus.a().equals(new Scalar(1))
        && minus.b() == of;
  }

  private static Optional<Found> gru(
      StepTerm output, Applied update, StepTerm h, StepTerm candidate) {
    Activation function = candidate instanceof Apply apply ? apply.function() : Activation.LINEAR;
    StepTerm inner = candidate instanceof Apply apply ? apply.of() : candidate;
    if (inner instanceof Linear linear) {
      for (StepTerm reset : StepParts.candidates(linear)) {
        for (Ordered product : StepParts.either(reset, Kind.MULTIPLY)) {
          Optional<Gates> gates = gates(product.first(), update, h);
          Optional<Parted> parted = StepParts.parted(linear, reset, linear.width());
          if (gates.isPresent()
              && parted.isPresent()
              && StepParts.same(product.second(), h)
              && StepParts.same(parted.get().x(), gates.get().x())) {
            return Optional.of(
                gates
                    .get()
                    .before(parted.get().gate(), function)
                    .found(gates.get().x(), h, output));
          }
        }
      }
      return Optional.empty();
    }
    for (Ordered sum : StepParts.either(inner, Kind.ADD)) {
      for (Ordered product : StepParts.either(sum.second(), Kind.MULTIPLY)) {
        Optional<Gates> gates = gates(product.first(), update, h);
        if (gates.isPresent()
            && sum.first() instanceof Linear input
            && product.second() instanceof Linear hidden
            && isOnly(input, gates.get().x())
            && isOnly(hidden, h)) {
          return Optional.of(
              gates.get().after(input, hidden, function).found(gates.get().x(), h, output));
        }
      }
    }
    return Optional.empty();
  }

  private static boolean isOnly(Linear linear, StepTerm source) {
    return linear.products().size() == 1
        && StepParts.same(linear.products().get(0).source(), source);
  }

  /** A cell that has one state. */
  private record One(StepCell cell) {
    Found found(StepTerm x, StepTerm h, StepTerm output) {
      return new Found(cell, x, List.of(h), List.of(output));
    }
  }

  /** The gates of a GRU. */
  private record Gates(StepTerm x, List<Gate> both, List<Float> added, Activation gateActivation) {
    One before(Gate candidate, Activation function) {
      List<Gate> all = List.of(both.get(0), both.get(1), candidate);
      return new One(new StepCell.Gru(all, added, function, gateActivation));
    }

    One after(Linear input, Linear hidden, Activation function) {
      Gate candidate =
          new Gate(input.products().get(0).kernel(), hidden.products().get(0).kernel(), List.of());
      List<Gate> all = List.of(both.get(0), both.get(1), candidate);
      return new One(
          new StepCell.ResetAfter(
              all, added, List.of(input.biases(), hidden.biases()), function, gateActivation));
    }
  }

  private static Optional<Gates> gates(StepTerm resetTerm, Applied update, StepTerm h) {
    Optional<Applied> reset = StepParts.gate(resetTerm);
    Optional<Before> r = reset.flatMap(gate -> StepParts.before(gate.of()));
    Optional<Before> u = StepParts.before(update.of());
    if (r.isEmpty()
        || u.isEmpty()
        || !reset.get().function().equals(update.function())
        || r.get().peephole().isPresent()
        || u.get().peephole().isPresent()) {
      return Optional.empty();
    }
    List<Linear> linears = List.of(r.get().linear(), u.get().linear());
    return StepParts.parted(linears, h, linears.get(0).width())
        .map(
            parted ->
                new Gates(
                    parted.get(0).x(),
                    StepParts.gates(parted),
                    List.of(r.get().added(), u.get().added()),
                    update.function()));
  }

  // ---- LSTM

  private Optional<Found> lstm(StepTerm output) {
    float clip = Float.POSITIVE_INFINITY;
    StepTerm projected = output;
    if (bound(output).isPresent() && ((Apply) output).of() instanceof Linear) {
      clip = bound(output).get();
      projected = ((Apply) output).of();
    }
    if (projected instanceof Linear linear
        && linear.products().size() == 1
        && linear.biases().isEmpty()
        && !(linear.products().get(0).source() instanceof Joined)) {
      StepTerm before = linear.products().get(0).source();
      return lstm(before, output, List.of(linear.products().get(0).kernel()), clip);
    }
    return lstm(output, output, List.of(), Float.POSITIVE_INFINITY);
  }

  /** The bound of a value that is held between it and its negative. */
  private static Optional<Float> bound(StepTerm term) {
    return term instanceof Apply apply
            && apply.function().kind() == Activation.Kind.CLIP
            && apply.function().alpha() == -apply.function().beta()
        ? Optional.of(apply.function().beta())
        : Optional.empty();
  }

  /** {@code o * act(c')}, perhaps projected to {@code output}. */
  private Optional<Found> lstm(
      StepTerm term, StepTerm output, List<Block> projection, float projectionClip) {
    for (Ordered product : StepParts.either(term, Kind.MULTIPLY)) {
      Optional<Applied> gate = StepParts.gate(product.first());
      if (gate.isEmpty()) {
        continue;
      }
      Optional<Applied> of = cellState(product.second());
      Optional<Found> found =
          of.flatMap(
              state ->
                  new LstmParts(gate.get(), state, projection, projectionClip, becomes)
                      .find(output));
      if (found.isPresent()) {
        return found;
      }
    }
    return Optional.empty();
  }

  /** {@code act(c')}; {@code c'} is a sum, perhaps within bounds. */
  private static Optional<Applied> cellState(StepTerm term) {
    StepTerm inner = bound(term).isPresent() ? ((Apply) term).of() : term;
    if (inner instanceof Binary sum && sum.kind() == Kind.ADD) {
      return Optional.of(new Applied(Activation.LINEAR, term));
    }
    return term instanceof Apply apply
        ? Optional.of(new Applied(apply.function(), apply.of()))
        : Optional.empty();
  }
}
