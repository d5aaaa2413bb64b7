package org.sparkrnn.spark.task;

import java.util.Arrays;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.util.ArrayData;
import org.sparkrnn.model.BadRow;
import org.sparkrnn.model.BadRowException;
import org.sparkrnn.model.TextIds;
import org.sparkrnn.model.Vocabulary;
import org.sparkrnn.rnn.Window;

/** The readers of sequences whose steps are ids, or become ids through a vocabulary. */
final class IdReaders {
  private IdReaders() {}

  /** What the three have in common. */
  private abstract static class IdSteps extends SequenceReader {
    final int ordinal;
    int[] ids = new int[0];

    IdSteps(int ordinal) {
      this.ordinal = ordinal;
    }

    @Override
    final int steps(RowSource source) {
      InternalRow row = source.row();
      if (row.isNullAt(ordinal)) {
        throw nullSequence();
      }
      return count(row);
    }

    abstract int count(InternalRow row);

    @Override
    final void read(int length) {
      if (ids.length < length) {
        ids = Arrays.copyOf(ids, Math.max(length, ids.length * 2));
      }
      for (int t = 0; t < length; t++) {
        ids[t] = id(t);
      }
    }

    /** The id of step {@code t}; asked for in order. */
    abstract int id(int t);

    @Override
    final void addTo(Window window, int length) {
      window.add(ids, 0, length);
    }

    static int known(int id, int step) {
      if (id == Vocabulary.REFUSE) {
        throw BadRowException.because(
            BadRow.UNKNOWN_TOKEN, "step %d is not in the model's vocabulary", step);
      }
      return id;
    }

    static BadRowException nullStep(int step) {
      return BadRowException.because(BadRow.NULL_ELEMENT, "step %d is null", step);
    }
  }

  /** {@code array<int>} and {@code array<bigint>}. */
  static final class Ids extends IdSteps {
    private final boolean longs;
    private final int count;
    private ArrayData array;

    Ids(int ordinal, boolean longs, int count) {
      super(ordinal);
      this.longs = longs;
      this.count = count;
    }

    @Override
    int count(InternalRow row) {
      array = row.getArray(ordinal);
      return array.numElements();
    }

    @Override
    int id(int t) {
      if (array.isNullAt(t)) {
        throw nullStep(t);
      }
      long id = longs ? array.getLong(t) : array.getInt(t);
      if (id < 0 || id >= count) {
        throw BadRowException.because(
            BadRow.ID_RANGE, "the id at step %d is outside 0 .. %d", t, count - 1);
      }
      return (int) id;
    }
  }

  /** {@code array<string>}: one token in each element. */
  static final class Tokens extends IdSteps {
    private final Vocabulary vocabulary;
    private ArrayData array;

    Tokens(int ordinal, Vocabulary vocabulary) {
      super(ordinal);
      this.vocabulary = vocabulary;
    }

    @Override
    int count(InternalRow row) {
      array = row.getArray(ordinal);
      return array.numElements();
    }

    @Override
    int id(int t) {
      if (array.isNullAt(t)) {
        throw nullStep(t);
      }
      return known(vocabulary.id(array.getUTF8String(t).toString()), t);
    }
  }

  /** {@code string}: tokens with white space between, or Unicode code points. */
  static final class Text extends IdSteps {
    private final TextIds texts;
    private int[] found;

    Text(int ordinal, TextIds texts) {
      super(ordinal);
      this.texts = texts;
    }

    @Override
    int count(InternalRow row) {
      found = texts.ids(row.getUTF8String(ordinal).toString());
      return found.length;
    }

    @Override
    int id(int t) {
      return known(found[t], t);
    }
  }
}
