package org.sparkrnn.model;

import java.util.Arrays;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import org.sparkrnn.tensor.Shape;

/**
 * A shape as a formula of sizes: {@code [input + num_units, 4 * num_units]}; sums and differences
 * of products of numbers, names and quotients of two names. It is both evaluated and shown, with
 * the sizes in place of their names.
 */
final class ShapeFormula {
  private ShapeFormula() {}

  /** The shape. */
  static Shape shape(String formula, ToLongFunction<String> sizes) {
    String inner = formula.substring(1, formula.length() - 1);
    if (inner.isEmpty()) {
      return Shape.of();
    }
    return Shape.of(
        Arrays.stream(inner.split(", ", -1)).mapToLong(dim -> dim(dim, sizes)).toArray());
  }

  /** The formula with sizes in place of names: {@code [3 + 2, 4 * 2]}. */
  static String shown(String formula, ToLongFunction<String> sizes) {
    return Arrays.stream(formula.substring(1, formula.length() - 1).split(" ", -1))
        .map(word -> word(word, sizes))
        .collect(Collectors.joining(" ", "[", "]"));
  }

  private static String word(String word, ToLongFunction<String> sizes) {
    boolean comma = word.endsWith(",");
    String bare = comma ? word.substring(0, word.length() - 1) : word;
    String value =
        bare.isEmpty() || !Character.isLetter(bare.charAt(0))
            ? bare
            : String.valueOf(sizes.applyAsLong(bare));
    return comma ? value + "," : value;
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
