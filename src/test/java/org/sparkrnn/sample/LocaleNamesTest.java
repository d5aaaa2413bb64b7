package org.sparkrnn.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.text.Normalizer;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.sparkrnn.sample.LocaleName.Kind;
import org.sparkrnn.sample.LocaleName.Split;

class LocaleNamesTest {
  private static final List<LocaleName> ALL = LocaleNames.all();

  @Test
  void everyLanguageHasHundredsOfNamesOfEveryKind() {
    Map<String, Map<Kind, Long>> counts =
        ALL.stream()
            .collect(
                Collectors.groupingBy(
                    LocaleName::language,
                    Collectors.groupingBy(LocaleName::kind, Collectors.counting())));
    assertThat(counts.keySet()).containsExactlyInAnyOrderElementsOf(LocaleNames.languages());
    counts.forEach(
        (language, kinds) -> {
          assertThat(kinds.keySet()).as(language).containsExactlyInAnyOrder(Kind.values());
          assertThat(kinds.values().stream().mapToLong(n -> n).sum())
              .as(language)
              .isGreaterThan(250);
        });
  }

  @Test
  void theLanguagesAreAnAlphabeticalList() {
    assertThat(LocaleNames.languages()).hasSize(30).isSorted().doesNotHaveDuplicates();
  }

  @Test
  void namesAreInTheirLanguage() {
    assertThat(ALL)
        .extracting(LocaleName::text, LocaleName::language, LocaleName::kind)
        .contains(
            tuple("Deutschland", "de", Kind.TERRITORY),
            tuple("Эстония", "ru", Kind.TERRITORY),
            tuple("Germany", "en", Kind.TERRITORY),
            tuple("スペイン", "ja", Kind.TERRITORY),
            tuple("Allemagne", "fr", Kind.TERRITORY),
            tuple("allemand", "fr", Kind.LANGUAGE),
            tuple("livre sterling", "fr", Kind.CURRENCY));
  }

  @Test
  void aTextThatSeveralLanguagesShareIsInNone() {
    assertThat(ALL)
        .extracting(LocaleName::text)
        .doesNotHaveDuplicates()
        .doesNotContain("Angola", "Германия");
  }

  @Test
  void untranslatedNamesAndBareCodesAreLeftOut() {
    assertThat(ALL)
        .filteredOn(name -> !name.language().equals("en"))
        .extracting(LocaleName::text)
        .doesNotContain("Zimbabwean Dollar (2008)", "XTS", "DE");
  }

  @Test
  void textsAreNormalisedAndStripped() {
    assertThat(ALL)
        .allSatisfy(
            name -> {
              assertThat(Normalizer.isNormalized(name.text(), Normalizer.Form.NFC)).isTrue();
              assertThat(name.text()).isEqualTo(name.text().strip()).isNotEmpty();
            });
  }

  @Test
  void aFifthOfTheNamesIsHeldOutInEveryLanguage() {
    Map<String, Double> shares =
        ALL.stream()
            .collect(
                Collectors.groupingBy(
                    LocaleName::language,
                    Collectors.averagingDouble(n -> n.split() == Split.HELD_OUT ? 1 : 0)));
    shares.forEach((language, share) -> assertThat(share).as(language).isBetween(0.13, 0.28));
  }

  @Test
  void theSplitOfATextNeverChanges() {
    assertThat(StableHash.of("")).isEqualTo(0xcbf29ce484222325L);
    assertThat(StableHash.of("a")).isEqualTo(0xaf63dc4c8601ec8cL);
    assertThat(StableHash.of("foobar")).isEqualTo(0x85944171f73967e8L);
    assertThat(ALL).allSatisfy(n -> assertThat(n.split()).isEqualTo(Split.of(n.text())));
  }

  @Test
  void theDefaultLocaleDoesNotMatter() {
    Locale before = Locale.getDefault();
    try {
      Locale.setDefault(Locale.forLanguageTag("tr"));
      assertThat(LocaleNames.all()).isEqualTo(ALL);
    } finally {
      Locale.setDefault(before);
    }
  }
}
