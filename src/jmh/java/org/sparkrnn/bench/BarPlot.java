package org.sparkrnn.bench;

import java.util.Locale;
import java.util.Map;

/** Named bars, as SVG, readable on white and on black. */
final class BarPlot {
  private static final int WIDTH = 760;
  private static final int LEFT = 300;
  private static final int TOP = 40;
  private static final int ROW = 26;

  private BarPlot() {}

  /** Bars from the top down, each with its value; a line marks 1. */
  static String svg(String title, Map<String, Double> bars) {
    double most = bars.values().stream().mapToDouble(Double::doubleValue).max().orElse(1);
    double unit = (WIDTH - LEFT - 60) / Math.max(1, most);
    int height = TOP + ROW * bars.size() + 16;
    StringBuilder svg = new StringBuilder(LinePlot.open(WIDTH, height, title));
    int y = TOP;
    for (Map.Entry<String, Double> bar : bars.entrySet()) {
      svg.append(LinePlot.text(LEFT - 8, y + 15, "end", LinePlot.GREY, bar.getKey()));
      svg.append(
          String.format(
              Locale.ROOT,
              "<rect x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"%d\" fill=\"#2e86ab\"/>%n",
              LEFT, y + 2, bar.getValue() * unit, ROW - 8));
      svg.append(
          LinePlot.text(
              LEFT + bar.getValue() * unit + 6,
              y + 15,
              "start",
              LinePlot.GREY,
              String.format(Locale.ROOT, "%.1f", bar.getValue())));
      y += ROW;
    }
    svg.append(
        String.format(
            Locale.ROOT,
            "<line x1=\"%.1f\" y1=\"%d\" x2=\"%.1f\" y2=\"%d\" stroke=\"#e4572e\" stroke-width=\"2\"/>%n",
            LEFT + unit, TOP - 4, LEFT + unit, y));
    return svg.append("</svg>\n").toString();
  }
}
