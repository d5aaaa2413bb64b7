package org.sparkrnn.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkrnn.RnnModel;
import org.sparkrnn.RnnTransform;

@Tag("spark")
@ExtendWith(SharedSession.class)
class ColumnChecksTest {
  private final RnnModel model = RnnModel.of(TestModels.features());

  private static Dataset<Row> frame(SparkSession session, String... columns) {
    StructType schema = new StructType();
    for (String column : columns) {
      String[] parts = column.split(" ", 2);
      schema = schema.add(parts[0], DataType.fromDDL(parts[1]));
    }
    return session.createDataFrame(List.of(), schema);
  }

  private static void refuses(
      RnnTransform transform, Dataset<Row> rows, Class<?> type, String message) {
    assertThatThrownBy(() -> transform.transform(rows)).isInstanceOf(type).hasMessage(message);
  }

  @Test
  void aMissingColumnIsNamedWithThoseThereAre(SparkSession session) {
    refuses(
        model.on("evens"),
        frame(session, "id bigint", "events array<array<float>>"),
        ColumnException.class,
        "there is no column 'evens', which spark.rnn.sequence (--sequence) names; did you mean"
            + " 'events'?; the columns are [id, events]");
    refuses(
        model.on("x").lengths("steps"),
        frame(session, "x array<array<float>>"),
        ColumnException.class,
        "there is no column 'steps', which spark.rnn.length (--length) names; the columns are [x]");
    refuses(
        model.on("x").drop("idd"),
        frame(session, "x array<array<float>>", "id int"),
        ColumnException.class,
        "there is no column 'idd', which spark.rnn.drop (--drop) names; did you mean 'id'?; the"
            + " columns are [x, id]");
  }

  @Test
  void noSequenceIsRefused(SparkSession session) {
    refuses(
        model.configured(),
        frame(session, "x array<array<float>>"),
        SettingException.class,
        "no column with sequences is named: set spark.rnn.sequence (--sequence); the columns are"
            + " [x]");
  }

  @Test
  void twoColumnsOfOneNameAreRefused(SparkSession session) {
    refuses(
        model.on("x"),
        frame(session, "x array<array<float>>", "X int"),
        ColumnException.class,
        "there are several columns 'x', which spark.rnn.sequence (--sequence) names; the columns"
            + " are [x, X]");
  }

