package org.sparkrnn.model.keras;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The classes of Keras' layers: which change nothing, which recur, and which run at all. */
final class KerasClasses {
  /** Layers that change nothing when a network is only run. */
  static final Set<String> IDENTITIES =
      Set.of(
          "InputLayer",
          "Dropout",
          "SpatialDropout1D",
          "GaussianNoise",
          "GaussianDropout",
          "AlphaDropout",
          "ActivityRegularization",
          "Identity");

  /** Recurrent layers. */
  static final Set<String> RECURRENT =
      Set.of("LSTM", "GRU", "SimpleRNN", "CuDNNLSTM", "CuDNNGRU", "RNN", "Bidirectional");

  /** Those that may stand in a {@code TimeDistributed}, besides those that change nothing. */
  static final Set<String> OF_EACH_STEP =
      Stream.of(
              KerasWords.ACTIVATION_LAYERS,
              KerasNorms.TYPES,
              Set.of("Dense", "Activation", "Softmax", "TimeDistributed"))
          .flatMap(Set::stream)
          .collect(Collectors.toUnmodifiableSet());

  /** Why layers do not run, or not always. */
  static final Map<String, String> REASONS =
      Map.of(
          "Lambda", "it is a function of Python",
          "Flatten", "it joins the steps of a row, whose number the model does not say",
          "Reshape", "it cuts steps into others",
          "PReLU", "its slopes are weights, which no activation of a spec has");

  private static final Set<String> WITHOUT_WEIGHTS =
      Set.of(
          "Activation",
          "ELU",
          "Flatten",
          "GlobalAveragePooling1D",
          "GlobalMaxPool1D",
          "GlobalMaxPooling1D",
          "LeakyReLU",
          "Masking",
          "ReLU",
          "RepeatVector",
          "Reshape",
          "Rescaling",
          "Softmax",
          "ThresholdedReLU");

  private static final Set<String> OTHERS = Set.of("Embedding", "TimeDistributedDense");

  /** What Keras 3 computes masks with beside the layers. */
  private static final Set<String> OF_MASKS = Set.of("NotEqual", "Any");

  private KerasClasses() {}

  /**
   * Whether a layer may have weights. A class is asked that has none always, or always some; so
   * only those matter that hold other layers.
   */
  static boolean hasWeights(JsonNode layer) {
    JsonNode config = layer.path("config");
    JsonNode inside = config.isArray() ? config : config.path("layers");
    if (inside.isArray()) {
      for (JsonNode each : inside) {
        if (hasWeights(each)) {
          return true;
        }
      }
      return false;
    }
    String type = layer.path("class_name").asText();
    return type.equals("TimeDistributed")
        ? hasWeights(config.path("layer"))
        : !IDENTITIES.contains(type) && !WITHOUT_WEIGHTS.contains(type);
  }

  /** Whether layers of this class run, if nothing about them hinders it. */
  static boolean isKnown(String type) {
    return Stream.of(IDENTITIES, RECURRENT, OF_EACH_STEP, WITHOUT_WEIGHTS, OTHERS, OF_MASKS)
        .anyMatch(each -> each.contains(type));
  }
}
