package org.sparkrnn.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Lines over a few named places, as SVG. Readable on white and on black: greys of the middle, and
 * no background.
 */
final class LinePlot {
  /** The first is this project's; the others are apart for the colour-blind too. */
  private static final List<String> COLOURS =
      List.of("#e4572e", "#2e86ab", "#8e6bbf", "#5b9f4a", "#c79a2b", "#808080");

  static final String GREY = "#808080";
  private static final int WIDTH = 760;
  private static final int HEIGHT = 400;
  private static final int LEFT = 62;
  private static final int RIGHT = 190;
  private static final int TOP = 60;
  private static final int BOTTOM = 54;

  private final String title;
  private final String xLabel;
  private final String yLabel;
  private final List<String> ticks;
  private final List<Line> lines = new ArrayList<>();

  private record Line(String name, List<Double> values) {}

  LinePlot(String title, String xLabel, String yLabel, List<String> ticks) {
    this.title = title;
    this.xLabel = xLabel;
    this.yLabel = yLabel;
    this.ticks = ticks;
  }

  /** Adds a line; NaN where it has no value. */
  void line(String name, List<Double> values) {
    lines.add(new Line(name, values));
  }

  String svg() {
    double most =
        lines.stream().flatMap(line -> line.values.stream()).filter(v -> !v.isNaN()).mapToDouble(v -> v).max().orElse(1);
    double step = step(most);
    double top = Math.ceil(most / step) * step;
    StringBuilder svg = new StringBuilder(open(WIDTH, HEIGHT, title));
    for (double value = 0; value <= top + step / 2; value += step) {
      double y = y(value, top);
      svg.append(
          String.format(
              Locale.ROOT,
              "<line x1=\"%d\" y1=\"%.1f\" x2=\"%d\" y2=\"%.1f\" stroke=\"%s\" stroke-opacity=\"0.3\"/>%n",
              LEFT, y, WIDTH - RIGHT, y, GREY));
      svg.append(text(LEFT - 8, y + 4, "end", GREY, number(value)));
    }
    for (int i = 0; i < ticks.size(); i++) {
      svg.append(text(x(i), HEIGHT - BOTTOM + 20, "middle", GREY, ticks.get(i)));
    }
    svg.append(text((LEFT + WIDTH - RIGHT) / 2.0, HEIGHT - 12, "middle", GREY, xLabel));
    svg.append(text(LEFT, TOP - 10, "middle", GREY, yLabel));
    List<Double> taken = new ArrayList<>();
    for (int i = lines.size() - 1; i >= 0; i--) {
      draw(svg, lines.get(i), COLOURS.get(i % COLOURS.size()), top, i == 0);
    }
    lines.stream()
        .sorted((a, b) -> Double.compare(last(b), last(a)))
        .forEach(
            line -> {
              double y = y(last(line), top);
              if (!taken.isEmpty()) {
                y = Math.max(y, taken.get(taken.size() - 1) + 17);
              }
              taken.add(y);
              int i = lines.indexOf(line);
              svg.append(
                  text(
                      WIDTH - RIGHT + 12, y + 4, "start", COLOURS.get(i % COLOURS.size()), line.name));
            });
    return svg.append("</svg>\n").toString();
  }

  private void draw(StringBuilder svg, Line line, String colour, double top, boolean first) {
    StringBuilder path = new StringBuilder();
    StringBuilder dots = new StringBuilder();
    for (int i = 0; i < line.values.size(); i++) {
      double value = line.values.get(i);
      if (Double.isNaN(value)) {
        continue;
      }
      path.append(
          String.format(
              Locale.ROOT, "%s%.1f %.1f", path.isEmpty() ? "M" : " L", x(i), y(value, top)));
      dots.append(
          String.format(
              Locale.ROOT,
              "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"%s\" fill=\"%s\"/>%n",
              x(i), y(value, top), first ? "4" : "3", colour));
    }
    svg.append(
        String.format(
            Locale.ROOT,
            "<path d=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"%s\"/>%n%s",
            path, colour, first ? "3" : "1.8", dots));
  }

  private static double last(Line line) {
    for (int i = line.values.size() - 1; i >= 0; i--) {
      if (!line.values.get(i).isNaN()) {
        return line.values.get(i);
      }
    }
    return 0;
  }

  private double x(int place) {
    double room = WIDTH - RIGHT - LEFT;
    return LEFT + (place + 0.5) * room / ticks.size();
  }

  private static double y(double value, double top) {
    return HEIGHT - BOTTOM - value / top * (HEIGHT - BOTTOM - TOP);
  }

  /** A round distance between grid lines, about five of them. */
  private static double step(double most) {
    double rough = most / 5;
    double power = Math.pow(10, Math.floor(Math.log10(rough)));
    for (double factor : new double[] {1, 2, 2.5, 5, 10}) {
      if (factor * power >= rough) {
        return factor * power;
      }
    }
    return 10 * power;
  }

  private static String number(double value) {
    String text = String.format(Locale.ROOT, "%.2f", value);
    return text.contains(".") ? text.replaceAll("0+$", "").replaceAll("\\.$", "") : text;
  }

  static String open(int width, int height, String title) {
    return String.format(
        Locale.ROOT,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\""
            + " font-family=\"sans-serif\" font-size=\"13\" role=\"img\">%n<title>%s</title>%n%s",
        width, height, width, height, escaped(title), text(14, 20, "start", GREY, title));
  }

  static String text(double x, double y, String anchor, String colour, String text) {
    return String.format(
        Locale.ROOT,
        "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\" fill=\"%s\">%s</text>%n",
        x, y, anchor, colour, escaped(text));
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }
}
