package org.sparkrnn.model.onnx;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.LongBinaryOperator;
import org.sparkrnn.model.chain.ChainValue;
import org.sparkrnn.model.chain.ChainValue.Fed;
import org.sparkrnn.model.chain.ChainValue.Integers;
import org.sparkrnn.model.chain.ChainValue.LastStep;
import org.sparkrnn.weights.onnx.OnnxGraph;
import org.sparkrnn.weights.onnx.OnnxNode;

/**
 * Computes the integers that an ONNX graph makes shapes and places of, as far as they are known.
 */
final class OnnxIntegers {
  /** Nodes that leave a place what it is. */
  private static final Set<String> PASSING =
      Set.of("Cast", "Identity", "Reshape", "Squeeze", "Unsqueeze");

  private final Set<String> lengths = new HashSet<>();

  OnnxIntegers(OnnxGraph graph) {
    for (OnnxGraph.Value input : graph.inputs()) {
      if (input.dtype().startsWith("INT") && (!input.ranked() || input.dims().size() == 1)) {
        lengths.add(input.name());
      }
    }
  }

  /** What the node gives; empty where it gives no integers. */
  Optional<ChainValue> result(OnnxNode node, Function<String, ChainValue> values) {
    ChainValue first = values.apply(node.input(0));
    if (first instanceof LastStep step) {
      return PASSING.contains(node.opType()) || isAtLeastZero(node, values)
          ? Optional.of(step)
          : repeated(step, node, values.apply(node.input(1)));
    }
    if (node.opType().equals("Sub") && isLengths(first) && isOne(values.apply(node.input(1)))) {
      return Optional.of(new LastStep(((Fed) first).input(), 1));
    }
    if (!(first instanceof Integers a) || !(values.apply(node.input(1)) instanceof Integers b)) {
      return Optional.empty();
    }
    return switch (node.opType()) {
      case "Add" -> each(a, b, (x, y) -> y == 0 ? x : known(x, y, Math::addExact));
      case "Sub" -> each(a, b, (x, y) -> y == 0 ? x : known(x, y, Math::subtractExact));
      case "Mul" ->
          each(a, b, (x, y) -> y == 1 ? x : x == 1 ? y : known(x, y, Math::multiplyExact));
      case "Div" ->
          each(
              a,
              b,
              (x, y) -> y == 1 ? x : y == 0 ? Integers.UNKNOWN : known(x, y, (p, q) -> p / q));
      case "Equal" -> compared(a, b);
      case "Where" ->
          values.apply(node.input(2)) instanceof Integers c ? chosen(a, b, c) : Optional.empty();
      default -> Optional.empty();
    };
  }

  /** Whether a node only keeps places of empty rows from being negative. */
  private static boolean isAtLeastZero(OnnxNode node, Function<String, ChainValue> values) {
    return Set.of("Clip", "Max").contains(node.opType())
        && node.input(2).isEmpty()
        && values.apply(node.input(1)) instanceof Integers least
        && least.values().equals(List.of(0L));
  }

  /** {@code Expand} to as many floats as its shape says. */
  private static Optional<ChainValue> repeated(LastStep step, OnnxNode node, ChainValue shape) {
    if (!node.opType().equals("Expand")
        || !(shape instanceof Integers sizes)
        || sizes.values().size() != 3
        || sizes.values().get(1) != 1) {
      return Optional.empty();
    }
    return Optional.of(new LastStep(step.lengths(), sizes.values().get(2)));
  }

  private boolean isLengths(ChainValue value) {
    return value instanceof Fed fed
        && fed.equals(new Fed(fed.input()))
        && lengths.contains(fed.input());
  }

  private static boolean isOne(ChainValue value) {
    return value instanceof Integers number && number.values().equals(List.of(1L));
  }

  private static long known(long x, long y, LongBinaryOperator operation) {
    return Integers.isKnown(x) && Integers.isKnown(y)
        ? operation.applyAsLong(x, y)
        : Integers.UNKNOWN;
  }

  /** Element by element, one number with each of several. */
  private static Optional<ChainValue> each(Integers a, Integers b, LongBinaryOperator operation) {
    int size = Math.max(a.values().size(), b.values().size());
    if ((a.values().size() != size && a.values().size() != 1)
        || (b.values().size() != size && b.values().size() != 1)) {
      return Optional.empty();
    }
    List<Long> made = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      made.add(operation.applyAsLong(at(a, i), at(b, i)));
    }
    return Optional.of(new Integers(made, a.scalar() && b.scalar()));
  }

  private static long at(Integers list, int place) {
    return list.values().get(list.values().size() == 1 ? 0 : place);
  }

  /** 1 for true and 0 for false. A size is at least 0, so it differs from a negative number. */
  private static Optional<ChainValue> compared(Integers a, Integers b) {
    Optional<ChainValue> made =
        each(
            a,
            b,
            (x, y) ->
                Integers.isKnown(x) && Integers.isKnown(y)
                    ? (x == y ? 1 : 0)
                    : Integers.isKnown(x) && x < 0 || Integers.isKnown(y) && y < 0
                        ? 0
                        : Integers.UNKNOWN);
    boolean all =
        made.isPresent() && ((Integers) made.get()).values().stream().allMatch(Integers::isKnown);
    return all ? made : Optional.empty();
  }

  private static Optional<ChainValue> chosen(Integers test, Integers then, Integers otherwise) {
    List<Long> made = new ArrayList<>();
    int size = test.values().size();
    if (then.values().size() != size || otherwise.values().size() != size) {
      return Optional.empty();
    }
    for (int i = 0; i < size; i++) {
      made.add((test.values().get(i) != 0 ? then : otherwise).values().get(i));
    }
    return Optional.of(new Integers(made));
  }
}
