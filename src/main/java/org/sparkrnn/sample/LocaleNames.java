package org.sparkrnn.sample;

import java.text.Normalizer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Currency;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * The sample corpus: what the locale data of the running JDK calls territories, languages and
 * currencies, in thirty languages. Nothing is downloaded and nothing is stored; the names come from
 * the Unicode CLDR that every JDK carries in its module {@code jdk.localedata}.
 *
 * <p>Kept are names that tell something about the language they are written in:
 *
 * <ul>
 *   <li>a name equal to the English one, or to the bare code, is what the JDK falls back to when it
 *       has no translation, and is left out (English keeps its own);
 *   <li>a text that is right in two or more of the languages, such as <i>Angola</i>, has no one
 *       answer and is left out in all of them;
 *   <li>a text that names two things in one language is kept once.
 * </ul>
 *
 * <p>Another JDK has another CLDR: a few names differ or are new. The languages, their order and
 * the split of a given text do not. The order of the rows is fixed for one JDK. Stateless and
 * thread-safe.
 */
public final class LocaleNames {
  /** Of the languages, as BCP 47 tags, in alphabetical order. */
  private static final List<String> LANGUAGES =
      List.of(
          "ar", "bg", "cs", "da", "de", "el", "en", "es", "et", "fa", "fi", "fr", "hi", "hu", "it",
          "ja", "ko", "lt", "mr", "nl", "pl", "pt", "ro", "ru", "sk", "sv", "tr", "uk", "vi", "zh");

  /** Fewer names than this mean that the JDK lacks a language's data, not that CLDR changed. */
  private static final int LEAST = 100;

  private LocaleNames() {}

  /** The languages of the corpus, as BCP 47 tags in alphabetical order. */
  public static List<String> languages() {
    return LANGUAGES;
  }

  /**
   * All names, by language, then kind, then code.
   *
   * @throws IllegalStateException if the running JDK has no data for one of the languages
   */
  public static List<LocaleName> all() {
    List<Named> everything = everythingNamed();
    Map<String, Set<String>> languagesOf = new HashMap<>();
    for (String language : LANGUAGES) {
      for (Named named : everything) {
        languagesOf.computeIfAbsent(named.in(language), t -> new HashSet<>()).add(language);
      }
    }
    List<LocaleName> all = new ArrayList<>();
    for (String language : LANGUAGES) {
      Map<String, LocaleName> names = new LinkedHashMap<>();
      for (Named named : everything) {
        String text = named.in(language);
        if (languagesOf.get(text).size() == 1 && !named.isFallback(text, language)) {
          LocaleName.Split split = LocaleName.Split.of(text);
          names.putIfAbsent(text, new LocaleName(text, language, named.kind(), split));
        }
      }
      requireData(language, names.size());
      all.addAll(names.values());
    }
    return List.copyOf(all);
  }

  private static void requireData(String language, int found) {
    if (found < LEAST) {
      throw new IllegalStateException(
          "the locale data of this Java runtime ("
              + System.getProperty("java.home")
              + ") hold "
              + found
              + " names in '"
              + language
              + "', at least "
              + LEAST
              + " were expected; use a runtime with the module jdk.localedata and without"
              + " -Djava.locale.providers");
    }
  }

  /** Something that has a code and, in each language, a name. */
  private record Named(LocaleName.Kind kind, String code, Function<Locale, String> names) {
    String in(String language) {
      return in(Locale.forLanguageTag(language));
    }

    private String in(Locale locale) {
      return Normalizer.normalize(names.apply(locale), Normalizer.Form.NFC).strip();
    }

    /** Whether a text is what the JDK gives for want of a name in this language. */
    boolean isFallback(String text, String language) {
      return text.equals(code)
          || (!language.equals("en")
              && (text.equals(in(Locale.ENGLISH)) || text.equals(in(Locale.ROOT))));
    }
  }

  private static List<Named> everythingNamed() {
    Stream<Named> territories =
        Stream.of(Locale.getISOCountries())
            .map(
                code -> {
                  Locale of = new Locale.Builder().setRegion(code).build();
                  return new Named(LocaleName.Kind.TERRITORY, code, of::getDisplayCountry);
                });
    Stream<Named> languages =
        Stream.of(Locale.getISOLanguages())
            .map(
                code -> {
                  Locale of = new Locale.Builder().setLanguage(code).build();
                  return new Named(LocaleName.Kind.LANGUAGE, code, of::getDisplayLanguage);
                });
    Stream<Named> currencies =
        Currency.getAvailableCurrencies().stream()
            .map(
                of ->
                    new Named(LocaleName.Kind.CURRENCY, of.getCurrencyCode(), of::getDisplayName));
    return Stream.of(territories, languages, currencies)
        .flatMap(UnaryOperator.identity())
        .sorted(Comparator.comparing(Named::kind).thenComparing(Named::code))
        .toList();
  }
}
