package org.sparkrnn.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
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
import org.sparkrnn.RnnOutputs;
import org.sparkrnn.RnnSequences;
import org.sparkrnn.cell.Activation;
import org.sparkrnn.model.InputSpec;
import org.sparkrnn.model.SequenceModel;
import org.sparkrnn.model.Vocabulary;
import org.sparkrnn.oracle.RandomNetworks;
import org.sparkrnn.rnn.Layer;
import org.sparkrnn.rnn.Loop;
import org.sparkrnn.rnn.Network;

/** The loops that are more than a step after the other, as columns and over arrays. */
@Tag("spark")
@ExtendWith(SharedSession.class)
class LoopsTransformTest {
  private static final int IDS = 5;
  private static final StructType SCHEMA =
      new StructType()
          .add("id", "int", false)
          .add("ids", DataTypes.createArrayType(DataTypes.IntegerType))
          .add("n", "int");

  private final RandomNetworks random = new RandomNetworks(61);

  private static RnnModel model(String name, Layer... layers) {
    Vocabulary none = new Vocabulary(Map.of(), Vocabulary.REFUSE);
    Network network = new Network(new Network.Input.Ids(IDS), List.of(layers));
    return RnnModel.of(
        new SequenceModel(
            name, new InputSpec.Tokens(IDS, none), network, List.of("final_state"), name));
  }

  private RnnModel generating() {
    return model(
        "generating",
        new Layer.Embedding("embedding", random.tensor(IDS, 4)),
        new Layer.Rnn(
            "rnn",
            new Loop.Generate(6, 0),
            List.of(new Layer.Level(List.of(random.lstm(4, 7)))),
            Layer.Merge.CONCAT),
        new Layer.Dense("logits", random.tensor(7, IDS), random.tensor(IDS), Activation.LINEAR));
  }

  private static List<Row> rows() {
    Random random = new Random(62);
    List<Row> rows = new ArrayList<>();
    for (int id = 0; id < 40; id++) {
      int[] ids = random.ints(random.nextInt(9), 0, IDS).toArray();
      rows.add(RowFactory.create(id, ids, random.nextInt(ids.length + 1)));
    }
    return rows;
  }

  private static Dataset<Row> frame(SparkSession session) {
    return session.createDataFrame(rows(), SCHEMA).repartition(3);
  }

  private static int[] prompt(Row row) {
    return Arrays.copyOf(row.<int[]>getAs(1), row.getInt(2));
  }

  private static List<Integer> ints(int[] values) {
    return Arrays.stream(values).boxed().toList();
  }

  @Test
  void whatARowGeneratesIsAColumn(SparkSession session) {
    RnnModel model = generating();
    List<Row> found =
        model
            .on("ids")
            .lengths("n")
            .select("generated", "final_state")
            .transform(frame(session))
            .orderBy("id")
            .collectAsList();
    int ended = 0;
    for (int i = 0; i < found.size(); i++) {
      RnnOutputs alone = model.run(new int[][] {prompt(rows().get(i))});
      List<Integer> generated = found.get(i).getList(3);
      assertThat(generated).as("row %d", i).isEqualTo(ints(alone.ints("generated", 0)));
      assertThat(generated.size()).isLessThanOrEqualTo(6);
      float[] flat = alone.floats("final_state", 0);
      assertThat(Bits.of(found.get(i).get(4)))
          .isEqualTo(List.of(Bits.of(flat, 0, 7), Bits.of(flat, 7, 14)));
      ended += generated.contains(0) ? 1 : 0;
    }
    assertThat(ended).as("rows that reached the stop id").isBetween(1, found.size() - 1);
  }

  @Test
  void aModelThatGeneratesHasNoOtherOutputsAndNoSteps(SparkSession session) {
    RnnModel model = generating();
    assertThatThrownBy(() -> model.on("ids").select("outputs").transform(frame(session)).schema())
        .hasMessage(
            "the model 'generating' has no output 'outputs'; it has generated, final_state");
    assertThatThrownBy(model::stepper)
        .hasMessage(
            "the model 'generating' cannot be run step by step: it generates, so its input is a"
                + " whole prompt");
  }

  @Test
  void kerasGivesOneOutputForARow(SparkSession session) {
    RnnModel model =
        model(
            "keras",
            new Layer.Embedding("embedding", random.tensor(IDS, 4), true),
            new Layer.Rnn(
                "rnn",
                new Loop.Keras(false, false, false),
                List.of(new Layer.Level(List.of(random.gru(4, 3), random.gru(4, 2)))),
                Layer.Merge.CONCAT));
    List<Row> found =
        model
            .on("ids")
            .lengths("n")
            .select("outputs", "last_output")
            .transform(frame(session))
            .orderBy("id")
            .collectAsList();
    for (int i = 0; i < found.size(); i++) {
      RnnOutputs alone = model.run(new int[][] {prompt(rows().get(i))});
      List<Object> expected = Bits.of(alone.floats("outputs", 0), 0, 5);
      assertThat(Bits.of(found.get(i).get(3))).as("row %d", i).isEqualTo(expected);
      assertThat(Bits.of(found.get(i).get(4))).as("row %d", i).isEqualTo(expected);
    }
  }

  @Test
  void aStacksStateComesBackAsItsInitialState(SparkSession session) {
    RnnModel model =
        model(
            "stack",
            new Layer.OneHot("one_hot", IDS),
            RandomNetworks.stack(
                "stack",
                List.of(random.lstm(IDS, 3), random.gru(IDS, 2)),
                List.of(random.gru(5, 4), random.lstm(5, 1))));
    Dataset<Row> once =
        model.on("ids").lengths("n").select("final_state").transform(frame(session));
    assertThat(once.schema().apply("final_state").dataType().simpleString())
        .isEqualTo(
            "struct<fw:struct<cell_0:struct<c:array<float>,h:array<float>>,cell_1:"
                + "struct<h:array<float>>>,bw:struct<cell_0:struct<h:array<float>>,cell_1:"
                + "struct<c:array<float>,h:array<float>>>>");
    List<Row> twice =
        model
            .on("ids")
            .lengths("n")
            .initialState("final_state")
            .drop("final_state")
            .select("final_state")
            .transform(once)
            .orderBy("id")
            .collectAsList();
    for (int i = 0; i < twice.size(); i++) {
      int[][] prompt = {prompt(rows().get(i))};
      float[][] state = {model.run(prompt).floats("final_state", 0)};
      float[] expected =
          model.run(RnnSequences.of(prompt).initialStates(state)).floats("final_state", 0);
      List<Object> fw =
          List.of(
              List.of(Bits.of(expected, 0, 3), Bits.of(expected, 3, 6)),
              List.of(Bits.of(expected, 6, 10)));
      List<Object> bw =
          List.of(
              List.of(Bits.of(expected, 10, 12)),
              List.of(Bits.of(expected, 12, 13), Bits.of(expected, 13, 14)));
      assertThat(Bits.of((Object) twice.get(i).getAs("final_state"))).isEqualTo(List.of(fw, bw));
    }
  }
}
