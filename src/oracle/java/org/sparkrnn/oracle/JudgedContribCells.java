package org.sparkrnn.oracle;

import java.util.List;

/** The cells of {@code tf.contrib.rnn} and the wrappers that are judged. */
final class JudgedContribCells {
  private JudgedContribCells() {}

  static List<JudgedCell> all() {
    return List.of(
        named("MinimalRNNCell", "", JudgedCell.SIZES, PublishedGatedCells::minimal),
        named("UGRNNCell", "forget_bias", JudgedCell.SIZES, PublishedGatedCells::ugRnn),
        named("IntersectionRNNCell", "", JudgedCell.EQUAL, PublishedGatedCells::intersection),
        named(
            "IntersectionRNNCell",
            "num_in_proj, forget_bias",
            JudgedCell.SEVERAL,
            PublishedGatedCells::intersection),
        named("SRUCell", "", JudgedCell.SIZES, PublishedGatedCells::sru),
        named("CFNCell", "", JudgedCell.SIZES, PublishedGatedCells::cfn),
        named(
            "NASCell",
            "",
            JudgedCell.SIZES,
            (random, d, n) -> PublishedGatedCells.nas(random, d, n, false)),
        named(
            "NASCell",
            "num_proj, use_bias",
            JudgedCell.SEVERAL,
            (random, d, n) -> PublishedGatedCells.nas(random, d, n, true)),
        named(
            "IndRNNCell",
            "activation=relu",
            JudgedCell.SEVERAL,
            PublishedIndependentCells::indRnn),
        named("IndyGRUCell", "", JudgedCell.SIZES, PublishedIndependentCells::indyGru),
        named("IndyLSTMCell", "forget_bias", JudgedCell.SIZES, PublishedIndependentCells::indyLstm),
        named(
            "CoupledInputForgetGateLSTMCell",
            "",
            JudgedCell.SIZES,
            (random, d, n) -> PublishedLstmCells.coupled(random, d, n, false)),
        named(
            "CoupledInputForgetGateLSTMCell",
            "use_peepholes, num_proj, proj_clip, forget_bias, layer_norm",
            JudgedCell.SEVERAL,
            (random, d, n) -> PublishedLstmCells.coupled(random, d, n, true)),
        named(
            "LayerNormBasicLSTMCell",
            "forget_bias",
            JudgedCell.SEVERAL,
            PublishedLstmCells::layerNormBasic),
        named(
            "LayerNormLSTMCell",
            "use_peepholes, cell_clip, num_proj, proj_clip, forget_bias, layer_norm",
            JudgedCell.SEVERAL,
            PublishedLstmCells::layerNorm),
        named(
            "ResidualWrapper",
            "",
            JudgedCell.EQUAL,
            (random, d, n) -> PublishedWrappers.residual(random, n)));
  }

  private static JudgedCell named(
      String name, String options, List<JudgedCell.Size> sizes, JudgedCell.NamedMaker maker) {
    return JudgedCell.named(name, options, sizes, maker);
  }
}
