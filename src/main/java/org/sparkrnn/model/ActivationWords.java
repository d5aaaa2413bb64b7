package org.sparkrnn.model;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.sparkrnn.cell.Activation;

/** The activations as a spec spells them: TensorFlow's and Keras' own words. */
final class ActivationWords {
  /** Every word. */
  static final List<String> ALL =
      Arrays.stream(Activation.values()).map(ActivationWords::word).toList();

  private ActivationWords() {}

  static String word(Activation activation) {
    return activation.name().toLowerCase(Locale.ROOT);
  }

  static Activation of(String word) {
    return Activation.valueOf(word.toUpperCase(Locale.ROOT));
  }
}
