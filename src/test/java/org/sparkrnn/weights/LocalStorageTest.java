package org.sparkrnn.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LocalStorageTest {
  @TempDir Path parent;
  private Path folder;
  private LocalStorage storage;

  @BeforeEach
  void write() throws IOException {
    folder = Files.createDirectories(parent.resolve("model"));
    Files.createDirectories(folder.resolve("variables"));
    Files.write(folder.resolve("b"), new byte[] {1, 2, 3, 4, 5});
    Files.write(folder.resolve("a"), new byte[0]);
    Files.write(folder.resolve("variables/c"), new byte[] {6});
    Files.write(parent.resolve("secret"), new byte[] {7});
    storage = LocalStorage.of(folder);
  }

  @Test
  void filesAreListedWithoutFolders() throws IOException {
    assertThat(storage.name()).isEqualTo(folder.toString());
    assertThat(storage.list()).containsExactly("a", "b");
    assertThat(storage.exists("b")).isTrue();
    assertThat(storage.exists("variables/c")).isTrue();
    assertThat(storage.exists("variables")).isFalse();
    assertThat(storage.exists("c")).isFalse();
  }

  @Test
  void aRangeIsReadWhereItIsWanted() throws IOException {
    try (ByteSource source = storage.open("variables/../b")) {
      byte[] target = {9, 9, 9, 9, 9};
      source.read(1, target, 2, 2);

      assertThat(target).containsExactly(9, 9, 2, 3, 9);
      assertThat(source.size()).isEqualTo(5);
      assertThat(source.name()).isEqualTo(folder.resolve("b").toString());
      assertThat(source.read(5, 0, "nothing")).isEmpty();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "-1, 1",
    "0, 6",
    "5, 1",
    "6, 0",
    "0, -1",
    "9223372036854775807, 1",
    "1, 9223372036854775807",
    "-9223372036854775808, 9223372036854775807"
  })
  void aRangeThatIsNotThereIsRefused(long position, long length) throws IOException {
    try (ByteSource source = storage.open("b")) {
      assertThatThrownBy(() -> source.read(position, length, "the header"))
          .isInstanceOf(MalformedWeightsException.class)
          .hasMessage(
              "%s: the header needs %d bytes from byte %d, but the file has 5",
              folder.resolve("b"), length, position);
    }
  }

  @Test
  void aFileThatShrinksIsReported() throws IOException {
    try (ByteSource source = storage.open("b")) {
      Files.write(folder.resolve("b"), new byte[2]);

      assertThatThrownBy(() -> source.read(0, 5, "the header"))
          .isInstanceOf(MalformedWeightsException.class)
          .hasMessage("%s: the file shrank while it was read: it had 5 bytes", folder.resolve("b"));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"../secret", "..", "variables/../../secret", "/etc/passwd"})
  void aNameThatLeavesTheFolderIsRefused(String name) {
    String message = "'" + name + "' is not a file below " + folder;
    assertThatThrownBy(() -> storage.open(name))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message + "; give a relative name without '..'");
    assertThatThrownBy(() -> storage.exists(name)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void whatIsNoFileIsNotFound() {
    assertThatThrownBy(() -> storage.open("c"))
        .isInstanceOf(FileNotFoundException.class)
        .hasMessage(folder.resolve("c") + " is not a file");
    assertThatThrownBy(() -> storage.open("variables"))
        .isInstanceOf(FileNotFoundException.class)
        .hasMessage(folder.resolve("variables") + " is not a file");
    assertThatThrownBy(() -> LocalStorage.of(parent.resolve("absent")).list())
        .isInstanceOf(NoSuchFileException.class);
  }
}
