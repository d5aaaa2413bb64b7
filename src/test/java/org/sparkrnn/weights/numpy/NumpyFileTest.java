package org.sparkrnn.weights.numpy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkrnn.tensor.Shape;
import org.sparkrnn.tensor.Tensor;
import org.sparkrnn.weights.Damage;
import org.sparkrnn.weights.InMemoryStorage;
import org.sparkrnn.weights.LocalStorage;
import org.sparkrnn.weights.MalformedWeightsException;
import org.sparkrnn.weights.TensorInfo;
import org.sparkrnn.weights.UnsupportedWeightsException;

/** The fixtures are NumPy's own: {@code src/test/python/make_numpy_fixtures.py}. */
class NumpyFileTest {

  @ParameterizedTest
  @ValueSource(strings = {"stored.npz", "deflated.npz"})
  void everyFloatTypeAndOrderOfAnArchiveIsRead(String fixture) throws IOException {
    NumpyFile file = open(fixture, fixture(fixture));

    assertThat(file.format()).isEqualTo("NumPy archive");
    for (String name :
        new String[] {"f4", "f8", "f2", "f4_big", "f2_big", "f8_fortran", "f4_big_fortran"}) {
      assertThat(file.read(name)).as(name).isEqualTo(quarters(2, 3, 4));
    }
    assertThat(file.read("rnn/kernel")).isEqualTo(quarters(3, 4));
    assertThat(file.read("scalar")).isEqualTo(Tensor.of(Shape.of(), 0.5f));
    assertThat(file.read("empty")).isEqualTo(Tensor.of(Shape.of(0, 3)));
    assertThat(file.tensors().get("f2_big"))
        .isEqualTo(new TensorInfo("f2_big", ">f2", Shape.of(2, 3, 4), 48));
    assertThat(file.tensors().get("text"))
        .isEqualTo(new TensorInfo("text", "<U2", Shape.of(2), 16));
  }

  @ParameterizedTest
  @CsvSource({"i8,<i8", "text,<U2", "flags,|b1", "complex,<c16"})
  void otherTypesAreListedAndRefusedWhenRead(String name, String dtype) throws IOException {
    NumpyFile file = open("a.npz", fixture("stored.npz"));

    assertThatThrownBy(() -> file.read(name))
        .isInstanceOf(UnsupportedWeightsException.class)
        .hasMessage("a.npz: tensor '" + name + "' is " + dtype + "; readable are f2, f4 and f8");
  }

  @Test
  void picklesAreNeverRun() throws IOException {
    NumpyFile file = open("a.npz", fixture("objects.npz"));

    assertThat(file.read("good")).isEqualTo(quarters(2, 3, 4));
    assertThatThrownBy(() -> file.read("bad"))
        .isInstanceOf(UnsupportedWeightsException.class)
        .hasMessage(
            "a.npz: tensor 'bad' holds pickled Python objects (dtype |O), which are never run;"
                + " save it as an array of floats");
  }

  @ParameterizedTest
  @ValueSource(strings = {"plain.npy", "version2.npy"})
  void oneArrayHasTheFilesName(String fixture) throws IOException {
    NumpyFile file = open("some/folder/kernel.npy", fixture(fixture));

    assertThat(file.format()).isEqualTo("NumPy array");
    assertThat(file.tensors()).containsOnlyKeys("kernel");
    assertThat(file.read("kernel")).isEqualTo(quarters(2, 3, 4));
  }

