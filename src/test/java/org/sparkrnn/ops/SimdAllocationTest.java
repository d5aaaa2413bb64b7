package org.sparkrnn.ops;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Steps of the vector code allocate nothing once they are compiled: no vector is boxed. In a JVM of
 * its own, as what C2 keeps out of the heap depends on what else the JVM has seen, and the JVM of
 * the tests has seen everything.
 */
class SimdAllocationTest {
  @TempDir Path folder;

  @Test
  void stepsAllocateNothing() throws IOException, InterruptedException {
    Path out = folder.resolve("out.txt");
    ProcessBuilder builder =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-modules=jdk.incubator.vector",
                "-Xmx256m",
                SimdAllocations.class.getName())
            .redirectOutput(out.toFile())
            .redirectError(folder.resolve("err.txt").toFile());
    builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
    Process process = builder.start();
    if (!process.waitFor(5, TimeUnit.MINUTES)) {
      process.destroyForcibly();
    }
    assertThat(process.waitFor()).as("exit code, %s", Files.readString(out, UTF_8)).isZero();
    List<String[]> found =
        Files.readAllLines(out, UTF_8).stream().map(line -> line.split("\t", -1)).toList();
    assertThat(found).hasSizeGreaterThan(60);
    assertThat(found)
        .filteredOn(line -> Long.parseLong(line[0]) > SimdAllocations.FEW_BYTES)
        .extracting(line -> line[1])
        .isEmpty();
  }
}
