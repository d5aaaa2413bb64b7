package org.sparkrnn.model.tensorflow;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.sparkrnn.cell.Activation;
import org.sparkrnn.model.tensorflow.StepCell.Gate;
import org.sparkrnn.model.tensorflow.StepTerm.Apply;
import org.sparkrnn.model.tensorflow.StepTerm.Binary;
import org.sparkrnn.model.tensorflow.StepTerm.Block;
import org.sparkrnn.model.tensorflow.StepTerm.Constant;
import org.sparkrnn.model.tensorflow.StepTerm.Joined;
import org.sparkrnn.model.tensorflow.StepTerm.Kind;
import org.sparkrnn.model.tensorflow.StepTerm.Leaf;
import org.sparkrnn.model.tensorflow.StepTerm.Linear;
import org.sparkrnn.model.tensorflow.StepTerm.Piece;
import org.sparkrnn.model.tensorflow.StepTerm.Product;
import org.sparkrnn.model.tensorflow.StepTerm.Scalar;
import org.sparkrnn.model.tensorflow.StepTerm.Slice;

/** The parts that cells have in common, seen in terms. */
final class StepParts {
  /** Parts of values that are parts of each other, as cells have them, are a handful. */
  private static final int MOST_COMPARED = 256;

  private StepParts() {}

  /** Whether two terms are one value. */
  static boolean same(StepTerm a, StepTerm b) {
    return same(a, b, new int[] {MOST_COMPARED});
  }

  private static boolean same(StepTerm a, StepTerm b, int[] left) {
    if (a == b) {
      return true;
    }
    if (left[0]-- < 0) {
      return false;
    }
    if (a instanceof Piece first && b instanceof Piece second) {
      return first.index() == second.index()
          && first.count() == second.count()
          && same(first.whole(), second.whole(), left);
    }
    if (a instanceof Slice first && b instanceof Slice second) {
      return first.from() == second.from()
          && first.width() == second.width()
          && same(first.whole(), second.whole(), left);
    }
    if (a instanceof Joined first && b instanceof Joined second) {
      boolean same = first.parts().size() == second.parts().size();
      for (int i = 0; same && i < first.parts().size(); i++) {
        same = same(first.parts().get(i), second.parts().get(i), left);
      }
      return same;
    }
    boolean plain = a instanceof Leaf || a instanceof Scalar || a instanceof StepTerm.BlockResult;
    return plain && a.equals(b);
  }

  /** Two operands. */
  record Ordered(StepTerm first, StepTerm second) {}

  /** The operands of an operation that may be turned around, in both orders. */
  static List<Ordered> either(StepTerm term, Kind kind) {
    return term instanceof Binary binary && binary.kind() == kind
        ? List.of(new Ordered(binary.a(), binary.b()), new Ordered(binary.b(), binary.a()))
        : List.of();
  }

  // ---- gates

  /** A function and what it is of. */
  record Applied(Activation function, StepTerm of) {}

  /** A gate: sigmoid, or a hard one that is made of a product, a sum and bounds. */
  static Optional<Applied> gate(StepTerm term) {
    if (!(term instanceof Apply apply)) {
      return Optional.empty();
    }
    if (apply.function().equals(Activation.SIGMOID)) {
      return Optional.of(new Applied(Activation.SIGMOID, apply.of()));
    }
    boolean unit =
        apply.function().kind() == Activation.Kind.CLIP
            && apply.function().alpha() == 0
            && apply.function().beta() == 1;
    for (Ordered sum : unit ? either(apply.of(), Kind.ADD) : List.<Ordered>of()) {
      for (Ordered product : either(sum.first(), Kind.MULTIPLY)) {
        if (sum.second() instanceof Scalar beta && product.second() instanceof Scalar alpha) {
          return Optional.of(
              new Applied(
                  new Activation(Activation.Kind.HARD_SIGMOID, alpha.value(), beta.value()),
                  product.first()));
        }
      }
    }
    return Optional.empty();
  }

  /** A function of a product, or a product itself. */
  static Optional<Applied> activated(StepTerm term) {
    if (term instanceof Linear) {
      return Optional.of(new Applied(Activation.LINEAR, term));
    }
    return term instanceof Apply apply && apply.of() instanceof Linear
        ? Optional.of(new Applied(apply.function(), apply.of()))
        : Optional.empty();
  }

