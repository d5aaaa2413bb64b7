package org.sparkrnn.model.network;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.sparkrnn.model.cells.CellForm;
import org.sparkrnn.model.cells.CellType;
import org.sparkrnn.model.cells.CellTypes;
import org.sparkrnn.model.cells.CellVariable;
import org.sparkrnn.model.cells.Variables;
import org.sparkrnn.model.json.Place;
import org.sparkrnn.model.spec.CellSpec;
import org.sparkrnn.tensor.Shape;

/**
 * Finds the variables of a cell in a weights file: the set of names under a scope decides which of
 * TensorFlow's spellings is read.
 */
final class CellFinder {
  private static final Pattern CELL = Pattern.compile("(cell_|Cell)\\d+");

  private final Variables variables;

  CellFinder(Variables variables) {
    this.variables = variables;
  }

  /**
   * A part that the scope of a cell must have.
   *
   * @param word as TensorFlow spells it now
   * @param needed whether it is nowhere left out
   * @param matches whether a part is it, in any spelling
   */
  record Step(String word, boolean needed, Predicate<String> matches) {
    /** A direction: {@code fw}, {@code FW}, {@code BiRNN_FW}. */
    static Step direction(String word) {
      return new Step(
          word,
          true,
          part -> {
            String lower = part.toLowerCase(Locale.ROOT);
            return lower.equals(word) || lower.endsWith("_" + word);
          });
    }

    /** A direction of Keras' {@code Bidirectional}: {@code forward_lstm}, {@code forward_layer}. */
    static Step kerasDirection(String word, String prefix) {
      Step direction = direction(word);
      return new Step(
          prefix,
          true,
          part ->
              direction.matches().test(part)
                  || part.equals(prefix)
                  || part.startsWith(prefix + "_"));
    }

    /** A cell of a stack: {@code cell_0}, {@code Cell0}. */
    static Step cell(int index) {
      return new Step(
          "cell_" + index,
          true,
          part -> part.equals("cell_" + index) || part.equals("Cell" + index));
    }

    /**
     * A wrapper with a scope of its own: {@code output_projection_wrapper}. The wrapped cell is in
     * it since TensorFlow 1.2; before, it was beside.
     */
    static Step wrapper(CellType<?> type) {
      Pattern names =
          Pattern.compile("(" + Pattern.quote(type.scope()) + "(_\\d+)?|" + type.word() + ")");
      return new Step(type.scope(), false, part -> names.matcher(part).matches());
    }
  }

  private static final List<Step> DIRECTIONS = List.of(Step.direction("fw"), Step.direction("bw"));
  private static final List<Step> WRAPPERS =
      CellTypes.ALL.stream().filter(CellType::wrapperScope).map(Step::wrapper).toList();

  /**
   * Where to look.
   *
   * @param scope from the file's root; empty for the whole file
   * @param steps the parts that must follow, in order, other parts between them
   */
  record Search(String scope, List<Step> steps) {
    Search then(Step step) {
      List<Step> longer = new ArrayList<>(steps);
      longer.add(step);
      return new Search(scope, List.copyOf(longer));
    }
  }

  /**
   * A scope that holds a cell's variables, in one spelling.
   *
   * @param distance how many structural parts its name has too many or lacks
   */
  private record Found(CellForm form, String dir, int distance) {
    String last() {
      return dir.substring(dir.lastIndexOf('/') + 1);
    }

    boolean isInside(Found other) {
      return dir.startsWith(other.dir + "/");
    }
  }

  /** Where a cell's own variables are, and those of the cells it wraps. */
  static Search inside(CellSpec.Single cell, Search search) {
    if (cell.sources().scope().isPresent()) {
      return new Search(cell.sources().scope().get(), List.of());
    }
    return cell.type().wrapperScope() ? search.then(Step.wrapper(cell.type())) : search;
  }

  /**
   * The variables of a cell by role.
   *
   * @param cell which
   * @param search where
   * @param kernel the shape of the first role's variable, to tell cells of different sizes apart
   */
  Map<String, List<String>> find(CellSpec.Single cell, Search search, Shape kernel) {
    Search own = inside(cell, search);
    if (!cell.sources().names().isEmpty()) {
      return cell.sources().names();
    }
    List<Found> found = candidates(cell.type(), own);
    found = cell.type().wrapperScope() ? wrappers(found, cell.type()) : cells(found);
    int nearest = found.stream().mapToInt(Found::distance).min().orElse(0);
    found = narrowed(found, candidate -> candidate.distance() == nearest);
    found = narrowed(found, candidate -> shapeIs(candidate, cell.type(), kernel));
    found = nested(found) ? narrowed(found, candidate -> named(candidate, cell.type())) : found;
    if (found.isEmpty()) {
      throw variables.error(nothing(cell.type(), own), cell.place());
    }
    if (found.size() > 1) {
      throw variables.error(several(found, cell.type(), own), cell.place());
    }
    return roles(found.get(0), cell);
  }

