package org.sparkrnn.model.cells;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How one era of TensorFlow spells the variables of a cell, relative to the cell's scope.
 *
 * <p>The roles are today's names ({@code kernel}, {@code gates/bias}, {@code w_f_diag}). A spelling
 * that ends in {@code #} is a variable in pieces: {@code W_0}, {@code W_1}, ...
 *
 * @param spelling the name of each role; one that is not among them is spelled as today
 * @see <a
 *     href="https://github.com/tensorflow/tensorflow/blob/v1.15.0/tensorflow/contrib/rnn/python/tools/checkpoint_convert.py">TensorFlow
 *     1.15, checkpoint_convert.py: the renames</a>
 */
public record CellForm(Map<String, String> spelling) {
  private static final Pattern NUMBER = Pattern.compile("\\d+");

  /** The variables of {@code role} in the scope {@code dir}; none when it is not there. */
  public List<String> find(Variables variables, String dir, String role) {
    String name = spelled(role);
    String full = dir.isEmpty() ? name : dir + "/" + name;
    if (full.endsWith("#")) {
      return pieces(variables, full.substring(0, full.length() - 1));
    }
    return variables.has(full) ? List.of(full) : pieces(variables, full + "/part_");
  }

  /** A role's name; {@code %d} in a spelling stands for the role's number. */
  public String spelled(String role) {
    if (spelling.containsKey(role)) {
      return spelling.get(role);
    }
    Matcher number = NUMBER.matcher(role);
    while (number.find()) {
      String pattern = role.substring(0, number.start()) + "%d" + role.substring(number.end());
      if (spelling.containsKey(pattern)) {
        return spelling.get(pattern).replace("%d", number.group());
      }
    }
    return role;
  }

  private static List<String> pieces(Variables variables, String stem) {
    List<String> pieces = new ArrayList<>();
    for (int i = 0; variables.has(stem + i); i++) {
      pieces.add(stem + i);
    }
    return pieces;
  }

  /** The scopes that hold a cell of this type in this spelling, among {@code names}. */
  public List<String> scopes(Variables variables, List<String> names, CellType<?> type) {
    List<String> anchors = type.anchors();
    String suffix = spelled(anchors.get(0)).replace("#", "0");
    List<String> scopes = new ArrayList<>();
    for (String name : names) {
      String whole = name.endsWith("/part_0") ? name.substring(0, name.length() - 7) : name;
      if (!whole.equals(suffix) && !whole.endsWith("/" + suffix)) {
        continue;
      }
      String scope =
          whole.equals(suffix) ? "" : whole.substring(0, whole.length() - suffix.length() - 1);
      String last = scope.substring(scope.lastIndexOf('/') + 1);
      if (!CellTypes.isInner(last)
          && anchors.stream().allMatch(role -> !find(variables, scope, role).isEmpty())) {
        scopes.add(scope);
      }
    }
    return scopes;
  }
}