  /**
   * What a gate's function is of.
   *
   * @param linear the products and vectors
   * @param added a single number added to them
   * @param peephole a vector that a state is multiplied with, if there is one
   * @param seen that state; null without one
   */
  record Before(Linear linear, float added, Optional<Block> peephole, StepTerm seen) {}

  static Optional<Before> before(StepTerm term) {
    List<StepTerm> parts = new ArrayList<>();
    addends(term, parts, 0);
    Linear linear = null;
    float added = 0;
    Block peephole = null;
    StepTerm seen = null;
    for (StepTerm part : parts) {
      if (part instanceof Linear found && linear == null) {
        linear = found;
      } else if (part instanceof Scalar scalar) {
        added += scalar.value();
      } else if (part instanceof Binary product
          && product.kind() == Kind.MULTIPLY
          && peephole == null
          && (product.a() instanceof Constant || product.b() instanceof Constant)) {
        boolean first = product.a() instanceof Constant;
        peephole = ((Constant) (first ? product.a() : product.b())).block();
        seen = first ? product.b() : product.a();
      } else {
        return Optional.empty();
      }
    }
    return linear == null
        ? Optional.empty()
        : Optional.of(new Before(linear, added, Optional.ofNullable(peephole), seen));
  }

  private static void addends(StepTerm term, List<StepTerm> target, int depth) {
    if (term instanceof Binary sum && sum.kind() == Kind.ADD && depth < 4) {
      addends(sum.a(), target, depth + 1);
      addends(sum.b(), target, depth + 1);
    } else {
      target.add(term);
    }
  }

  // ---- the input and the state in a product

  /**
   * A product of an input and a state side by side.
   *
   * @param x the input
   * @param gate the weights of both
   */
  record Parted(StepTerm x, Gate gate) {}

  static Optional<Parted> parted(Linear linear, StepTerm h, int size) {
    List<Product> products = linear.products();
    if (products.size() == 2) {
      int state = same(products.get(1).source(), h) ? 1 : 0;
      Product own = products.get(state);
      Product other = products.get(1 - state);
      return same(own.source(), h) && own.kernel().rows() == size
          ? Optional.of(
              new Parted(other.source(), new Gate(other.kernel(), own.kernel(), linear.biases())))
          : Optional.empty();
    }
    if (products.size() != 1 || !(products.get(0).source() instanceof Joined joined)) {
      return Optional.empty();
    }
    Block kernel = products.get(0).kernel();
    List<StepTerm> parts = joined.parts();
    int inputs = kernel.rows() - size;
    int last = parts.size() - 1;
    if (last < 1 || inputs < 1) {
      return Optional.empty();
    }
    if (same(parts.get(last), h)) {
      return Optional.of(
          new Parted(
              rest(parts.subList(0, last)),
              new Gate(
                  kernel.rows(0, inputs), kernel.rows(inputs, kernel.rows()), linear.biases())));
    }
    return same(parts.get(0), h)
        ? Optional.of(
            new Parted(
                rest(parts.subList(1, parts.size())),
                new Gate(kernel.rows(size, kernel.rows()), kernel.rows(0, size), linear.biases())))
        : Optional.empty();
  }

  private static StepTerm rest(List<StepTerm> parts) {
    return parts.size() == 1 ? parts.get(0) : new Joined(parts);
  }

  /** What may be the state in a product: the cells put it last. */
  static List<StepTerm> candidates(Linear linear) {
    List<Product> products = linear.products();
    if (products.size() == 2) {
      return List.of(products.get(1).source(), products.get(0).source());
    }
    return products.size() == 1 && products.get(0).source() instanceof Joined joined
        ? List.of(joined.parts().get(joined.parts().size() - 1), joined.parts().get(0))
        : List.of();
  }

  /** All products with the same input. */
  static Optional<List<Parted>> parted(List<Linear> linears, StepTerm h, int size) {
    List<Parted> all = new ArrayList<>();
    for (Linear linear : linears) {
      Optional<Parted> one = parted(linear, h, size);
      if (one.isEmpty() || !same(one.get().x(), all.isEmpty() ? one.get().x() : all.get(0).x())) {
        return Optional.empty();
      }
      all.add(one.get());
    }
    return Optional.of(all);
  }

  static List<Gate> gates(List<Parted> parted) {
    return parted.stream().map(Parted::gate).toList();
  }
}
