package org.sparkrnn.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Counts what computing each distinct text, prefix or suffix of characters once would leave of a
 * corpus' steps: from equal states, equal prefixes lead to equal states.
 */
final class SharedPrefixes {
  private SharedPrefixes() {}

  /**
   * @param args files with a text in each line
   */
  public static void main(String[] args) throws IOException {
    System.out.println("corpus\trows\tsteps\tbyText\tbyPrefix\tbySuffix\tbyPrefixIn1024");
    for (String arg : args) {
      List<String> rows = Files.readAllLines(Path.of(arg), UTF_8);
      long steps = rows.stream().mapToLong(String::length).sum();
      long texts = rows.stream().distinct().mapToLong(String::length).sum();
      long backwards =
          distinctPrefixes(
              rows.stream().map(row -> new StringBuilder(row).reverse().toString()).toList());
      long windows = 0;
      for (int from = 0; from < rows.size(); from += 1024) {
        windows += distinctPrefixes(rows.subList(from, Math.min(rows.size(), from + 1024)));
      }
      System.out.printf(
          "%s\t%d\t%d\t%.2f\t%.2f\t%.2f\t%.2f%n",
          Path.of(arg).getFileName(),
          rows.size(),
          steps,
          ratio(steps, texts),
          ratio(steps, distinctPrefixes(rows)),
          ratio(steps, backwards),
          ratio(steps, windows));
    }
  }

  private static double ratio(long all, long distinct) {
    return (double) all / Math.max(1, distinct);
  }

  private static long distinctPrefixes(List<String> rows) {
    Set<String> prefixes = new HashSet<>();
    for (String row : rows) {
      for (int end = row.length(); end > 0 && prefixes.add(row.substring(0, end)); end--) {}
    }
    return prefixes.size();
  }
}
