package org.sparkrnn.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.sparkrnn.model.CellSpec.Lstm;
import org.sparkrnn.model.CellSpec.Type;

/**
 * How one era of TensorFlow spells the variables of a cell, relative to the cell's scope.
 *
 * <p>The roles are today's names ({@code kernel}, {@code gates/bias}, {@code w_f_diag}). A spelling
 * that ends in {@code #} is a variable in pieces: {@code W_0}, {@code W_1}, ...
 *
 * @param spelling the name of each role
 * @see <a
 *     href="https://github.com/tensorflow/tensorflow/blob/v1.15.0/tensorflow/contrib/rnn/python/tools/checkpoint_convert.py">TensorFlow
 *     1.15, checkpoint_convert.py: the renames</a>
 */
record CellForm(Map<String, String> spelling) {

  /** Scopes inside a cell, which are no cells themselves though they hold a kernel and a bias. */
  static final Set<String> INNER_SCOPES =
      Set.of(
          "gates",
          "candidate",
          "Gates",
          "Candidate",
          "projection",
          "input_projection",
          "hidden_projection",
          "attention",
          "attn_output_projection");

  private static final List<String> KERNEL = List.of("kernel", "bias");
  private static final List<String> PEEPHOLES = List.of("w_i_diag", "w_f_diag", "w_o_diag");
  private static final String PROJECTION = "projection/kernel";
  private static final List<String> GRU =
      List.of("gates/kernel", "gates/bias", "candidate/kernel", "candidate/bias");
  private static final List<String> RESET_AFTER =
      List.of(
          "gates/kernel",
          "gates/bias",
          "candidate/input_projection/kernel",
          "candidate/input_projection/bias",
          "candidate/hidden_projection/kernel",
          "candidate/hidden_projection/bias");

  private static final List<CellForm> PLAIN_FORMS =
      List.of(
          new CellForm(Map.of("kernel", "kernel", "bias", "bias")),
          new CellForm(Map.of("kernel", "weights", "bias", "biases")),
          new CellForm(Map.of("kernel", "Linear/Matrix", "bias", "Linear/Bias")));

  private static final List<CellForm> LSTM_FORMS =
      List.of(
          lstm("kernel", "bias", List.of("w_i_diag", "w_f_diag", "w_o_diag"), "projection/kernel"),
          lstm(
              "weights",
              "biases",
              List.of("w_i_diag", "w_f_diag", "w_o_diag"),
              "projection/weights"),
          new CellForm(Map.of("kernel", "Linear/Matrix", "bias", "Linear/Bias")),
          lstm("W_#", "B", List.of("W_I_diag", "W_F_diag", "W_O_diag"), "W_P_#"),
          lstm("W", "b", List.of("wci", "wcf", "wco"), "W_P_#"));

  private static final List<CellForm> GRU_FORMS =
      List.of(
          gru("gates/kernel", "gates/bias", "candidate/kernel", "candidate/bias"),
          gru("gates/weights", "gates/biases", "candidate/weights", "candidate/biases"),
          gru(
              "Gates/Linear/Matrix",
              "Gates/Linear/Bias",
              "Candidate/Linear/Matrix",
              "Candidate/Linear/Bias"),
          gru("w_ru", "b_ru", "w_c", "b_c"));

  private static final List<CellForm> RESET_AFTER_FORMS =
      List.of(
          new CellForm(
              Map.of(
                  RESET_AFTER.get(0), RESET_AFTER.get(0),
                  RESET_AFTER.get(1), RESET_AFTER.get(1),
                  RESET_AFTER.get(2), RESET_AFTER.get(2),
                  RESET_AFTER.get(3), RESET_AFTER.get(3),
                  RESET_AFTER.get(4), RESET_AFTER.get(4),
                  RESET_AFTER.get(5), RESET_AFTER.get(5))));

  private static CellForm lstm(
      String kernel, String bias, List<String> peepholes, String projection) {
    return new CellForm(
        Map.of(
            "kernel",
            kernel,
            "bias",
            bias,
            PEEPHOLES.get(0),
            peepholes.get(0),
            PEEPHOLES.get(1),
            peepholes.get(1),
            PEEPHOLES.get(2),
            peepholes.get(2),
            PROJECTION,
            projection));
  }

  private static CellForm gru(
      String gates, String gatesBias, String candidate, String candidateBias) {
    return new CellForm(
        Map.of(
            GRU.get(0), gates,
            GRU.get(1), gatesBias,
            GRU.get(2), candidate,
            GRU.get(3), candidateBias));
  }

  /** Every spelling of a type of cell. */
  static List<CellForm> of(Type type) {
    return switch (type) {
      case BASIC_RNN -> PLAIN_FORMS;
      case BASIC_LSTM, LSTM -> LSTM_FORMS;
      case GRU -> GRU_FORMS;
      case RESET_AFTER_GRU -> RESET_AFTER_FORMS;
    };
  }

  /** The roles by which a cell is recognised. */
  static List<String> anchors(Type type) {
    return switch (type) {
      case BASIC_RNN, BASIC_LSTM, LSTM -> KERNEL;
      case GRU -> GRU;
      case RESET_AFTER_GRU -> RESET_AFTER;
    };
  }

  /** The roles that a cell with these settings needs. */
  static List<String> roles(Type type, Lstm lstm) {
    List<String> roles = new ArrayList<>(anchors(type));
    if (lstm.usePeepholes()) {
      roles.addAll(PEEPHOLES);
    }
    if (lstm.numProj() > 0) {
      roles.add(PROJECTION);
    }
    return roles;
  }

  /** The variables of {@code role} in the scope {@code dir}; none when it is not there. */
  List<String> find(Variables variables, String dir, String role) {
    String name = spelling.get(role);
    if (name == null) {
      return List.of();
    }
    String full = dir.isEmpty() ? name : dir + "/" + name;
    if (full.endsWith("#")) {
      return pieces(variables, full.substring(0, full.length() - 1));
    }
    return variables.has(full) ? List.of(full) : pieces(variables, full + "/part_");
  }

  private static List<String> pieces(Variables variables, String stem) {
    List<String> pieces = new ArrayList<>();
    for (int i = 0; variables.has(stem + i); i++) {
      pieces.add(stem + i);
    }
    return pieces;
  }

  /** The scopes that hold a cell of this type in this spelling, among {@code names}. */
  List<String> scopes(Variables variables, List<String> names, Type type) {
    List<String> anchors = anchors(type);
    String suffix = spelling.get(anchors.get(0)).replace("#", "0");
    List<String> scopes = new ArrayList<>();
    for (String name : names) {
      String whole = name.endsWith("/part_0") ? name.substring(0, name.length() - 7) : name;
      if (!whole.equals(suffix) && !whole.endsWith("/" + suffix)) {
        continue;
      }
      String scope =
          whole.equals(suffix) ? "" : whole.substring(0, whole.length() - suffix.length() - 1);
      String last = scope.substring(scope.lastIndexOf('/') + 1);
      if (!INNER_SCOPES.contains(last)
          && anchors.stream().allMatch(role -> !find(variables, scope, role).isEmpty())) {
        scopes.add(scope);
      }
    }
    return scopes;
  }
}
