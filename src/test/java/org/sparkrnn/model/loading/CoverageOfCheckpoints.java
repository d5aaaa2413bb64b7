package org.sparkrnn.model.loading;

import static org.sparkrnn.model.loading.Coverage.contents;
import static org.sparkrnn.model.loading.Coverage.fixture;
import static org.sparkrnn.model.loading.Coverage.tensor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.sparkrnn.oracle.RandomNetworks;
import org.sparkrnn.tensor.Tensor;
import org.sparkrnn.weights.tensorflow.CheckpointBytes;
import org.sparkrnn.weights.tensorflow.CheckpointBytes.Head;
import org.sparkrnn.weights.tensorflow.TensorFlowCheckpoint;

/** TensorFlow's checkpoints, some of them its own. */
final class CoverageOfCheckpoints {
  private static final String LSTM =
      "{'type': 'rnn', 'cell': {'type': 'BasicLSTMCell', 'num_units': 2, 'forget_bias': 1}}";

  private CoverageOfCheckpoints() {}

  static Coverage v2() {
    Coverage rows = new Coverage("TensorFlow V2 checkpoint");
    for (String name :
        new String[] {"cell/kernel", "half", "bfloat16", "double", "double_beyond"}) {
      rows.with(kind(name), dir -> types(dir, name));
    }
    for (String name : new String[] {"global_step", "ids", "mask", "words"}) {
      rows.with("'" + name + "', which is no float", dir -> types(dir, name));
    }
    return rows.with("partitioned variables, two data files", dir -> sharded(dir, "rows"))
        .with("a data file that is missing", CoverageOfCheckpoints::halfSharded)
        .with("names of an object graph", CoverageOfCheckpoints::objects)
        .with("an index compressed with Snappy", dir -> headed(dir, new Head(0, 0, 1)))
        .with("an index in another compression", dir -> headed(dir, new Head(0, 0, 4)))
        .with("big-endian", dir -> headed(dir, new Head(1, 0, 0)))
        .with("a later version of the format", dir -> headed(dir, new Head(0, 2, 0)))
        .with("a folder whose 'checkpoint' names the latest", CoverageOfCheckpoints::latest)
        .with("a byte of a tensor changed", CoverageOfCheckpoints::changed)
        .with(
            "names of TensorFlow 0.x", dir -> eras(dir, "RNN/BasicLSTMCell/Linear/", "Matrix Bias"))
        .with("names of TensorFlow 1.0", dir -> eras(dir, "rnn/basic_lstm_cell/", "weights biases"))
        .with("names since TensorFlow 1.2", dir -> eras(dir, "rnn/basic_lstm_cell/", "kernel bias"))
        .with("Adam's slots and a step counter beside", CoverageOfCheckpoints::slots)
        .with("a spec without forget_bias", CoverageOfCheckpoints::noForgetBias)
        .with("no spec", CoverageOfCheckpoints::noSpec);
  }

  static Coverage v1() {
    return new Coverage("TensorFlow V1 checkpoint")
        .with(
            "a network's weights with a spec",
            dir -> Coverage.model(Encoding.CHECKPOINT_V1.write(1, dir)))
        .with("one tensor over two files", dir -> inTwo(dir, 2))
        .with("one tensor over two files, one of them missing", dir -> inTwo(dir, 1))
        .with("a byte of a tensor changed", CoverageOfCheckpoints::changedV1);
  }

  private static String kind(String name) {
    return switch (name) {
      case "cell/kernel" -> "float32";
      case "half" -> "float16";
      case "double" -> "float64";
      case "double_beyond" -> "float64 beyond float32's range";
      default -> name;
    };
  }

  private static Path fixtures(Path folder, String... names) throws IOException {
    Path last = folder;
    for (String name : names) {
      last = fixture(TensorFlowCheckpoint.class, name, folder);
    }
    return last;
  }

  private static String types(Path folder, String name) throws IOException {
    fixtures(folder, "types.ckpt.data-00000-of-00001", "types.ckpt.index");
    return tensor(folder.resolve("types.ckpt"), name);
  }

  private static String sharded(Path folder, String name) throws IOException {
    fixtures(
        folder,
        "sharded.ckpt.index",
        "sharded.ckpt.data-00000-of-00002",
        "sharded.ckpt.data-00001-of-00002");
    return tensor(folder.resolve("sharded.ckpt"), name);
  }

