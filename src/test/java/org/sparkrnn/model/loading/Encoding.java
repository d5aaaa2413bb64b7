package org.sparkrnn.model.loading;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.jhdf.HdfFile;
import io.jhdf.WritableHdfFile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.sparkrnn.model.keras.KerasH5;
import org.sparkrnn.weights.numpy.NpzBytes;
import org.sparkrnn.weights.pytorch.StateDictBytes;
import org.sparkrnn.weights.safetensors.SafetensorsWriter;
import org.sparkrnn.weights.tensorflow.CheckpointBytes;

/** The forms of files in which one network is written, for tests that read them all. */
public enum Encoding {
  CHECKPOINT_V2 {
    @Override
    Path write(OneNetwork network, Path folder) throws IOException {
      for (Map.Entry<String, byte[]> file : CheckpointBytes.v2(network.tensorflow()).entrySet()) {
        Files.write(folder.resolve("m.ckpt-7" + file.getKey()), file.getValue());
      }
      return withSpec(network, folder, "m.ckpt-7", false);
    }
  },
  CHECKPOINT_V1 {
    @Override
    Path write(OneNetwork network, Path folder) throws IOException {
      Files.write(folder.resolve("m.ckpt-7"), CheckpointBytes.v1(network.tensorflow()));
      return withSpec(network, folder, "m.ckpt-7", false);
    }
  },
  KERAS_2 {
    @Override
    Path write(OneNetwork network, Path folder) {
      Path file = folder.resolve("m.h5");
      KerasH5.writeTensors(file, "2.4.0", network.keras("batch_input_shape"), network.keras2());
      return file;
    }
  },
  KERAS_WEIGHTS_AND_JSON {
    @Override
    Path write(OneNetwork network, Path folder) throws IOException {
      Path file = folder.resolve("m_weights.h5");
      KerasH5.writeTensors(file, "2.4.0", null, network.keras2());
      String config = network.keras("batch_input_shape");
      Files.writeString(folder.resolve("m.json"), config.replace('\'', '"'));
      return file;
    }
  },
  KERAS_3 {
    @Override
    Path write(OneNetwork network, Path folder) throws IOException {
      Path weights = folder.resolve("weights");
      try (WritableHdfFile file = HdfFile.write(weights)) {
        KerasH5.put(file, network.keras3());
      }
      ByteArrayOutputStream archive = new ByteArrayOutputStream();
      try (ZipOutputStream zip = new ZipOutputStream(archive)) {
        put(zip, "metadata.json", "{\"keras_version\": \"3.8.0\"}".getBytes(UTF_8));
        put(zip, "config.json", network.keras("batch_shape").replace('\'', '"').getBytes(UTF_8));
        put(zip, "model.weights.h5", Files.readAllBytes(weights));
      }
      Files.delete(weights);
      return Files.write(folder.resolve("m.keras"), archive.toByteArray());
    }
  },
  ONNX {
    @Override
    Path write(OneNetwork network, Path folder) throws IOException {
      return Files.write(folder.resolve("m.onnx"), network.onnx());
    }
  },
  PYTORCH {
    @Override
    Path write(OneNetwork network, Path folder) throws IOException {
      Files.write(folder.resolve("m.pt"), StateDictBytes.archive(network.torch()));
      return withSpec(network, folder, "m.pt", true);
    }
  },
  PYTORCH_STREAM {
    @Override
    Path write(OneNetwork network, Path folder) throws IOException {
      Files.write(folder.resolve("m.pth"), StateDictBytes.stream(network.torch()));
      return withSpec(network, folder, "m.pth", true);
    }
  },
  SAFETENSORS {
    @Override
    Path write(OneNetwork network, Path folder) throws IOException {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      SafetensorsWriter.write(network.torch(), bytes);
      Files.write(folder.resolve("m.safetensors"), bytes.toByteArray());
      return withSpec(network, folder, "m.safetensors", true);
    }
  },
  NPZ {
    @Override
    Path write(OneNetwork network, Path folder) throws IOException {
      Files.write(folder.resolve("m.npz"), NpzBytes.archive(network.tensorflow()));
      return withSpec(network, folder, "m.npz", false);
    }
  };

  /** Writes the LSTM of this seed into an empty folder; returns what is to be loaded. */
  public Path write(long seed, Path folder) throws IOException {
    return write(OneLstm.random(seed), folder);
  }

  /** As above, any network. */
  abstract Path write(OneNetwork network, Path folder) throws IOException;

  private static Path withSpec(OneNetwork network, Path folder, String weights, boolean torch)
      throws IOException {
    Files.writeString(folder.resolve("model.json"), network.spec(weights, torch));
    return folder;
  }

  private static void put(ZipOutputStream zip, String name, byte[] bytes) throws IOException {
    zip.putNextEntry(new ZipEntry(name));
    zip.write(bytes);
    zip.closeEntry();
  }
}
