package org.sparkrnn.model.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.sparkrnn.cell.Activation;
import org.sparkrnn.cell.Activation.Kind;
import org.sparkrnn.model.Spelling;

/**
 * The activations as a spec spells them: TensorFlow's and Keras' own words, or an object with the
 * word as its {@code type} and the parameters that are not the usual ones.
 */
public final class ActivationWords {
  /** The keys of the object form. */
  public static final Set<String> KEYS = Set.of("type", "alpha", "beta");

  private static final float SIXTH = 1f / 6;

  /** What has no usual value and must be given. */
  private static final float GIVEN = Float.NaN;

  private static final Map<String, Form> FORMS = forms();

  /** What is no activation that a network here can have, and why. */
  private static final Map<String, String> REFUSED =
      Map.of(
          "crelu", "it doubles the width, so it is a layer of its own and no activation",
          "glu", "it halves the width, so it is a layer of its own and no activation",
          "maxout", "it reduces the width, so it is a layer of its own and no activation",
          "prelu", "its slopes are weights, which an activation does not have",
          "rrelu",
              "its slope is random; at inference it is leaky_relu with the mean slope as alpha",
          "log_softmax", "it is over a whole entry: use a layer of type log_softmax",
          "sparsemax", "it is over a whole entry and is not run here");

  /** Every word. */
  public static final List<String> ALL = List.copyOf(FORMS.keySet());

  private ActivationWords() {}

  /**
   * A word's function.
   *
   * @param kind which
   * @param alpha its usual first parameter
   * @param beta its usual second parameter
   * @param parameters how many of them may be given: none, alpha, or both
   */
  private record Form(Kind kind, float alpha, float beta, int parameters) {
    Set<String> keys() {
      return Set.copyOf(List.of("type", "alpha", "beta").subList(0, 1 + parameters));
    }

    /** Whether {@code activation} is this one with other parameters. */
    boolean covers(Activation activation) {
      return kind == activation.kind()
          && Float.isFinite(activation.beta())
          && (parameters > 0 || alpha == activation.alpha())
          && (parameters > 1 || beta == activation.beta());
    }
  }

  private static Map<String, Form> forms() {
    Map<String, Form> forms = new LinkedHashMap<>();
    for (String word : List.of("linear", "tanh", "sigmoid")) {
      forms.put(word, plain(word));
    }
    forms.put("relu", new Form(Kind.CLIP, 0, Float.POSITIVE_INFINITY, 0));
    forms.put("relu6", new Form(Kind.CLIP, 0, 6, 0));
    forms.put("leaky_relu", new Form(Kind.LEAKY_RELU, 0.2f, 0, 1));
    forms.put("thresholded_relu", new Form(Kind.THRESHOLD, 1, 0, 1));
    forms.put("threshold", new Form(Kind.THRESHOLD, GIVEN, GIVEN, 2));
    forms.put("elu", new Form(Kind.ELU, 1, 1, 1));
    forms.put("selu", new Form(Kind.ELU, 1.7580993f, 1.050701f, 0));
    forms.put("celu", new Form(Kind.CELU, 1, 0, 1));
    forms.put("gelu", plain("gelu"));
    forms.put("gelu_tanh", plain("gelu_tanh"));
    forms.put("silu", plain("silu"));
    forms.put("swish", plain("silu"));
    forms.put("mish", plain("mish"));
    forms.put("softplus", plain("softplus"));
    forms.put("softsign", plain("softsign"));
    forms.put("exponential", plain("exponential"));
    forms.put("log_sigmoid", plain("log_sigmoid"));
    forms.put("hard_sigmoid", new Form(Kind.HARD_SIGMOID, 0.2f, 0.5f, 2));
    forms.put("hard_sigmoid_keras3", new Form(Kind.HARD_SIGMOID, SIXTH, 0.5f, 0));
    forms.put("hard_silu", new Form(Kind.HARD_SILU, SIXTH, 0.5f, 2));
    forms.put("hard_swish", new Form(Kind.HARD_SILU, SIXTH, 0.5f, 2));
    forms.put("hard_tanh", new Form(Kind.CLIP, -1, 1, 2));
    forms.put("tanh_shrink", plain("tanh_shrink"));
    forms.put("soft_shrink", new Form(Kind.SOFT_SHRINK, 0.5f, 0, 1));
    forms.put("hard_shrink", new Form(Kind.HARD_SHRINK, 0.5f, 0, 1));
    forms.put("squareplus", new Form(Kind.SQUAREPLUS, 4, 0, 1));
    forms.put("sparse_plus", plain("sparse_plus"));
    forms.put("sparse_sigmoid", new Form(Kind.HARD_SIGMOID, 0.5f, 0.5f, 0));
    forms.put("scaled_tanh", new Form(Kind.SCALED_TANH, 1, 1, 2));
    forms.put("affine", new Form(Kind.AFFINE, 1, 0, 2));
    forms.put("softmax", plain("softmax"));
    return forms;
  }

