package org.sparkrnn.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Options of a Spark source in one setting: {@code header=true,sep=;}. A comma or backslash in a
 * value has a backslash before it.
 */
final class InputOptions {
  private InputOptions() {}

  /**
   * By name.
   *
   * @throws Refusal (usage) if a part has no name
   */
  static Map<String, String> parse(String setting) {
    Map<String, String> options = new LinkedHashMap<>();
    for (String part : parts(setting)) {
      int equals = part.indexOf('=');
      if (equals < 1) {
        throw Refusal.usage(
            "an input option is '" + part + "'; it must be NAME=VALUE, such as header=true");
      }
      options.put(part.substring(0, equals).strip(), part.substring(equals + 1));
    }
    return options;
  }

  /** One setting of the parts that were given one by one. */
  static String join(List<String> parts) {
    List<String> escaped = new ArrayList<>();
    for (String part : parts) {
      escaped.add(part.replace("\\", "\\\\").replace(",", "\\,"));
    }
    return String.join(",", escaped);
  }

  private static List<String> parts(String setting) {
    List<String> parts = new ArrayList<>();
    StringBuilder part = new StringBuilder();
    for (int i = 0; i < setting.length(); i++) {
      char c = setting.charAt(i);
      if (c == '\\' && i + 1 < setting.length() && ",\\".indexOf(setting.charAt(i + 1)) >= 0) {
        i++;
        part.append(setting.charAt(i));
      } else if (c == ',') {
        parts.add(part.toString());
        part.setLength(0);
      } else {
        part.append(c);
      }
    }
    parts.add(part.toString());
    parts.removeIf(String::isBlank);
    return parts;
  }
}
