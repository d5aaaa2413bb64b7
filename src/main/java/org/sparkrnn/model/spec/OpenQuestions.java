package org.sparkrnn.model.spec;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import org.sparkrnn.model.ModelException;

/** What a draft of a spec leaves to the user. */
public final class OpenQuestions {
  /** Stands where an answer is to come. */
  public static final String MARK = "?";

  private OpenQuestions() {}

  /** Refuses a spec with open questions, all of them in one message. */
  static void requireNone(JsonNode root, String file) {
    List<String> open = of(root.path("layers"));
    if (!open.isEmpty()) {
      throw new ModelException(
          file
              + ": these questions of the draft are open, put the answers in place of \"?\": "
              + String.join(", ", open)
              + "; inspect on the weights file says what is likely");
    }
  }

  /** The places of layers that are open. */
  public static List<String> of(JsonNode layers) {
    List<String> open = new ArrayList<>();
    open(layers, "layers", open);
    return open;
  }

  private static void open(JsonNode node, String path, List<String> open) {
    if (node.isTextual() && node.textValue().equals(MARK)) {
      open.add(path);
    }
    for (int i = 0; node.isArray() && i < node.size(); i++) {
      open(node.get(i), path + "[" + i + "]", open);
    }
    node.properties().forEach(field -> open(field.getValue(), path + "." + field.getKey(), open));
  }
}
