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
            "GLSTMCell",
            "num_proj, number_of_groups, forget_bias",
            JudgedCell.sizes(6, 9, 15, 21, 33, 69),
            (random, d, n) -> PublishedLstmCells.groups(random, d, n, 3)),
        named(
            "PhasedLSTMCell",
            "leak",
            JudgedCell.sizes(4, 5, 2, 1, 13, 23),
            (random, d, n) -> PublishedSpecialLstms.phased(random, d, n, false)),
        named(
            "PhasedLSTMCell",
            "use_peepholes, leak",
            JudgedCell.sizes(4, 5, 2, 1, 13, 23),
            (random, d, n) -> PublishedSpecialLstms.phased(random, d, n, true)),
        named(
            "WeightNormLSTMCell",
            "num_proj, forget_bias",
            JudgedCell.SIZES.subList(0, 4),
            PublishedSpecialLstms::weightNorm),
        named(
            "Conv1DLSTMCell",
            "forget_bias",
            List.of(new JudgedCell.Size(10, 3), new JudgedCell.Size(14, 2)),
            (random, d, n) -> PublishedSpecialLstms.conv(random, d / 2, n)),
        named(
            "TimeFreqLSTMCell",
            "frequency_skip, use_peepholes, cell_clip, forget_bias",
            JudgedCell.sizes(9, 5, 3, 1, 13, 11),
            PublishedSpecialLstms::timeFreq),
        named(
            "keras.LSTMCell",
            "recurrent_activation=hard_sigmoid",
            JudgedCell.SIZES,
            PublishedKerasCells::lstm),
        named(
            "keras.GRUCell",
            "",
            JudgedCell.SIZES,
            (random, d, n) -> PublishedKerasCells.gru(random, d, n, true)),
        named(
            "keras.GRUCell",
            "reset_after",
            JudgedCell.SIZES,
            (random, d, n) -> PublishedKerasCells.gru(random, d, n, false)),
        named("keras.SimpleRNNCell", "", JudgedCell.SIZES, PublishedKerasCells::simpleRnn),
        named(
            "ResidualWrapper",
            "",
            JudgedCell.EQUAL,
            (random, d, n) -> PublishedWrappers.residual(random, n)),
        named(
            "HighwayWrapper",
            "",
            JudgedCell.EQUAL,
            (random, d, n) -> PublishedWrappers.highway(random, n, true)),
        named(
            "HighwayWrapper",
            "couple_carry_transform_gates",
            JudgedCell.EQUAL,
            (random, d, n) -> PublishedWrappers.highway(random, n, false)),
        named(
            "InputProjectionWrapper",
            "activation=relu",
            JudgedCell.SIZES,
            PublishedWrappers::inputProjection),
        named(
            "OutputProjectionWrapper",
            "activation=relu",
            JudgedCell.SIZES,
            PublishedWrappers::outputProjection),
        named(
            "AttentionCellWrapper",
            "attn_length, attn_size, attn_vec_size",
            JudgedCell.sizes(3, 5, 1, 1, 13, 23),
            (random, d, n) -> PublishedWrappers.attention(random, d, n, 4)));
  }

  private static JudgedCell named(
      String name, String options, List<JudgedCell.Size> sizes, JudgedCell.NamedMaker maker) {
    return JudgedCell.named(name, options, sizes, maker);
  }
}
