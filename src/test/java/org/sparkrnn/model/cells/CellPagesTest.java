package org.sparkrnn.model.cells;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The schema and the page of cells say what the registry says. */
class CellPagesTest {
  private static final String REMEDY =
      "out of date: mvn test -Dtest=CellPagesTest -Dsparkrnn.write=true";

  @Test
  void theSchemaHasTheRegistrysCells() throws IOException {
    check(CellPages.SCHEMA, CellPages.schema());
  }

  @Test
  void thePageListsTheRegistrysCells() throws IOException {
    check(CellPages.PAGE, CellPages.page());
  }

  private static void check(Path file, String made) throws IOException {
    if (Boolean.getBoolean("sparkrnn.write")) {
      Files.writeString(file, made);
    }
    assertThat(Files.readString(file)).as(file + " is " + REMEDY).isEqualTo(made);
  }
}
