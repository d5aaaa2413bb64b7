package org.sparkrnn.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.sparkrnn.cell.Activation;
import org.sparkrnn.model.CellSpec.Lstm;
import org.sparkrnn.model.CellSpec.Sources;
import org.sparkrnn.model.CellSpec.Type;

/** Reads the cells of a spec. */
final class CellParser {
  private static final String MULTI = "MultiRNNCell";
  private static final List<String> TYPES = types();

  private CellParser() {}

  /** The keys of each type of cell, by the type's word. */
  static final Map<String, Set<String>> KEYS = keys();

  private static List<String> types() {
    List<String> types = new ArrayList<>();
    Arrays.stream(Type.values()).map(Type::word).forEach(types::add);
    types.add(MULTI);
    return List.copyOf(types);
  }

  private static Map<String, Set<String>> keys() {
    Map<String, Set<String>> keys = new HashMap<>();
    keys.put(MULTI, Set.of("type", "cells"));
    for (Type type : Type.values()) {
      Set<String> own = new HashSet<>(Set.of("type", "num_units", "activation"));
      own.addAll(Set.of("scope", "variables"));
      if (type.lstm()) {
        own.addAll(Set.of("forget_bias", "recurrent_activation"));
      }
      if (type == Type.LSTM) {
        own.addAll(Set.of("use_peepholes", "cell_clip", "num_proj", "proj_clip"));
      }
      keys.put(type.word(), Set.copyOf(own));
    }
    return Map.copyOf(keys);
  }

  static CellSpec parse(SpecObject cell) {
    String word = cell.word("type", TYPES);
    cell.only(KEYS.get(word));
    if (word.equals(MULTI)) {
      return new CellSpec.Multi(
          cell.place(),
          cell.entries("cells", "a list of at least one cell").stream()
              .map(entry -> parse(entry.object()))
              .toList());
    }
    Type type =
        Arrays.stream(Type.values()).filter(t -> t.word().equals(word)).findFirst().orElseThrow();
    Lstm lstm = type.lstm() ? lstm(cell) : Lstm.NONE;
    return new CellSpec.Single(
        cell.place(),
        type,
        cell.integer("num_units", 1),
        cell.activation("activation", Activation.TANH),
        lstm,
        sources(cell, type, lstm));
  }

  private static Lstm lstm(SpecObject cell) {
    if (!cell.has("forget_bias")) {
      throw cell.place()
          .error(
              "'forget_bias' is missing: TensorFlow adds it when the cell runs, so no weights file"
                  + " records it. TensorFlow's default is 1.0; weights from Keras, PyTorch or"
                  + " cuDNN already contain it, for them it is 0.0");
    }
    int numProj = cell.optionalInteger("num_proj", 1).orElse(0);
    if (numProj == 0) {
      cell.refuse("proj_clip", "has no meaning without 'num_proj'");
    }
    return new Lstm(
        cell.number("forget_bias", "a number"),
        cell.activation("recurrent_activation", Activation.SIGMOID),
        cell.bool("use_peepholes", false),
        cell.bound("cell_clip"),
        numProj,
        cell.bound("proj_clip"));
  }

  private static Sources sources(SpecObject cell, Type type, Lstm lstm) {
    Optional<String> scope = LayerParser.scope(cell);
    Map<String, List<String>> names = new LinkedHashMap<>();
    if (cell.has("variables")) {
      cell.refuse("scope", "give 'scope' or 'variables', not both");
      SpecObject variables = cell.object("variables");
      List<String> roles = CellForm.roles(type, lstm);
      variables.only(Set.copyOf(roles));
      for (String role : roles) {
        variables.required(role, "the variable's full name in the weights file");
        names.put(role, variables.names(role));
      }
    }
    return new Sources(scope, names);
  }
}
