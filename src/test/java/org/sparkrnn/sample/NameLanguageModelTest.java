package org.sparkrnn.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkrnn.rnn.Layer;
import org.sparkrnn.sample.LanguageScores.Share;
import org.sparkrnn.sample.LocaleName.Split;
import org.sparkrnn.tensor.Shape;

class NameLanguageModelTest {
  /** What PyTorch found at the end of the training, on JDK 17. */
  private static final double STATED = 0.8611;

  /** Names that another JDK words differently; on JDK 17 the share is the stated one. */
  private static final double OTHER_LOCALE_DATA = 0.01;

  @TempDir private Path folder;

  @Test
  void itIsAsGoodAsStated() throws IOException {
    NameScorer scorer = new NameScorer(folder);
    List<LocaleName> names = LocaleNames.all();
    int[] predictions = scorer.predictions(names.stream().map(LocaleName::text).toList());
    List<ScoredName> scored = new ArrayList<>();
    for (int i = 0; i < predictions.length; i++) {
      LocaleName name = names.get(i);
      String predicted = NameLanguageModel.languages().get(predictions[i]);
      scored.add(new ScoredName(name.text(), name.language(), predicted, name.split()));
    }
    LanguageScores scores = new LanguageScores(scored);
    Share heldOut = scores.share(Split.HELD_OUT);
    assertThat(heldOut.all()).isGreaterThan(2500);
    assertThat(heldOut.accuracy())
        .as("held-out accuracy\n%s", scores.text())
        .isCloseTo(STATED, within(OTHER_LOCALE_DATA));
    assertThat(scores.shares().values()).allMatch(share -> share.accuracy() > 0.5);
  }

  @Test
  void namesThatNobodyTrainedItOnAreTold() throws IOException {
    NameScorer scorer = new NameScorer(folder);
    List<String> texts = List.of("Schwarzwälder Kirschtorte", "λευκός πύργος", "東京タワー", "서울 시장");
    int[] predictions = scorer.predictions(texts);
    List<String> languages = NameLanguageModel.languages();
    assertThat(java.util.Arrays.stream(predictions).mapToObj(languages::get))
        .containsExactly("de", "el", "ja", "ko");
  }

  @Test
  void itsClassesAreTheLanguagesOfTheCorpus() throws IOException {
    assertThat(NameLanguageModel.languages()).isEqualTo(LocaleNames.languages());
    NameScorer scorer = new NameScorer(folder);
    List<Layer> layers = scorer.model().network().layers();
    Layer.Dense logits =
        (Layer.Dense) layers.stream().filter(l -> l.name().equals("logits")).findFirst().get();
    assertThat(logits.bias().shape()).isEqualTo(Shape.of(LocaleNames.languages().size()));
    assertThat(scorer.model().select())
        .containsExactly(NameLanguageModel.PREDICTION, NameLanguageModel.PROBABILITIES);
  }

  @Test
  void itTakesLessThanAMebibyte() throws IOException {
    NameLanguageModel.copyTo(folder);
    long bytes = 0;
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        bytes += Files.size(file);
      }
    }
    assertThat(bytes).isBetween(100L << 10, (1L << 20) - 1);
  }

  @Test
  void copyingAgainReplacesWhatIsThere() throws IOException {
    NameLanguageModel.copyTo(folder);
    Files.writeString(folder.resolve("model.json"), "{}");
    assertThat(new NameScorer(folder).model().name()).isEqualTo("name-language");
  }
}
