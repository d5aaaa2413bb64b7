package org.sparkrnn;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.sparkrnn.arrow.BatchRun;
import org.sparkrnn.arrow.BatchSettings;
import org.sparkrnn.model.SequenceModel;
import org.sparkrnn.rnn.PackedNetwork;
import org.sparkrnn.spark.NameList;
import org.sparkrnn.spark.RnnConf;
import org.sparkrnn.spark.RnnKey;

/**
 * How a model is run over Arrow record batches, with the options of {@link RnnTransform} and its
 * results to the last bit, without Spark.
 *
 * <pre>{@code
 * RnnBatches scoring = model.onBatch("events").lengths("n").select("final_state");
 * try (VectorSchemaRoot out = scoring.run(batch, allocator)) {
 *   ...
 * }
 * }</pre>
 *
 * <p>Columns of the sequence may be: for features, lists of lists of floats or doubles, the same
 * flattened step by step, or binary (little-endian {@code float32}); for tokens and characters,
 * lists of integers, and with a vocabulary lists of strings or strings. Lists may be variable,
 * large, of a fixed size, or views.
 *
 * <p>Immutable and thread-safe: each method returns another one, and each run has memory of its
 * own.
 */
public final class RnnBatches {
  private final SequenceModel model;
  private final Supplier<PackedNetwork> packed;
  private final Map<RnnKey, String> settings;

  private RnnBatches(
      SequenceModel model, Supplier<PackedNetwork> packed, Map<RnnKey, String> settings) {
    this.model = model;
    this.packed = packed;
    this.settings = settings;
  }

  static RnnBatches of(SequenceModel model, Supplier<PackedNetwork> packed, String column) {
    return new RnnBatches(model, packed, new EnumMap<>(RnnKey.class)).with(RnnKey.SEQUENCE, column);
  }

  private RnnBatches with(RnnKey key, String value) {
    key.check(value);
    Map<RnnKey, String> more = new EnumMap<>(settings);
    more.put(key, value);
    return new RnnBatches(model, packed, more);
  }

  /** The integer column that says how many of a row's steps count. Null counts all. */
  public RnnBatches lengths(String column) {
    return with(RnnKey.LENGTH, column);
  }

  /** The column with the initial states, of {@code final_state}'s structure. Null is zero. */
  public RnnBatches initialState(String column) {
    return with(RnnKey.INITIAL_STATE, column);
  }

  /** The outputs to add. */
  public RnnBatches select(String... outputs) {
    return with(RnnKey.SELECT, NameList.format(List.of(outputs)));
  }

  /** Columns that do not pass through. */
  public RnnBatches drop(String... columns) {
    return with(RnnKey.DROP, NameList.format(List.of(columns)));
  }

  /** Put before the names of the added output columns. */
  public RnnBatches outputPrefix(String prefix) {
    return with(RnnKey.OUTPUT_PREFIX, prefix);
  }

  /** {@code fail}, or {@code null}: keep bad rows with null outputs and the reason in a column. */
  public RnnBatches onBadRow(String policy) {
    return with(RnnKey.ON_BAD_ROW, policy);
  }

  /** Name of the column with the reasons, {@code rnn_error} by default. */
  public RnnBatches errorColumn(String name) {
    return with(RnnKey.ERROR_COLUMN, name);
  }

  /** How per-step floats are stored: {@code nested}, {@code flat} or {@code binary}. */
  public RnnBatches layout(String layout) {
    return with(RnnKey.LAYOUT, layout);
  }

  /** How long per-step outputs are: {@code trim} or {@code pad}. */
  public RnnBatches outputs(String padding) {
    return with(RnnKey.OUTPUTS, padding);
  }

  /** Memory besides the batches' own: {@code 64m} by default. A row that needs more is bad. */
  public RnnBatches windowBytes(String size) {
    return with(RnnKey.WINDOW_BYTES, size);
  }

  /**
   * Runs the model over one batch.
   *
   * @param batch the rows; they stay as they are, and the caller's to close
   * @param allocator where the memory of the returned batch comes from; of one root with those that
   *     the batch came from
   * @return a batch of as many rows in the same order: the batch's columns, which share its
   *     buffers, and the outputs. The caller closes it.
   * @throws IllegalArgumentException if the columns do not fit the model
   * @throws org.sparkrnn.model.BadRowException for a row that cannot be computed, unless such are
   *     kept
   */
  public VectorSchemaRoot run(VectorSchemaRoot batch, BufferAllocator allocator) {
    RnnConf conf = RnnConf.resolve(settings, Map.of());
    BatchSettings how =
        new BatchSettings(
            conf.input(), conf.output(), conf.running().onBadRow(), conf.running().limits());
    return BatchRun.run(model, packed.get(), how, batch, allocator);
  }
}
