package org.sparkrnn.weights.tensorflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.sparkrnn.tensor.Shape;
import org.sparkrnn.tensor.Tensor;
import org.sparkrnn.weights.ByteSource;
import org.sparkrnn.weights.Damage;
import org.sparkrnn.weights.InMemoryStorage;
import org.sparkrnn.weights.MalformedWeightsException;

class SavedObjectsTest {
  private static final String FILE = "saved_model.pb";

  private static SavedModelBytes model() {
    SavedModelBytes model = new SavedModelBytes("{\"root\": 1}");
    int layer = model.object(0, "layer-0", "{\"layer\": 2}");
    model.variable(layer, "kernel", Tensor.of(Shape.of(2), 1, 2));
    model.hold(layer, "model", 0);
    return model;
  }

  private static ByteSource source(byte[] bytes) {
    return InMemoryStorage.source(FILE, bytes);
  }

  @Test
  void objectsOfBothErasAreRead() throws IOException {
    Map<String, byte[]> files = model().files(new byte[9]);
    List<TrackedObject> objects = SavedObjects.read(source(files.get(FILE)));

    // Behind each of the program's three objects there is a function.
    assertThat(objects).hasSize(6);
    assertThat(objects.get(0).children()).isEqualTo(Map.of("layer-0", 2));
    assertThat(objects.get(2).children()).isEqualTo(Map.of("kernel", 4, "model", 0));
    assertThat(objects).extracting(TrackedObject::metadata).containsOnly("");
    assertThat(SavedObjects.metadata(source(files.get("keras_metadata.pb"))))
        .isEqualTo(Map.of(0, "{\"root\": 1}", 2, "{\"layer\": 2}"));
    assertThat(SavedObjects.read(source(model().oldFiles().get(FILE))).get(2).metadata())
        .isEqualTo("{\"layer\": 2}");
  }

  @Test
  void theCheckpointSaysWhichObjectHasWhichTensor() throws IOException {
    InMemoryStorage storage = new InMemoryStorage();
    model().files(new byte[0]).forEach(storage::with);
    try (TensorFlowCheckpoint file = TensorFlowCheckpoint.open(storage, "variables/variables")) {
      List<TrackedObject> objects = file.objects();

      assertThat(objects).hasSize(3);
      assertThat(objects.get(1).children()).isEqualTo(Map.of("kernel", 2, "model", 0));
      String key = "layer-0/kernel/.ATTRIBUTES/VARIABLE_VALUE";
      assertThat(objects.get(2).values())
          .containsExactly(new TrackedObject.Value("VARIABLE_VALUE", "v", key));
      assertThat(file.read(key)).isEqualTo(Tensor.of(Shape.of(2), 1, 2));
    }
  }

  @Test
  void graphsArePassedOver() throws IOException {
    byte[] bytes = model().files(new byte[20_000_000]).get(FILE);
    AtomicLong read = new AtomicLong();
    ByteSource counted =
        new ByteSource() {
          @Override
          public String name() {
            return FILE;
          }

          @Override
          public long size() {
            return bytes.length;
          }

          @Override
          public void read(long position, byte[] target, int offset, int length) {
            read.addAndGet(length);
            System.arraycopy(bytes, (int) position, target, offset, length);
          }

          @Override
          public void close() {}
        };

    assertThat(SavedObjects.read(counted)).hasSize(6);
    assertThat(read.get()).isLessThan(400_000);
  }

  @Test
  void aGraphOfTensorFlow1HasNoObjects() throws IOException {
    byte[] meta = new ProtoBytes().bytes(2, new byte[40]).toByteArray();

    assertThat(SavedObjects.read(source(new ProtoBytes().bytes(2, meta).toByteArray()))).isEmpty();
    assertThat(SavedObjects.read(source(new byte[0]))).isEmpty();
  }

  @Test
  void anObjectThatIsNotThereIsReported() {
    ProtoBytes child = new ProtoBytes().varint(1, 7).string(2, "cell");
    ProtoBytes objects = new ProtoBytes().message(1, new ProtoBytes().message(1, child));
    byte[] bytes = new ProtoBytes().message(2, new ProtoBytes().message(7, objects)).toByteArray();

    assertThatThrownBy(() -> SavedObjects.read(source(bytes)))
        .isInstanceOf(MalformedWeightsException.class)
        .hasMessage(
            "saved_model.pb: the SavedModel has object 7 as 'cell' of object 0, but there are 1"
                + " objects");
  }

  @Test
  void everyCutAndEveryChangedByteIsRefusedOrRead() {
    for (Map<String, byte[]> files : List.of(model().files(new byte[50]), model().oldFiles())) {
      assertThat(Damage.cuts(FILE, files.get(FILE), SavedObjects::read)).isPositive();
      Damage.flips(FILE, files.get(FILE), SavedObjects::read);
    }
    byte[] metadata = model().files(new byte[0]).get("keras_metadata.pb");
    assertThat(Damage.cuts("keras_metadata.pb", metadata, SavedObjects::metadata)).isPositive();
    Damage.flips("keras_metadata.pb", metadata, SavedObjects::metadata);
  }
}
