package org.sparkrnn.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;

/**
 * Compares our answers with a judge's: both must be within the bound of the exact value, which puts
 * them within two bounds of each other.
 */
final class Verdict {
  private final String what;
  private double error;
  private double tolerance;
  private double worst = -1;

  /** On {@code what}, which failures repeat: it tells the seed. */
  Verdict(String what) {
    this.what = what;
  }

  /** Compares all rows; the judge gives zeros behind each row's length. */
  void compare(
      List<List<PublishedCell>> levels, JudgedRows rows, Answers ours, Answers theirs) {
    for (int row = 0; row < rows.rows(); row++) {
      BoundedLoop exact = Answers.exact(levels, rows, row);
      for (int t = 0; t < rows.length(row); t++) {
        compare(
            "output of row " + row + " at step " + t,
            exact.outputs().get(t),
            ours.outputs()[row][t],
            theirs.outputs()[row][t]);
      }
      for (int t = rows.length(row); t < theirs.outputs()[row].length; t++) {
        assertThat(theirs.outputs()[row][t])
            .as("%s: the judge's output of row %d behind its end, at step %d", what, row, t)
            .containsOnly(0f);
      }
      compare("state of row " + row, exact.state(), ours.states()[row], theirs.states()[row]);
    }
  }

  /** Compares one value. */
  void compare(String place, Bounded exact, float[] ours, float[] theirs) {
    assertThat(ours).as("%s: our %s", what, place).hasSize(exact.size());
    assertThat(theirs).as("%s: the judge's %s", what, place).hasSize(exact.size());
    for (int i = 0; i < ours.length; i++) {
      double bound = exact.error()[i];
      check("our " + place, i, ours[i], exact.value()[i], bound);
      check("the judge's " + place, i, theirs[i], exact.value()[i], bound);
      double distance = Math.abs((double) ours[i] - theirs[i]);
      double share = bound == 0 ? distance : distance / (2 * bound);
      if (share > worst) {
        worst = share;
        error = distance;
        tolerance = 2 * bound;
      }
    }
  }

  /** The distance, between us and the judge, that took most of its tolerance. */
  double error() {
    return error;
  }

  /** The tolerance there. */
  double tolerance() {
    return tolerance;
  }

  private void check(String place, int i, float found, double exact, double bound) {
    assertThat(Math.abs(found - exact) <= bound)
        .as(
            "%s: %s is %s at %d; exact %s, bound %s, off by %s",
            what, place, found, i, exact, bound, Math.abs(found - exact))
        .isTrue();
  }
}
