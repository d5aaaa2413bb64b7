package org.sparkrnn;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The program on the page compiles as it stands there, and prints what the page says. */
class PlainUsePageTest {
  private static final Path PAGE = Path.of("src/site/markdown/plain-use.md");

  private static String block(String language) throws Exception {
    Matcher block =
        Pattern.compile("```" + language + "\n(.*?)```", Pattern.DOTALL)
            .matcher(Files.readString(PAGE));
    assertThat(block.find()).as("a block of %s on %s", language, PAGE).isTrue();
    return block.group(1);
  }

  @Test
  void theProgramPrintsWhatThePageSays(@TempDir Path folder) throws Exception {
    Path source = Files.writeString(folder.resolve("PlainUse.java"), block("java"));
    String classPath =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    ByteArrayOutputStream messages = new ByteArrayOutputStream();
    int code =
        ToolProvider.getSystemJavaCompiler()
            .run(
                null,
                messages,
                messages,
                "-proc:none",
                "-cp",
                classPath,
                "-d",
                folder.toString(),
                source.toString());
    assertThat(code).as(messages.toString(UTF_8)).isZero();

    PrintStream console = System.out;
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    try (URLClassLoader classes =
        new URLClassLoader(
            new URL[] {folder.toUri().toURL()}, PlainUsePageTest.class.getClassLoader())) {
      System.setOut(new PrintStream(printed, true, UTF_8));
      classes
          .loadClass("PlainUse")
          .getMethod("main", String[].class)
          .invoke(
              null, (Object) new String[] {"src/main/resources/org/sparkrnn/sample/name-language"});
    } finally {
      System.setOut(console);
    }
    assertThat(printed.toString(UTF_8)).isEqualTo(block("text"));
  }
}
