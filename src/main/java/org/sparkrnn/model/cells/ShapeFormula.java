package org.sparkrnn.model.cells;

import java.util.Arrays;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.sparkrnn.tensor.Shape;

/**
 * A shape as a formula of sizes: {@code [input + num_units, 4 * num_units]}; sums and differences
 * of products of numbers, names and quotients of two names. It is both evaluated and shown, with
 * the sizes in place of their names. A dimension of size 0 is not there.
 */
public final class ShapeFormula {
  private ShapeFormula() {}

  /** The shape. */
  public static Shape shape(String formula, ToLongFunction<String> sizes) {
    String inner = formula.substring(1, formula.length() - 1);
    if (inner.isEmpty()) {
      return Shape.of();
    }
    return Shape.of(dims(inner, sizes).mapToLong(dim -> dim(dim, sizes)).toArray());
  }

  /** The formula with sizes in place of names: {@code [3 + 2, 4 * 2]}. */
  public static String shown(String formula, ToLongFunction<String> sizes) {
    return dims(formula.substring(1, formula.length() - 1), sizes)
        .map(dim -> shownDim(dim, sizes))
        .collect(Collectors.joining(", ", "[", "]"));
  }

  private static Stream<String> dims(String inner, ToLongFunction<String> sizes) {
    return Arrays.stream(inner.split(", ", -1)).filter(dim -> dim(dim, sizes) > 0);
  }

  private static String shownDim(String dim, ToLongFunction<String> sizes) {
    return Arrays.stream(dim.split(" ", -1))
        .map(word -> word(word, sizes))
        .collect(Collectors.joining(" "));
  }

  private static String word(String word, ToLongFunction<String> sizes) {
    return Character.isLetter(word.charAt(0)) ? String.valueOf(sizes.applyAsLong(word)) : word;
  }

  private static long dim(String sum, ToLongFunction<String> sizes) {
    long total = 0;
    for (String product : sum.replace(" - ", " + -1 * ").split(" \\+ ", -1)) {
      long value = 1;
      for (String factor : product.split(" \\* ", -1)) {
        value *=
            Character.isLetter(factor.charAt(0)) ? quotient(factor, sizes) : Long.parseLong(factor);
      }
      total += value;
    }
    return total;
  }

  private static long quotient(String names, ToLongFunction<String> sizes) {
    String[] parts = names.split(" / ", 2);
    long value = sizes.applyAsLong(parts[0]);
    return parts.length == 1 ? value : value / sizes.applyAsLong(parts[1]);
  }
}
