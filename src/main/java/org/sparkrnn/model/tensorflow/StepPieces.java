package org.sparkrnn.model.tensorflow;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.sparkrnn.model.tensorflow.StepTerm.Apply;
import org.sparkrnn.model.tensorflow.StepTerm.Binary;
import org.sparkrnn.model.tensorflow.StepTerm.Joined;
import org.sparkrnn.model.tensorflow.StepTerm.Linear;
import org.sparkrnn.model.tensorflow.StepTerm.Piece;
import org.sparkrnn.model.tensorflow.StepTerm.Product;
import org.sparkrnn.model.tensorflow.StepTerm.Slice;

/** Parts of terms along their floats. */
final class StepPieces {
  /** A cell's step goes less deep; what is deeper is another step. */
  private static final int DEEP = 8;

  /** Parts that are looked at for one width; a state in one piece has two for each cell. */
  private static final int MOST_PARTS = 4096;

  private StepPieces() {}

  /** Whether a value is a part of a part and so on, deeper than states in one piece are cut. */
  static boolean isDeep(StepTerm term) {
    Optional<StepTerm> at = Optional.of(term);
    for (int i = 0; i < DEEP && at.isPresent(); i++) {
      at = whole(at.get());
    }
    return at.isPresent();
  }

  /** One of the equal parts of a value, as {@code Split} gives them. */
  static Optional<StepTerm> split(StepTerm of, int index, long count) {
    return split(of, index, count, 0);
  }

  private static Optional<StepTerm> split(StepTerm of, int index, long count, int depth) {
    if (count < 1 || index >= count || count > Integer.MAX_VALUE || depth > DEEP || isDeep(of)) {
      return Optional.empty();
    }
    if (of instanceof Linear linear) {
      int width = linear.width() / (int) count;
      return linear.width() % count == 0
          ? Optional.of(columns(linear, index * width, (index + 1) * width))
          : Optional.empty();
    }
    if (of instanceof Apply apply) {
      // The function of a part is the part of the function: GRUs cut their gates behind it.
      return split(apply.of(), index, count, depth + 1)
          .map(part -> new Apply(apply.function(), part));
    }
    if (of instanceof Joined joined && joined.parts().size() == count && isEven(joined)) {
      return Optional.of(joined.parts().get(index));
    }
    return Optional.of(new Piece(of, index, (int) count));
  }

  private static boolean isEven(Joined joined) {
    List<Integer> widths = joined.parts().stream().map(StepPieces::width).distinct().toList();
    return widths.size() == 1 && widths.get(0) > 0;
  }

  /** How many floats a value has; 0 where its term does not tell. */
  static int width(StepTerm term) {
    return width(term, 0, new int[] {MOST_PARTS});
  }

  private static int width(StepTerm term, int depth, int[] left) {
    if (depth > DEEP || left[0]-- < 0) {
      return 0;
    }
    if (term instanceof Linear linear) {
      return linear.width();
    }
    if (term instanceof Apply apply) {
      return width(apply.of(), depth + 1, left);
    }
    if (term instanceof Joined joined) {
      List<Integer> widths =
          joined.parts().stream().map(part -> width(part, depth + 1, left)).toList();
      return widths.contains(0) ? 0 : widths.stream().mapToInt(width -> width).sum();
    }
    return term instanceof Binary binary
        ? Math.max(width(binary.a(), depth + 1, left), width(binary.b(), depth + 1, left))
        : 0;
  }

  /** Some of the floats of a product. */
  static StepTerm columns(Linear linear, int from, int to) {
    return new Linear(
        linear.products().stream()
            .map(p -> new Product(p.source(), p.kernel().columns(from, to)))
            .toList(),
        linear.biases().stream().map(bias -> bias.columns(from, to)).toList());
  }

  /** The value that a term is a part of. */
  static Optional<StepTerm> whole(StepTerm part) {
    return part instanceof Piece piece
        ? Optional.of(piece.whole())
        : part instanceof Slice slice ? Optional.of(slice.whole()) : Optional.empty();
  }

  /** What stands in {@code joined} where {@code part} stands in its whole. */
  static Optional<StepTerm> inPlaceOf(StepTerm part, Joined joined) {
    if (part instanceof Piece piece) {
      return piece.count() == joined.parts().size()
          ? Optional.of(joined.parts().get(piece.index()))
          : Optional.empty();
    }
    return part instanceof Slice slice
        ? part(joined, slice.from(), slice.width())
        : Optional.empty();
  }

  /** The parts that start at a place and together are as wide, where widths are known. */
  static Optional<StepTerm> part(Joined joined, long from, long width) {
    List<StepTerm> found = new ArrayList<>();
    long at = 0;
    for (StepTerm part : joined.parts()) {
      int size = width(part);
      if (size == 0 || at >= from + width) {
        break;
      }
      if (at >= from) {
        found.add(part);
      }
      at += size;
      if (at == from + width && !found.isEmpty() && width(found) == width) {
        return Optional.of(found.size() == 1 ? found.get(0) : new Joined(found));
      }
    }
    return Optional.empty();
  }

  private static long width(List<StepTerm> parts) {
    return parts.stream().mapToLong(StepPieces::width).sum();
  }
}
