package org.sparkrnn.sample;

import java.io.BufferedReader;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/**
 * The bundled model: a bidirectional LSTM over a name's characters that tells the language the name
 * is written in. It was trained on {@link LocaleNames} and travels in the jar. Of the held-out
 * names of JDK 17 it tells 86.1 % right; a constant answer would tell 5 % right. Stateless and
 * thread-safe.
 *
 * <p>Its outputs are {@code logits}, {@code probabilities} (one per language) and {@code
 * prediction} (the index of the largest, into {@link #languages()}).
 */
public final class NameLanguageModel {
  /** Name of the output that says which language. */
  public static final String PREDICTION = "prediction";

  /** Name of the output that says how sure it is of each language. */
  public static final String PROBABILITIES = "probabilities";

  private static final String FOLDER = "name-language/";
  private static final String LANGUAGES = "languages.txt";
  private static final List<String> FILES =
      List.of("model.json", "vocabulary.json", LANGUAGES, "weights.safetensors");

  private NameLanguageModel() {}

  /**
   * The languages that the model tells apart, in the order of its classes, as BCP 47 tags.
   *
   * @throws IOException if the jar is damaged
   */
  public static List<String> languages() throws IOException {
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(open(LANGUAGES), StandardCharsets.UTF_8))) {
      return lines.lines().toList();
    }
  }

  /**
   * Writes the model's files into a folder, which is made where it is missing; files of the same
   * names are replaced. The folder can then be loaded like any other model.
   *
   * @throws IOException if the folder cannot be written
   */
  public static void copyTo(Path folder) throws IOException {
    Files.createDirectories(folder);
    for (String file : FILES) {
      try (InputStream in = open(file)) {
        Files.copy(in, folder.resolve(file), StandardCopyOption.REPLACE_EXISTING);
      }
    }
  }

  private static InputStream open(String file) throws IOException {
    InputStream in = NameLanguageModel.class.getResourceAsStream(FOLDER + file);
    if (in == null) {
      throw new FileNotFoundException(
          "the jar holds no " + FOLDER + file + " of the sample model; build it again");
    }
    return in;
  }
}