  @ParameterizedTest
  @ValueSource(strings = {"string", "array<int>", "array<array<int>>", "array<string>", "double"})
  void otherTypesOfFeaturesAreRefused(String type, SparkSession session) {
    refuses(
        model.on("x"),
        frame(session, "x " + type),
        ColumnException.class,
        "column 'x' has type "
            + type
            + ", but the model 'features' takes array<array<float>> or array<array<double>> with"
            + " steps of 3 values, the same flattened to array<float> or array<double>, or binary");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "array<float> | string, array<string>, array<int> or array<bigint>",
        "binary | string, array<string>, array<int> or array<bigint>"
      })
  void otherTypesOfTokensAreRefused(String type, String accepted, SparkSession session) {
    refuses(
        RnnModel.of(TestModels.tokens()).on("x"),
        frame(session, "x " + type),
        ColumnException.class,
        "column 'x' has type " + type + ", but the model 'tokens' takes " + accepted);
  }

  @Test
  void withoutAVocabularyThereAreNoStrings(SparkSession session) {
    refuses(
        RnnModel.of(TestModels.plainIds()).on("x"),
        frame(session, "x string"),
        ColumnException.class,
        "column 'x' has type string, but the model 'ids' takes array<int> or array<bigint> (the"
            + " model has no vocabulary, so it takes no strings)");
  }

  @Test
  void lengthsAreWholeNumbers(SparkSession session) {
    refuses(
        model.on("x").lengths("n"),
        frame(session, "x array<array<float>>", "n double"),
        ColumnException.class,
        "column 'n' has type double, but lengths are tinyint, smallint, int or bigint");
  }

  @Test
  void anInitialStateHasTheTypeOfTheFinalState(SparkSession session) {
    RnnModel forward = RnnModel.of(TestModels.forward());
    refuses(
        forward.on("x").initialState("s"),
        frame(session, "x array<array<float>>", "s struct<c:array<float>,h:array<float>>"),
        ColumnException.class,
        "column 's' has type struct<c:array<float>,h:array<float>>, but an initial state of the"
            + " model 'forward' has the type of its final_state,"
            + " struct<cell_0:struct<c:array<float>,h:array<float>>,cell_1:struct<h:array<float>>>");
  }

  @Test
  void aNameThatIsTakenIsRefused(SparkSession session) {
    refuses(
        model.on("x"),
        frame(session, "x array<array<float>>", "Outputs int"),
        ColumnException.class,
        "a column 'outputs' would be added, but there is one: take it out with spark.rnn.drop"
            + " (--drop Outputs), or choose another name with spark.rnn.outputPrefix"
            + " (--output-prefix)");
    refuses(
        model.on("x").onBadRow("null"),
        frame(session, "x array<array<float>>", "rnn_error int"),
        ColumnException.class,
        "a column 'rnn_error' would be added, but there is one: take it out with spark.rnn.drop"
            + " (--drop rnn_error), or choose another name with spark.rnn.errorColumn"
            + " (--error-column)");
    assertThat(
            model
                .on("x")
                .drop("outputs")
                .transform(frame(session, "x array<array<float>>", "Outputs int"))
                .columns())
        .containsExactly("x", "outputs", "final_state");
    assertThat(
            model
                .on("x")
                .outputPrefix("rnn_")
                .transform(frame(session, "x array<array<float>>", "Outputs int"))
                .columns())
        .containsExactly("x", "Outputs", "rnn_outputs", "rnn_final_state");
  }

  @Test
  void outputsThatThereAreNotAreRefused(SparkSession session) {
    refuses(
        model.on("x").select("logit"),
        frame(session, "x array<array<float>>"),
        SettingException.class,
        "the model 'features' has no output 'logit'; did you mean 'logits'?; it has outputs,"
            + " last_output, final_state, both, top, logits, probabilities, tags");
    refuses(
        model.on("x").select("logits", "logits"),
        frame(session, "x array<array<float>>"),
        SettingException.class,
        "two columns 'logits' would be added: spark.rnn.select (--select) names an output twice, or"
            + " the error column is called like an output");
  }

  @Test
  void caseCountsWhereSparkSaysSo(SparkSession session) {
    SparkSession strict = session.newSession();
    strict.conf().set("spark.sql.caseSensitive", "true");

    assertThat(
            model
                .on("X")
                .transform(frame(strict, "x array<array<int>>", "X array<array<float>>"))
                .columns())
        .containsExactly("x", "X", "outputs", "final_state");
  }

  @Test
  void theSessionsSettingsHold(SparkSession session) {
    SparkSession other = session.newSession();
    other.conf().set("spark.rnn.sequence", "x");
    other.conf().set("spark.rnn.select", "logits");

    assertThat(model.configured().transform(frame(other, "x array<array<float>>")).columns())
        .containsExactly("x", "logits");
    other.conf().set("spark.rnn.selekt", "logits");
    refuses(
        model.configured(),
        frame(other, "x array<array<float>>"),
        SettingException.class,
        "there is no setting 'spark.rnn.selekt'; did you mean 'spark.rnn.select'?");
  }

  @Test
  void aModelMadeHereMustNotExceedTheLimit(SparkSession session) {
    ModelHandle handle = ModelHandle.of(TestModels.forward());
    assertThat(handle.weightBytes()).isEqualTo(4 * ((8 * 20 + 20) + (9 * 8 + 8) + (9 * 4 + 4)));
    Map<RnnKey, String> settings = Map.of(RnnKey.SEQUENCE, "x", RnnKey.BROADCAST_LIMIT, "1k");
    assertThatThrownBy(
            () -> Inference.transform(handle, settings, frame(session, "x array<array<float>>")))
        .isInstanceOf(SettingException.class)
        .hasMessage(
            "the model 'forward' has 1200 bytes of weights, more than the 1024 of"
                + " spark.rnn.broadcastLimit up to which a model travels with the job, and was not"
                + " loaded from a path that executors could read: load it from one, or raise the"
                + " limit");
  }
}
