package org.sparkrnn.model.loading;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.jhdf.HdfFile;
import io.jhdf.WritableHdfFile;
import io.jhdf.checksum.JenkinsLookup3HashLittle;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkrnn.model.files.WeightsFiles;
import org.sparkrnn.tensor.Shape;
import org.sparkrnn.tensor.Tensor;
import org.sparkrnn.weights.WeightsFile;
import org.sparkrnn.weights.numpy.NpzBytes;
import org.sparkrnn.weights.onnx.OnnxWriter;
import org.sparkrnn.weights.pytorch.StateDictBytes;
import org.sparkrnn.weights.tensorflow.CheckpointBytes;

/**
 * Files of 1 GiB, most of it a hole, of which one small tensor is read: what that takes must not
 * grow with the rest. {@code mvn test -Dtest=LargeFilesTest} prints the seconds and the bytes.
 */
class LargeFilesTest {
  private static final long LARGE = 1L << 28;
  private static final Tensor SMALL = Tensor.of(Shape.of(2, 2), 1, 2, 3, 4);

  /** Of Hadoop's and our buffers, and the classes that are loaded on the way. */
  private static final long MOST_BYTES = 32L << 20;

  @TempDir private Path temp;

  private static byte[] floats() {
    ByteBuffer bytes = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
    return bytes.putFloat(1).putFloat(2).putFloat(3).putFloat(4).array();
  }

