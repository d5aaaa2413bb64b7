package org.sparkrnn.sample;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.sparkrnn.sample.LocaleName.Split;

/**
 * How well languages were told apart: counts over scored names. Immutable and thread-safe.
 *
 * <p>The shares and the confusions are of the held-out names, which say what the model has learned;
 * those it was trained on say what it remembers.
 */
public final class LanguageScores {
  /**
   * Right answers out of all.
   *
   * @param right how many were right
   * @param all how many there were
   */
  public record Share(int right, int all) {
    /** Between 0 and 1; NaN where there were none. */
    public double accuracy() {
      return (double) right / all;
    }
  }

  /**
   * Names of one language that were taken for another.
   *
   * @param language in which they are written
   * @param predicted what they were taken for
   * @param count how many
   * @param example one of them, the first in the order given
   */
  public record Confusion(String language, String predicted, int count, String example) {}

  private final List<ScoredName> names;

  /** Scores these names. */
  public LanguageScores(List<ScoredName> names) {
    this.names = List.copyOf(names);
  }

  /** Over all names of a split. */
  public Share share(Split split) {
    return share(name -> name.split() == split);
  }

  /** Over the held-out names in each language, in alphabetical order. */
  public Map<String, Share> shares() {
    Map<String, Share> shares = new TreeMap<>();
    for (ScoredName name : names) {
      if (name.split() == Split.HELD_OUT) {
        Share one = new Share(name.right() ? 1 : 0, 1);
        shares.merge(
            name.language(), one, (a, b) -> new Share(a.right() + b.right(), a.all() + b.all()));
      }
    }
    return shares;
  }

  /** Pairs of languages in which held-out names were mistaken, the most frequent first. */
  public List<Confusion> confusions() {
    Map<List<String>, Confusion> pairs = new TreeMap<>(Comparator.comparing(String::valueOf));
    for (ScoredName name : names) {
      if (name.split() == Split.HELD_OUT && !name.right()) {
        pairs.merge(
            List.of(name.language(), name.predicted()),
            new Confusion(name.language(), name.predicted(), 1, name.text()),
            (a, b) -> new Confusion(a.language(), a.predicted(), a.count() + 1, a.example()));
      }
    }
    return pairs.values().stream()
        .sorted(Comparator.comparingInt(Confusion::count).reversed())
        .toList();
  }

  /**
   * How often held-out names of each language were taken for each: {@code [language, predicted]}.
   *
   * @param languages of the rows and of the columns
   */
  public int[][] matrix(List<String> languages) {
    int[][] counts = new int[languages.size()][languages.size()];
    for (ScoredName name : names) {
      int row = languages.indexOf(name.language());
      int column = languages.indexOf(name.predicted());
      if (name.split() == Split.HELD_OUT && row >= 0 && column >= 0) {
        counts[row][column]++;
      }
    }
    return counts;
  }

  /** At most {@code limit} languages: those of the most frequent confusions, alphabetically. */
  List<String> mostConfused(int limit) {
    TreeSet<String> languages = new TreeSet<>();
    for (Confusion confusion : confusions()) {
      List<String> pair = List.of(confusion.language(), confusion.predicted());
      long fresh = pair.stream().filter(language -> !languages.contains(language)).count();
      if (languages.size() + fresh <= limit) {
        languages.addAll(pair);
      }
    }
    return new ArrayList<>(languages);
  }

  private Share share(Predicate<ScoredName> which) {
    int all = 0;
    int right = 0;
    for (ScoredName name : names) {
      if (which.test(name)) {
        all++;
        right += name.right() ? 1 : 0;
      }
    }
    return new Share(right, all);
  }

  /** Everything for a person at a terminal: accuracies, languages, confusions. */
  public String text() {
    return new ScoresText(this).toString();
  }
}
