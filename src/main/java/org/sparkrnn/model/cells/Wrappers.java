package org.sparkrnn.model.cells;

import java.util.List;
import org.sparkrnn.cell.Activation;
import org.sparkrnn.cell.AttentionCellWrapper;
import org.sparkrnn.cell.HighwayWrapper;
import org.sparkrnn.cell.InputProjectionWrapper;
import org.sparkrnn.cell.OutputProjectionWrapper;
import org.sparkrnn.cell.ResidualWrapper;
import org.sparkrnn.cell.RnnCell;
import org.sparkrnn.model.cells.CellVariable.Condition;
import org.sparkrnn.model.network.EmbeddedCells;

/** Cells around a cell. */
public final class Wrappers {
  private static final CellOption<Activation> ACTIVATION =
      CellOption.activation("activation", Activation.LINEAR);
  private static final String PROBABILITY =
      "{\"type\": \"number\", \"minimum\": 0, \"maximum\": 1}";

  static final CellType<ResidualWrapper> RESIDUAL =
      CellType.of("ResidualWrapper", ResidualWrapper.class)
          .wraps(ResidualWrapper::cell)
          .make(parts -> new ResidualWrapper(parts.cell()));

  static final CellType<HighwayWrapper> HIGHWAY =
      CellType.of("HighwayWrapper", HighwayWrapper.class)
          .option(
              CellOption.flag("couple_carry_transform_gates", true),
              cell -> !cell.transform().present())
          .ignores("carry_bias_init")
          .wraps(HighwayWrapper::cell)
          .withoutScope()
          .variable("carry_w", "[input, input]", HighwayWrapper::carryKernel)
          .variable("carry_b", "[input]", HighwayWrapper::carryBias)
          .variable(
              "transform_w",
              "[input, input]",
              Condition.notFlag("couple_carry_transform_gates"),
              cell -> cell.transform().kernel())
          .variable(
              "transform_b",
              "[input]",
              Condition.notFlag("couple_carry_transform_gates"),
              cell -> cell.transform().bias())
          .make(
              parts ->
                  new HighwayWrapper(
                      parts.cell(),
                      parts.tensor("carry_w"),
                      parts.tensor("carry_b"),
                      parts.flag("couple_carry_transform_gates")
                          ? HighwayWrapper.Transform.COUPLED
                          : new HighwayWrapper.Transform(
                              parts.tensor("transform_w"), parts.tensor("transform_b"))));

  static final CellType<InputProjectionWrapper> INPUT_PROJECTION =
      CellType.of("InputProjectionWrapper", InputProjectionWrapper.class)
          .option(CellOption.size("num_proj"), cell -> cell.cell().inputSize())
          .option(ACTIVATION, InputProjectionWrapper::activation)
          .ignores("input_size", "reuse")
          .wraps(InputProjectionWrapper::cell)
          .innerInput(parts -> parts.integer("num_proj"))
          .variable("kernel", "[input, num_proj]", InputProjectionWrapper::kernel)
          .variable("bias", "[num_proj]", InputProjectionWrapper::bias)
          .eraOfWeightsAndBiases()
          .era("kernel", "Linear/Matrix", "bias", "Linear/Bias")
          .make(
              parts ->
                  new InputProjectionWrapper(
                      parts.cell(),
                      parts.tensor("kernel"),
                      parts.tensor("bias"),
                      parts.activation("activation")));

  public static final CellType<OutputProjectionWrapper> OUTPUT_PROJECTION =
      CellType.of("OutputProjectionWrapper", OutputProjectionWrapper.class)
          .option(CellOption.size("output_size"), OutputProjectionWrapper::outputSize)
          .option(ACTIVATION, OutputProjectionWrapper::activation)
          .ignores("reuse")
          .wraps(OutputProjectionWrapper::cell)
          .variable("kernel", "[cell_output, output_size]", OutputProjectionWrapper::kernel)
          .variable("bias", "[output_size]", OutputProjectionWrapper::bias)
          .eraOfWeightsAndBiases()
          .era("kernel", "Linear/Matrix", "bias", "Linear/Bias")
          .make(
              parts ->
                  new OutputProjectionWrapper(
                      parts.cell(),
                      parts.tensor("kernel"),
                      parts.tensor("bias"),
                      parts.activation("activation")));

  /**
   * Looks ids up. Its cells are the wrapped ones: the table becomes a layer before the cell's, see
   * {@link EmbeddedCells}.
   */
  public static final CellType<RnnCell> EMBEDDING =
      CellType.of("EmbeddingWrapper", RnnCell.class)
          .alias()
          .takes(CellOption.size("embedding_classes"))
          .takes(CellOption.size("embedding_size"))
          .ignores("initializer", "reuse")
          .wraps(cell -> cell)
          .innerInput(parts -> parts.integer("embedding_size"))
          .reads("embedding", "[embedding_classes, embedding_size]", Condition.ALWAYS)
          .make(CellParts::cell);