  /** Bytes, a hole, and bytes. */
  private static void write(Path path, byte[] head, long hole, byte[] tail) throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
      file.seek(file.length());
      file.write(head);
      file.seek(file.length() + hole);
      file.write(tail);
    }
  }

  private void readsLittle(Path path, String tensor) throws IOException {
    long size = 0;
    try (var files = Files.list(path.getParent())) {
      for (Path file : files.toList()) {
        size = Math.max(size, Files.size(file));
      }
    }
    assertThat(size).isGreaterThan(4 * LARGE);
    Configuration conf = new Configuration(false);
    FileSystem local = FileSystem.getLocal(conf);
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    long start = System.nanoTime();
    org.apache.hadoop.fs.Path whole = new org.apache.hadoop.fs.Path(path.toString());
    try (WeightsFile file = WeightsFiles.open(WeightsFiles.locate(local, whole))) {
      assertThat(file.tensors()).hasSize(2);
      assertThat(file.read(tensor)).isEqualTo(SMALL);
      long taken = threads.getCurrentThreadAllocatedBytes() - before;
      double seconds = (System.nanoTime() - start) / 1e9;
      System.out.printf(
          "%s of %.2f GiB: %.3f s, %.2f MiB allocated%n",
          file.format(), size / 1073741824.0, seconds, taken / 1048576.0);
      assertThat(taken).as("bytes taken for %s", file.format()).isLessThan(MOST_BYTES);
    }
  }

  @Test
  void safetensors() throws IOException {
    String header =
        "{\"large\":{\"dtype\":\"F32\",\"shape\":[%d],\"data_offsets\":[0,%d]},"
            + "\"small\":{\"dtype\":\"F32\",\"shape\":[2,2],\"data_offsets\":[%d,%d]}}";
    byte[] json =
        String.format(header, LARGE, 4 * LARGE, 4 * LARGE, 4 * LARGE + 16).getBytes(UTF_8);
    ByteBuffer head = ByteBuffer.allocate(8 + json.length).order(ByteOrder.LITTLE_ENDIAN);
    head.putLong(json.length).put(json);
    Path path = temp.resolve("m.safetensors");
    write(path, head.array(), 4 * LARGE, floats());
    readsLittle(path, "small");
  }

  @Test
  void checkpoint() throws IOException {
    Files.write(temp.resolve("m.ckpt.index"), CheckpointBytes.indexBehind(LARGE, "small", SMALL));
    write(temp.resolve("m.ckpt.data-00000-of-00001"), new byte[0], 4 * LARGE, floats());
    readsLittle(temp.resolve("m.ckpt"), "small");
  }

  @Test
  void onnxWithExternalData() throws IOException {
    OnnxWriter graph = new OnnxWriter();
    graph.message(1, OnnxWriter.node("Identity", List.of("x"), List.of("y")));
    graph.message(5, outside("large", List.of(LARGE), 0, 4 * LARGE));
    graph.message(5, outside("small", List.of(2L, 2L), 4 * LARGE, 16));
    Path path = Files.write(temp.resolve("m.onnx"), OnnxWriter.model(graph));
    write(temp.resolve("w.bin"), new byte[0], 4 * LARGE, floats());
    readsLittle(path, "small");
  }

  @Test
  void hdf5() throws IOException {
    Path path = temp.resolve("m.h5");
    float[] marked = new float[1009];
    try (WritableHdfFile file = HdfFile.write(path)) {
      file.putDataset("large", marked);
      file.putDataset("small", new float[][] {{1, 2}, {3, 4}});
    }
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(path)).order(ByteOrder.LITTLE_ENDIAN);
    int header = header(bytes, marked.length);
    int end = header + 10 + bytes.getInt(header + 6);
    for (int at = header; at < end - 8; at++) {
      if (bytes.getLong(at) == marked.length) {
        bytes.putLong(at, LARGE);
      } else if (bytes.getLong(at) == 4L * marked.length) {
        // The layout: where the dataset is, and its size.
        bytes.putLong(at - 8, bytes.capacity()).putLong(at, 4 * LARGE);
      }
    }
    bytes.putInt(end, JenkinsLookup3HashLittle.hash(bytes.slice(header, end - header)));
    Files.write(path, bytes.array());
    write(path, new byte[0], 4 * LARGE - 1, new byte[1]);
    readsLittle(path, "small");
  }

  /** Where the header of the object with this dimension is: its sign, version 2, 4-byte sizes. */
  private static int header(ByteBuffer file, int dimension) {
    int header = -1;
    for (int at = 0; at < file.capacity() - 8; at++) {
      boolean sign = file.getInt(at) == 0x5244484f && file.getShort(at + 4) == 0x0202;
      header = sign ? at : header;
      if (header >= 0 && file.getLong(at) == dimension) {
        return header;
      }
    }
    throw new AssertionError("no header has dimension " + dimension);
  }

  private static OnnxWriter outside(String name, List<Long> dims, long offset, long length) {
    return OnnxWriter.head(name, 1, dims)
        .message(13, new OnnxWriter().text(1, "location").text(2, "w.bin"))
        .message(13, new OnnxWriter().text(1, "offset").text(2, "" + offset))
        .message(13, new OnnxWriter().text(1, "length").text(2, "" + length))
        .number(14, 1);
  }

  @Test
  void numpy() throws IOException {
    byte[] header = NpzBytes.header(Shape.of(LARGE));
    Zip zip = new Zip(temp.resolve("m.npz"));
    zip.add("large.npy", header, 4 * LARGE, new byte[0]);
    zip.add("small.npy", NpzBytes.array(SMALL), 0, new byte[0]);
    zip.end();
    readsLittle(temp.resolve("m.npz"), "small");
  }

  @Test
  void pytorch() throws IOException {
    Map<String, Shape> shapes = new LinkedHashMap<>();
    shapes.put("large", Shape.of(LARGE));
    shapes.put("small", SMALL.shape());
    Zip zip = new Zip(temp.resolve("m.pt"));
    zip.add("net/data.pkl", StateDictBytes.pickle(shapes), 0, new byte[0]);
    zip.add("net/data/0", new byte[0], 4 * LARGE, new byte[0]);
    zip.add("net/data/1", floats(), 0, new byte[0]);
    zip.end();
    readsLittle(temp.resolve("m.pt"), "small");
  }

  /** A zip archive of stored entries with holes; without checksums. */
  private static final class Zip {
    private final Path path;
    private final List<byte[]> directory = new ArrayList<>();

    Zip(Path path) {
      this.path = path;
    }

    private static ByteBuffer buffer(int size) {
      return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    }

    void add(String name, byte[] head, long hole, byte[] tail) throws IOException {
      int start = Files.exists(path) ? Math.toIntExact(Files.size(path)) : 0;
      int size = Math.toIntExact(head.length + hole + tail.length);
      byte[] text = name.getBytes(UTF_8);
      ByteBuffer local = buffer(30 + text.length);
      local.putInt(0x04034b50).putShort((short) 20).putInt(18, size).putInt(22, size);
      local.putShort(26, (short) text.length).position(30).put(text);
      write(path, local.array(), 0, head);
      if (hole > 0) {
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
          file.setLength(file.length() + hole);
        }
      }
      write(path, tail, 0, new byte[0]);
      ByteBuffer central = buffer(46 + text.length);
      central.putInt(0x02014b50).putShort((short) 20).putShort((short) 20);
      central.putInt(20, size).putInt(24, size).putShort(28, (short) text.length);
      central.putInt(42, start).position(46).put(text);
      directory.add(central.array());
    }

    void end() throws IOException {
      int start = Math.toIntExact(Files.size(path));
      int size = 0;
      for (byte[] entry : directory) {
        write(path, entry, 0, new byte[0]);
        size += entry.length;
      }
      ByteBuffer end = buffer(22);
      end.putInt(0x06054b50).putShort(8, (short) directory.size());
      end.putShort(10, (short) directory.size()).putInt(12, size).putInt(16, start);
      write(path, end.array(), 0, new byte[0]);
    }
  }
}
