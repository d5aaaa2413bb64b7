package org.sparkrnn.model.files;

import org.sparkrnn.model.json.Place;

/** The names of a model's files: relative, and inside the model's folder. */
public final class FileNames {
  private FileNames() {}

  /** Whether {@code name} stays inside its folder. */
  static boolean inside(String name) {
    if (name.isEmpty() || name.startsWith("/") || name.contains("\\") || name.contains(":")) {
      return false;
    }
    for (String segment : name.split("/", -1)) {
      if (segment.isEmpty() || segment.equals(".") || segment.equals("..")) {
        return false;
      }
    }
    return true;
  }

  /** The name itself; refused where it leaves the folder. */
  public static String inFolder(String name, Place place) {
    if (!inside(name)) {
      throw place.error(
          "expected the name of a file in the model's folder, relative to it, found \""
              + name
              + "\"");
    }
    return name;
  }
}
