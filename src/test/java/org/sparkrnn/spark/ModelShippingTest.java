package org.sparkrnn.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.hdfs.MiniDFSCluster;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.sparkrnn.RnnModel;
import org.sparkrnn.RnnTransform;
import org.sparkrnn.model.SequenceModel;
import org.sparkrnn.model.loading.ModelWriter;
import org.sparkrnn.spark.task.ModelCache;
import org.sparkrnn.spark.task.ModelSource;

@Tag("spark")
@ExtendWith(SharedSession.class)
class ModelShippingTest {
  @TempDir Path folder;

  private static RnnModel stored(String path, Configuration conf, SequenceModel model)
      throws IOException {
    ModelWriter.write(model, path, conf);
    return RnnModel.load(path, conf);
  }

  /** A model that no other test has packed. */
  private static SequenceModel fresh(String fingerprint) {
    SequenceModel model = TestModels.features();
    return new SequenceModel(
        model.name(), model.input(), model.network(), model.select(), fingerprint);
  }

  @Test
  void manyTasksOfAJobPackOnce(SparkSession session) {
    RnnTransform transform = RnnModel.of(fresh("packed once")).on("x").lengths("n");
    long before = ModelCache.shared().packings();

    transform.transform(TestModels.frame(session, 200, 32)).collectAsList();
    transform.transform(TestModels.frame(session, 200, 8)).collectAsList();

    assertThat(ModelCache.shared().packings() - before).isEqualTo(1);
  }

  @Test
  void emptyPartitionsDoNotPack(SparkSession session) {
    RnnTransform transform = RnnModel.of(fresh("never packed")).on("x").lengths("n");
    long before = ModelCache.shared().packings();

    transform.transform(TestModels.frame(session, 0, 4)).collectAsList();

    assertThat(ModelCache.shared().packings() - before).isZero();
  }

  @Test
  void aModelIsBroadcastOnce(SparkSession session) {
    ModelHandle handle = ModelHandle.of(TestModels.forward());

    ModelSource one = ModelShipping.source(session.sparkContext(), handle, 1 << 20);
    ModelSource two =
        ModelShipping.source(session.sparkContext(), ModelHandle.of(TestModels.forward()), 1 << 20);

    assertThat(one).isInstanceOf(ModelSource.Carried.class).isEqualTo(two);
    assertThat(one.load().network()).isEqualTo(TestModels.forward().network());
  }

  @Test
  void largeModelsAreReadByTheExecutors(SparkSession session) throws IOException {
    String path = folder.resolve("model").toString();
    RnnModel model = stored(path, new Configuration(), TestModels.features());
    Dataset<Row> rows = TestModels.frame(session, 60, 4);
    List<Object> carried = Bits.of(model.on("x").transform(rows));

    RnnTransform large = model.on("x").with(RnnKey.BROADCAST_LIMIT, "0");

    assertThat(Bits.of(large.transform(rows))).isEqualTo(carried);
  }

  @Test
  void aModelThatIsGoneIsSaidToBeGone(SparkSession session) throws IOException {
    String path = folder.resolve("gone").toString();
    RnnModel model = stored(path, new Configuration(), TestModels.tokens());
    Dataset<Row> rows = session.sql("select array(1, 2) as x");
    Dataset<Row> scored = model.on("x").with(RnnKey.BROADCAST_LIMIT, "0").transform(rows);
    Files.move(folder.resolve("gone"), folder.resolve("elsewhere"));

    assertThat(catchThrowable(scored::collectAsList))
        .hasMessageContaining(
            "an executor cannot read the model at file:"
                + path
                + ", though the driver could: put it on a file system that all nodes see, or raise"
                + " spark.rnn.broadcastLimit so that it travels with the job");
  }

  @Test
  void modelsLieOnHdfs(SparkSession session) throws Exception {
    Configuration conf = new Configuration();
    conf.set(MiniDFSCluster.HDFS_MINIDFS_BASEDIR, folder.resolve("hdfs").toString());
    MiniDFSCluster cluster = new MiniDFSCluster.Builder(conf).numDataNodes(1).build();
    try {
      String path = cluster.getFileSystem().getUri() + "/models/features";
      RnnModel model = stored(path, conf, TestModels.features());
      Dataset<Row> rows = TestModels.frame(session, 40, 3);

      RnnTransform read = model.on("x").with(RnnKey.BROADCAST_LIMIT, "0");

      assertThat(Bits.of(read.transform(rows)))
          .isEqualTo(Bits.of(RnnModel.of(TestModels.features()).on("x").transform(rows)));
    } finally {
      cluster.shutdown();
    }
  }
}
