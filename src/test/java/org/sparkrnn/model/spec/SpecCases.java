package org.sparkrnn.model.spec;

import java.util.List;
import org.sparkrnn.model.json.ActivationWords;
import org.sparkrnn.model.network.LoopSpecCases;

/** Specs that are right and specs that are wrong; parser and schema are both held to them. */
public final class SpecCases {
  private static final String FEATURES = "{'type': 'features', 'size': 3}";
  private static final String GRU = "{'type': 'GRUCell', 'num_units': 2}";
  private static final String RNN = "{'type': 'rnn', 'cell': " + GRU + "}";

  private SpecCases() {}

  /** A spec that is accepted, single quotes standing for double. */
  public record Good(String what, String spec) {
    @Override
    public String toString() {
      return what;
    }
  }

  /**
   * A spec that is refused.
   *
   * @param structural whether a schema can see it too
   * @param spec with single quotes standing for double
   * @param message the whole message
   */
  public record Bad(boolean structural, String spec, String message) {
    @Override
    public String toString() {
      return message;
    }
  }

  private static String spec(String input, String layers) {
    return "{'spark_rnn': 1, 'input': " + input + ", 'layers': [" + layers + "]}";
  }

  private static String cell(String cell) {
    return spec(FEATURES, "{'type': 'rnn', 'cell': " + cell + "}");
  }

  static List<Good> good() {
    List<Good> all = new java.util.ArrayList<>(chains());
    all.addAll(LoopSpecCases.good());
    return all;
  }

  private static List<Good> chains() {
    return List.of(
        new Good("the smallest", spec(FEATURES, RNN)),
        new Good(
            "every key of the root",
            "{'$schema': 'x', 'spark_rnn': 1, 'name': 'n', 'description': 'd', 'weights':"
                + " 'sub/model.ckpt-1', 'input': "
                + FEATURES
                + ", 'layers': ["
                + RNN
                + "], 'select': ['outputs', 'final_state']}"),
        new Good("token ids", spec("{'type': 'tokens', 'size': 10}", "{'type': 'one_hot'}")),
        new Good(
            "ids of which one fills rows up",
            spec("{'type': 'tokens', 'size': 10, 'padding': 0}", "{'type': 'one_hot'}")),
        new Good(
            "floats that fill rows up",
            spec("{'type': 'features', 'size': 3, 'padding': -1.5}", RNN)),
        new Good(
            "tokens with a vocabulary file",
            spec(
                "{'type': 'tokens', 'size': 10, 'vocabulary': 'v.txt', 'unknown': '<unk>'}",
                "{'type': 'one_hot', 'name': 'hot', 'depth': 12}")),
        new Good(
            "characters with a vocabulary of ids",
            spec(
                "{'type': 'characters', 'vocabulary': {'a': 0, 'b': 1}, 'unknown': 1}",
                "{'type': 'embedding', 'name': 'e', 'variable': 'embedding', 'size': 4}")),
        new Good(
            "characters with a vocabulary list",
            spec(
                "{'type': 'characters', 'vocabulary': ['a', 'b']}",
                "{'type': 'embedding', 'variable': 'embedding'}")),
        new Good(
            "every setting of an LSTMCell",
            cell(
                "{'type': 'LSTMCell', 'num_units': 2, 'forget_bias': 0, 'use_peepholes': true,"
                    + " 'cell_clip': 0.0, 'num_proj': 1, 'proj_clip': 3, 'activation': 'relu6',"
                    + " 'recurrent_activation': 'hard_sigmoid', 'scope': 'a/b'}")),
        new Good(
            "variables by name",
            cell(
                "{'type': 'BasicLSTMCell', 'num_units': 2, 'forget_bias': 1.0, 'variables':"
                    + " {'kernel': ['W_0', 'W_1'], 'bias': 'B'}}")),
        new Good(
            "a reset-after GRU by names",
            cell(
                "{'type': 'CudnnCompatibleGRUCell', 'num_units': 2, 'variables': {"
                    + "'gates/kernel': 'a', 'gates/bias': 'b',"
                    + "'candidate/input_projection/kernel': 'c',"
                    + "'candidate/input_projection/bias': 'd',"
                    + "'candidate/hidden_projection/kernel': 'e',"
                    + "'candidate/hidden_projection/bias': 'f'}}")),
        new Good(
            "an activation with its parameter",
            cell(
                "{'type': 'BasicRNNCell', 'num_units': 2, 'activation': {'type': 'leaky_relu',"
                    + " 'alpha': 0.1}}")),
        new Good(
            "a softmax of a dense layer",
            spec(FEATURES, RNN + ", {'type': 'dense', 'scope': 'd', 'activation': 'softmax'}")),
        new Good("a stack", cell("{'type': 'MultiRNNCell', 'cells': [" + GRU + ", " + GRU + "]}")),
        new Good(
            "every kind of head",
            spec(
                FEATURES,
                RNN
                    + ", {'type': 'final_state'}, {'type': 'dense', 'scope': 'd', 'units': 3},"
                    + " {'type': 'dense', 'kernel': 'k', 'bias': 'b', 'activation': 'relu'},"
                    + " {'type': 'dense', 'kernel': 'k', 'use_bias': false}, {'type': 'softmax'},"
                    + " {'type': 'log_softmax'},"
                    + " {'type': 'argmax', 'name': 'prediction'}")),
        new Good(
            "layers that normalise",
            spec(
                FEATURES,
                "{'type': 'activation', 'activation': 'gelu'}, {'type': 'batch_norm', 'scope':"
                    + " 'bn', 'epsilon': 0.01}, "
                    + RNN
                    + ", {'type': 'layer_norm', 'gamma': 'ln/gamma', 'use_beta': false},"
                    + " {'type': 'pool', 'reductions':"
                    + " ['mean', 'max']}, {'type': 'repeat'}")),
        new Good("all steps as one", spec(FEATURES, RNN + ", {'type': 'flatten', 'steps': 4}")),
        new Good("a first step", spec(FEATURES, RNN + ", {'type': 'first'}")),
        new Good("a mean", spec(FEATURES, RNN + ", {'type': 'mean'}")),
        new Good("a maximum", spec(FEATURES, RNN + ", {'type': 'max'}")),
        new Good("a sum", spec(FEATURES, RNN + ", {'type': 'sum'}")));
  }

