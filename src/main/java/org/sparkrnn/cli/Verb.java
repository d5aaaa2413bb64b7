package org.sparkrnn.cli;

import java.io.IOException;
import picocli.CommandLine.ParseResult;

/** One thing the command can do. */
interface Verb {

  /**
   * Does it.
   *
   * @throws Refusal if it cannot be done as asked
   * @throws IOException if a storage fails
   */
  void run(ParseResult options, Surroundings around) throws IOException;
}
