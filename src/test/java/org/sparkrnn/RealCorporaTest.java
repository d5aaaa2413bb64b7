package org.sparkrnn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.sparkrnn.cell.Activation;
import org.sparkrnn.cell.MultiRnnCell;
import org.sparkrnn.model.InputSpec;
import org.sparkrnn.model.SequenceModel;
import org.sparkrnn.model.Vocabulary;
import org.sparkrnn.oracle.RandomNetworks;
import org.sparkrnn.oracle.TextbookNetwork;
import org.sparkrnn.rnn.Layer;
import org.sparkrnn.rnn.Network;
import org.sparkrnn.spark.SharedSession;

/** Corpora that nobody here made, through a Spark job, against the double-precision textbook. */
@Tag("spark")
@ExtendWith(SharedSession.class)
class RealCorporaTest {
  /**
   * For weights, states and inputs of at most a few units in size a step is off by less than 2^-19
   * (see {@code NetworkRunnerTest}), and the longest row of both corpora has 29 steps.
   */
  private static final double TOLERANCE = 29 * 0x1p-19;

  @Test
  void japaneseVowelsAreTheTextbooks(SparkSession session) throws IOException {
    RandomNetworks random = new RandomNetworks(41);
    Network network =
        new Network(
            new Network.Input.Features(12),
            List.of(
                new Layer.Rnn(
                    "rnn",
                    List.of(
                        new MultiRnnCell(List.of(random.lstm(12, 20), random.gru(20, 9))),
                        random.fullLstm(12, 16, 7)),
                    Layer.Merge.CONCAT),
                new Layer.Dense(
                    "logits", random.tensor(16, 9), random.tensor(9), Activation.LINEAR),
                new Layer.Softmax("probabilities")));
    List<float[][]> series = vowels();
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < series.size(); i++) {
      rows.add(RowFactory.create(i, series.get(i)));
    }
    StructType schema =
        new StructType()
            .add("id", DataTypes.IntegerType)
            .add("x", DataTypes.createArrayType(DataTypes.createArrayType(DataTypes.FloatType)));
    Dataset<Row> frame = session.createDataFrame(rows, schema).repartition(5);
    SequenceModel model =
        new SequenceModel(
            "vowels", new InputSpec.Features(12), network, List.of("probabilities"), "vowels-41");

    Map<Integer, Row> scored =
        byId(
            RnnModel.of(model)
                .on("x")
                .select("probabilities", "final_state", "last_output")
                .drop("x")
                .transform(frame));