  private static Bad structural(String spec, String message) {
    return new Bad(true, spec, "model.json: " + message);
  }

  private static Bad meaning(String spec, String message) {
    return new Bad(false, spec, "model.json: " + message);
  }

  static List<Bad> bad() {
    List<Bad> all = new java.util.ArrayList<>(root());
    all.addAll(inputs());
    all.addAll(layers());
    all.addAll(LoopSpecCases.bad());
    all.addAll(cells());
    all.addAll(activations());
    return all;
  }

  private static List<Bad> activations() {
    String of = "{'type': 'GRUCell', 'num_units': 2, 'activation': ";
    return List.of(
        structural(
            cell(of + "'glu'}"),
            "layers[0].cell.activation: 'glu' cannot stand here: it halves the width, so it is a"
                + " layer of its own and no activation"),
        structural(
            cell(of + "'PReLU'}"),
            "layers[0].cell.activation: 'PReLU' cannot stand here: its slopes are weights, which an"
                + " activation does not have"),
        structural(
            cell(of + "'softmax'}"),
            "layers[0].cell.activation: softmax is over a whole entry: a dense layer can have it, a"
                + " cell cannot"),
        structural(
            cell(of + "3}"),
            "layers[0].cell.activation: expected an activation, a word or an object with the word"
                + " as its 'type'; found 3"),
        structural(
            cell(of + "{'alpha': 1}}"),
            "layers[0].cell.activation: 'type' is missing, expected the activation's word"),
        structural(
            cell(of + "{'type': 'tanh', 'alpha': 1}}"),
            "layers[0].cell.activation.alpha: unknown key; the keys here are type"),
        structural(
            cell(of + "{'type': 'leaky_relu', 'alpha': 'x'}}"),
            "layers[0].cell.activation.alpha: expected a finite number, found \"x\""),
        structural(
            cell(of + "'threshold'}"),
            "layers[0].cell.activation: 'alpha' is missing, expected a finite number"),
        meaning(
            cell(of + "{'type': 'celu', 'alpha': 0}}"),
            "layers[0].cell.activation: celu: alpha must be above 0, found 0.0"));
  }

