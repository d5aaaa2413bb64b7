package org.sparkrnn.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/**
 * The launcher, the built jar and the real {@code spark-submit}, as a person would use them. The
 * demo comes first, because {@code conf/job.properties} scores what it leaves.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class LauncherIT {
  private static final String LAUNCHER = "src/main/bin/spark-rnn";

  @TempDir private Path folder;

  @Test
  @Order(1)
  void theDemoOfTheReadmeRuns() throws Exception {
    assertThat(Files.readAllLines(Path.of("README.md"))).contains(LAUNCHER + " demo");

    Ran demo = run("demo");

    assertThat(demo.code()).as(demo.text()).isZero();
    assertThat(demo.text())
        .contains("Right on names it never saw")
        .contains("The same by hand:")
        .contains("bad rows  none");
    assertThat(Path.of("target/demo/scored/_SUCCESS")).exists();
  }

  @Test
  @Order(2)
  void theJobFileRuns() throws Exception {
    Ran job = run("--properties-file", "conf/job.properties", "run");

    assertThat(job.code()).as(job.text()).isZero();
    JsonNode report = new ObjectMapper().readTree(Path.of("target/demo/report.json").toFile());
    assertThat(report.toString()).contains("name-language").contains("scored-by-file");
    assertThat(Path.of("target/demo/scored-by-file/_SUCCESS")).exists();
  }

  @Test
  @Order(3)
  void theDemosModelIsInspected() throws Exception {
    Ran text = run("inspect", "target/demo/model");
    assertThat(text.code()).as(text.text()).isZero();
    assertThat(text.text()).contains("weights.safetensors").contains("bidirectional");

    Ran json = run("inspect", "target/demo/model/weights.safetensors", "--json");
    assertThat(json.code()).as(json.text()).isZero();
    assertThat(new ObjectMapper().readTree(json.out()).isObject()).isTrue();
  }

  @Test
  @Order(4)
  void exitCodesReachTheShell() throws Exception {
    Ran usage = run("run", "--sequnce", "x");
    assertThat(usage.code()).as(usage.text()).isEqualTo(2);
    assertThat(usage.text()).contains("--sequence");

    String output = folder.resolve("scored").toString();
    Ran model =
        run(
            "run",
            "--model",
            "nowhere",
            "--input",
            "target/demo/names",
            "--output",
            output,
            "--sequence",
            "text");
    assertThat(model.code()).as(model.text()).isEqualTo(3);
    assertThat(model.text()).contains("nowhere");

    Ran data =
        run(
            "run",
            "--model",
            "target/demo/model",
            "--input",
            "target/demo/names",
            "--output",
            output,
            "--sequence",
            "txt");
    assertThat(data.code()).as(data.text()).isEqualTo(4);
    assertThat(data.text()).contains("txt").contains("text");
    assertThat(Path.of(output)).doesNotExist();
  }

  @Test
  void theJarHoldsOursAndTheCommandLineLibraryOnly() throws IOException {
    List<String> others = new ArrayList<>();
    try (JarFile jar = new JarFile("target/spark-rnn.jar")) {
      for (Enumeration<JarEntry> entries = jar.entries(); entries.hasMoreElements(); ) {
        String name = entries.nextElement().getName();
        if (!name.startsWith("org/sparkrnn/") && !name.startsWith("META-INF/")) {
          others.add(name);
        }
      }
    }
    others.remove("org/");
    assertThat(others).isEmpty();
  }

  private Ran run(String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("bash", LAUNCHER));
    command.addAll(List.of(arguments));
    Path out = folder.resolve("out.txt");
    Path err = folder.resolve("err.txt");
    Process process =
        new ProcessBuilder(command)
            .redirectOutput(out.toFile())
            .redirectError(err.toFile())
            .start();
    if (!process.waitFor(15, TimeUnit.MINUTES)) {
      process.destroyForcibly();
    }
    return new Ran(process.waitFor(), Files.readString(out, UTF_8), Files.readString(err, UTF_8));
  }

  private record Ran(int code, String out, String err) {
    String text() {
      return out + err;
    }
  }
}
