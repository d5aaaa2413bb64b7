package org.sparkrnn.model.cells;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToIntFunction;
import java.util.function.ToLongFunction;
import org.sparkrnn.cell.RnnCell;
import org.sparkrnn.model.cells.CellVariable.Condition;
import org.sparkrnn.tensor.Tensor;

/**
 * A type of cell: all that specs and weights files say of it, in one declaration from which the
 * parser, the finder, the builder, the writer and the description work.
 *
 * @param <C> the class of its cells
 */
public final class CellType<C extends RnnCell> {
  /** What a type has inside. */
  public enum Inner {
    /** Nothing: a cell of its own. */
    NONE,
    /** One cell, under {@code cell}. */
    ONE,
    /** A list of cells, under {@code cells}. */
    MANY
  }

  private final String word;
  private final Class<C> cells;
  private final Map<CellOption<?>, Function<C, ?>> options = new LinkedHashMap<>();
  private final List<CellVariable<C>> variables = new ArrayList<>();
  private final Map<String, ToLongFunction<CellSettings>> sizes = new HashMap<>();
  private final Map<String, String> fallbacks = new HashMap<>();
  private final Map<String, String> spellings = new HashMap<>();
  private final List<Map<String, String>> eras = new ArrayList<>();
  private Function<CellParts, RnnCell> maker;
  private Inner inner = Inner.NONE;
  private Function<C, List<RnnCell>> innerCells = cell -> List.of();
  private ToIntFunction<CellParts> innerInput = CellParts::inputSize;
  private Consumer<CellParts> requirement = parts -> {};
  private Predicate<C> some = cell -> true;
  private boolean canonical = true;
  private boolean scoped = true;
  private String scope;

  private CellType(String word, Class<C> cells) {
    this.word = word;
    this.cells = cells;
    this.scope = snake(word);
  }

  /**
   * Begins a declaration.
   *
   * @param word the type in a spec: TensorFlow's name of the class
   * @param cells the class of its cells
   */
  static <C extends RnnCell> CellType<C> of(String word, Class<C> cells) {
    return new CellType<>(word, cells);
  }

  /** An option, and where a finished cell has its value. */
  <T> CellType<C> option(CellOption<T> option, Function<C, T> from) {
    options.put(option, from);
    return this;
  }

  /** An option of a type that is never written. */
  <T> CellType<C> takes(CellOption<T> option) {
    return option(option, CellType::notWritten);
  }

  /** A variable of a type that is never written. */
  CellType<C> reads(String role, String shape, Condition condition) {
    return variable(role, shape, condition, CellType::notWritten);
  }

  private static <T> T notWritten(RnnCell cell) {
    throw new IllegalStateException("no " + cell.getClass().getSimpleName() + " is written so");
  }

  /** A name for use in shapes besides {@code input} and the options that are sizes. */
  public CellType<C> size(String name, ToLongFunction<CellSettings> value) {
    sizes.put(name, value);
    return this;
  }

  /** An optional size, and the name of the one that stands in where it is not given. */
  CellType<C> sizeOr(String option, String otherwise) {
    fallbacks.put(option, otherwise);
    return this;
  }

  /** An argument of TensorFlow's that changes nothing here. */
  CellType<C> ignores(String... arguments) {
    for (String argument : arguments) {
      option(CellOption.ignored(argument), cell -> CellOption.IGNORED);
    }
    return this;
  }

  /** A variable that every cell has. */
  public CellType<C> variable(String role, String shape, Function<C, Tensor> from) {
    return variable(role, shape, Condition.ALWAYS, from);
  }

  /** A variable that some cells have. */
  public CellType<C> variable(
      String role, String shape, Condition condition, Function<C, Tensor> from) {
    variables.add(
        new CellVariable<>(role, shape, condition, settings -> 1, (cell, i) -> from.apply(cell)));
    return this;
  }

  /**
   * Variables with numbers that some cells have.
   *
   * @param role their names, {@code %d} in place of the number
   * @param count how many a cell with these options has
   */
  public CellType<C> variables(
      String role,
      String shape,
      Condition condition,
      ToIntFunction<CellSettings> count,
      BiFunction<C, Integer, Tensor> from) {
    variables.add(new CellVariable<>(role, shape, condition, count, from));
    return this;
  }

  /**
   * Another era's names.
   *
   * @param roleAndName by turns a role and its name; a name that ends in {@code #} is a variable in
   *     pieces: {@code W_0}, {@code W_1}, ...
   */
  CellType<C> era(String... roleAndName) {
    Map<String, String> era = new LinkedHashMap<>();
    for (int i = 0; i < roleAndName.length; i += 2) {
      era.put(roleAndName[i], roleAndName[i + 1]);
    }
    eras.add(era);
    return this;
  }

  /** Today's name of a variable, where its role is not that: {@code W_f_0} of {@code W_f_0_#}. */
  CellType<C> spelled(String role, String name) {
    spellings.put(role, name);
    return this;
  }

  /** The names of TensorFlow before 1.2, where they differ only in the last word. */
  CellType<C> eraOfWeightsAndBiases() {
    Map<String, String> era = new LinkedHashMap<>();
    for (CellVariable<C> variable : variables) {
      era.put(
          variable.role(),
          variable.role().replaceAll("kernel$", "weights").replaceAll("bias$", "biases"));
    }
    eras.add(era);
    return this;
  }

