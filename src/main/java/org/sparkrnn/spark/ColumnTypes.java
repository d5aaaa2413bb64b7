package org.sparkrnn.spark;

import java.util.List;
import java.util.Set;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StringType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.sparkrnn.cell.StateShape;
import org.sparkrnn.model.InputSpec;
import org.sparkrnn.model.Layout;
import org.sparkrnn.model.Vocabulary;
import org.sparkrnn.rnn.Output;
import org.sparkrnn.rnn.Value;

/** Which types of columns a model takes and gives. */
final class ColumnTypes {
  private static final DataType FLOATS = DataTypes.createArrayType(DataTypes.FloatType, false);
  private static final Set<DataType> REALS = Set.of(DataTypes.FloatType, DataTypes.DoubleType);
  private static final Set<DataType> WHOLE =
      Set.of(DataTypes.ByteType, DataTypes.ShortType, DataTypes.IntegerType, DataTypes.LongType);

  private ColumnTypes() {}

  /** Whether a sequence may have this type. */
  static boolean acceptsSequence(InputSpec input, DataType type) {
    if (input instanceof InputSpec.Features) {
      return type.equals(DataTypes.BinaryType) || isReals(type) || isReals(element(type));
    }
    boolean words = !vocabulary(input).isEmpty();
    DataType element = element(type);
    return element.equals(DataTypes.IntegerType)
        || element.equals(DataTypes.LongType)
        || (words && (type instanceof StringType || element instanceof StringType));
  }

  private static boolean isReals(DataType type) {
    return REALS.contains(element(type));
  }

  private static DataType element(DataType type) {
    return type instanceof ArrayType array ? array.elementType() : DataTypes.NullType;
  }

  /** The types a sequence may have, in words. */
  static String acceptedSequences(InputSpec input) {
    if (input instanceof InputSpec.Features features) {
      return "array<array<float>> or array<array<double>> with steps of "
          + features.size()
          + " values, the same flattened to array<float> or array<double>, or binary";
    }
    return vocabulary(input).isEmpty()
        ? "array<int> or array<bigint> (the model has no vocabulary, so it takes no strings)"
        : "string, array<string>, array<int> or array<bigint>";
  }

  private static Vocabulary vocabulary(InputSpec input) {
    return input instanceof InputSpec.Tokens tokens
        ? tokens.vocabulary()
        : ((InputSpec.Characters) input).vocabulary();
  }

  /** Whether a length may have this type. */
  static boolean acceptsLength(DataType type) {
    return WHOLE.contains(type);
  }

  /** The type of a state: structs of {@code array<float>}. */
  static DataType state(StateShape shape) {
    if (shape instanceof StateShape.Struct struct) {
      return new StructType(
          struct.fields().stream()
              .map(field -> DataTypes.createStructField(field.name(), state(field.shape()), false))
              .toArray(StructField[]::new));
    }
    return FLOATS;
  }

  /** Whether two types are equal but for what may be null. */
  static boolean sameButForNulls(DataType a, DataType b) {
    if (a instanceof StructType left && b instanceof StructType right) {
      List<StructField> lefts = List.of(left.fields());
      List<StructField> rights = List.of(right.fields());
      boolean same = lefts.size() == rights.size();
      for (int i = 0; same && i < lefts.size(); i++) {
        same =
            lefts.get(i).name().equals(rights.get(i).name())
                && sameButForNulls(lefts.get(i).dataType(), rights.get(i).dataType());
      }
      return same;
    }
    if (a instanceof ArrayType left && b instanceof ArrayType right) {
      return sameButForNulls(left.elementType(), right.elementType());
    }
    return a.equals(b);
  }

  /** The type of an output's column. */
  static DataType of(Output output, Layout layout) {
    if (output instanceof Output.FinalState state) {
      return state(state.shape());
    }
    if (output instanceof Output.LastOutput) {
      return FLOATS;
    }
    if (output instanceof Output.Generated) {
      return DataTypes.createArrayType(DataTypes.IntegerType, false);
    }
    Value value = ((Output.LayerValue) output).value();
    if (value.type() == Value.Type.INT) {
      return value.perStep()
          ? DataTypes.createArrayType(DataTypes.IntegerType, false)
          : DataTypes.IntegerType;
    }
    if (!value.perStep()) {
      return FLOATS;
    }
    return switch (layout) {
      case NESTED -> DataTypes.createArrayType(FLOATS, false);
      case FLAT -> FLOATS;
      case BINARY -> DataTypes.BinaryType;
    };
  }
}
