package org.sparkrnn.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InputFormatTest {
  @TempDir private Path temp;

  @ParameterizedTest
  @CsvSource({
    "a.parquet, parquet",
    "a.snappy.parquet, parquet",
    "a.PQ, parquet",
    "a.json.gz, json",
    "a.jsonl, json",
    "a.ndjson.zst, json",
    "a.csv.bz2, csv",
    "a.orc, orc",
    "a.avro, avro",
    "a.txt, text",
    "noextension, parquet",
    ".csv, parquet",
    "a.dat, parquet"
  })
  void aFilesExtensionTells(String name, String format) throws IOException {
    assertThat(of(Files.createFile(temp.resolve(name)))).isEqualTo(format);
  }

  @Test
  void aFoldersFilesTell() throws IOException {
    Path day = Files.createDirectories(temp.resolve("events/day=1/hour=2"));
    Files.createFile(day.resolve("part-0.csv.gz"));
    Files.createFile(day.resolve("_SUCCESS"));
    Files.createFile(day.resolve(".part-0.json.crc"));
    assertThat(of(temp.resolve("events"))).isEqualTo("csv");
  }

  @Test
  void aFoldersOwnExtensionComesFirst() throws IOException {
    Path folder = Files.createDirectories(temp.resolve("events.orc"));
    Files.createFile(folder.resolve("part-0.csv"));
    assertThat(of(folder)).isEqualTo("orc");
  }

  @Test
  void filesOfTwoFormatsAreRefused() throws IOException {
    Files.createFile(temp.resolve("a.csv"));
    Files.createFile(temp.resolve("b.json"));
    assertThatThrownBy(() -> of(temp))
        .isInstanceOf(Refusal.class)
        .hasMessage(
            "the input's files are of several formats, csv and json; name one with"
                + " --input-format, or give a narrower --input");
  }

  private static String of(Path path) throws IOException {
    return InputFormat.of(
        List.of(new org.apache.hadoop.fs.Path(path.toString())), new Configuration());
  }
}