  /**
   * Refuses a stack of which the file holds more cells than the spec lists, once it was read.
   *
   * @param listed how many the spec lists
   * @param place where it lists them
   * @param search where the cells are, without the steps that tell one from the other
   * @param behind the steps that follow those
   */
  void refuseMore(int listed, Place place, Search search, List<Step> behind) {
    Search next = search.then(Step.cell(listed));
    for (Step step : behind) {
      next = next.then(step);
    }
    for (CellType<?> type : CellTypes.ALL) {
      for (Found more : candidates(type, next)) {
        String first = more.dir().replaceFirst("(cell_|Cell)" + listed + "(/.*)?$", "$10");
        if (variables.used().stream().anyMatch(name -> name.startsWith(first + "/"))) {
          throw variables.error(
              "holds a cell '"
                  + more.dir()
                  + "', but the spec lists only "
                  + (listed == 1 ? "one cell" : listed + " cells"),
              place);
        }
      }
    }
  }

  private List<Found> candidates(CellType<?> type, Search search) {
    if (type.anchors().isEmpty()) {
      return List.of();
    }
    List<String> names =
        variables.names().stream().filter(n -> relative(n, search.scope()) != null).toList();
    List<Found> candidates = new ArrayList<>();
    for (CellForm form : type.forms()) {
      for (String dir : form.scopes(variables, names, type)) {
        int distance = distance(relative(dir + "/", search.scope()), search.steps());
        if (distance >= 0) {
          candidates.add(new Found(form, dir, distance));
        }
      }
    }
    return candidates;
  }

  /** The candidates that pass; all of them where none does, for the message. */
  private static List<Found> narrowed(List<Found> found, Predicate<Found> test) {
    if (found.size() < 2) {
      return found;
    }
    List<Found> passed = found.stream().filter(test).toList();
    return passed.isEmpty() ? found : passed;
  }

  /** Those that have a wrapper's name; else the outer ones, as a wrapped cell is inside. */
  private static List<Found> wrappers(List<Found> found, CellType<?> type) {
    Step wrapper = Step.wrapper(type);
    if (found.stream().anyMatch(candidate -> wrapper.matches().test(candidate.last()))) {
      return narrowed(found, candidate -> wrapper.matches().test(candidate.last()));
    }
    return narrowed(found, inner -> found.stream().noneMatch(inner::isInside));
  }

  /** Those that are not a wrapper's own scope, which may hold variables of the same names. */
  private static List<Found> cells(List<Found> found) {
    return narrowed(
        found,
        candidate -> WRAPPERS.stream().noneMatch(step -> step.matches().test(candidate.last())));
  }

  /** Whether one is inside another, as a wrapped cell is inside its wrapper. */
  private static boolean nested(List<Found> found) {
    return found.stream().anyMatch(outer -> found.stream().anyMatch(i -> i.isInside(outer)));
  }

  /** Whether the scope has the type's own name, or that with a number. */
  private static boolean named(Found found, CellType<?> type) {
    return found.last().matches(Pattern.quote(type.scope()) + "(_\\d+)?");
  }

  private boolean shapeIs(Found found, CellType<?> type, Shape kernel) {
    List<String> names = found.form().find(variables, found.dir(), type.anchors().get(0));
    return names.size() > 1 || variables.shape(names.get(0)).equals(kernel);
  }

  /**
   * What of {@code name} follows {@code scope}; null where it is not under it. Old bidirectional
   * loops put the direction into the scope's own name: {@code BiRNN_FW}.
   */
  private static String relative(String name, String scope) {
    if (scope.isEmpty()) {
      return name;
    }
    // PyTorch's modules are joined by dots.
    if (name.startsWith(scope + "/") || name.startsWith(scope + ".")) {
      return name.substring(scope.length() + 1);
    }
    if (name.startsWith(scope + "_FW/") || name.startsWith(scope + "_BW/")) {
      return name.substring(scope.length() + 1);
    }
    return null;
  }

