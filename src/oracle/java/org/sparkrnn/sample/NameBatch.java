package org.sparkrnn.sample;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.sparkrnn.model.Vocabulary;

/** Names of one length, as ids of characters and of languages. */
final class NameBatch {
  private final List<String> texts;
  private final long[][] ids;
  private final long[] languages;

  private NameBatch(List<String> texts, long[][] ids, long[] languages) {
    this.texts = texts;
    this.ids = ids;
    this.languages = languages;
  }

  /** The names in batches of at most {@code rows}; names and batches shuffled by {@code random}. */
  static List<NameBatch> shuffled(
      List<LocaleName> names, Vocabulary characters, int rows, Random random) {
    List<LocaleName> order = new ArrayList<>(names);
    Collections.shuffle(order, random);
    TreeMap<Integer, List<LocaleName>> byLength = new TreeMap<>();
    for (LocaleName name : order) {
      int length = name.text().codePointCount(0, name.text().length());
      byLength.computeIfAbsent(length, n -> new ArrayList<>()).add(name);
    }
    List<NameBatch> batches = new ArrayList<>();
    for (List<LocaleName> same : byLength.values()) {
      for (int from = 0; from < same.size(); from += rows) {
        batches.add(of(same.subList(from, Math.min(same.size(), from + rows)), characters));
      }
    }
    Collections.shuffle(batches, random);
    return batches;
  }

  /** One batch of names that are equally long. */
  static NameBatch of(List<LocaleName> names, Vocabulary characters) {
    long[][] ids = new long[names.size()][];
    long[] languages = new long[names.size()];
    for (int row = 0; row < ids.length; row++) {
      ids[row] = idsOf(names.get(row).text(), characters);
      languages[row] = LocaleNames.languages().indexOf(names.get(row).language());
    }
    return new NameBatch(names.stream().map(LocaleName::text).toList(), ids, languages);
  }

  /** Ids of a text's characters (code points). */
  static long[] idsOf(String text, Vocabulary characters) {
    return text.codePoints()
        .mapToLong(character -> characters.id(Character.toString(character)))
        .toArray();
  }

  /** The names themselves. */
  List<String> texts() {
    return texts;
  }

  /** Index of each row's language in {@link LocaleNames#languages()}. */
  long[] languages() {
    return languages;
  }

  int rows() {
    return ids.length;
  }

  int steps() {
    return ids[0].length;
  }

  /** The ids, row after row. */
  long[] flat() {
    long[] flat = new long[rows() * steps()];
    for (int row = 0; row < rows(); row++) {
      System.arraycopy(ids[row], 0, flat, row * steps(), steps());
    }
    return flat;
  }
}
