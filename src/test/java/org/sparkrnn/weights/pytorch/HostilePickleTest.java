package org.sparkrnn.weights.pytorch;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkrnn.weights.InMemoryStorage;
import org.sparkrnn.weights.MalformedWeightsException;
import org.sparkrnn.weights.UnsupportedWeightsException;
import org.sparkrnn.weights.WeightsException;

/** Pickles that no honest program wrote, as opcodes; {@code {n}} stands for a byte. */
class HostilePickleTest {
  private static final String STORAGE =
      "(X{7}{0}{0}{0}storagectorch\nFloatStorage\nX{1}{0}{0}{0}0X{3}{0}{0}{0}cpu%st";
  private static final String TENSOR =
      "}X{1}{0}{0}{0}actorch._utils\n_rebuild_tensor_v2\n(" + STORAGE + "Q%s(%st(%st{137}NtRs.";

  @Test
  void aTensorOfTheRightSizesIsRead() throws IOException {
    PyTorchFile file = open(String.format(TENSOR, "K{4}", "K{0}", "K{2}K{2}", "K{2}K{1}"));

    assertThat(file.read("a").toArray()).containsExactly(0, 0, 0, 0);
  }

  @ParameterizedTest
  @CsvSource({
    "J{255}{255}{255}{255}, K{0}, K{4}, K{1}",
    "J{255}{255}{255}{127}, K{0}, K{4}, K{1}",
    "K{5}, K{0}, K{4}, K{1}",
    "K{4}, K{1}, K{4}, K{1}",
    "K{4}, J{255}{255}{255}{255}, K{4}, K{1}",
    "K{4}, K{0}, J{255}{255}{255}{255}, K{1}",
    "K{4}, K{0}, K{5}, K{1}",
    "K{4}, K{0}, K{2}, K{4}",
    "K{4}, K{0}, K{2}K{2}, K{1}",
    "K{4}, K{0}, '{138}{8}{255}{255}{255}{255}{255}{255}{255}{127}', K{1}",
    "K{4}, K{0}, K{4}, '{138}{8}{255}{255}{255}{255}{255}{255}{255}{127}'",
    "K{4}, '{138}{8}{255}{255}{255}{255}{255}{255}{255}{127}', K{4}, K{1}",
    "K{4}, K{0}, N, N"
  })
  void aTensorOfFalseSizesIsRefused(String elements, String offset, String sizes, String strides) {
    assertThatThrownBy(() -> open(String.format(TENSOR, elements, offset, sizes, strides)))
        .isInstanceOf(MalformedWeightsException.class)
        .hasMessageStartingWith("net.pt: ");
  }

  @Test
  void aSizeThatRepeatsElementsTakesNoMemory() throws IOException {
    PyTorchFile file = open(String.format(TENSOR, "K{4}", "K{0}", "J{255}{255}{255}{127}", "K{0}"));

    assertThatThrownBy(() -> file.read("a")).isInstanceOf(UnsupportedWeightsException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "cos\nsystem\nX{2}{0}{0}{0}ls{133}R.",
        "(X{2}{0}{0}{0}lsios\nsystem\n.",
        "(cos\nsystem\nX{2}{0}{0}{0}lso.",
        "{140}{2}os{140}{6}system{147}X{2}{0}{0}{0}ls{133}{129}.",
        "{140}{2}os{140}{6}system{147}){125}{146}."
      })
  void everyWayToCallIsListedAndGivesNothing(String pickle) throws IOException {
    PyTorchFile file = open(pickle);

    assertThat(file.unknown()).contains("os.system");
    assertThat(file.tensors()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "]q{0}h{0}a.",
        "}q{0}X{1}{0}{0}{0}ah{0}s.",
        "]q{0}h{0}h{0}{134}a.",
        "cos\nsystem\n)Rq{0}h{0}b.",
        "]q{0}(h{0}h{0}h{0}h{0}e."
      })
  void aValueThatHoldsItselfEnds(String pickle) throws IOException {
    assertThat(open(pickle).tensors()).isEmpty();
  }

  @Test
  void nestedListsThatMultiplyAreStopped() {
    StringBuilder pickle = new StringBuilder("]q{0}0");
    for (int i = 1; i < 60; i++) {
      pickle.append(String.format("](h{%d}h{%d}eq{%d}0", i - 1, i - 1, i));
    }

    assertThatThrownBy(() -> open(pickle + "h{59}."))
        .isInstanceOf(MalformedWeightsException.class)
        .hasMessage("net.pt: the pickle has more than 1000000 values");
  }

  @Test
  void deepNestingIsStopped() {
    assertThatThrownBy(() -> open("]".repeat(100_000) + "a".repeat(99_999) + "."))
        .isInstanceOf(MalformedWeightsException.class)
        .hasMessageStartingWith("net.pt: the pickle nests its values more than 100 deep at '0.0.");
    assertThatThrownBy(() -> open("(".repeat(100_000) + ".")).isInstanceOf(WeightsException.class);
  }

  @Test
  void aTypeThatRebuildsItselfEnds() throws IOException {
    String pickle = "ctorch._tensor\n_rebuild_from_type_v2\nq{0}]q{1}(h{0}Nh{1}Neh{1}R.";

    assertThat(open(pickle + ".").tensors()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ".",
        "X{255}{255}{255}{255}a.",
        "X{255}{255}{255}{127}a.",
        "{141}{255}{255}{255}{255}{255}{255}{255}{255}a.",
        "{142}{255}{255}{255}{255}{255}{255}{255}{127}a.",
        "{139}{255}{255}{255}{127}a.",
        "{139}{255}{255}{255}{255}a.",
        "h{1}.",
        "g1\n.",
        "gx\n.",
        "t.",
        "0.",
        "K{1}K{1}s.",
        "}(K{1}u.",
        "K{1}K{1}a.",
        "Sa\n.",
        "Ix\n.",
        "K{1}Q.",
        "K{1}R.",
        "{130}{1}.",
        "{151}.",
        "{255}.",
        "(o.",
        "K{1}K{2}{147}."
      })
  void whatBreaksTheMachineIsReported(String pickle) {
    assertThatThrownBy(() -> open(pickle))
        .isInstanceOf(WeightsException.class)
        .hasMessageStartingWith("net.pt: ");
  }

  private static PyTorchFile open(String pickle) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(out)) {
      zip.putNextEntry(new ZipEntry("net/data.pkl"));
      zip.write(bytes("{128}{2}" + pickle));
      zip.putNextEntry(new ZipEntry("net/data/0"));
      zip.write(new byte[16]);
    }
    return PyTorchFile.open(InMemoryStorage.source("net.pt", out.toByteArray()));
  }

  /** The bytes of a pickle; {@code {n}} stands for one, and an empty dict is {@code {125}}. */
  private static byte[] bytes(String pickle) {
    StringBuilder bytes = new StringBuilder();
    for (int i = 0; i < pickle.length(); i++) {
      char c = pickle.charAt(i);
      if (c == '{') {
        int end = pickle.indexOf('}', i);
        bytes.append((char) Integer.parseInt(pickle.substring(i + 1, end)));
        i = end;
      } else {
        bytes.append(c);
      }
    }
    return bytes.toString().getBytes(ISO_8859_1);
  }
}
