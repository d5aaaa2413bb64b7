package org.sparkrnn.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.sparkrnn.RnnModel;
import org.sparkrnn.cell.Activation;
import org.sparkrnn.cell.FlatStateCell;
import org.sparkrnn.cell.MultiRnnCell;
import org.sparkrnn.cell.OutputProjectionWrapper;
import org.sparkrnn.cell.RnnCell;
import org.sparkrnn.model.InputSpec;
import org.sparkrnn.model.SequenceModel;
import org.sparkrnn.oracle.RandomNetworks;
import org.sparkrnn.rnn.Layer;
import org.sparkrnn.rnn.Network;

/** {@code state_is_tuple=False} changes the state's structure and no number. */
@Tag("spark")
@ExtendWith(SharedSession.class)
class FlatStateTest {
  private static final int SIZE = 3;
  private static final StructType SCHEMA =
      new StructType()
          .add("id", "int", false)
          .add("x", DataTypes.createArrayType(DataTypes.FloatType, false), false);

  private final RandomNetworks random = new RandomNetworks(81);

  private List<RnnCell> cells() {
    RnnCell projected =
        new OutputProjectionWrapper(
            new MultiRnnCell(List.of(random.lstm(SIZE, 2), random.gru(2, 4))),
            random.tensor(4, 2),
            random.tensor(2),
            Activation.LINEAR);
    return List.of(
        random.lstm(SIZE, 4),
        random.fullLstm(SIZE, 4, 2),
        random.gru(SIZE, 4),
        new MultiRnnCell(
            List.of(new FlatStateCell(random.lstm(SIZE, 2)), random.gru(2, 3), random.lstm(3, 2))),
        projected);
  }

  /** Executors know a model by its fingerprint. */
  private static final AtomicInteger MODELS = new AtomicInteger();

  private RnnModel model(RnnCell cell) {
    Network network =
        new Network(
            new Network.Input.Features(SIZE),
            List.of(new Layer.Rnn("rnn", List.of(cell), Layer.Merge.CONCAT)));
    List<String> select = List.of("outputs", "final_state");
    String fingerprint = getClass().getSimpleName() + MODELS.getAndIncrement();
    return RnnModel.of(
        new SequenceModel("m", new InputSpec.Features(SIZE), network, select, fingerprint));
  }

  private Dataset<Row> frame(SparkSession session) {
    List<Row> rows = new ArrayList<>();
    for (int id = 0; id < 9; id++) {
      rows.add(RowFactory.create(id, random.floats(SIZE * id)));
    }
    return session.createDataFrame(rows, SCHEMA).repartition(2);
  }

  @Test
  void onlyTheStructureOfTheStateIsAnother(SparkSession session) {
    Dataset<Row> frame = frame(session);
    for (RnnCell cell : cells()) {
      String what = cell.getClass().getSimpleName();
      Dataset<Row> parts = model(cell).on("x").transform(frame);
      Dataset<Row> flat = model(new FlatStateCell(cell)).on("x").transform(frame);
      assertThat(flat.schema().apply("final_state").dataType().sql())
          .as(what)
          .isEqualTo("STRUCT<state: ARRAY<FLOAT> NOT NULL>");
      List<Row> expected = parts.orderBy("id").collectAsList();
      List<Row> found = flat.orderBy("id").collectAsList();
      assertThat(found).hasSize(9);
      for (int i = 0; i < found.size(); i++) {
        Object outputs = found.get(i).getAs("outputs");
        Object wanted = expected.get(i).getAs("outputs");
        assertThat(Bits.of(outputs)).as(what).isEqualTo(Bits.of(wanted));
        assertThat(floats(found.get(i).getAs("final_state")))
            .as(what)
            .isEqualTo(floats(expected.get(i).getAs("final_state")));
      }
    }
  }

  @Test
  void aFlatStateIsTakenUpAgain(SparkSession session) {
    for (RnnCell cell : cells()) {
      RnnModel parts = model(cell);
      RnnModel flat = model(new FlatStateCell(cell));
      Dataset<Row> frame = frame(session);
      List<Row> expected = twice(parts, frame).orderBy("id").collectAsList();
      List<Row> found = twice(flat, frame).orderBy("id").collectAsList();
      for (int i = 0; i < found.size(); i++) {
        assertThat(floats(found.get(i).getAs("final_state")))
            .as(cell.getClass().getSimpleName())
            .isEqualTo(floats(expected.get(i).getAs("final_state")));
      }
    }
  }

  private static Dataset<Row> twice(RnnModel model, Dataset<Row> frame) {
    Dataset<Row> once =
        model
            .on("x")
            .select("final_state")
            .transform(frame)
            .withColumnRenamed("final_state", "state");
    return model.on("x").initialState("state").select("final_state").transform(once);
  }

  /** All floats of a state in order. */
  private static List<Integer> floats(Object state) {
    List<Integer> all = new ArrayList<>();
    if (state instanceof Row row) {
      for (int i = 0; i < row.length(); i++) {
        Object part = row.get(i);
        if (part instanceof Row) {
          all.addAll(floats(part));
        } else {
          row.<Float>getList(i).forEach(value -> all.add(Float.floatToRawIntBits(value)));
        }
      }
    }
    return all;
  }
}
