package org.sparkrnn.spark;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Names in one setting: separated by commas, white space around them dropped; a name that holds a
 * comma or begins or ends with white space stands in backquotes, with a backquote in it doubled, as
 * in Spark SQL.
 */
public final class NameList {
  private static final Pattern ITEM = Pattern.compile("\\s*(?:`((?:[^`]|``)+)`|([^`,]*))\\s*(,|$)");

  private NameList() {}

  /**
   * Takes a list apart.
   *
   * @throws SettingException if a backquote or a name is missing
   */
  public static List<String> parse(String list) {
    List<String> names = new ArrayList<>();
    if (list.isBlank()) {
      return names;
    }
    Matcher item = ITEM.matcher(list);
    int at = 0;
    while (true) {
      if (!item.find(at) || item.start() != at) {
        throw new SettingException(
            "'" + list + "' is not a list of names: a backquote is missing its partner");
      }
      String name =
          item.group(1) != null ? item.group(1).replace("``", "`") : item.group(2).strip();
      if (name.isEmpty()) {
        throw new SettingException("'" + list + "' has an empty name in its list");
      }
      names.add(name);
      at = item.end();
      if (item.group(3).isEmpty()) {
        return names;
      }
    }
  }

  /** Puts a list together so that {@link #parse} gives it back. */
  public static String format(List<String> names) {
    return names.stream().map(NameList::quoted).collect(Collectors.joining(","));
  }

  private static String quoted(String name) {
    return name.equals(name.strip()) && name.indexOf(',') < 0 && name.indexOf('`') < 0
        ? name
        : "`" + name.replace("`", "``") + "`";
  }
}