  static final CellType<AttentionCellWrapper> ATTENTION =
      CellType.of("AttentionCellWrapper", AttentionCellWrapper.class)
          .option(CellOption.size("attn_length"), AttentionCellWrapper::attnLength)
          .option(CellOption.optionalSize("attn_size"), AttentionCellWrapper::attnSize)
          .option(CellOption.optionalSize("attn_vec_size"), cell -> cell.attention().size())
          .option(CellOption.optionalSize("input_size"), cell -> cell.cell().inputSize())
          .ignores("reuse")
          .sizeOr("attn_size", "cell_output")
          .sizeOr("attn_vec_size", "attn_size")
          .sizeOr("input_size", "input")
          .wraps(AttentionCellWrapper::cell)
          .innerInput(
              parts ->
                  parts.integer("input_size") > 0 ? parts.integer("input_size") : parts.inputSize())
          .variable("kernel", "[input + attn_size, input_size]", AttentionCellWrapper::kernel)
          .variable("bias", "[input_size]", AttentionCellWrapper::bias)
          .variable(
              "attention/attn_w", "[1, 1, attn_size, attn_vec_size]", cell -> cell.attention().w())
          .variable("attention/attn_v", "[attn_vec_size]", cell -> cell.attention().v())
          .variable(
              "attention/kernel", "[cell_state, attn_vec_size]", cell -> cell.attention().kernel())
          .variable("attention/bias", "[attn_vec_size]", cell -> cell.attention().bias())
          .variable(
              "attn_output_projection/kernel",
              "[cell_output + attn_size, attn_size]",
              AttentionCellWrapper::outputKernel)
          .variable("attn_output_projection/bias", "[attn_size]", AttentionCellWrapper::outputBias)
          .eraOfWeightsAndBiases()
          .era(
              "kernel",
              "Linear/Matrix",
              "bias",
              "Linear/Bias",
              "attention/attn_w",
              "Attention/AttnW",
              "attention/attn_v",
              "Attention/AttnV",
              "attention/kernel",
              "Attention/Linear/Matrix",
              "attention/bias",
              "Attention/Linear/Bias",
              "attn_output_projection/kernel",
              "AttnOutputProjection/Linear/Matrix",
              "attn_output_projection/bias",
              "AttnOutputProjection/Linear/Bias")
          .make(Wrappers::attention);

  /** Of no effect when a network is only run. */
  public static final CellType<RnnCell> DROPOUT =
      CellType.of("DropoutWrapper", RnnCell.class)
          .alias()
          .option(probability("input_keep_prob"), cell -> 1f)
          .option(probability("output_keep_prob"), cell -> 1f)
          .option(probability("state_keep_prob"), cell -> 1f)
          .ignores("variational_recurrent", "input_size", "dtype", "seed")
          .wraps(cell -> cell)
          .make(CellParts::cell);

  /** Says where a cell is computed; of no effect here. */
  public static final CellType<RnnCell> DEVICE =
      CellType.of("DeviceWrapper", RnnCell.class)
          .alias()
          .ignores("device")
          .wraps(cell -> cell)
          .make(CellParts::cell);

  static final List<CellType<? extends RnnCell>> ALL =
      List.of(
          RESIDUAL,
          HIGHWAY,
          INPUT_PROJECTION,
          OUTPUT_PROJECTION,
          EMBEDDING,
          ATTENTION,
          DROPOUT,
          DEVICE);

  private Wrappers() {}

  private static CellOption<Float> probability(String key) {
    CellOption<Float> number = CellOption.number(key, 1);
    return new CellOption<>(
        key,
        1f,
        PROBABILITY,
        (cell, k) -> {
          float value = number.reader().read(cell, k);
          if (value < 0 || value > 1) {
            throw cell.place().key(k).error("must be between 0 and 1, found " + value);
          }
          return value;
        },
        number.writer());
  }

  private static AttentionCellWrapper attention(CellParts parts) {
    return new AttentionCellWrapper(
        parts.cell(),
        parts.integer("attn_length"),
        parts.tensor("kernel"),
        parts.tensor("bias"),
        new AttentionCellWrapper.Attention(
            parts.tensor("attention/attn_w"),
            parts.tensor("attention/attn_v"),
            parts.tensor("attention/kernel"),
            parts.tensor("attention/bias")),
        parts.tensor("attn_output_projection/kernel"),
        parts.tensor("attn_output_projection/bias"));
  }
}