  private static Form plain(String word) {
    return new Form(Kind.valueOf(word.toUpperCase(java.util.Locale.ROOT)), 0, 0, 0);
  }

  /** An activation from its word or its object. */
  static Activation parse(JsonNode node, Place place) {
    if (node.isTextual()) {
      return read(node.textValue(), SpecObject.of(JsonNodeFactory.instance.objectNode(), place));
    }
    if (!node.isObject()) {
      throw place.error(
          "expected an activation, a word or an object with the word as its 'type'; found "
              + SpecObject.shown(node));
    }
    SpecObject object = SpecObject.of(node, place);
    String word = object.text("type", "the activation's word");
    Form form = FORMS.get(word);
    return read(word, form == null ? object : object.only(form.keys()));
  }

  private static Activation read(String word, SpecObject parameters) {
    Form form = FORMS.get(word);
    if (form == null) {
      String plain = word.toLowerCase(java.util.Locale.ROOT);
      throw parameters
          .place()
          .error(
              REFUSED.containsKey(plain)
                  ? "'" + word + "' cannot stand here: " + REFUSED.get(plain)
                  : "expected one of "
                      + String.join(", ", ALL)
                      + "; found \""
                      + word
                      + "\""
                      + Spelling.hint(word, ALL));
    }
    float alpha = parameter(parameters, "alpha", form.alpha());
    float beta = parameter(parameters, "beta", form.beta());
    try {
      return new Activation(form.kind(), alpha, beta);
    } catch (IllegalArgumentException e) {
      throw parameters.place().error(word + ": " + e.getMessage());
    }
  }

  private static float parameter(SpecObject parameters, String key, float usual) {
    return parameters.has(key) || Float.isNaN(usual)
        ? parameters.number(key, "a finite number")
        : usual;
  }

  /** The word, or the object, that {@link #parse} reads back. */
  public static JsonNode node(Activation activation) {
    for (Map.Entry<String, Form> entry : FORMS.entrySet()) {
      Form form = entry.getValue();
      if (form.kind() == activation.kind()
          && form.alpha() == activation.alpha()
          && form.beta() == activation.beta()) {
        return JsonNodeFactory.instance.textNode(entry.getKey());
      }
    }
    for (Map.Entry<String, Form> entry : FORMS.entrySet()) {
      Form form = entry.getValue();
      if (form.covers(activation)) {
        ObjectNode node = JsonNodeFactory.instance.objectNode().put("type", entry.getKey());
        if (form.alpha() != activation.alpha()) {
          node.put("alpha", activation.alpha());
        }
        if (form.beta() != activation.beta()) {
          node.put("beta", activation.beta());
        }
        return node;
      }
    }
    throw new IllegalArgumentException("a spec has no word for " + activation);
  }

  /** For people: the word, and the parameters where they are not the usual ones. */
  public static String text(Activation activation) {
    JsonNode node = node(activation);
    if (node.isTextual()) {
      return node.textValue();
    }
    List<String> parts = new ArrayList<>();
    for (String key : List.of("alpha", "beta")) {
      if (node.has(key)) {
        parts.add(key + " " + node.get(key).asText());
      }
    }
    return node.get("type").textValue() + "(" + String.join(", ", parts) + ")";
  }
}