  @Test
  void aStructuredTypeIsListedWithItsText() throws IOException {
    NumpyFile file = open("a.npy", fixture("version3.npy"));

    assertThat(file.tensors().get("a").dtype()).isEqualTo("[('ä', '<f4')]");
    assertThatThrownBy(() -> file.read("a")).isInstanceOf(UnsupportedWeightsException.class);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {'descr': '<f4', 'fortran_order': False, 'shape': (2,), 'x': 1} | the header has a key 'x'
          {'descr': '<f4', 'fortran_order': False} | the header needs all of descr, fortran_order and shape
          {'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (1,)} | the header has 'descr' twice
          {'descr': '<f4', 'fortran_order': Yes, 'shape': (1,)} | neither True nor False
          {'descr': '<f4', 'fortran_order': False, 'shape': (-1,)} | negative size -1
          {'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,)} | expected a number of 64 bits
          {'descr': '<f4', 'fortran_order': False, 'shape': (4294967296, 4294967296)} | more than 2^63 elements
          {'descr': '<f4', 'fortran_order': False, 'shape': (4611686018427387904,)} | the header says <f4 [4611686018427387904], but 4 bytes follow
          {'descr': '<f4', 'fortran_order': False, 'shape': (0,)} | but 4 bytes follow it, expected 0
          {'descr': '<f4', 'fortran_order': False, 'shape': (2,)} | but 4 bytes follow it, expected 8
          {'descr': '<f4', 'fortran_order': False, 'shape': (1,)} x | goes on after its last '}'
          {'descr': __import__('os'), 'fortran_order': False, 'shape': (1,)} | has no quoted string
          {'descr': [[[[ | ends in the middle of descr
          [] | has no '{'
          """)
  void aHeaderThatBreaksARuleIsRefused(String header, String offence) {
    assertThatThrownBy(() -> open("a.npy", array(header, new byte[4])))
        .isInstanceOf(MalformedWeightsException.class)
        .hasMessageStartingWith("a.npy: ")
        .hasMessageContaining(offence);
  }

  @Test
  void everyCutIsReported() throws IOException {
    for (String fixture : new String[] {"plain.npy", "version2.npy", "stored.npz", "objects.npz"}) {
      byte[] whole = fixture(fixture);
      int cuts = whole.length > 6000 ? (whole.length + 96) / 97 : whole.length;
      assertThat(Damage.cuts(fixture, whole, source -> Damage.readAll(NumpyFile.open(source))))
          .as(fixture)
          .isEqualTo(cuts);
    }
  }

  @Test
  void everyChangedByteIsReadOrReported() throws IOException {
    for (String fixture :
        new String[] {"plain.npy", "version2.npy", "deflated.npz", "objects.npz"}) {
      Damage.flips(fixture, fixture(fixture), source -> Damage.readAll(NumpyFile.open(source)));
    }
  }

  @Test
  void arraysThatOthersSavedAreRead() throws IOException {
    Path data = Path.of(System.getProperty("sparkrnn.data", "../shared/data"));
    Path folder = data.resolve("models/keras-emg-lstm/expected");
    Assumptions.assumeTrue(Files.isDirectory(folder), "skipped: no data found at " + folder);
    for (String name : LocalStorage.of(folder).list()) {
      try (NumpyFile file = NumpyFile.open(LocalStorage.of(folder).open(name))) {
        Tensor tensor = file.read(name.replace(".npy", ""));
        assertThat(tensor.shape().dim(0)).as(name).isEqualTo(10);
        for (float value : tensor.toArray()) {
          assertThat(value).as(name).isFinite();
        }
      }
    }
  }

  private static byte[] array(String header, byte[] data) {
    byte[] text = header.getBytes(ISO_8859_1);
    return ByteBuffer.allocate(10 + text.length + data.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .put(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0})
        .putShort((short) text.length)
        .put(text)
        .put(data)
        .array();
  }

  private static Tensor quarters(long... dims) {
    Shape shape = Shape.of(dims);
    float[] values = new float[(int) shape.elements()];
    for (int i = 0; i < values.length; i++) {
      values[i] = i / 4f;
    }
    return Tensor.of(shape, values);
  }

  private static byte[] fixture(String name) throws IOException {
    try (InputStream in = NumpyFileTest.class.getResourceAsStream(name)) {
      return in.readAllBytes();
    }
  }

  private static NumpyFile open(String name, byte[] bytes) throws IOException {
    return NumpyFile.open(InMemoryStorage.source(name, bytes));
  }
}