  /**
   * How many structural parts there are besides the steps, and steps left out; -1: a needed one.
   */
  private static int distance(String relative, List<Step> steps) {
    int next = 0;
    int distance = 0;
    for (String part : relative.split("/")) {
      int at = next;
      while (at < steps.size() && !steps.get(at).needed() && !steps.get(at).matches().test(part)) {
        at++;
      }
      if (at < steps.size() && steps.get(at).matches().test(part)) {
        distance += at - next;
        next = at + 1;
      } else if (structural(part)) {
        distance++;
      }
    }
    List<Step> left = steps.subList(next, steps.size());
    return left.stream().anyMatch(Step::needed) ? -1 : distance + left.size();
  }

  private static boolean structural(String part) {
    return CELL.matcher(part).matches()
        || DIRECTIONS.stream().anyMatch(direction -> direction.matches().test(part))
        || WRAPPERS.stream().anyMatch(wrapper -> wrapper.matches().test(part));
  }

  private Map<String, List<String>> roles(Found found, CellSpec.Single cell) {
    List<String> wanted = cell.type().roles(cell.settings());
    Map<String, List<String>> roles = new LinkedHashMap<>();
    for (String role : wanted) {
      List<String> names = found.form().find(variables, found.dir(), role);
      if (names.isEmpty()) {
        String option = cell.type().variable(role).condition().option();
        throw variables.error(
            "the spec sets '"
                + option
                + "', but scope '"
                + found.dir()
                + "' holds no '"
                + found.form().spelled(role).replace("#", "0")
                + "'",
            cell.place());
      }
      roles.put(role, names);
    }
    for (String role : cell.type().otherRoles(cell.settings())) {
      List<String> names = found.form().find(variables, found.dir(), role);
      if (!names.isEmpty()) {
        throw variables.error(
            "holds '"
                + names.get(0)
                + "', which this cell would leave out: use "
                + advice(role, cell.type()),
            cell.place());
      }
    }
    return roles;
  }

  private static String advice(String role, CellType<?> type) {
    CellVariable.Condition condition = type.variable(role).condition();
    String advice = condition.advice();
    return condition.kind() == CellVariable.Kind.NEVER
        ? advice
        : "\"type\": \"" + type.word() + "\" with " + advice;
  }

  private String nothing(CellType<?> type, Search search) {
    StringBuilder message = new StringBuilder("no variables of a ").append(type.word());
    message.append(" under ").append(shown(search)).append("; looked for ");
    message.append(
        type.forms().stream()
            .map(
                form ->
                    type.anchors().stream()
                        .map(role -> form.spelled(role).replace("#", "0"))
                        .collect(Collectors.joining(" + ")))
            .collect(Collectors.joining(", or ")));
    List<String> inside =
        variables.names().stream().filter(n -> relative(n, search.scope()) != null).toList();
    Map<String, String> could = new LinkedHashMap<>();
    for (CellType<?> other : CellTypes.ALL) {
      if (other != type) {
        candidates(other, search).forEach(found -> could.putIfAbsent(found.dir(), other.word()));
      }
    }
    String others =
        could.entrySet().stream()
            .map(entry -> "'" + entry.getKey() + "' could be a " + entry.getValue())
            .limit(4)
            .collect(Collectors.joining(", "));
    if (!others.isEmpty()) {
      message.append("; ").append(others);
    } else if (inside.isEmpty()) {
      message.append("; no variable is under that scope: the file holds ");
      message.append(variables.shown(variables.names(), 10));
    } else {
      message.append("; under the scope are ").append(variables.shown(inside, 10));
    }
    return message.toString();
  }

  private String several(List<Found> found, CellType<?> type, Search search) {
    String list =
        found.stream()
            .limit(8)
            .map(
                candidate ->
                    variables.shown(
                        candidate
                            .form()
                            .find(variables, candidate.dir(), type.anchors().get(0))
                            .get(0)))
            .collect(Collectors.joining(", "));
    return found.size()
        + " cells could be the "
        + type.word()
        + " under "
        + shown(search)
        + ": "
        + list
        + "; name one by its 'scope'";
  }

  private static String shown(Search search) {
    String steps =
        search.steps().stream().map(Step::word).collect(Collectors.joining("' and '", "'", "'"));
    return (search.scope().isEmpty() ? "the file's root" : "scope '" + search.scope() + "'")
        + (search.steps().isEmpty() ? "" : " with " + steps + " in their names");
  }
}