    assertThat(scored).hasSize(series.size());
    TextbookNetwork textbook = new TextbookNetwork(network);
    for (int i = 0; i < series.size(); i++) {
      double[][] steps =
          Arrays.stream(series.get(i)).map(RandomNetworks::widen).toArray(double[][]::new);
      Map<String, double[]> expected = textbook.run(steps, new double[network.stateShape().size()]);
      for (String output : List.of("probabilities", "final_state", "last_output")) {
        assertClose(scored.get(i).getAs(output), expected.get(output), output + " of row " + i);
      }
    }
  }

  @Test
  void namesAreTheTextbooks(SparkSession session) throws IOException {
    List<String> names = names();
    Map<String, Integer> ids = new TreeMap<>();
    for (String name : names) {
      name.codePoints().forEach(c -> ids.putIfAbsent(Character.toString(c), ids.size()));
    }
    RandomNetworks random = new RandomNetworks(42);
    Network network =
        new Network(
            new Network.Input.Ids(ids.size()),
            List.of(
                new Layer.Embedding("embedding", random.tensor(ids.size(), 10)),
                new Layer.Rnn("rnn", List.of(random.resetAfterGru(10, 14)), Layer.Merge.CONCAT),
                new Layer.Reduce("mean", Layer.Reduction.MEAN),
                new Layer.Dense(
                    "logits", random.tensor(14, 18), random.tensor(18), Activation.LINEAR)));
    SequenceModel model =
        new SequenceModel(
            "names",
            new InputSpec.Characters(ids.size(), new Vocabulary(ids, Vocabulary.REFUSE)),
            network,
            List.of("logits"),
            "names-42");
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < names.size(); i++) {
      rows.add(RowFactory.create(i, names.get(i)));
    }
    StructType schema =
        new StructType().add("id", DataTypes.IntegerType).add("name", DataTypes.StringType);
    Dataset<Row> frame = session.createDataFrame(rows, schema).repartition(3);

    Map<Integer, Row> scored =
        byId(RnnModel.of(model).on("name").select("logits", "final_state").transform(frame));

    TextbookNetwork textbook = new TextbookNetwork(network);
    for (int i = 0; i < names.size(); i += 7) {
      int[] steps = names.get(i).codePoints().map(c -> ids.get(Character.toString(c))).toArray();
      Map<String, double[]> expected = textbook.run(steps, new double[network.stateShape().size()]);
      for (String output : List.of("logits", "final_state")) {
        assertClose(scored.get(i).getAs(output), expected.get(output), output + " of row " + i);
      }
    }
  }

  private static Map<Integer, Row> byId(Dataset<Row> scored) {
    Map<Integer, Row> byId = new TreeMap<>();
    for (Row row : scored.collectAsList()) {
      byId.put(row.getAs("id"), row);
    }
    return byId;
  }

  private static void assertClose(Object found, double[] expected, String what) {
    List<Float> numbers = new ArrayList<>();
    flatten(found, numbers);
    assertThat(numbers).as(what).hasSize(expected.length);
    double worst = 0;
    for (int i = 0; i < expected.length; i++) {
      worst = Math.max(worst, Math.abs(numbers.get(i) - expected[i]));
    }
    assertThat(worst).as("largest error of %s", what).isLessThanOrEqualTo(TOLERANCE);
  }

  private static void flatten(Object value, List<Float> numbers) {
    if (value instanceof Row row) {
      for (int i = 0; i < row.length(); i++) {
        flatten(row.get(i), numbers);
      }
    } else if (value instanceof scala.collection.Seq<?> seq) {
      for (int i = 0; i < seq.length(); i++) {
        flatten(seq.apply(i), numbers);
      }
    } else {
      numbers.add((Float) value);
    }
  }

  /** By case, by step, the 12 coefficients. */
  private static List<float[][]> vowels() throws IOException {
    List<float[][]> series = new ArrayList<>();
    for (String line :
        Files.readAllLines(data("corpora/japanese-vowels/JapaneseVowels_TRAIN.ts"))) {
      if (line.isEmpty() || line.startsWith("@") || line.startsWith("#")) {
        continue;
      }
      List<String> dimensions = List.of(line.split(":", -1)).subList(0, 12);
      int length = dimensions.get(0).split(",", -1).length;
      float[][] steps = new float[length][12];
      for (int d = 0; d < 12; d++) {
        String[] values = dimensions.get(d).split(",", -1);
        for (int t = 0; t < length; t++) {
          steps[t][d] = Float.parseFloat(values[t]);
        }
      }
      series.add(steps);
    }
    return series;
  }

  private static List<String> names() throws IOException {
    List<String> names = new ArrayList<>();
    try (Stream<Path> files = Files.list(data("corpora/names-by-nationality"))) {
      for (Path file : files.filter(f -> f.toString().endsWith(".txt")).sorted().toList()) {
        if (!file.getFileName().toString().equals("README.txt")) {
          names.addAll(Files.readAllLines(file));
        }
      }
    }
    names.removeIf(String::isBlank);
    return names;
  }

  private static Path data(String name) {
    Path path = Path.of(System.getProperty("sparkrnn.data", "../shared/data")).resolve(name);
    assumeTrue(Files.exists(path), "skipped: the corpus is not found at " + path);
    return path;
  }
}
