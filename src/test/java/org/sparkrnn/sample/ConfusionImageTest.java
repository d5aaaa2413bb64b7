package org.sparkrnn.sample;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.Color;
import java.awt.image.BufferedImage;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.sparkrnn.sample.LocaleName.Split;

class ConfusionImageTest {
  private static final BufferedImage IMAGE =
      ConfusionImage.of(
          new LanguageScores(
              List.of(
                  held("Německo", "cs", "cs"),
                  held("Rakúsko", "sk", "cs"),
                  held("Nemecko", "sk", "sk"))));

  @Test
  void rightAnswersAreGreen() {
    assertThat(square(0, 0)).isEqualTo(new Color(0x1b7837));
    assertThat(square(1, 1).getGreen()).isGreaterThan(square(1, 1).getRed());
  }

  @Test
  void mistakesAreRedInTheRowOfTheirLanguage() {
    assertThat(square(1, 0).getRed()).isGreaterThan(square(1, 0).getGreen());
    assertThat(square(0, 1)).isEqualTo(new Color(0xf4f4f4));
  }

  /** The colour in the middle of a square. */
  private static Color square(int row, int column) {
    int fromRight = 14 + 20 * 2 - 10;
    int x = IMAGE.getWidth() - fromRight + 20 * column;
    int y = IMAGE.getHeight() - fromRight + 20 * row;
    return new Color(IMAGE.getRGB(x, y));
  }

  private static ScoredName held(String text, String language, String predicted) {
    return new ScoredName(text, language, predicted, Split.HELD_OUT);
  }
}