  private static List<Bad> root() {
    String rest = ", 'input': " + FEATURES + ", 'layers': [" + RNN + "]";
    return List.of(
        structural(
            "{'input': " + FEATURES + ", 'layers': [" + RNN + "]}",
            "'spark_rnn' is missing, expected an integer of at least 1"),
        structural(
            "{'spark_rnn': 2" + rest + "}",
            "spark_rnn: version 2 of the format is not known to this build, which reads version 1"),
        structural(
            "{'spark_rnn': 1, 'wieghts': 'w'" + rest + "}",
            "wieghts: unknown key; did you mean 'weights'? the keys here are $schema, description,"
                + " input, layers, name, select, spark_rnn, weights"),
        structural(
            "{'spark_rnn': 1, 'x y': 'w'" + rest + "}",
            "['x y']: unknown key; the keys here are $schema, description, input, layers, name,"
                + " select, spark_rnn, weights"),
        structural("{'spark_rnn': 1, 'name': 3" + rest + "}", "name: expected a string, found 3"),
        structural(
            "{'spark_rnn': 1, 'layers': [" + RNN + "]}", "'input' is missing, expected an object"),
        structural(
            "{'spark_rnn': 1, 'input': " + FEATURES + "}",
            "'layers' is missing, expected a list of at least one layer"),
        structural(
            "{'spark_rnn': 1, 'input': " + FEATURES + ", 'layers': []}",
            "layers: expected a list of at least one layer, found []"),
        structural(
            "{'spark_rnn': 1, 'select': []" + rest + "}",
            "select: expected a list of at least one output's name, found []"),
        structural(
            "{'spark_rnn': 1, 'select': ['outputs', 'outputs']" + rest + "}",
            "select[1]: 'outputs' is selected twice"),
        structural(
            "{'spark_rnn': 1, 'select': [1]" + rest + "}",
            "select[0]: expected a string, found 1"));
  }

  private static List<Bad> inputs() {
    return List.of(
        structural(
            spec("{'size': 3}", RNN),
            "input: 'type' is missing, expected one of features, tokens, characters"),
        structural(
            spec("{'type': 'token', 'size': 3}", RNN),
            "input.type: expected one of features, tokens, characters; found \"token\"; did you"
                + " mean 'tokens'?"),
        structural(
            spec("{'type': 'features'}", RNN),
            "input: 'size' is missing, expected an integer of at least 1"),
        structural(
            spec("{'type': 'features', 'size': 0}", RNN),
            "input.size: expected an integer of at least 1, found 0"),
        structural(
            spec("{'type': 'features', 'size': 3.5}", RNN),
            "input.size: expected an integer of at least 1, found 3.5"),
        structural(
            spec("{'type': 'features', 'size': 3, 'vocabulary': 'v'}", RNN),
            "input.vocabulary: unknown key; the keys here are padding, size, type"),
        structural(
            spec("{'type': 'tokens', 'size': 3, 'padding': 0.5}", RNN),
            "input.padding: expected an integer of at least 0, found 0.5"),
        structural(
            spec("{'type': 'tokens'}", RNN),
            "input: 'size' is missing: without a vocabulary nothing else says how many ids there"
                + " are"),
        structural(
            spec("{'type': 'tokens', 'size': 3, 'unknown': 1}", RNN),
            "input.unknown: has no meaning without a vocabulary"),
        structural(
            spec("{'type': 'characters', 'size': 3}", RNN),
            "input: 'vocabulary' is missing, expected a file's name, an object of ids by token, or"
                + " a list of tokens"),
        structural(
            spec("{'type': 'characters', 'vocabulary': 3}", RNN),
            "input.vocabulary: expected a file's name, an object of ids by token, or a list of"
                + " tokens, found 3"),
        structural(
            spec("{'type': 'characters', 'vocabulary': '../v.json'}", RNN),
            "input.vocabulary: expected the name of a file in the model's folder, relative to it,"
                + " found \"../v.json\""),
        structural(
            spec("{'type': 'characters', 'vocabulary': ['a'], 'unknown': true}", RNN),
            "input.unknown: expected a token of the vocabulary or an id, found true"));
  }

