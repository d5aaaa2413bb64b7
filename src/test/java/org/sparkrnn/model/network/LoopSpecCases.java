package org.sparkrnn.model.network;

import java.util.List;
import org.sparkrnn.model.spec.SpecCases.Bad;
import org.sparkrnn.model.spec.SpecCases.Good;

/** Loops of a spec that are right and that are wrong. */
public final class LoopSpecCases {
  private static final String GRU = "{'type': 'GRUCell', 'num_units': 2}";

  private LoopSpecCases() {}

  private static String rnn(String rest) {
    return "{'spark_rnn': 1, 'input': {'type': 'features', 'size': 3}, 'layers': [{'type': 'rnn', "
        + rest.replace("GRU", GRU)
        + "}]}";
  }

  private static Good good(String what, String rest) {
    return new Good(what, rnn(rest));
  }

  private static Bad bad(String rest, String message) {
    return new Bad(true, rnn(rest), "model.json: " + message);
  }

  public static List<Good> good() {
    return List.of(
        good("a static loop", "'loop': 'static_rnn', 'cell': GRU"),
        good("a batch that was stored by time", "'time_major': true, 'cell': GRU"),
        good(
            "two directions, one cell",
            "'name': 'both', 'scope': '', 'loop': 'bidirectional_dynamic_rnn', 'merge': 'ave',"
                + " 'cell': GRU"),
        good(
            "one direction from the end",
            "'loop': 'reversed_dynamic_rnn', 'time_major': true, 'cell': GRU"),
        good("two directions, two cells", "'cell_fw': GRU, 'cell_bw': GRU"),
        good(
            "two static directions",
            "'loop': 'static_bidirectional_rnn', 'cell_fw': GRU, 'cell_bw': GRU"),
        good("two static directions, one cell", "'loop': 'static_bidirectional_rnn', 'cell': GRU"),
        good("a stack of directions", "'cells_fw': [GRU, GRU], 'cells_bw': [GRU, GRU]"),
        good(
            "a stack of directions by name",
            "'loop': 'stack_bidirectional_dynamic_rnn', 'time_major': false, 'cells_fw': [GRU],"
                + " 'cells_bw': [GRU]"),
        good(
            "a static stack of directions",
            "'loop': 'stack_bidirectional_rnn', 'scope': 's', 'cells_fw': [GRU], 'cells_bw':"
                + " [GRU]"),
        good("Keras' loop", "'loop': 'keras', 'cell': GRU"),
        good(
            "every setting of Keras' loop",
            "'loop': 'keras', 'cell': GRU, 'go_backwards': true, 'return_sequences': true,"
                + " 'zero_output_for_mask': true, 'stateful': true, 'time_major': true"),
        good(
            "Keras' two directions",
            "'loop': 'keras', 'cell_fw': GRU, 'cell_bw': GRU, 'merge': 'mul',"
                + " 'return_sequences': true"),
        good("a loop that generates", "'loop': 'generate', 'max_steps': 5, 'stop': 0, 'cell': GRU"),
        good("cuDNN's LSTM", "'loop': 'CudnnLSTM', 'num_layers': 2, 'num_units': 3"),
        good(
            "cuDNN's RNN in two directions",
            "'loop': 'CudnnRNNRelu', 'num_layers': 1, 'num_units': 3, 'direction':"
                + " 'bidirectional', 'time_major': true, 'scope': 's'"),
        new Good(
            "masks",
            "{'spark_rnn': 1, 'input': {'type': 'tokens', 'size': 3}, 'layers': [{'type':"
                + " 'embedding', 'variable': 'e', 'mask_zero': true}, {'type': 'masking'}, {'type':"
                + " 'masking', 'name': 'm', 'mask_value': -1.5}]}"));
  }

