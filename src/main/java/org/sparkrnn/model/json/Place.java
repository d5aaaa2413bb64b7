package org.sparkrnn.model.json;

import org.sparkrnn.model.ModelException;

/**
 * A place in a model spec, for messages.
 *
 * @param file the spec, as the user would write its path
 * @param path from the root: {@code layers[1].cell.num_units}; empty for the root itself
 */
public record Place(String file, String path) {

  /** The place of {@code key} in the object here. */
  public Place key(String key) {
    boolean plain = key.matches("[A-Za-z_$][A-Za-z0-9_]*");
    String word = plain ? key : "['" + key + "']";
    return new Place(file, path.isEmpty() || !plain ? path + word : path + "." + word);
  }

  /** The place of the entry {@code index} of the array here. */
  public Place index(int index) {
    return new Place(file, path + "[" + index + "]");
  }

  /** The exception that says what is wrong here. */
  public ModelException error(String reason) {
    return new ModelException(prefix() + reason);
  }

  /** As {@link #error(String)}, with the exception that showed it. */
  public ModelException error(String reason, Throwable cause) {
    return new ModelException(prefix() + reason, cause);
  }

  private String prefix() {
    return path.isEmpty() ? file + ": " : file + ": " + path + ": ";
  }
}
