package org.sparkrnn.weights.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.sparkrnn.tensor.Shape;
import org.sparkrnn.tensor.Tensor;
import org.sparkrnn.weights.InMemoryStorage;
import org.sparkrnn.weights.MalformedWeightsException;
import org.sparkrnn.weights.TensorInfo;
import org.sparkrnn.weights.UnsupportedWeightsException;
import org.sparkrnn.weights.WeightsException;

class OnnxFileTest {
  private static OnnxWriter external(String location, long offset, long length) {
    return OnnxWriter.head("outside", 1, List.of(2L))
        .message(13, new OnnxWriter().text(1, "location").text(2, location))
        .message(13, new OnnxWriter().text(1, "offset").text(2, "" + offset))
        .message(13, new OnnxWriter().text(1, "length").text(2, "" + length))
        .number(14, 1);
  }

  private static byte[] model(OnnxWriter... initializers) {
    OnnxWriter graph = new OnnxWriter();
    graph.message(
        1,
        OnnxWriter.node("Constant", List.of(), List.of("k"))
            .constant("value", OnnxWriter.tensor("", List.of(1L), 7)));
    graph.message(1, OnnxWriter.node("Add", List.of("x", "k"), List.of("y")).integer("axis", 0));
    graph.text(2, "g");
    for (OnnxWriter initializer : initializers) {
      graph.message(5, initializer);
    }
    graph.message(11, OnnxWriter.value("x", 1, -1, 3));
    graph.message(12, OnnxWriter.value("y", 1, -1, 3));
    return OnnxWriter.model(graph);
  }

  private static byte[] whole() {
    return model(
        OnnxWriter.tensor("raw", List.of(2L, 1L), 1, 2),
        OnnxWriter.head("packed", 1, List.of(1L)).bytes(4, new byte[] {0, 0, -64, 63}),
        OnnxWriter.head("double", 11, List.of(1L)).bytes(10, new byte[] {0, 0, 0, 0, 0, 0, -8, 63}),
        OnnxWriter.head("half", 10, List.of(2L)).number(5, 0x3c00).number(5, 0xc000),
        OnnxWriter.head("brain", 16, List.of(1L)).bytes(9, new byte[] {-128, 63}),
        OnnxWriter.integers("shape", List.of(2L), 0, -1),
        external("data.bin", 4, 8));
  }

  private static OnnxFile open(byte[] bytes) throws IOException {
    return OnnxFile.open(storage(bytes), "m.onnx");
  }

  private static InMemoryStorage storage(byte[] bytes) {
    return new InMemoryStorage()
        .with("m.onnx", bytes)
        .with("data.bin", new byte[] {9, 9, 9, 9, 0, 0, -128, 63, 0, 0, 0, 64});
  }

  @Test
  void everyTypeAndPlaceIsRead() throws IOException {
    try (OnnxFile file = open(whole())) {
      assertThat(file.read("raw")).isEqualTo(Tensor.of(Shape.of(2, 1), 1, 2));
      assertThat(file.read("packed")).isEqualTo(Tensor.of(Shape.of(1), 1.5f));
      assertThat(file.read("double")).isEqualTo(Tensor.of(Shape.of(1), 1.5f));
      assertThat(file.read("half")).isEqualTo(Tensor.of(Shape.of(2), 1, -2));
      assertThat(file.read("brain")).isEqualTo(Tensor.of(Shape.of(1), 1));
      assertThat(file.read("outside")).isEqualTo(Tensor.of(Shape.of(2), 1, 2));
      assertThat(file.read("k")).isEqualTo(Tensor.of(Shape.of(1), 7));
      assertThat(file.readIntegers("shape")).containsExactly(0, -1);
      assertThat(file.tensors().get("raw"))
          .isEqualTo(new TensorInfo("raw", "FLOAT", Shape.of(2, 1), 8));
      assertThat(file.format()).isEqualTo("ONNX, opset 14");
      assertThat(file.graph().nodes()).hasSize(2);
      assertThat(file.graph().inputs())
          .containsExactly(new OnnxGraph.Value("x", "FLOAT", List.of(-1L, 3L), true));
      assertThatThrownBy(() -> file.read("shape"))
          .isInstanceOf(UnsupportedWeightsException.class)
          .hasMessage(
              "m.onnx: tensor 'shape' is INT64; readable are FLOAT, FLOAT16, BFLOAT16 and DOUBLE");
    }
  }

