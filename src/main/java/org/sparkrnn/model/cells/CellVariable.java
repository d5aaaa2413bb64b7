package org.sparkrnn.model.cells;

import java.util.List;
import java.util.function.BiFunction;
import java.util.function.ToIntFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.sparkrnn.cell.RnnCell;
import org.sparkrnn.tensor.Tensor;

/**
 * A variable of a type of cell, or a row of variables that are numbered.
 *
 * @param <C> the cell's class
 * @param role its name below the cell's scope, as TensorFlow spells it today; {@code %d} in it
 *     stands for the number
 * @param shape a {@link ShapeFormula}
 * @param condition when the cell has it
 * @param count how many there are; 1 where there is no number
 * @param from takes the variable of a number from a finished cell
 */
public record CellVariable<C extends RnnCell>(
    String role,
    String shape,
    Condition condition,
    ToIntFunction<CellSettings> count,
    BiFunction<C, Integer, Tensor> from) {

  /** Whether there are several, with numbers. */
  public boolean numbered() {
    return role.contains("%d");
  }

  /** The name of the variable of a number. */
  public String role(int index) {
    return role.replace("%d", String.valueOf(index));
  }

  /** The variables that a cell with these options has. */
  List<String> roles(CellSettings settings) {
    return condition.holds(settings)
        ? IntStream.range(0, count.applyAsInt(settings)).mapToObj(this::role).toList()
        : List.of();
  }

  /** The number in a name of this row of variables; -1 where it is another's. */
  int indexIn(String name) {
    if (!numbered()) {
      return name.equals(role) ? 0 : -1;
    }
    Matcher matcher =
        Pattern.compile(Pattern.quote(role).replace("%d", "\\E(\\d+)\\Q")).matcher(name);
    return matcher.matches() ? Integer.parseInt(matcher.group(1)) : -1;
  }

  /**
   * When a cell has a variable.
   *
   * @param kind how the option decides
   * @param option the option that decides; empty for a variable that every cell has
   * @param advice how the spec says that the cell has it
   * @param also what must hold besides
   */
  public record Condition(Kind kind, String option, String advice, List<Condition> also) {
    static final Condition ALWAYS = new Condition(Kind.ALWAYS, "", "");

    Condition(Kind kind, String option, String advice) {
      this(kind, option, advice, List.of());
    }

    /** Both. */
    Condition and(Condition other) {
      return new Condition(kind, option, advice + " and " + other.advice, List.of(other));
    }

    /** With an option that is true. */
    static Condition flag(String option) {
      return new Condition(Kind.TRUE, option, "\"" + option + "\": true");
    }

    /** With an option that is false. */
    static Condition notFlag(String option) {
      return new Condition(Kind.FALSE, option, "\"" + option + "\": false");
    }

    /** With an optional size that is given. */
    static Condition size(String option) {
      return new Condition(Kind.GIVEN, option, "'" + option + "'");
    }

    /** Without an option that could be given. */
    static Condition absent(String option) {
      return new Condition(Kind.ABSENT, option, "no '" + option + "'");
    }

    /** Never: another type has it, and a file that holds it is not this type's. */
    static Condition of(String type, String option, String advice) {
      return new Condition(Kind.NEVER, option, "\"type\": \"" + type + "\" with " + advice);
    }

    /** Whether a cell with these options has the variable. */
    boolean holds(CellSettings settings) {
      return holdsItself(settings) && also.stream().allMatch(other -> other.holds(settings));
    }

    private boolean holdsItself(CellSettings settings) {
      return switch (kind) {
        case ALWAYS -> true;
        case TRUE -> settings.flag(option);
        case FALSE -> !settings.flag(option);
        case GIVEN -> settings.given(option);
        case ABSENT -> !settings.given(option);
        case NEVER -> false;
      };
    }
  }

  /** How an option decides. */
  public enum Kind {
    /** Every cell has the variable. */
    ALWAYS,
    /** The option is true. */
    TRUE,
    /** The option is false. */
    FALSE,
    /** The option is given. */
    GIVEN,
    /** The option is not given. */
    ABSENT,
    /** No cell of the type has it. */
    NEVER
  }

  /** Whether every cell of the type has it. */
  public boolean always() {
    return condition.kind() == Kind.ALWAYS;
  }
}
