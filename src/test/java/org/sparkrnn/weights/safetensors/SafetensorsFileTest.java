package org.sparkrnn.weights.safetensors;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkrnn.tensor.Shape;
import org.sparkrnn.tensor.Tensor;
import org.sparkrnn.weights.InMemoryStorage;
import org.sparkrnn.weights.MalformedWeightsException;
import org.sparkrnn.weights.TensorInfo;
import org.sparkrnn.weights.UnsupportedWeightsException;
import org.sparkrnn.weights.WeightsException;

class SafetensorsFileTest {
  private static final Tensor KERNEL = Tensor.of(Shape.of(2, 3), 1, -2, 3.5f, 0, -0f, 1e-40f);
  private static final Tensor SCALAR = Tensor.of(Shape.of(), Float.NaN);
  private static final Tensor EMPTY = Tensor.of(Shape.of(0, 4));

  @Test
  void whatIsWrittenIsRead() throws IOException {
    byte[] bytes = written();

    SafetensorsFile file = open(bytes);

    assertThat(file.format()).isEqualTo("safetensors");
    assertThat(file.tensors())
        .containsExactly(
            Map.entry("cell/kernel", new TensorInfo("cell/kernel", "F32", Shape.of(2, 3), 24)),
            Map.entry("empty", new TensorInfo("empty", "F32", Shape.of(0, 4), 0)),
            Map.entry("scalar \"é\"", new TensorInfo("scalar \"é\"", "F32", Shape.of(), 4)));
    assertThat(file.metadata()).containsExactly(Map.entry("made by", "a test"));
    assertThat(file.read("cell/kernel")).isEqualTo(KERNEL);
    assertThat(file.read("scalar \"é\"")).isEqualTo(SCALAR);
    assertThat(file.read("empty")).isEqualTo(EMPTY);
  }

  @Test
  void theWritersBytesAreFixed() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();

    SafetensorsWriter.write(
        Map.of("b", Tensor.of(Shape.of(1), 2f), "a", Tensor.of(Shape.of(1), 1f)), out);

