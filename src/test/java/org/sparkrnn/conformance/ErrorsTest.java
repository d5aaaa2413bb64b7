package org.sparkrnn.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.sparkrnn.RnnModel;
import org.sparkrnn.RnnSequences;
import org.sparkrnn.spark.SharedSession;

/**
 * Where the test suites of TensorFlow want an error: the {@code errors} of {@code rnn_cases.json}.
 * Our message says what was expected and what was found.
 */
@Tag("spark")
@ExtendWith(SharedSession.class)
class ErrorsTest {
  private static final DataType FLOATS = DataTypes.createArrayType(DataTypes.FloatType);
  private static final String GRU = "{'type': 'GRUCell', 'num_units': 2}";

  @TempDir private Path folder;

  /**
   * A wrong use.
   *
   * @param use what is wrong
   * @param message of ours, or its end
   */
  private record Wrong(Use use, String message) {}

  /** A use of a model. */
  private interface Use {
    void of(Lab lab);
  }

  private static Map<String, Wrong> errors(SparkSession session) {
    Map<String, Wrong> errors = new LinkedHashMap<>();
    errors.put(
        "seq_len.scalar.static",
        new Wrong(
            lab -> gru(lab).run(RnnSequences.of(lab.rows(3, 8, 2)).lengths(4)),
            "3 sequences, but 1 lengths"));
    errors.put(
        "seq_len.rank2.dynamic",
        new Wrong(
            lab ->
                gru(lab)
                    .on("x")
                    .lengths("n")
                    .transform(
                        session.createDataFrame(
                            List.of(row(lab, 2, new int[] {4})),
                            schema("n", DataTypes.createArrayType(DataTypes.IntegerType)))),
            "column 'n' has type array<int>, but lengths are tinyint, smallint, int or bigint"));
    errors.put(
        "multi.state_not_tuple",
        new Wrong(
            lab ->
                stack(lab)
                    .on("x")
                    .initialState("s")
                    .transform(
                        session.createDataFrame(
                            List.of(row(lab, 2, new float[4])), schema("s", FLOATS))),
            " has the type of its final_state,"
                + " struct<cell_0:struct<h:array<float>>,cell_1:struct<h:array<float>>>"));
    errors.put(
        "lstm.batch_mismatch",
        new Wrong(
            lab -> gru(lab).run(RnnSequences.of(lab.rows(3, 1, 2)).initialStates(new float[2][2])),
            "3 sequences, but 2 initial states"));
    errors.put(
        "lstm.state_size",
        new Wrong(
            lab ->
                lab.lstm("rnn/basic_lstm_cell", 2, 2)
                    .model(
                        2,
                        "'cell': {'type': 'BasicLSTMCell', 'num_units': 2, 'forget_bias': 1.0,"
                            + " 'state_is_tuple': false}")
                    .run(RnnSequences.of(lab.rows(1, 1, 2)).initialStates(new float[1][6])),
            "initial state 0 has 6 values, expected 4"));
    errors.put(
        "intersection.size",
        new Wrong(
            lab ->
                lab.weight("rnn/intersection_rnn_cell/kernel", 6, 8)
                    .weight("rnn/intersection_rnn_cell/bias", 8)
                    .model(
                        4,
                        "'cell': {'type': 'IntersectionRNNCell', 'num_units': 2, 'forget_bias':"
                            + " 1.0}"),
            "Must have input size == output size for Intersection RNN"));
    errors.put(
        "glstm.unknown_input",
        new Wrong(
            lab ->
                lab.load(
                    "{'spark_rnn': 1, 'input': {'type': 'features'}, 'layers': [{'type': 'rnn',"
                        + " 'cell': "
                        + GRU
                        + "}]}"),
            "input: 'size' is missing"));
    errors.put(
        "glstm.not_divisible",
        new Wrong(
            lab ->
                lab.model(
                    3,
                    "'cell': {'type': 'GLSTMCell', 'num_units': 4, 'number_of_groups': 2,"
                        + " 'forget_bias': 1.0}"),
            "input size (3) must be divisible by number_of_groups (2)"));
    errors.put(
        "attention.length0", new Wrong(lab -> lab.model(2, attention(0, GRU)), "attn_length"));
    errors.put(
        "attention.not_cell",
        new Wrong(lab -> lab.model(2, attention(3, "'GRUCell'")), "cell: expected an object"));
    return errors;
  }

  private static String attention(int length, String cell) {
    return "'cell': {'type': 'AttentionCellWrapper', 'attn_length': "
        + length
        + ", 'cell': "
        + cell
        + "}";
  }

  private static RnnModel gru(Lab lab) {
    return lab.gru("rnn/gru_cell", 2, 2).model(2, "'cell': " + GRU);
  }

  private static RnnModel stack(Lab lab) {
    return lab.gru("rnn/multi_rnn_cell/cell_0/gru_cell", 2, 2)
        .gru("rnn/multi_rnn_cell/cell_1/gru_cell", 2, 2)
        .model(2, "'cell': {'type': 'MultiRNNCell', 'cells': [" + GRU + ", " + GRU + "]}");
  }

  private static Row row(Lab lab, int size, Object more) {
    return RowFactory.create(lab.rows(1, 8, size)[0], more);
  }

  private static StructType schema(String name, DataType type) {
    return new StructType().add("x", DataTypes.createArrayType(FLOATS)).add(name, type);
  }

  @TestFactory
  Stream<DynamicTest> everyErrorIsTold(SparkSession session) {
    return errors(session).entrySet().stream()
        .map(
            each ->
                DynamicTest.dynamicTest(
                    each.getKey(), () -> check(each.getKey(), each.getValue())));
  }

  private void check(String id, Wrong wrong) {
    assertThatThrownBy(() -> wrong.use().of(new Lab(folder)))
        .as(id)
        .hasMessageContaining(wrong.message());
    Conformance.add(Conformance.CASES, List.of(id), 0, 0);
  }

  @Test
  void noneIsLeftOut(SparkSession session) throws IOException {
    for (JsonNode node : CaseFile.list("errors")) {
      String id = node.get("id").textValue();
      assertThat(errors(session).containsKey(id) != Reasons.ALL.containsKey(id))
          .as(id + " has either a test or a reason")
          .isTrue();
    }
  }
}