  private static List<Bad> layers() {
    return List.of(
        structural(spec(FEATURES, "3"), "layers[0]: expected an object, found 3"),
        structural(
            spec(FEATURES, "{'type': 'lstm'}"),
            "layers[0].type: expected one of activation, argmax, batch_norm, dense, embedding,"
                + " final_state, first, flatten, last, layer_norm, log_softmax, masking, max, mean, one_hot,"
                + " pool, repeat, rnn, softmax, sum; found \"lstm\""),
        structural(
            spec(FEATURES, "{'type': 'pool', 'reductions': ['mean', 'maximum']}"),
            "layers[0].reductions[1]: expected one of last, first, mean, max, sum, final_state;"
                + " found \"maximum\""),
        structural(
            spec(FEATURES, "{'type': 'flatten', 'steps': 0}"),
            "layers[0].steps: expected an integer of at least 1, found 0"),
        structural(
            spec(FEATURES, "{'type': 'pool', 'reductions': []}"),
            "layers[0].reductions: expected a list of at least one reduction's word, found []"),
        structural(
            spec(FEATURES, "{'type': 'activation'}"),
            "layers[0]: 'activation' is missing, expected an activation"),
        structural(
            spec(FEATURES, "{'type': 'batch_norm', 'gamma': 'g', 'use_gamma': false}"),
            "layers[0].gamma: contradicts \"use_gamma\": false"),
        structural(
            spec(FEATURES, "{'type': 'layer_norm', 'epsilon': -1}"),
            "layers[0].epsilon: expected a number of at least 0, found -1.0"),
        structural(
            spec(FEATURES, "{'type': 'dense', 'unit': 3}"),
            "layers[0].unit: unknown key; did you mean 'units'? the keys here are activation, bias,"
                + " kernel, name, scope, type, units, use_bias"),
        structural(
            spec(FEATURES, "{'type': 'dense', 'name': 'my head'}"),
            "layers[0].name: expected letters, digits and underscores, not a digit first, found"
                + " \"my head\""),
        structural(
            spec(FEATURES, "{'type': 'dense', 'name': 'outputs'}"),
            "layers[0].name: 'outputs' is what every model's own output is called"),
        meaning(
            spec(FEATURES, "{'type': 'dense', 'name': 'a'}, {'type': 'dense', 'name': 'a'}"),
            "layers[1].name: two layers are named 'a'"),
        structural(
            spec(FEATURES, "{'type': 'dense', 'activation': 'Relu'}"),
            "layers[0].activation: expected one of "
                + String.join(", ", ActivationWords.ALL)
                + "; found \"Relu\"; did you mean 'relu'?"),
        structural(
            spec(FEATURES, "{'type': 'dense', 'kernel': 'k', 'scope': 's'}"),
            "layers[0].scope: give 'kernel' and 'bias', or 'scope', not both"),
        structural(
            spec(FEATURES, "{'type': 'dense', 'kernel': 'k'}"),
            "layers[0]: 'bias' is missing beside 'kernel'; a layer without one has \"use_bias\":"
                + " false"),
        structural(
            spec(FEATURES, "{'type': 'dense', 'bias': 'b'}"),
            "layers[0].bias: 'kernel' is missing beside it"),
        structural(
            spec(FEATURES, "{'type': 'dense', 'kernel': 'k', 'bias': 'b', 'use_bias': false}"),
            "layers[0].bias: contradicts \"use_bias\": false"),
        structural(
            spec(FEATURES, "{'type': 'dense', 'use_bias': 'no'}"),
            "layers[0].use_bias: expected true or false, found \"no\""),
        structural(
            spec("{'type': 'tokens', 'size': 3}", "{'type': 'embedding'}"),
            "layers[0]: 'variable' is missing, expected the table's name in the weights file"),
        structural(
            spec(FEATURES, "{'type': 'rnn'}"), "layers[0]: 'cell' is missing, expected an object"));
  }

