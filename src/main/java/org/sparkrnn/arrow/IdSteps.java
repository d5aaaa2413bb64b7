package org.sparkrnn.arrow;

import java.util.Arrays;
import java.util.Optional;
import org.apache.arrow.vector.BaseIntVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.sparkrnn.model.BadRow;
import org.sparkrnn.model.BadRowException;
import org.sparkrnn.model.InputSpec;
import org.sparkrnn.model.TextIds;
import org.sparkrnn.model.Vocabulary;
import org.sparkrnn.rnn.Window;

/** The readers of sequences whose steps are ids, or become ids through a vocabulary. */
abstract class IdSteps extends StepReader {
  final FieldVector column;
  int row;
  private int[] ids = new int[0];

  private IdSteps(FieldVector column) {
    this.column = column;
  }

  static Optional<StepReader> of(FieldVector column, InputSpec input) {
    boolean words = hasVocabulary(input);
    if (words && isText(column)) {
      return Optional.of(new Text(column, TextIds.of(input)));
    }
    if (!ListColumn.is(column)) {
      return Optional.empty();
    }
    FieldVector elements = ListColumn.elements(column);
    if (elements instanceof BaseIntVector) {
      int count =
          input instanceof InputSpec.Tokens tokens
              ? tokens.count()
              : ((InputSpec.Characters) input).count();
      return Optional.of(new Ids(column, count));
    }
    return words && isText(elements)
        ? Optional.of(new Words(column, TextIds.of(input)))
        : Optional.empty();
  }

  static boolean hasVocabulary(InputSpec input) {
    Vocabulary vocabulary =
        input instanceof InputSpec.Tokens tokens
            ? tokens.vocabulary()
            : ((InputSpec.Characters) input).vocabulary();
    return !vocabulary.isEmpty();
  }

  private static boolean isText(FieldVector vector) {
    ArrowType type = vector.getField().getType();
    return type instanceof ArrowType.Utf8
        || type instanceof ArrowType.LargeUtf8
        || type instanceof ArrowType.Utf8View;
  }

  @Override
  final int steps(int asked) {
    row = asked;
    if (column.isNull(row)) {
      throw nullSequence();
    }
    return count();
  }

  abstract int count();

  @Override
  final void read(int length) {
    if (ids.length < length) {
      ids = Arrays.copyOf(ids, Math.max(length, ids.length * 2));
    }
    for (int t = 0; t < length; t++) {
      ids[t] = id(t);
      if (ids[t] == Vocabulary.REFUSE) {
        throw BadRowException.because(
            BadRow.UNKNOWN_TOKEN, "step %d is not in the model's vocabulary", t);
      }
    }
  }

  /** The id of step {@code t}. */
  abstract int id(int t);

  @Override
  final void addTo(Window window, int length) {
    window.add(ids, 0, length);
  }

  /** Lists of integers. */
  private static final class Ids extends IdSteps {
    private final ListColumn rows;
    private final FieldVector elements;
    private final int count;

    Ids(FieldVector column, int count) {
      super(column);
      this.rows = ListColumn.of(column);
      this.elements = ListColumn.elements(column);
      this.count = count;
    }

    @Override
    int count() {
      return rows.size(row);
    }

    @Override
    int id(int t) {
      int at = rows.start(row) + t;
      if (elements.isNull(at)) {
        throw nullStep(t);
      }
      long id = ((BaseIntVector) elements).getValueAsLong(at);
      if (id < 0 || id >= count) {
        throw BadRowException.because(
            BadRow.ID_RANGE, "the id at step %d is outside 0 .. %d", t, count - 1);
      }
      return (int) id;
    }
  }

  /** Lists of strings, each one token. */
  private static final class Words extends IdSteps {
    private final ListColumn rows;
    private final FieldVector elements;
    private final TextIds texts;

    Words(FieldVector column, TextIds texts) {
      super(column);
      this.rows = ListColumn.of(column);
      this.elements = ListColumn.elements(column);
      this.texts = texts;
    }

    @Override
    int count() {
      return rows.size(row);
    }

    @Override
    int id(int t) {
      int at = rows.start(row) + t;
      if (elements.isNull(at)) {
        throw nullStep(t);
      }
      return texts.id(elements.getObject(at).toString());
    }
  }

  /** Strings: tokens with white space between, or Unicode code points. */
  private static final class Text extends IdSteps {
    private final TextIds texts;
    private int[] found;

    Text(FieldVector column, TextIds texts) {
      super(column);
      this.texts = texts;
    }

    @Override
    int count() {
      found = texts.ids(column.getObject(row).toString());
      return found.length;
    }

    @Override
    int id(int t) {
      return found[t];
    }
  }
}
