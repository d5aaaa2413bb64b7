package org.sparkrnn.model.loading;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.sparkrnn.model.loading.Coverage.contents;
import static org.sparkrnn.model.loading.Coverage.fixture;
import static org.sparkrnn.model.loading.Coverage.tensor;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.sparkrnn.tensor.Tensor;
import org.sparkrnn.weights.numpy.NpzBytes;
import org.sparkrnn.weights.numpy.NumpyFile;
import org.sparkrnn.weights.safetensors.SafetensorsWriter;

/** Files that hold arrays and nothing about a network: safetensors and NumPy's. */
final class CoverageOfArrays {
  private CoverageOfArrays() {}

  static Coverage safetensors() {
    Coverage rows = new Coverage("safetensors");
    for (String type : new String[] {"F32 4", "F64 8", "F16 2", "BF16 2", "I64 8", "F8_E4M3 1"}) {
      String[] parts = type.split(" ");
      rows.with(
          parts[0] + " tensors", folder -> tensor(one(folder, parts[0], parts[1], parts[1]), "x"));
    }
    return rows.with(
            "a shape that its bytes do not fill", dir -> contents(one(dir, "F32", "8", "8")))
        .with("a tensor behind the file's end", dir -> contents(one(dir, "F32", "4", "0")))
        .with("a header longer than the file", CoverageOfArrays::longHeader)
        .with(
            "shards with an index",
            dir -> tensor(sharded(dir, "model-1.safetensors"), "rnn/kernel"))
        .with(
            "an index that names files outside the folder",
            dir -> contents(sharded(dir, "../model-1.safetensors")))
        .with("the canonical form", dir -> Coverage.model(Encoding.SAFETENSORS.write(1, dir)));
  }

  static Coverage numpy() {
    return new Coverage("NumPy")
        .with(".npy, version 1", dir -> array("plain.npy", dir, "plain"))
        .with(".npy, version 2", dir -> array("version2.npy", dir, "version2"))
        .with(
            ".npy, version 3, of a structured type", dir -> array("version3.npy", dir, "version3"))
        .with(".npz, stored", dir -> array("stored.npz", dir, "rnn/kernel"))
        .with(".npz, deflated", dir -> array("deflated.npz", dir, "rnn/kernel"))
        .with("float64", dir -> array("stored.npz", dir, "f8"))
        .with("float16", dir -> array("stored.npz", dir, "f2"))
        .with("big-endian", dir -> array("stored.npz", dir, "f4_big"))
        .with("Fortran's order", dir -> array("stored.npz", dir, "f8_fortran"))
        .with("integers", dir -> array("stored.npz", dir, "i8"))
        .with("complex numbers", dir -> array("stored.npz", dir, "complex"))
        .with("pickled objects", dir -> array("objects.npz", dir, "bad"))
        .with("floats beside pickled objects", dir -> array("objects.npz", dir, "good"))
        .with("a network's weights with a spec", dir -> Coverage.model(Encoding.NPZ.write(1, dir)))
        .with("an archive of other things", CoverageOfArrays::otherArchive);
  }

  private static String array(String fixture, Path folder, String name) throws IOException {
    return tensor(fixture(NumpyFile.class, fixture, folder), name);
  }

  private static String otherArchive(Path folder) throws IOException {
    byte[] bytes = NpzBytes.archive(Map.of("a", Tensor.zeros(1)));
    String text = new String(bytes, java.nio.charset.StandardCharsets.ISO_8859_1);
    bytes = text.replace("a.npy", "a.txt").getBytes(java.nio.charset.StandardCharsets.ISO_8859_1);
    return contents(Files.write(folder.resolve("a.zip"), bytes));
  }

  /** A file with a tensor {@code x} [1] of these many bytes, as the header says and in truth. */
  private static Path one(Path folder, String type, String said, String there) throws IOException {
    String json =
        String.format(
            "{\"x\":{\"dtype\":\"%s\",\"shape\":[1],\"data_offsets\":[0,%s]}}", type, said);
    byte[] header = json.getBytes(UTF_8);
    ByteBuffer bytes =
        ByteBuffer.allocate(8 + header.length + Integer.parseInt(there))
            .order(ByteOrder.LITTLE_ENDIAN);
    bytes.putLong(header.length).put(header);
    return Files.write(folder.resolve("x.safetensors"), bytes.array());
  }

  private static String longHeader(Path folder) throws IOException {
    byte[] bytes = new byte[16];
    bytes[3] = 1;
    return contents(Files.write(folder.resolve("x.safetensors"), bytes));
  }

  private static Path sharded(Path folder, String shard) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    SafetensorsWriter.write(Map.of("rnn/kernel", Tensor.zeros(2, 3)), bytes);
    Files.write(folder.resolve("model-1.safetensors"), bytes.toByteArray());
    String index = "{\"weight_map\": {\"rnn/kernel\": \"" + shard + "\"}}";
    return Files.writeString(folder.resolve("model.safetensors.index.json"), index);
  }
}
