package org.sparkrnn.oracle;

/** How far a step of a cell may be from {@link TextbookCell}'s. */
public final class TextbookBound {
  /** Half an ulp of numbers around 1: the relative error of one rounding. */
  private static final double U = 0x1p-24;

  private TextbookBound() {}

  /**
   * For a step from the same float state, with weights, inputs and states of at most 1 in size. A
   * sum of {@code K} products and a bias is at most {@code K + 1} in size and is rounded {@code K}
   * times (plus once for the folded forget bias and once for a peephole): its error is below {@code
   * (K + 2)^2 U}. No gate is steeper than 1 (elu, tanh: 1, sigmoid: 1/4), their own error is below
   * 6 U of values of at most 1, and a state is a sum of two products of such, so the error of
   * {@code c} is below three times a sum's plus 16 U, with {@code |c| <= 2} after one step; a GRU's
   * candidate, whose sum takes {@code r * h}, and an LSTM's {@code h}, a product of two, add as
   * much again. A projection sums {@code n} such values.
   *
   * @param inputs features of a step
   * @param units of the cell
   * @return for values of at most 1 in size absolute, else relative
   */
  public static double ofOneStep(int inputs, int units) {
    double sum = (inputs + units + 2.0) * (inputs + units + 2.0) * U;
    return 6 * sum + 32 * U;
  }
}
