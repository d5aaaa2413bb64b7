package org.sparkrnn.rnn;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PrefixesTest {

  private static Prefixes find(List<int[]> rows) {
    Prefixes prefixes = new Prefixes();
    prefixes.find(
        new Prefixes.Rows() {
          @Override
          public int length(int row) {
            return rows.get(row).length;
          }

          @Override
          public int id(int row, int t) {
            return rows.get(row)[t];
          }
        },
        rows.size());
    return prefixes;
  }

  private static List<int[]> letters(String... rows) {
    return Arrays.stream(rows).map(row -> row.chars().toArray()).toList();
  }

  private static List<Integer> each(int count, IntUnaryOperator of) {
    return IntStream.range(0, count).map(of).boxed().toList();
  }

  @Test
  void aRowFollowsTheOneThatOwnsTheStepBeforeItsOwn() {
    Prefixes found = find(letters("MARIA", "MARIE", "MARK", "MARKO", "MAR", "MARKUS", "OMAR"));
    assertThat(each(7, found::with)).containsExactly(-1, 0, 0, 2, 0, 2, -1);
    assertThat(each(7, found::shared)).containsExactly(0, 4, 3, 4, 3, 4, 0);
    assertThat(each(7, found::same)).containsOnly(-1);
  }

  @Test
  void aRowIsACopyOfTheFirstThatIsTheSame() {
    Prefixes found = find(letters("", "AB", "A", "AB", "", "A", "B", "A"));
    assertThat(each(8, found::same)).containsExactly(-1, -1, -1, 1, 0, 2, -1, 2);
    // The step that all the rows "A" share is the row "AB"'s.
    assertThat(each(8, found::with)).containsExactly(-1, -1, 1, 1, -1, 1, -1, 1);
    assertThat(each(8, found::shared)).containsExactly(0, 0, 1, 2, 0, 1, 0, 1);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void everyPrefixIsOneRowsOwn(long seed) {
    Random random = new Random(seed);
    List<int[]> rows = new ArrayList<>();
    for (int row = 0; row < 500; row++) {
      rows.add(random.ints(random.nextInt(8), 0, 2 + (int) seed).toArray());
    }
    Prefixes found = find(rows);
    Set<List<Integer>> prefixes = new HashSet<>();
    int own = 0;
    for (int row = 0; row < rows.size(); row++) {
      List<Integer> ids = Arrays.stream(rows.get(row)).boxed().toList();
      for (int end = 1; end <= ids.size(); end++) {
        assertThat(prefixes.add(ids.subList(0, end))).isEqualTo(end > found.shared(row));
      }
      own += ids.size() - found.shared(row);
      int leader = found.with(row);
      if (leader >= 0) {
        assertThat(leader).isLessThan(row);
        assertThat(found.shared(leader)).isLessThan(found.shared(row));
        assertThat(rows.get(leader)).startsWith(Arrays.copyOf(rows.get(row), found.shared(row)));
      } else {
        assertThat(found.shared(row)).isZero();
      }
      int first = 0;
      while (!Arrays.equals(rows.get(first), rows.get(row))) {
        first++;
      }
      assertThat(found.same(row)).isEqualTo(first < row ? first : -1);
    }
    assertThat(own).isEqualTo(prefixes.size());
  }
}