  /** The default scope, where it is not the type's name in snake case. */
  public CellType<C> scope(String name) {
    scope = name;
    return this;
  }

  /** The variables stand in the scope around the cell: it has none of its own. */
  CellType<C> withoutScope() {
    scoped = false;
    return this;
  }

  /** A wrapper of one cell. */
  CellType<C> wraps(Function<C, RnnCell> from) {
    inner = Inner.ONE;
    innerCells = cell -> List.of(from.apply(cell));
    return this;
  }

  /** A cell with several inside. */
  CellType<C> wrapsMany(Function<C, List<RnnCell>> from) {
    inner = Inner.MANY;
    innerCells = from;
    return this;
  }

  /** The width of the inner cells' input, where it is not the type's own. */
  public CellType<C> innerInput(ToIntFunction<CellParts> width) {
    innerInput = width;
    return this;
  }

  /**
   * What options and the inputs' width must fulfil, checked before variables are looked for.
   *
   * @param check throws {@link IllegalArgumentException}
   */
  CellType<C> requires(Consumer<CellParts> check) {
    requirement = check;
    return this;
  }

  /** Other cells of the class are of other types. */
  CellType<C> only(Predicate<C> test) {
    some = test;
    return this;
  }

  /** Another type is written for such cells. */
  CellType<C> alias() {
    canonical = false;
    return this;
  }

  /** Ends the declaration: how a cell is made. */
  public CellType<C> make(Function<CellParts, RnnCell> from) {
    maker = from;
    Map<String, String> today = new LinkedHashMap<>();
    variables.forEach(variable -> today.put(variable.role(), variable.role()));
    today.putAll(spellings);
    eras.add(0, today);
    return this;
  }

  /** {@code BasicLSTMCell} to {@code basic_lstm_cell}, as TensorFlow names scopes. */
  private static String snake(String word) {
    return word.substring(word.indexOf('.') + 1)
        .replaceAll("([a-z0-9])([A-Z])", "$1_$2")
        .replaceAll("([A-Z]+)([A-Z][a-z])", "$1_$2")
        .toLowerCase(Locale.ROOT);
  }

  public String word() {
    return word;
  }

  public String scope() {
    return scope;
  }

  public Inner inner() {
    return inner;
  }

  /** Whether its cells are wrappers with a scope, below which the wrapped cell's is. */
  public boolean wrapperScope() {
    return inner == Inner.ONE && scoped && !variables.isEmpty();
  }

  public List<CellOption<?>> options() {
    return List.copyOf(options.keySet());
  }

  public List<CellVariable<C>> variables() {
    return List.copyOf(variables);
  }

  /** The spellings of each era, today's first. */
  public List<CellForm> forms() {
    return eras.stream().map(CellForm::new).toList();
  }

  /** Today's name of a role's variable, in one piece. */
  public String written(String role) {
    return forms().get(0).spelled(role).replace("#", "0");
  }

  /** The roles by which a cell is recognised. */
  public List<String> anchors() {
    return variables.stream().filter(CellVariable::always).map(v -> v.role(0)).toList();
  }

  /** The roles that a cell with these options has. */
  public List<String> roles(CellSettings settings) {
    return variables.stream().flatMap(variable -> variable.roles(settings).stream()).toList();
  }

  /** The roles that only a cell with other options has: of numbered ones the next. */
  public List<String> otherRoles(CellSettings settings) {
    List<String> others = new ArrayList<>();
    for (CellVariable<C> variable : variables) {
      int present = variable.roles(settings).size();
      if (present == 0 || variable.numbered()) {
        others.add(variable.role(present));
      }
    }
    return others;
  }

  /** The variable of a role. */
  public CellVariable<C> variable(String role) {
    return variables.stream().filter(v -> v.indexIn(role) >= 0).findFirst().orElseThrow();
  }

  /** The name of the size that stands in for one that is not given. */
  public Optional<String> otherwise(String name) {
    return Optional.ofNullable(fallbacks.get(name));
  }

  /** A size that is no option's and not the input's. */
  public long size(String name, CellSettings settings) {
    ToLongFunction<CellSettings> size = sizes.get(name);
    return size == null ? settings.integer(name) : size.applyAsLong(settings);
  }

  public int innerInput(CellParts parts) {
    return innerInput.applyAsInt(parts);
  }

  public void check(CellParts parts) {
    requirement.accept(parts);
  }

  public RnnCell make(CellParts parts) {
    return maker.apply(parts);
  }

  /** Whether {@code cell} is written as this type. */
  boolean writes(RnnCell cell) {
    return canonical && cells.isInstance(cell) && some.test(cells.cast(cell));
  }

  /** The options of a finished cell. */
  public CellSettings settings(RnnCell cell) {
    Map<CellOption<?>, Object> values = new LinkedHashMap<>();
    options.forEach((option, from) -> values.put(option, from.apply(cells.cast(cell))));
    return new CellSettings(values);
  }

  /** The variables of a finished cell by role. */
  public Map<String, Tensor> tensors(RnnCell cell) {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    for (String role : roles(settings(cell))) {
      CellVariable<C> variable = variable(role);
      tensors.put(role, variable.from().apply(cells.cast(cell), variable.indexIn(role)));
    }
    return tensors;
  }

  /** The cells inside a finished cell. */
  public List<RnnCell> innerCells(RnnCell cell) {
    return innerCells.apply(cells.cast(cell));
  }
}
