package org.sparkrnn.sample;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.sparkrnn.sample.LanguageScores.Confusion;
import org.sparkrnn.sample.LanguageScores.Share;
import org.sparkrnn.sample.LocaleName.Split;

class LanguageScoresTest {
  private static final LanguageScores SCORES =
      new LanguageScores(
          List.of(
              held("Německo", "cs", "cs"),
              held("Rakousko", "cs", "sk"),
              held("Rakúsko", "sk", "cs"),
              held("Švajčiarsko", "sk", "cs"),
              held("Nemecko", "sk", "sk"),
              held("Allemagne", "fr", "fr"),
              held("Italie", "fr", "nl"),
              new ScoredName("Norvège", "fr", "fr", Split.TRAIN),
              new ScoredName("Suède", "fr", "it", Split.TRAIN)));

  @Test
  void sharesAreCountedPerSplit() {
    assertThat(SCORES.share(Split.HELD_OUT)).isEqualTo(new Share(3, 7));
    assertThat(SCORES.share(Split.TRAIN)).isEqualTo(new Share(1, 2));
    assertThat(SCORES.share(Split.TRAIN).accuracy()).isEqualTo(0.5);
  }

  @Test
  void sharesPerLanguageAreOfHeldOutNames() {
    assertThat(SCORES.shares())
        .containsExactly(
            java.util.Map.entry("cs", new Share(1, 2)),
            java.util.Map.entry("fr", new Share(1, 2)),
            java.util.Map.entry("sk", new Share(1, 3)));
  }

  @Test
  void theMostFrequentConfusionComesFirst() {
    assertThat(SCORES.confusions())
        .containsExactly(
            new Confusion("sk", "cs", 2, "Rakúsko"),
            new Confusion("cs", "sk", 1, "Rakousko"),
            new Confusion("fr", "nl", 1, "Italie"));
  }

  @Test
  void theMatrixHasALanguagePerRowAndAPredictionPerColumn() {
    assertThat(SCORES.matrix(List.of("cs", "sk"))).isEqualTo(new int[][] {{1, 1}, {2, 1}});
  }

  @Test
  void theTextIsForATerminal() {
    assertThat(SCORES.text())
        .isEqualTo(
            """
            Right on names it never saw       42.9 %  (3 of 7)
            Right on names it was trained on  50.0 %  (1 of 2)

            By language, names it never saw:
              cs    50 %     fr    50 %     sk    33 %

            Where it errs most (row: written in; column: taken for):
                      cs    fr    nl    sk  other
                cs     1     .     .     1      0
                fr     .     1     1     .      0
                nl     .     .     .     .      0
                sk     2     .     .     1      0

            For example:
                sk taken for cs     2 x, as Rakúsko
                cs taken for sk     1 x, as Rakousko
                fr taken for nl     1 x, as Italie
            """);
  }

  @Test
  void noLineIsLongerThanATerminal() {
    List<ScoredName> many =
        LocaleNames.languages().stream()
            .flatMap(l -> LocaleNames.languages().stream().map(p -> held(l + "-" + p, l, p)))
            .toList();
    assertThat(new LanguageScores(many).text().lines()).allMatch(line -> line.length() <= 80);
  }

  @Test
  void withoutMistakesThereIsNothingToConfuse() {
    LanguageScores perfect = new LanguageScores(List.of(held("Německo", "cs", "cs")));
    assertThat(perfect.text()).doesNotContain("errs", "For example").contains("no such names");
  }

  private static ScoredName held(String text, String language, String predicted) {
    return new ScoredName(text, language, predicted, Split.HELD_OUT);
  }
}
