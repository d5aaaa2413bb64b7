package org.sparkrnn.model.spec;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.sparkrnn.model.Spelling;
import org.sparkrnn.model.cells.CellOption;
import org.sparkrnn.model.cells.CellSettings;
import org.sparkrnn.model.cells.CellType;
import org.sparkrnn.model.cells.CellTypes;
import org.sparkrnn.model.json.SpecObject;
import org.sparkrnn.model.spec.CellSpec.Sources;

/** Reads the cells of a spec. */
public final class CellParser {
  public static final String MULTI = "MultiRNNCell";
  public static final String STATE_IS_TUPLE = "state_is_tuple";
  private static final List<String> TYPES = types();

  private CellParser() {}

  /** The keys of each type of cell, by the type's word. */
  static final Map<String, Set<String>> KEYS = keys();

  private static List<String> types() {
    List<String> types = new ArrayList<>();
    CellTypes.ALL.stream().map(CellType::word).forEach(types::add);
    types.add(MULTI);
    return List.copyOf(types);
  }

  private static Map<String, Set<String>> keys() {
    Map<String, Set<String>> keys = new HashMap<>();
    keys.put(MULTI, Set.of("type", "cells", STATE_IS_TUPLE));
    for (CellType<?> type : CellTypes.ALL) {
      Set<String> own = new HashSet<>(Set.of("type", STATE_IS_TUPLE));
      type.options().forEach(option -> own.add(option.key()));
      if (!type.variables().isEmpty()) {
        own.addAll(Set.of("scope", "variables"));
      }
      switch (type.inner()) {
        case NONE -> {}
        case ONE -> own.add("cell");
        case MANY -> own.add("cells");
      }
      keys.put(type.word(), Set.copyOf(own));
    }
    return Map.copyOf(keys);
  }

  static CellSpec parse(SpecObject cell) {
    String word = type(cell);
    cell.only(KEYS.get(word));
    boolean flatState = !cell.bool(STATE_IS_TUPLE, true);
    if (word.equals(MULTI)) {
      return new CellSpec.Multi(cell.place(), many(cell), flatState);
    }
    CellType<?> type = CellTypes.of(word);
    Map<CellOption<?>, Object> values = new LinkedHashMap<>();
    type.options().forEach(option -> values.put(option, option.read(cell)));
    CellSettings settings = new CellSettings(values);
    if (cell.has("proj_clip") && settings.integer("num_proj") == 0) {
      cell.refuse("proj_clip", "has no meaning without 'num_proj'");
    }
    List<CellSpec> cells =
        switch (type.inner()) {
          case NONE -> List.of();
          case ONE -> List.of(parse(cell.object("cell")));
          case MANY -> many(cell);
        };
    return new CellSpec.Single(
        cell.place(), type, settings, flatState, sources(cell, type, settings), cells);
  }

  private static String type(SpecObject cell) {
    String word = cell.text("type", "a type of cell, such as LSTMCell");
    if (TYPES.contains(word)) {
      return word;
    }
    String missing = CellTypes.NOT_RUN.get(word);
    throw cell.place()
        .key("type")
        .error(
            missing != null
                ? "a " + word + " does not run here: " + missing
                : "no type of cell is called '"
                    + word
                    + "'"
                    + Spelling.hint(word, TYPES)
                    + "; the documentation's page cells.md lists them all");
  }

  private static List<CellSpec> many(SpecObject cell) {
    return cell.entries("cells", "a list of at least one cell").stream()
        .map(entry -> parse(entry.object()))
        .toList();
  }

  private static Sources sources(SpecObject cell, CellType<?> type, CellSettings settings) {
    Optional<String> scope = LayerParser.scope(cell);
    Map<String, List<String>> names = new LinkedHashMap<>();
    if (cell.has("variables")) {
      cell.refuse("scope", "give 'scope' or 'variables', not both");
      SpecObject variables = cell.object("variables");
      List<String> roles = type.roles(settings);
      variables.only(Set.copyOf(roles));
      for (String role : roles) {
        variables.required(role, "the variable's full name in the weights file");
        names.put(role, variables.names(role));
      }
    }
    return new Sources(scope, names);
  }
}