  @Test
  void externalDataDoesNotLeaveTheFolder() {
    for (String location : List.of("../secret", "/etc/passwd", "a/../../b", "c:\\x", "a//b")) {
      assertThatThrownBy(() -> open(model(external(location, 0, 8))).read("outside"))
          .isInstanceOf(MalformedWeightsException.class)
          .hasMessage(
              "m.onnx: tensor 'outside' lies in '"
                  + location
                  + "', which is not a file in the model's folder");
    }
  }

  private static void refused(OnnxWriter tensor, String name, String message) {
    assertThatThrownBy(() -> open(model(tensor)).read(name))
        .isInstanceOf(WeightsException.class)
        .hasMessage(message);
  }

  @Test
  void sizesThatLieAreReported() {
    refused(
        external("data.bin", 8, 8),
        "outside",
        "data.bin: tensor 'outside' needs 8 bytes from byte 8, but the file has 12");
    refused(
        external("data.bin", 0, 9),
        "outside",
        "m.onnx: tensor 'outside' has 9 bytes, which is not what FLOAT [2] takes");
    refused(
        external("other.bin", 0, 8),
        "outside",
        "m.onnx: tensor 'outside' lies in 'other.bin', which is not in memory; copy it there");
    refused(
        OnnxWriter.tensor("t", List.of(1L << 40), 1),
        "t",
        "m.onnx: tensor 't' has 4 bytes, which is not what FLOAT [1099511627776] takes");
    refused(
        OnnxWriter.head("t", 1, List.of(1L << 40)),
        "t",
        "m.onnx: tensor 't' has 12 bytes, which is not what FLOAT [1099511627776] takes");
    refused(
        OnnxWriter.head("t", 1, List.of(2L)),
        "t",
        "m.onnx: tensor 't' has 0 numbers, but [2] has 2");
    assertThatThrownBy(() -> open(model(OnnxWriter.tensor("t", List.of(-1L)))))
        .isInstanceOf(MalformedWeightsException.class)
        .hasMessage("m.onnx: the model has a tensor 't' with a negative size -1 in shape [-1]");
    assertThatThrownBy(
            () -> open(model(OnnxWriter.tensor("t", List.of()), OnnxWriter.tensor("t", List.of()))))
        .isInstanceOf(MalformedWeightsException.class)
        .hasMessage("m.onnx: the model has two constants named 't'");
    assertThatThrownBy(() -> open(new byte[0]))
        .isInstanceOf(MalformedWeightsException.class)
        .hasMessage(
            "m.onnx: the model has no graph with nodes, so it is no ONNX model or cut short");
  }

  private static void readAll(byte[] bytes) throws IOException {
    try (OnnxFile file = open(bytes)) {
      for (TensorInfo info : file.tensors().values()) {
        try {
          if (info.dtype().startsWith("INT")) {
            file.readIntegers(info.name());
          } else {
            file.read(info.name());
          }
        } catch (WeightsException e) {
          assertThat(e).hasMessageMatching("(?s)(m\\.onnx|.*data.*): .+");
        }
      }
    }
  }

  @Test
  void everyTruncationIsReportedOrWithoutEffect() throws IOException {
    byte[] whole = whole();
    int tail = new OnnxWriter().message(8, new OnnxWriter().number(2, 14)).toByteArray().length;
    for (int length = 0; length < whole.length; length++) {
      byte[] cut = Arrays.copyOf(whole, length);
      if (length == whole.length - tail) {
        // Between two fields of the model; nothing tells that the opset was to follow.
        readAll(cut);
        continue;
      }
      assertThatThrownBy(() -> open(cut))
          .as("cut to %d of %d bytes", length, whole.length)
          .isInstanceOf(WeightsException.class)
          .hasMessageStartingWith("m.onnx: ");
    }
  }

  @Test
  void everyFlippedBitIsReportedOrRead() throws IOException {
    byte[] whole = whole();
    for (int bit = 0; bit < 8 * whole.length; bit++) {
      byte[] flipped = whole.clone();
      flipped[bit / 8] ^= (byte) (1 << bit % 8);
      try {
        readAll(flipped);
      } catch (WeightsException e) {
        assertThat(e).as("bit %d", bit).hasMessageStartingWith("m.onnx: ");
      } catch (RuntimeException e) {
        throw new AssertionError("bit " + bit, e);
      }
    }
  }
}
