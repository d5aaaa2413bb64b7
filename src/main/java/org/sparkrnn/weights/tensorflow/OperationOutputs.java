package org.sparkrnn.weights.tensorflow;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The names of what operations give, where they give more than one thing: functions call values by
 * these names, graphs by numbers.
 */
final class OperationOutputs {
  private static final Map<String, List<String>> NAMES = new HashMap<>();

  static {
    put(List.of("Switch", "RefSwitch"), "output_false", "output_true");
    put(List.of("Merge", "RefMerge"), "output", "value_index");
    put(List.of("TensorArray", "TensorArrayV2", "TensorArrayV3"), "handle", "flow");
    put(List.of("TensorListPopBack"), "output_handle", "tensor");
    put(List.of("BlockLSTM", "BlockLSTMV2", "LSTMBlockCell"), "i", "cs", "f", "o", "ci", "co", "h");
    put(List.of("GRUBlockCell"), "r", "u", "c", "h");
    put(
        List.of("CudnnRNN", "CudnnRNNV2", "CudnnRNNV3"),
        "output",
        "output_h",
        "output_c",
        "reserve_space",
        "host_reserved");
    put(List.of("TopK", "TopKV2"), "values", "indices");
    put(
        List.of("FusedBatchNorm", "FusedBatchNormV2", "FusedBatchNormV3"),
        "y",
        "batch_mean",
        "batch_variance",
        "reserve_space_1",
        "reserve_space_2",
        "reserve_space_3");
    put(List.of("Unique"), "y", "idx");
  }

  private OperationOutputs() {}

  private static void put(List<String> operations, String... outputs) {
    operations.forEach(operation -> NAMES.put(operation, List.of(outputs)));
  }

  /** The number of the first value under a name; 0 of an operation that has one name only. */
  static int first(String operation, String output) {
    return Math.max(0, NAMES.getOrDefault(operation, List.of()).indexOf(output));
  }
}
