package org.sparkrnn.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.sparkrnn.spark.RnnKey;

/** The files of {@code conf/} that hold settings; {@code LauncherIT} runs jobs with them. */
class ConfTest {
  @Test
  void theJobsFileIsAWholeJob() throws IOException {
    JobSettings settings = JobSettings.of(Map.of(), load("job.properties"));
    for (RnnKey key : new RnnKey[] {RnnKey.MODEL, RnnKey.INPUT, RnnKey.OUTPUT, RnnKey.SEQUENCE}) {
      assertThat(settings.needed(key)).as(key.key()).isNotEmpty();
    }
  }

  @Test
  void theDefaultsAreSparksOwn() throws IOException {
    assertThat(load("spark-defaults.conf").keySet())
        .isNotEmpty()
        .allMatch(key -> key.startsWith("spark."))
        .noneMatch(key -> key.startsWith(RnnKey.PREFIX));
  }

  /** As Spark reads such files. */
  private static Map<String, String> load(String name) throws IOException {
    Properties properties = new Properties();
    try (Reader reader = Files.newBufferedReader(Path.of("conf", name))) {
      properties.load(reader);
    }
    Map<String, String> found = new HashMap<>();
    properties.forEach((key, value) -> found.put((String) key, (String) value));
    return found;
  }
}