    String header =
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},"
            + "\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}     ";
    assertThat(header).hasSize(112);
    assertThat(out.toByteArray()).isEqualTo(file(header, new byte[] {0, 0, -128, 63, 0, 0, 0, 64}));
  }

  @Test
  void nothingAtAllIsAFileToo() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    SafetensorsWriter.write(Map.of(), out);

    assertThat(out.size()).isEqualTo(16);
    assertThat(open(out.toByteArray()).tensors()).isEmpty();
  }

  @Test
  void aTensorLargerThanTheBuffersIsWhole() throws IOException {
    float[] values = new float[600_001];
    for (int i = 0; i < values.length; i++) {
      values[i] = i;
    }
    Tensor large = Tensor.of(Shape.of(values.length), values);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    SafetensorsWriter.write(Map.of("large", large), out);

    assertThat(open(out.toByteArray()).read("large")).isEqualTo(large);
  }

  @Test
  void theReservedNameIsNoTensor() {
    assertThatThrownBy(
            () ->
                SafetensorsWriter.write(
                    Map.of("__metadata__", SCALAR), new ByteArrayOutputStream()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "a tensor must not be called '__metadata__': the safetensors format reserves it");
  }

  @Test
  void narrowerAndWiderFloatsBecomeFloat32() throws IOException {
    ByteBuffer data = ByteBuffer.allocate(28).order(ByteOrder.LITTLE_ENDIAN);
    data.putDouble(0.1).putDouble(Double.NEGATIVE_INFINITY);
    data.putShort((short) 0x3c00).putShort((short) 0x0001).putShort((short) 0xfbff);
    data.putShort((short) 0x3f80).putShort((short) 0xc0a0).putShort((short) 0x7f80);
    String header =
        "{\"d\":{\"dtype\":\"F64\",\"shape\":[2],\"data_offsets\":[0,16]},"
            + "\"h\":{\"dtype\":\"F16\",\"shape\":[3],\"data_offsets\":[16,22]},"
            + "\"b\":{\"dtype\":\"BF16\",\"shape\":[3],\"data_offsets\":[22,28]}}";

    SafetensorsFile file = open(file(header, data.array()));

    assertThat(file.read("d").toArray()).containsExactly(0.1f, Float.NEGATIVE_INFINITY);
    assertThat(file.read("h").toArray()).containsExactly(1f, 0x1p-24f, -65504f);
    assertThat(file.read("b").toArray()).containsExactly(1f, -5f, Float.POSITIVE_INFINITY);
    assertThat(file.tensors().get("d").dtype()).isEqualTo("F64");
  }

  @Test
  void aDoubleBeyondFloat32IsRefused() {
    byte[] data =
        ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN).putDouble(1).putDouble(1e39).array();
    String header = "{\"d\":{\"dtype\":\"F64\",\"shape\":[2],\"data_offsets\":[0,16]}}";

    assertThatThrownBy(() -> open(file(header, data)).read("d"))
        .isInstanceOf(UnsupportedWeightsException.class)
        .hasMessage(
            "net.safetensors: tensor 'd', element 1, is a float64 beyond the range of float32"
                + " (3.4028235E38)");
  }

  @ParameterizedTest
  @CsvSource({"I32,4", "BOOL,1", "F8_E4M3,1", "F128,99"})
  void otherTypesAreListedAndRefusedWhenRead(String dtype, int bytes) throws IOException {
    String header =
        String.format(
            "{\"x\":{\"dtype\":\"%s\",\"shape\":[1],\"data_offsets\":[0,%d]}}", dtype, bytes);
    SafetensorsFile file = open(file(header, new byte[bytes]));

    assertThat(file.tensors().get("x")).isEqualTo(new TensorInfo("x", dtype, Shape.of(1), bytes));
    assertThatThrownBy(() -> file.read("x"))
        .isInstanceOf(UnsupportedWeightsException.class)
        .hasMessage(
            "net.safetensors: tensor 'x' is " + dtype + "; readable are F32, F16, BF16 and F64");
  }

  @Test
  void fieldsAndTensorsMayComeInAnyOrder() throws IOException {
    String header =
        "{\"b\": {\"data_offsets\":[4,8], \"shape\":[], \"dtype\":\"F32\"} ,"
            + "\"a\":{\"shape\":[1,1],\"data_offsets\":[0,4],\"dtype\":\"F32\"}}\n ";

    SafetensorsFile file = open(file(header, new byte[8]));

    assertThat(file.tensors().keySet()).containsExactly("a", "b");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          [1]        | the header does not start with '{'
          {          | the header is not valid JSON near its character 1: Unexpected end
          {} {}      | the header goes on after its last '}'
          {"x":1}    | tensor 'x' is VALUE_NUMBER_INT, expected START_OBJECT
          {"x":{"dtype":"F32","shape":[1]}} | tensor 'x' needs all of dtype, shape and data_offsets
          {"x":{"dtype":4,"shape":[1],"data_offsets":[0,4]}} | tensor 'x' dtype is VALUE_NUMBER_INT
          {"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"strides":[1]}} | a field 'strides'
          {"x":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}} | shape holds -1, expected at least 0
          {"x":{"dtype":"F32","shape":[1.0],"data_offsets":[0,4]}} | shape is VALUE_NUMBER_FLOAT
          {"x":{"dtype":"F32","shape":[99999999999999999999],"data_offsets":[0,4]}} | not valid JSON
          {"x":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,4]}} | has more than 2^63 elements
          {"x":{"dtype":"F32","shape":[4611686018427387905],"data_offsets":[0,4]}} | is not what F32 [4611686018427387905] takes
          {"x":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}} | has 4 bytes, which is not what F32 [2] takes
          {"x":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}} | has data_offsets [4, 0], expected [begin, end]
          {"x":{"dtype":"F32","shape":[1],"data_offsets":[0]}} | has data_offsets [0], expected [begin, end]
          {"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}} | ends behind the file's 4 bytes of data
          {"x":{"dtype":"F32","shape":[1],"data_offsets":[9223372036854775800,9223372036854775804]}} | ends behind the file's 4 bytes of data
          {"x":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}} | the file has 4 bytes of data, but its tensors take 0
          {"x":{"dtype":"F16","shape":[1],"data_offsets":[2,4]}} | leaves a hole: expected it to begin at 0
          {"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"y":{"dtype":"F16","shape":[1],"data_offsets":[2,4]}} | overlaps another tensor: expected it to begin at 4
          {"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}} | Duplicate field 'x'
          {"__metadata__":{"a":1}} | __metadata__ 'a' is VALUE_NUMBER_INT, expected VALUE_STRING
          {"__metadata__":[]} | __metadata__ is START_ARRAY, expected START_OBJECT
          """)
  void aHeaderThatBreaksARuleIsRefused(String header, String offence) {
    assertThatThrownBy(() -> open(file(header, new byte[4])))
        .isInstanceOf(MalformedWeightsException.class)
        .hasMessageStartingWith("net.safetensors: ")
        .hasMessageContaining(offence);
  }

  @Test
  void aNameBeyondAnyUseIsRefused() {
    String header = "{\"" + "x".repeat(100_000) + "\":{}}";

    assertThatThrownBy(() -> open(file(header, new byte[0])))
        .isInstanceOf(MalformedWeightsException.class)
        .hasMessageStartingWith("net.safetensors: the header is not valid JSON");
  }

  @Test
  void bytesThatAreNotUtf8AreRefused() {
    byte[] bytes = file("{\"x\":1}", new byte[0]);
    bytes[10] = (byte) 0xff;

    assertThatThrownBy(() -> open(bytes))
        .isInstanceOf(MalformedWeightsException.class)
        .hasMessageStartingWith("net.safetensors: the header is not UTF-8");
  }

  @ParameterizedTest
  @ValueSource(longs = {-1, Long.MIN_VALUE, Long.MAX_VALUE, 100_000_001, 99_999_999, 400, 1, 0})
  void aFalseHeaderLengthCostsAnExceptionOnly(long length) throws IOException {
    byte[] bytes = written();
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putLong(0, length);

    assertThatThrownBy(() -> open(bytes))
        .isInstanceOf(MalformedWeightsException.class)
        .hasMessageStartingWith("net.safetensors: the header");
  }

  @Test
  void theLengthsMessageIsWhole() {
    byte[] bytes = new byte[20];
    bytes[0] = 13;

    assertThatThrownBy(() -> open(bytes))
        .hasMessage("net.safetensors: the header needs 13 bytes from byte 8, but the file has 20");
  }

  @Test
  void everyTruncationIsReported() throws IOException {
    byte[] whole = written();
    for (int length = 0; length < whole.length; length++) {
      byte[] cut = Arrays.copyOf(whole, length);
      assertThatThrownBy(() -> readAll(cut))
          .as("cut to %d bytes", length)
          .isInstanceOf(MalformedWeightsException.class)
          .hasMessageStartingWith("net.safetensors: ");
    }
  }

  @Test
  void everyFlippedBitIsReadOrReported() throws IOException {
    byte[] whole = written();
    for (int bit = 0; bit < whole.length * 8; bit++) {
      byte[] flipped = whole.clone();
      flipped[bit / 8] ^= (byte) (1 << bit % 8);
      try {
        readAll(flipped);
      } catch (WeightsException e) {
        assertThat(e).as("bit %d", bit).hasMessageStartingWith("net.safetensors: ");
      } catch (RuntimeException e) {
        fail("bit " + bit, e);
      }
    }
  }

  private static void readAll(byte[] bytes) throws IOException {
    SafetensorsFile file = open(bytes);
    for (String name : file.tensors().keySet()) {
      file.read(name);
    }
  }

  private static byte[] written() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    SafetensorsWriter.write(
        Map.of("scalar \"é\"", SCALAR, "cell/kernel", KERNEL, "empty", EMPTY),
        Map.of("made by", "a test"),
        out);
    return out.toByteArray();
  }

  private static byte[] file(String header, byte[] data) {
    byte[] json = header.getBytes(UTF_8);
    ByteBuffer bytes =
        ByteBuffer.allocate(8 + json.length + data.length).order(ByteOrder.LITTLE_ENDIAN);
    return bytes.putLong(json.length).put(json).put(data).array();
  }

  private static SafetensorsFile open(byte[] bytes) throws IOException {
    return SafetensorsFile.open(InMemoryStorage.source("net.safetensors", bytes));
  }
}