  private static List<Bad> cells() {
    String lstm = "{'type': 'LSTMCell', 'num_units': 2, 'forget_bias': 1.0";
    return List.of(
        structural(
            cell("{'type': 'MultiRNNCell', 'cells': [{'type': 'GRUCell', 'num_units': '128'}]}"),
            "layers[0].cell.cells[0].num_units: expected an integer of at least 1, found"
                + " \"128\""),
        structural(
            cell("{'type': 'MultiRNNCell', 'cells': []}"),
            "layers[0].cell.cells: expected a list of at least one cell, found []"),
        structural(
            cell("{'type': 'NTMCell', 'num_units': 2}"),
            "layers[0].cell.type: a NTMCell does not run here: its memory with content and"
                + " location addressing is not implemented"),
        structural(
            cell("{'type': 'LSTMcell', 'num_units': 2}"),
            "layers[0].cell.type: no type of cell is called 'LSTMcell'; did you mean 'LSTMCell'?;"
                + " the documentation's page cells.md lists them all"),
        structural(
            cell("{'type': 'LSTMCell', 'num_units': 2}"),
            "layers[0].cell: 'forget_bias' is missing: TensorFlow adds it when the cell runs, so no"
                + " weights file records it. TensorFlow's default is 1.0; weights from Keras,"
                + " PyTorch or cuDNN already contain it, for them it is 0.0"),
        structural(
            cell("{'type': 'BasicLSTMCell', 'num_units': 2, 'forget_bais': 1.0}"),
            "layers[0].cell.forget_bais: unknown key; did you mean 'forget_bias'? the keys here are"
                + " activation, forget_bias, num_units, recurrent_activation, scope,"
                + " state_is_tuple, type,"
                + " variables"),
        structural(
            cell("{'type': 'BasicLSTMCell', 'num_units': 2, 'forget_bias': '1'}"),
            "layers[0].cell.forget_bias: expected a number, found \"1\""),
        structural(
            cell("{'type': 'GRUCell', 'num_units': 2, 'forget_bias': 1.0}"),
            "layers[0].cell.forget_bias: unknown key; the keys here are activation,"
                + " num_units, recurrent_activation, scope, state_is_tuple, type, variables"),
        structural(
            cell(lstm + ", 'cell_clip': -1}"),
            "layers[0].cell.cell_clip: expected a number of at least 0, found -1"),
        structural(
            cell(lstm + ", 'proj_clip': 1}"),
            "layers[0].cell.proj_clip: has no meaning without 'num_proj'"),
        structural(
            cell(lstm + ", 'scope': 's', 'variables': {'kernel': 'k', 'bias': 'b'}}"),
            "layers[0].cell.scope: give 'scope' or 'variables', not both"),
        structural(
            cell(lstm + ", 'variables': {'kernel': 'k'}}"),
            "layers[0].cell.variables: 'bias' is missing, expected the variable's full name in the"
                + " weights file"),
        structural(
            cell(lstm + ", 'variables': {'kernel': 'k', 'bias': 'b', 'w_f_diag': 'w'}}"),
            "layers[0].cell.variables.w_f_diag: unknown key; the keys here are bias, kernel"),
        structural(
            cell(lstm + ", 'variables': {'kernel': [], 'bias': 'b'}}"),
            "layers[0].cell.variables.kernel: expected a variable's name or a list of names, found"
                + " []"));
  }
}