  private static String halfSharded(Path folder) throws IOException {
    fixtures(folder, "sharded.ckpt.index", "sharded.ckpt.data-00000-of-00002");
    return tensor(folder.resolve("sharded.ckpt"), "rows");
  }

  private static String objects(Path folder) throws IOException {
    fixtures(folder, "objects.ckpt.data-00000-of-00001", "objects.ckpt.index");
    return tensor(folder.resolve("objects.ckpt"), "lstm/lstm_cell/kernel");
  }

  private static Map<String, Tensor> cell(String scope, String names) {
    RandomNetworks random = new RandomNetworks(3);
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    tensors.put(scope + names.split(" ")[0], random.tensor(5, 8));
    tensors.put(scope + names.split(" ")[1], random.tensor(8));
    return tensors;
  }

  private static Path write(Path folder, Map<String, Tensor> tensors, Head head)
      throws IOException {
    for (Map.Entry<String, byte[]> file : CheckpointBytes.v2(tensors, head).entrySet()) {
      Files.write(folder.resolve("m.ckpt" + file.getKey()), file.getValue());
    }
    return folder.resolve("m.ckpt");
  }

  private static String headed(Path folder, Head head) throws IOException {
    return tensor(
        write(folder, cell("rnn/basic_lstm_cell/", "kernel bias"), head),
        "rnn/basic_lstm_cell/kernel");
  }

  private static String latest(Path folder) throws IOException {
    write(folder, cell("rnn/basic_lstm_cell/", "kernel bias"), Head.USUAL);
    Files.writeString(folder.resolve("checkpoint"), "model_checkpoint_path: \"m.ckpt\"\n");
    return contents(folder);
  }

  private static String changed(Path folder) throws IOException {
    Path prefix = write(folder, cell("a/", "kernel bias"), Head.USUAL);
    Path data = folder.resolve("m.ckpt.data-00000-of-00001");
    byte[] bytes = Files.readAllBytes(data);
    bytes[bytes.length - 1] ^= 1;
    Files.write(data, bytes);
    return tensor(prefix, "a/kernel");
  }

  private static String eras(Path folder, String scope, String names) throws IOException {
    write(folder, cell(scope, names), Head.USUAL);
    return Coverage.model(Coverage.spec(folder, "m.ckpt", 3, LSTM));
  }

  private static String slots(Path folder) throws IOException {
    Map<String, Tensor> tensors = cell("rnn/basic_lstm_cell/", "kernel bias");
    tensors.put("rnn/basic_lstm_cell/kernel/Adam", Tensor.zeros(5, 8));
    tensors.put("rnn/basic_lstm_cell/kernel/Adam_1", Tensor.zeros(5, 8));
    tensors.put("beta1_power", Tensor.zeros());
    tensors.put("global_step", Tensor.zeros());
    write(folder, tensors, Head.USUAL);
    return Coverage.model(Coverage.spec(folder, "m.ckpt", 3, LSTM));
  }

  private static String noForgetBias(Path folder) throws IOException {
    write(folder, cell("rnn/basic_lstm_cell/", "kernel bias"), Head.USUAL);
    return Coverage.model(
        Coverage.spec(folder, "m.ckpt", 3, LSTM.replace(", 'forget_bias': 1", "")));
  }

  private static String noSpec(Path folder) throws IOException {
    write(folder, cell("rnn/basic_lstm_cell/", "kernel bias"), Head.USUAL);
    return Coverage.model(folder);
  }

  private static String inTwo(Path folder, int files) throws IOException {
    List<byte[]> parts = CheckpointBytes.v1InTwo("rnn/kernel", Tensor.zeros(4, 3));
    for (int i = 0; i < files; i++) {
      Files.write(folder.resolve("m.ckpt-0000" + i + "-of-00002"), parts.get(i));
    }
    return tensor(folder.resolve("m.ckpt-00000-of-00002"), "rnn/kernel");
  }

  private static String changedV1(Path folder) throws IOException {
    byte[] whole = CheckpointBytes.v1(cell("rnn/basic_lstm_cell/", "kernel bias"));
    whole[40] ^= 1;
    return contents(Files.write(folder.resolve("m.ckpt"), whole));
  }
}
