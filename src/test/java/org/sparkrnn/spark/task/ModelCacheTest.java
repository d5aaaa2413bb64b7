package org.sparkrnn.spark.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.util.SerializableConfiguration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkrnn.model.Cut;
import org.sparkrnn.model.ModelException;
import org.sparkrnn.model.loading.ModelLoader;
import org.sparkrnn.model.loading.ModelWriter;
import org.sparkrnn.spark.TestModels;

class ModelCacheTest {
  @TempDir Path folder;

  private final ModelCache cache = new ModelCache();
  private ModelSource.Stored stored;

  @BeforeEach
  void writeModel() throws Exception {
    Configuration conf = new Configuration();
    String path = folder.resolve("model").toString();
    ModelWriter.write(TestModels.forward(), path, conf);
    stored =
        new ModelSource.Stored(
            ModelLoader.load(path, "", conf).fingerprint(),
            path,
            "",
            Cut.NONE,
            new SerializableConfiguration(conf));
  }

  @Test
  void manyTasksPackOnce() throws Exception {
    int tasks = 16;
    ExecutorService pool = Executors.newFixedThreadPool(tasks);
    CountDownLatch start = new CountDownLatch(1);
    List<Future<ModelCache.Packed>> packed = new ArrayList<>();
    for (int i = 0; i < tasks; i++) {
      packed.add(
          pool.submit(
              () -> {
                start.await();
                try (ModelCache.Lease lease = cache.acquire(stored, "scalar")) {
                  return lease.packed();
                }
              }));
    }
    start.countDown();
    for (Future<ModelCache.Packed> one : packed) {
      assertThat(one.get()).isSameAs(packed.get(0).get());
    }
    pool.shutdown();

    assertThat(cache.packings()).isEqualTo(1);
    assertThat(cache.held()).isZero();
  }

  @Test
  void aReleasedModelIsKeptForTheNext() throws Exception {
    ModelCache.Packed first;
    try (ModelCache.Lease lease = cache.acquire(stored, "scalar")) {
      first = lease.packed();
      assertThat(cache.held()).isEqualTo(1);
    }
    try (ModelCache.Lease lease = cache.acquire(stored, "scalar")) {
      assertThat(lease.packed()).isSameAs(first);
    }

    assertThat(cache.packings()).isEqualTo(1);
  }

  @Test
  void aLeaseMayBeClosedTwice() throws Exception {
    ModelCache.Lease one = cache.acquire(stored, "scalar");
    ModelCache.Lease two = cache.acquire(stored, "scalar");
    one.close();
    one.close();

    assertThat(cache.held()).isEqualTo(1);
    two.close();
    assertThat(cache.held()).isZero();
  }

  @Test
  void anotherModelBehindThePathIsRefused() {
    ModelSource.Stored other =
        new ModelSource.Stored("beef", stored.path(), "", Cut.NONE, stored.conf());

    assertThatThrownBy(() -> cache.acquire(other, "scalar"))
        .isInstanceOf(ModelException.class)
        .hasMessage(
            "the model at "
                + stored.path()
                + " has the fingerprint "
                + stored.fingerprint()
                + ", but the driver read one with beef: it was changed while the job ran, or this"
                + " node sees another file");
    assertThat(cache.held()).isZero();
  }

  @Test
  void afterAFailureTheNextTriesAgain() throws Exception {
    Path spec = folder.resolve("model").resolve("model.json");
    Path away = folder.resolve("away.json");
    Files.move(spec, away);
    assertThatThrownBy(() -> cache.acquire(stored, "scalar"))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining(stored.path());
    Files.move(away, spec);

    try (ModelCache.Lease lease = cache.acquire(stored, "scalar")) {
      assertThat(lease.packed().network().network()).isEqualTo(TestModels.forward().network());
    }
  }
}
