package org.sparkrnn.spark.task;

import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StringType;
import org.sparkrnn.model.BadRow;
import org.sparkrnn.model.BadRowException;
import org.sparkrnn.model.InputSpec;
import org.sparkrnn.model.TextIds;
import org.sparkrnn.model.Vocabulary;
import org.sparkrnn.rnn.Window;

/**
 * Reads a row's sequence column. For each row {@link #steps}, then, when the length is known,
 * {@link #read}, then {@link #addTo}. Only the first {@code length} steps are looked at. One per
 * task.
 */
abstract class SequenceReader {

  /**
   * How many steps the row at hand has.
   *
   * @throws BadRowException if the sequence is null or not a whole number of steps
   */
  abstract int steps(RowSource source);

  /**
   * Reads the first {@code length} steps of the row at hand.
   *
   * @throws BadRowException if one of them cannot be computed
   */
  abstract void read(int length);

  /** Adds the steps that were read last. */
  abstract void addTo(Window window, int length);

  /** The reader for a column of a type that the driver accepted for the model. */
  static SequenceReader of(InputSpec input, Inputs.Field column) {
    DataType type = column.type();
    if (input instanceof InputSpec.Features features) {
      if (type.equals(DataTypes.BinaryType)) {
        return new FeatureReaders.Binary(column.ordinal(), features.size());
      }
      DataType element = ((ArrayType) type).elementType();
      return element instanceof ArrayType inner
          ? new FeatureReaders.Nested(column.ordinal(), inner.elementType(), features.size())
          : new FeatureReaders.Flat(column.ordinal(), element, features.size());
    }
    if (type instanceof StringType) {
      return new IdReaders.Text(column.ordinal(), TextIds.of(input));
    }
    ArrayType array = (ArrayType) type;
    return input instanceof InputSpec.Tokens tokens
        ? ids(array, column.ordinal(), tokens.vocabulary(), tokens.count())
        : ids(
            array,
            column.ordinal(),
            ((InputSpec.Characters) input).vocabulary(),
            ((InputSpec.Characters) input).count());
  }

  private static SequenceReader ids(ArrayType type, int ordinal, Vocabulary vocabulary, int count) {
    return type.elementType() instanceof StringType
        ? new IdReaders.Tokens(ordinal, vocabulary)
        : new IdReaders.Ids(ordinal, type.elementType().equals(DataTypes.LongType), count);
  }

  static BadRowException nullSequence() {
    return BadRowException.because(BadRow.NULL_SEQUENCE, "the sequence is null");
  }
}
