package org.sparkrnn.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class OutputFolderTest {
  private final Configuration conf = new Configuration();
  @TempDir private Path given;
  private Path temp;

  @BeforeEach
  void followLinks() throws IOException {
    temp = given.toRealPath();
  }

  @ParameterizedTest
  @EnumSource(SaveMode.class)
  void aNewOutputAppearsWholeInEveryMode(SaveMode mode) throws IOException {
    Path out = temp.resolve("deep/er/out");
    try (OutputFolder output = OutputFolder.check(out.toString(), mode, conf)) {
      output.begin();
      writeRows(output, "part-0", "new");
      assertThat(out).doesNotExist();
      output.commit();
    }
    assertThat(contents(temp)).isEqualTo(Map.of("deep/er/out/part-0", "new"));
  }

  @ParameterizedTest
  @EnumSource(
      value = SaveMode.class,
      names = {"APPEND", "OVERWRITE"})
  void aRunThatFailsLeavesTheOutputAsItWas(SaveMode mode) throws IOException {
    Path out = temp.resolve("out");
    write(out.resolve("part-0"), "old");
    Map<String, String> before = contents(temp);
    try (OutputFolder output = OutputFolder.check(out.toString(), mode, conf)) {
      output.begin();
      writeRows(output, "part-1", "half");
    }
    assertThat(contents(temp)).isEqualTo(before);
  }

  @Test
  void aRunThatFailsTakesTheFoldersItMadeWithIt() {
    Path out = temp.resolve("deep/er/out");
    try (OutputFolder output = OutputFolder.check(out.toString(), SaveMode.ERRORIFEXISTS, conf)) {
      output.begin();
    }
    assertThat(temp).isEmptyDirectory();
  }

  @Test
  void overwritingReplacesEverything() throws IOException {
    Path out = temp.resolve("out");
    write(out.resolve("day=1/part-0"), "old");
    write(out.resolve("_SUCCESS"), "");
    try (OutputFolder output = OutputFolder.check(out.toString(), SaveMode.OVERWRITE, conf)) {
      output.begin();
      writeRows(output, "day=2/part-0", "new");
      assertThat(out.resolve("day=1/part-0")).hasContent("old");
      output.commit();
    }
    assertThat(contents(temp)).isEqualTo(Map.of("out/day=2/part-0", "new"));
  }

  @Test
  void appendingAddsFilesUnderTheirPartitions() throws IOException {
    Path out = temp.resolve("out");
    write(out.resolve("day=1/part-0"), "old");
    try (OutputFolder output = OutputFolder.check(out.toString(), SaveMode.APPEND, conf)) {
      output.begin();
      writeRows(output, "day=1/part-1", "new");
      writeRows(output, "day=2/part-2", "new");
      writeRows(output, "_SUCCESS", "");
      output.commit();
    }
    assertThat(contents(temp))
        .isEqualTo(
            Map.of(
                "out/day=1/part-0", "old", "out/day=1/part-1", "new", "out/day=2/part-2", "new"));
  }

  @Test
  void ignoringLeavesTheOutputAlone() throws IOException {
    Path out = temp.resolve("out");
    write(out.resolve("notes.txt"), "mine");
    try (OutputFolder output = OutputFolder.check(out.toString(), SaveMode.IGNORE, conf)) {
      assertThat(output.leftAlone()).isTrue();
    }
    assertThat(contents(temp)).isEqualTo(Map.of("out/notes.txt", "mine"));
  }

  @Test
  void anExistingOutputIsRefusedBeforeAnyWork() throws IOException {
    Path out = temp.resolve("out");
    Files.createDirectories(out);
    assertThatThrownBy(() -> OutputFolder.check(out.toString(), SaveMode.ERRORIFEXISTS, conf))
        .isInstanceOf(Refusal.class)
        .hasMessage(
            "output file:"
                + out
                + " exists; choose another folder, or say --mode overwrite, append or ignore");
    assertThat(temp.resolve("out")).isEmptyDirectory();
  }

  @Test
  void overwritingAFolderOfOtherFilesIsRefused() throws IOException {
    Path out = temp.resolve("home");
    write(out.resolve("part-0"), "rows");
    write(out.resolve("notes.txt"), "mine");
    assertThatThrownBy(() -> OutputFolder.check(out.toString(), SaveMode.OVERWRITE, conf))
        .isInstanceOf(Refusal.class)
        .hasMessage(
            "output file:"
                + out
                + " holds 'notes.txt', which is no file of a Spark job, and overwrite would delete"
                + " it; choose another folder, or move it away");
  }

  @ParameterizedTest
  @EnumSource(
      value = SaveMode.class,
      names = {"APPEND", "OVERWRITE"})
  void aFileInThePlaceOfTheOutputIsRefused(SaveMode mode) throws IOException {
    Path out = temp.resolve("out");
    write(out, "mine");
    assertThatThrownBy(() -> OutputFolder.check(out.toString(), mode, conf))
        .isInstanceOf(Refusal.class)
        .hasMessage("output file:" + out + " is a file; choose a folder");
    assertThat(out).hasContent("mine");
  }

  @Test
  void aPlaceThatCannotBeWrittenIsRefusedBeforeAnyWork() throws IOException {
    write(temp.resolve("file"), "mine");
    Path out = temp.resolve("file/out");
    assertThatThrownBy(
            () -> {
              try (OutputFolder output =
                  OutputFolder.check(out.toString(), SaveMode.OVERWRITE, conf)) {
                output.begin();
              }
            })
        .isInstanceOfSatisfying(Refusal.class, e -> assertThat(e.code()).isEqualTo(ExitCode.USAGE))
        .hasMessageStartingWith("output file:" + out + " cannot be written: ");
    assertThat(contents(temp)).isEqualTo(Map.of("file", "mine"));
  }

  @Test
  void anOutputThatTouchesAnotherPlaceIsRefused() throws IOException {
    Files.createDirectories(temp.resolve("in/day=1"));
    Files.createSymbolicLink(temp.resolve("link"), temp.resolve("in"));
    assertThatThrownBy(() -> apart(temp.resolve("in"), temp.resolve("in/./")))
        .hasMessage("output file:" + temp.resolve("in") + " is the input; choose another folder");
    assertThatThrownBy(() -> apart(temp.resolve("link/out"), temp.resolve("in")))
        .hasMessage(
            "output file:"
                + temp.resolve("in/out")
                + " lies in the input file:"
                + temp.resolve("in")
                + "; choose another folder");
    assertThatThrownBy(() -> apart(temp.resolve("in"), temp.resolve("link/day=1")))
        .hasMessage(
            "output file:"
                + temp.resolve("in")
                + " holds the input file:"
                + temp.resolve("in/day=1")
                + "; choose another folder");
    apart(temp.resolve("in2"), temp.resolve("in"));
  }

  private void apart(Path out, Path other) {
    OutputFolder.check(out.toString(), SaveMode.OVERWRITE, conf)
        .keepApart("input", new org.apache.hadoop.fs.Path(other.toString()), conf);
  }

  @Test
  void aSwapWhoseSecondRenamingFailsPutsTheOldOutputBack() throws IOException {
    write(temp.resolve("out/part-0"), "old");
    Map<String, String> before = contents(temp);
    Configuration flaky = FailingRenames.conf(2);
    try (OutputFolder output =
        OutputFolder.check("flaky://" + temp.resolve("out"), SaveMode.OVERWRITE, flaky)) {
      output.begin();
      writeRows(output, "part-0", "new");
      assertThatThrownBy(output::commit)
          .isInstanceOf(IOException.class)
          .hasMessageEndingWith("could not be renamed to flaky:" + temp.resolve("out"));
    }
    assertThat(contents(temp)).isEqualTo(before);
  }

  @Test
  void anAppendThatFailsHalfWayTakesItsFilesBack() throws IOException {
    write(temp.resolve("out/day=1/part-0"), "old");
    Map<String, String> before = contents(temp);
    Configuration flaky = FailingRenames.conf(3);
    try (OutputFolder output =
        OutputFolder.check("flaky://" + temp.resolve("out"), SaveMode.APPEND, flaky)) {
      output.begin();
      for (String name : List.of("day=1/part-1", "day=2/part-2", "day=3/part-3")) {
        writeRows(output, name, "new");
      }
      assertThatThrownBy(output::commit).isInstanceOf(IOException.class);
    }
    assertThat(contents(temp)).isEqualTo(before);
    assertThat(temp.resolve("out/day=2")).doesNotExist();
  }

  @Test
  void anOutputThatARunLeftAsideWhenItDiedIsPutBack() throws IOException {
    write(temp.resolve(".out.spark-rnn-1234.old/part-0"), "old");
    assertThatThrownBy(
            () -> OutputFolder.check(temp.resolve("out").toString(), SaveMode.ERRORIFEXISTS, conf))
        .hasMessageContaining(" exists");
    assertThat(contents(temp)).isEqualTo(Map.of("out/part-0", "old"));
  }

  @Test
  void anOutputThatAppearsWhileTheJobRunsIsLeftAndTheRowsAreKept() throws IOException {
    Path out = temp.resolve("out");
    try (OutputFolder output = OutputFolder.check(out.toString(), SaveMode.ERRORIFEXISTS, conf)) {
      output.begin();
      writeRows(output, "part-0", "ours");
      write(out.resolve("part-0"), "theirs");
      assertThatThrownBy(output::commit)
          .hasMessage(
              "output file:"
                  + out
                  + " appeared while the job ran and is left as it is; the job's rows are in "
                  + output.rows());
    }
    assertThat(out.resolve("part-0")).hasContent("theirs");
    assertThat(contents(temp)).hasSize(2).containsValue("ours");
  }

  @Test
  void theRootOfAFileSystemIsRefused() {
    assertThatThrownBy(() -> OutputFolder.check("file:///", SaveMode.OVERWRITE, conf))
        .hasMessage("output is 'file:///', the root of its file system");
  }

  private static void writeRows(OutputFolder output, String name, String text) throws IOException {
    write(Path.of(output.rows().toUri().getPath()).resolve(name), text);
  }

  private static void write(Path file, String text) throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  /** Every file under a folder, with its text. */
  private static Map<String, String> contents(Path folder) throws IOException {
    Map<String, String> found = new TreeMap<>();
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path file : all.filter(Files::isRegularFile).toList()) {
        found.put(folder.relativize(file).toString(), Files.readString(file));
      }
    }
    return found;
  }
}
