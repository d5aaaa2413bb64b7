package org.sparkrnn.sample;

import java.awt.Color;
import java.awt.Font;
import java.awt.FontMetrics;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.util.List;

/**
 * A picture of what was taken for what: a square per pair of languages, a row per language that
 * names are written in, a column per language they were taken for. Right answers lie on the
 * diagonal, in green; mistakes are red, darker the more of the row's names they are. Needs no
 * display. Stateless and thread-safe.
 */
public final class ConfusionImage {
  private static final int CELL = 20;
  private static final int LEFT = 70;
  private static final int TOP = 62;
  private static final int EDGE = 14;
  private static final Color RIGHT = new Color(0x1b7837);
  private static final Color WRONG = new Color(0xb2182b);
  private static final Color EMPTY = new Color(0xf4f4f4);

  private ConfusionImage() {}

  /** Draws the held-out names of these scores. */
  public static BufferedImage of(LanguageScores scores) {
    List<String> languages = List.copyOf(scores.shares().keySet());
    int[][] counts = scores.matrix(languages);
    int side = CELL * languages.size();
    BufferedImage image =
        new BufferedImage(LEFT + side + EDGE, TOP + side + EDGE, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = image.createGraphics();
    try {
      graphics.setRenderingHint(
          RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
      graphics.setColor(Color.WHITE);
      graphics.fillRect(0, 0, image.getWidth(), image.getHeight());
      for (int row = 0; row < counts.length; row++) {
        int all = scores.shares().get(languages.get(row)).all();
        for (int column = 0; column < counts.length; column++) {
          graphics.setColor(color(row == column, (double) counts[row][column] / all));
          graphics.fillRect(LEFT + column * CELL, TOP + row * CELL, CELL - 1, CELL - 1);
        }
      }
      labels(graphics, languages);
    } finally {
      graphics.dispose();
    }
    return image;
  }

  /** From the empty colour to the full one; the root, so that rare mistakes can be seen. */
  private static Color color(boolean right, double share) {
    Color full = right ? RIGHT : WRONG;
    double weight = Math.sqrt(share);
    return new Color(
        blend(EMPTY.getRed(), full.getRed(), weight),
        blend(EMPTY.getGreen(), full.getGreen(), weight),
        blend(EMPTY.getBlue(), full.getBlue(), weight));
  }

  private static int blend(int empty, int full, double weight) {
    return (int) Math.round(empty + (full - empty) * weight);
  }

  private static void labels(Graphics2D graphics, List<String> languages) {
    graphics.setColor(Color.DARK_GRAY);
    graphics.setFont(new Font(Font.SANS_SERIF, Font.PLAIN, 12));
    FontMetrics font = graphics.getFontMetrics();
    for (int i = 0; i < languages.size(); i++) {
      String language = languages.get(i);
      int width = font.stringWidth(language);
      graphics.drawString(language, LEFT + i * CELL + (CELL - width) / 2, TOP - 6);
      graphics.drawString(
          language, LEFT - 6 - width, TOP + i * CELL + (CELL + font.getAscent()) / 2 - 2);
    }
    graphics.setFont(graphics.getFont().deriveFont(Font.BOLD, 13));
    graphics.drawString("Names written in … (rows), taken for … (columns)", LEFT, 22);
  }
}
