package org.sparkrnn.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ZipArchiveTest {
  private static final byte[] TEXT = new byte[200_000];

  static {
    for (int i = 0; i < TEXT.length; i++) {
      TEXT[i] = (byte) (i * i >>> 5);
    }
  }

  @Test
  void aDeflatedEntryIsReadInAnyOrder() throws IOException {
    ByteSource entry = ZipArchive.open(source(zipped("a", TEXT))).open("a");

    assertThat(entry.size()).isEqualTo(TEXT.length);
    assertThat(entry.read(150_000, 3, "x"))
        .containsExactly(TEXT[150_000], TEXT[150_001], TEXT[150_002]);
    assertThat(entry.read(7, 2, "x")).containsExactly(TEXT[7], TEXT[8]);
    assertThat(entry.read(0, TEXT.length, "x")).isEqualTo(TEXT);
  }

  @Test
  void aFalseChecksumIsReported() throws IOException {
    byte[] bytes = zipped("a", TEXT);
    int central = centralDirectory(bytes);
    bytes[central + 16] ^= 1;

    assertThatThrownBy(() -> readAll(bytes))
        .isInstanceOf(MalformedWeightsException.class)
        .hasMessageStartingWith("net.zip: a: its checksum is ")
        .hasMessageEndingWith(": the bytes were changed");
  }

  @Test
  void aBombIsRefusedBeforeItGrows() throws IOException {
    byte[] bytes = zipped("a", new byte[80 << 20]);

    assertThat(bytes.length).isLessThan(100_000);
    assertThatThrownBy(() -> ZipArchive.open(source(bytes)))
        .isInstanceOf(UnsupportedWeightsException.class)
        .hasMessageContaining("entry 'a' grows from ")
        .hasMessageContaining(" to 83886080 bytes, more than 100 times");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 199_999, 200_001, Integer.MAX_VALUE, -2, -1})
  void aFalseSizeIsReported(int size) throws IOException {
    byte[] bytes = zipped("a", TEXT);
    ByteBuffer.wrap(bytes)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(centralDirectory(bytes) + 24, size);

    assertThatThrownBy(() -> readAll(bytes)).isInstanceOf(WeightsException.class);
  }

  @Test
  void anEntryThatComesTwiceIsRefused() throws IOException {
    byte[] bytes = zipped("aa", TEXT);
    byte[] two = zipped("aa", new byte[1], "ab", new byte[1]);
    for (int i = centralDirectory(two); i < two.length; i++) {
      two[i] = two[i] == 'b' ? (byte) 'a' : two[i];
    }

    assertThat(ZipArchive.open(source(bytes)).sizes()).containsEntry("aa", 200_000L);
    assertThatThrownBy(() -> ZipArchive.open(source(two)))
        .isInstanceOf(MalformedWeightsException.class)
        .hasMessage("net.zip: entry 'aa' comes twice");
  }

  @Test
  void whatIsNoArchiveIsRefused() {
    assertThatThrownBy(() -> ZipArchive.open(source(new byte[100])))
        .isInstanceOf(MalformedWeightsException.class)
        .hasMessage("net.zip: the zip archive has no end record: the file is cut short or damaged");
    assertThatThrownBy(() -> ZipArchive.open(source(new byte[3])))
        .hasMessage("net.zip: is no zip archive: it has 3 bytes");
  }

  private static void readAll(byte[] bytes) throws IOException {
    ZipArchive archive = ZipArchive.open(source(bytes));
    for (String name : archive.sizes().keySet()) {
      ByteSource entry = archive.open(name);
      entry.read(0, entry.size(), "the entry");
      if (entry.size() == 0) {
        throw new MalformedWeightsException("net.zip", "nothing in it");
      }
    }
  }

  private static int centralDirectory(byte[] zip) {
    return ByteBuffer.wrap(zip).order(ByteOrder.LITTLE_ENDIAN).getInt(zip.length - 6);
  }

  private static ByteSource source(byte[] bytes) {
    return InMemoryStorage.source("net.zip", bytes);
  }

  private static byte[] zipped(Object... namesAndBytes) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(out)) {
      for (int i = 0; i < namesAndBytes.length; i += 2) {
        zip.putNextEntry(new ZipEntry((String) namesAndBytes[i]));
        zip.write((byte[]) namesAndBytes[i + 1]);
      }
    }
    return out.toByteArray();
  }
}
