package org.sparkrnn.sample;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.sparkrnn.sample.LanguageScores.Confusion;
import org.sparkrnn.sample.LanguageScores.Share;
import org.sparkrnn.sample.LocaleName.Split;

/** Scores as lines of at most 80 columns, for a terminal. */
final class ScoresText {
  private static final int LANGUAGES_A_LINE = 5;
  private static final int MATRIX = 8;
  private static final int EXAMPLES = 8;

  private final LanguageScores scores;
  private final StringBuilder text = new StringBuilder();

  ScoresText(LanguageScores scores) {
    this.scores = scores;
    accuracies();
    languages();
    List<Confusion> confusions = scores.confusions();
    if (!confusions.isEmpty()) {
      matrix(scores.mostConfused(MATRIX));
      examples(confusions.subList(0, Math.min(EXAMPLES, confusions.size())));
    }
  }

  private void accuracies() {
    Share heldOut = scores.share(Split.HELD_OUT);
    Share train = scores.share(Split.TRAIN);
    line("Right on names it never saw      %s", shown(heldOut));
    line("Right on names it was trained on %s", shown(train));
  }

  private static String shown(Share share) {
    return share.all() == 0
        ? "no such names"
        : String.format(
            Locale.ROOT,
            "%5.1f %%  (%,d of %,d)",
            100 * share.accuracy(),
            share.right(),
            share.all());
  }

  private void languages() {
    line("");
    line("By language, names it never saw:");
    int column = 0;
    StringBuilder row = new StringBuilder();
    for (Map.Entry<String, Share> entry : scores.shares().entrySet()) {
      row.append(
          String.format(
              Locale.ROOT, "  %-4s%4.0f %%   ", entry.getKey(), 100 * entry.getValue().accuracy()));
      if (++column % LANGUAGES_A_LINE == 0) {
        line("%s", row.toString().stripTrailing());
        row.setLength(0);
      }
    }
    if (!row.isEmpty()) {
      line("%s", row.toString().stripTrailing());
    }
  }

  private void matrix(List<String> languages) {
    int[][] counts = scores.matrix(languages);
    Map<String, Share> shares = scores.shares();
    line("");
    line("Where it errs most (row: written in; column: taken for):");
    line(
        "%6s%s%7s",
        "",
        languages.stream().map(l -> String.format("%6s", l)).collect(Collectors.joining()),
        "other");
    for (int row = 0; row < languages.size(); row++) {
      StringBuilder cells = new StringBuilder();
      int rest = shares.containsKey(languages.get(row)) ? shares.get(languages.get(row)).all() : 0;
      for (int count : counts[row]) {
        cells.append(String.format("%6s", count == 0 ? "." : Integer.toString(count)));
        rest -= count;
      }
      line("%6s%s%7d", languages.get(row), cells, rest);
    }
  }

  private void examples(List<Confusion> confusions) {
    line("");
    line("For example:");
    for (Confusion confusion : confusions) {
      line(
          "%6s taken for %-4s%4d x, as %s",
          confusion.language(), confusion.predicted(), confusion.count(), confusion.example());
    }
  }

  private void line(String format, Object... values) {
    text.append(String.format(Locale.ROOT, format, values)).append('\n');
  }

  @Override
  public String toString() {
    return text.toString();
  }
}
