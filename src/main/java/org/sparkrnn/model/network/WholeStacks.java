package org.sparkrnn.model.network;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.sparkrnn.model.ModelException;
import org.sparkrnn.model.cells.Variables;
import org.sparkrnn.model.json.Place;
import org.sparkrnn.model.spec.CellSpec;
import org.sparkrnn.model.spec.LayerSpec;
import org.sparkrnn.model.spec.ModelSpec;

/**
 * Refuses a network of which the weights file holds more: a stack that was found by one of its
 * cells alone, because no other had the right shape. Whoever means that cell names its scope.
 */
final class WholeStacks {
  private static final Pattern CELL = Pattern.compile("(?<=^|/)(?:cell_|Cell)\\d+(?=/)");

  private WholeStacks() {}

  /**
   * Checks all that was read.
   *
   * @throws ModelException if a cell beside a used one was left out
   */
  static void check(ModelSpec spec, Variables variables) {
    List<String> stated = new ArrayList<>();
    for (LayerSpec layer : spec.layers()) {
      if (layer instanceof LayerSpec.Rnn rnn) {
        stated.add(rnn.scope());
        rnn.levels().forEach(level -> level.forEach(cell -> add(cell, stated)));
      }
    }
    for (String name : variables.used()) {
      Matcher cell = CELL.matcher(name);
      while (cell.find()) {
        int end = cell.end();
        boolean meant =
            stated.stream().anyMatch(scope -> scope.length() >= end && name.startsWith(scope));
        if (!meant) {
          check(name.substring(0, cell.start()), name.substring(0, end), spec, variables);
        }
      }
    }
  }

  private static void add(CellSpec cell, List<String> stated) {
    if (cell instanceof CellSpec.Single single) {
      single.sources().scope().ifPresent(stated::add);
      single.sources().names().values().forEach(stated::addAll);
      single.cells().forEach(inner -> add(inner, stated));
    } else {
      ((CellSpec.Multi) cell).cells().forEach(inner -> add(inner, stated));
    }
  }

  /** Every cell that begins as {@code stem} is used as well as {@code cell}. */
  private static void check(String stem, String cell, ModelSpec spec, Variables variables) {
    for (String other : variables.names()) {
      Matcher place = CELL.matcher(other);
      if (other.startsWith(stem) && place.find(stem.length()) && place.start() == stem.length()) {
        String beside = other.substring(0, place.end());
        if (variables.used().stream().noneMatch(name -> name.startsWith(beside + "/"))) {
          throw variables.error(
              "holds the cells '"
                  + cell
                  + "' and '"
                  + beside
                  + "', but the spec uses only one of them: list both in a MultiRNNCell, or name"
                  + " the one by its 'scope'",
              place(spec));
        }
      }
    }
  }

  private static Place place(ModelSpec spec) {
    return spec.layers().stream()
        .filter(LayerSpec.Rnn.class::isInstance)
        .findFirst()
        .map(LayerSpec::place)
        .orElse(spec.place());
  }
}
