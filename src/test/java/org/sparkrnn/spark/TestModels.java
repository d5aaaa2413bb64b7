package org.sparkrnn.spark;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.sparkrnn.cell.Activation;
import org.sparkrnn.cell.MultiRnnCell;
import org.sparkrnn.model.InputSpec;
import org.sparkrnn.model.SequenceModel;
import org.sparkrnn.model.Vocabulary;
import org.sparkrnn.oracle.RandomNetworks;
import org.sparkrnn.rnn.Layer;
import org.sparkrnn.rnn.Network;

/** Small models with random weights, and rows for them. */
public final class TestModels {
  /** Values in a step of {@link #features()}. */
  public static final int WIDTH = 3;

  private TestModels() {}

  /**
   * Floats through a bidirectional stack of two LSTMs, an LSTM over that and a head with integers
   * per step and per row.
   */
  public static SequenceModel features() {
    RandomNetworks random = new RandomNetworks(7);
    Network network =
        new Network(
            new Network.Input.Features(WIDTH),
            List.of(
                new Layer.Rnn(
                    "both",
                    List.of(
                        new MultiRnnCell(List.of(random.lstm(WIDTH, 5), random.lstm(5, 4))),
                        random.gru(WIDTH, 3)),
                    Layer.Merge.CONCAT),
                new Layer.Rnn("top", List.of(random.lstm(7, 6)), Layer.Merge.CONCAT),
                new Layer.Dense("logits", random.tensor(6, 4), random.tensor(4), Activation.LINEAR),
                new Layer.Softmax("probabilities"),
                new Layer.ArgMax("tags")));
    return new SequenceModel(
        "features",
        new InputSpec.Features(WIDTH),
        network,
        List.of("outputs", "final_state"),
        "features-7");
  }

  /** Floats through an LSTM, whose outputs of so many steps are one value. */
  public static SequenceModel flattened(int steps) {
    RandomNetworks random = new RandomNetworks(17);
    Network network =
        new Network(
            new Network.Input.Features(WIDTH),
            List.of(
                new Layer.Rnn("rnn", List.of(random.lstm(WIDTH, 6)), Layer.Merge.CONCAT),
                new Layer.Flatten("all", steps)));
    return new SequenceModel(
        "flattened",
        new InputSpec.Features(WIDTH),
        network,
        List.of("all", "final_state"),
        "flattened-" + steps + "-17");
  }

  /** Floats through a stack of two LSTMs: a model that can go on where it stopped. */
  public static SequenceModel forward() {
    RandomNetworks random = new RandomNetworks(3);
    Network network =
        new Network(
            new Network.Input.Features(WIDTH),
            List.of(
                new Layer.Rnn(
                    "rnn",
                    List.of(new MultiRnnCell(List.of(random.lstm(WIDTH, 5), random.gru(5, 4)))),
                    Layer.Merge.CONCAT)));
    return new SequenceModel(
        "forward",
        new InputSpec.Features(WIDTH),
        network,
        List.of("outputs", "final_state"),
        "forward-3");
  }

  /** Ids through an embedding, a GRU and one class per row. */
  public static SequenceModel tokens() {
    return ids("tokens", new InputSpec.Tokens(5, vocabulary("one", "two", "three", "four")));
  }

  /** The same over characters. */
  public static SequenceModel characters() {
    return ids("characters", new InputSpec.Characters(5, vocabulary("a", "b", "ü", "😀")));
  }

  /** The same over ids, without words for them. */
  public static SequenceModel plainIds() {
    return ids("ids", new InputSpec.Tokens(5, new Vocabulary(Map.of(), Vocabulary.REFUSE)));
  }

  private static SequenceModel ids(String name, InputSpec input) {
    RandomNetworks random = new RandomNetworks(11);
    Network network =
        new Network(
            new Network.Input.Ids(5),
            List.of(
                new Layer.Embedding("embedding", random.tensor(5, 4)),
                new Layer.Rnn("rnn", List.of(random.gru(4, 6)), Layer.Merge.CONCAT),
                new Layer.Reduce("last", Layer.Reduction.LAST),
                new Layer.Dense("logits", random.tensor(6, 3), random.tensor(3), Activation.LINEAR),
                new Layer.ArgMax("class")));
    return new SequenceModel(name, input, network, List.of("logits", "class"), name + "-11");
  }

  private static Vocabulary vocabulary(String... words) {
    Map<String, Integer> ids = new LinkedHashMap<>();
    for (int i = 0; i < words.length; i++) {
      ids.put(words[i], i + 1);
    }
    return new Vocabulary(ids, Vocabulary.REFUSE);
  }

  /** {@code array<array<float>>}. */
  public static DataType nested() {
    return DataTypes.createArrayType(DataTypes.createArrayType(DataTypes.FloatType));
  }

  /**
   * Columns {@code id}, {@code x} (nested floats), {@code n} (a length or null) and {@code tag}.
   */
  public static StructType schema() {
    return new StructType()
        .add("id", "bigint", false)
        .add("x", nested())
        .add("n", "int")
        .add("tag", "string");
  }

  /** Random rows of 0 to 12 steps. */
  public static List<Row> rows(int count) {
    Random random = new Random(5);
    List<Row> rows = new ArrayList<>();
    for (long id = 0; id < count; id++) {
      float[][] x = new float[random.nextInt(13)][WIDTH];
      for (float[] step : x) {
        for (int i = 0; i < WIDTH; i++) {
          step[i] = random.nextFloat() * 2 - 1;
        }
      }
      Integer n = random.nextInt(4) == 0 ? null : Integer.valueOf(random.nextInt(x.length + 1));
      rows.add(RowFactory.create(id, x, n, "tag-" + id % 5));
    }
    return rows;
  }

  /** Those rows in so many partitions. */
  public static Dataset<Row> frame(SparkSession session, int count, int partitions) {
    return session.createDataFrame(rows(count), schema()).repartition(partitions);
  }
}