  public static List<Bad> bad() {
    return List.of(
        bad(
            "'merge': 'sum', 'cell': GRU",
            "layers[0].merge: no key of \"loop\": \"dynamic_rnn\", but of"
                + " bidirectional_dynamic_rnn and keras"),
        bad("'cell_fw': GRU", "layers[0]: 'cell_bw' is missing, expected an object"),
        bad(
            "'cell': GRU, 'cell_fw': GRU",
            "layers[0].cell_fw: give 'cell' for both directions, or 'cell_fw' and 'cell_bw', not"
                + " both"),
        bad(
            "'loop': 'dynamic_rnn', 'cell': GRU, 'cell_fw': GRU",
            "layers[0].cell_fw: no key of \"loop\": \"dynamic_rnn\", but of"
                + " bidirectional_dynamic_rnn, static_bidirectional_rnn and keras"),
        bad(
            "'loop': 'raw_rnn', 'cell': GRU",
            "layers[0].loop: expected one of dynamic_rnn, static_rnn, reversed_dynamic_rnn,"
                + " bidirectional_dynamic_rnn, static_bidirectional_rnn, stack_bidirectional_dynamic_rnn,"
                + " stack_bidirectional_rnn, keras, generate, CudnnLSTM, CudnnGRU,"
                + " CudnnRNNTanh, CudnnRNNRelu; found \"raw_rnn\""),
        bad(
            "'loop': 'static_rnn', 'time_major': true, 'cell': GRU",
            "layers[0].time_major: no key of \"loop\": \"static_rnn\", but of dynamic_rnn,"
                + " reversed_dynamic_rnn, bidirectional_dynamic_rnn, stack_bidirectional_dynamic_rnn, keras, CudnnLSTM,"
                + " CudnnGRU, CudnnRNNTanh and CudnnRNNRelu"),
        bad(
            "'time_major': 'yes', 'cell': GRU",
            "layers[0].time_major: expected true or false, found \"yes\""),
        bad(
            "'cells_fw': [], 'cells_bw': []",
            "layers[0].cells_fw: expected a list of at least one cell, found []"),
        bad(
            "'cells_fw': GRU, 'cells_bw': [GRU]",
            "layers[0].cells_fw: expected a list of at least one cell, found"
                + " {\"type\":\"GRUCell\",\"num_units\":2}"),
        bad(
            "'cells_fw': [GRU]",
            "layers[0]: 'cells_bw' is missing, expected a list of at least one cell"),
        bad(
            "'cells_fw': [GRU], 'cells_bw': [GRU], 'merge': 'sum'",
            "layers[0].merge: no key of \"loop\": \"stack_bidirectional_dynamic_rnn\", but of"
                + " bidirectional_dynamic_rnn and keras"),
        bad(
            "'cells_fw': [GRU], 'cells_bw': [GRU], 'cell': GRU",
            "layers[0].cell: no key of \"loop\": \"stack_bidirectional_dynamic_rnn\", but of"
                + " dynamic_rnn, static_rnn, reversed_dynamic_rnn, bidirectional_dynamic_rnn,"
                + " static_bidirectional_rnn,"
                + " keras and generate"),
        bad(
            "'cell': GRU, 'go_backwards': true",
            "layers[0].go_backwards: no key of \"loop\": \"dynamic_rnn\", but of keras"),
        bad(
            "'loop': 'keras', 'cell': GRU, 'merge': 'sum'",
            "layers[0].merge: has no meaning without 'cell_fw' and 'cell_bw'"),
        bad(
            "'loop': 'keras', 'cell': GRU, 'cell_bw': GRU",
            "layers[0].cell_bw: give 'cell' for one direction, or 'cell_fw' and 'cell_bw' for two,"
                + " not both"),
        bad(
            "'loop': 'generate', 'cell': GRU",
            "layers[0]: 'max_steps' is missing, expected an integer of at least 1"),
        bad(
            "'loop': 'generate', 'cell': GRU, 'max_steps': 3, 'stop': -1",
            "layers[0].stop: expected an integer of at least 0, found -1"),
        bad(
            "'max_steps': 3, 'cell': GRU",
            "layers[0].max_steps: no key of \"loop\": \"dynamic_rnn\", but of generate"),
        bad(
            "'loop': 'CudnnLSTM', 'num_units': 3",
            "layers[0]: 'num_layers' is missing, expected an integer of at least 1"),
        bad(
            "'loop': 'CudnnLSTM', 'num_layers': 1, 'num_units': 3, 'direction': 'both'",
            "layers[0].direction: expected one of unidirectional, bidirectional; found \"both\""),
        bad(
            "'loop': 'CudnnLSTM', 'num_layers': 1, 'num_units': 3, 'cell': GRU",
            "layers[0].cell: no key of \"loop\": \"CudnnLSTM\", but of dynamic_rnn, static_rnn,"
                + " reversed_dynamic_rnn,"
                + " bidirectional_dynamic_rnn, static_bidirectional_rnn, keras and generate"),
        bad(
            "'loop': 'reversed_dynamic_rnn', 'cell': GRU, 'merge': 'sum'",
            "layers[0].merge: no key of \"loop\": \"reversed_dynamic_rnn\", but of"
                + " bidirectional_dynamic_rnn and keras"),
        bad("'loop': 'keras'", "layers[0]: 'cell' is missing, expected an object"),
        bad(
            "'loop': 'keras', 'cell': GRU, 'return_sequences': 1",
            "layers[0].return_sequences: expected true or false, found 1"),
        new Bad(
            false,
            rnn("'cells_fw': [GRU, GRU], 'cells_bw': [GRU]"),
            "model.json: layers[0]: forward and backward cells must have the same depth:"
                + " 'cells_fw' lists 2, 'cells_bw' 1"));
  }
}
