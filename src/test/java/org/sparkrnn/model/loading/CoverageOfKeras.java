package org.sparkrnn.model.loading;

import static org.sparkrnn.model.keras.KerasH5.functional;
import static org.sparkrnn.model.keras.KerasH5.node;
import static org.sparkrnn.model.keras.KerasH5.one;
import static org.sparkrnn.model.keras.KerasH5.sequential;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.sparkrnn.model.keras.KerasH5;
import org.sparkrnn.oracle.RandomNetworks;
import org.sparkrnn.tensor.Tensor;
import org.sparkrnn.weights.keras.KerasFile;

/** Files of Keras: what holds the weights, and which layers run. */
final class CoverageOfKeras {
  private static final String INPUT =
      one("InputLayer", "in", "'batch_input_shape': [null, null, 3]");
  private static final String SIGMOID = "'units': 2, 'recurrent_activation': 'sigmoid'";
  private static final String STEPS = SIGMOID + ", 'return_sequences': true";
  private static final String LSTM = one("LSTM", "l", STEPS);

  private CoverageOfKeras() {}

  static Coverage files() {
    return new Coverage("Keras files")
        .with("a full model, HDF5", dir -> Coverage.model(Encoding.KERAS_2.write(1, dir)))
        .with(
            "weights, HDF5, with JSON beside",
            dir -> Coverage.model(Encoding.KERAS_WEIGHTS_AND_JSON.write(1, dir)))
        .with("weights alone, HDF5", CoverageOfKeras::alone)
        .with("an archive of Keras 3", dir -> Coverage.model(Encoding.KERAS_3.write(1, dir)))
        .with("an archive, stored", dir -> fixture(dir, "stored.keras"))
        .with("an archive, deflated", dir -> fixture(dir, "deflated.keras"))
        .with("datasets compressed with gzip", dir -> fixture(dir, "latest_gzip.h5"))
        .with("model.weights.h5 of Keras 3", dir -> fixture(dir, "model.weights.h5"))
        .with("datasets of Keras 1, one for each gate", CoverageOfKeras::keras1)
        .with("links to other files", dir -> fixture(dir, "links.h5"))
        .with("a dataset that inflates a thousand times", CoverageOfKeras::bomb)
        .with("integers", dir -> tensor(dir, "weights.h5", "steps"));
  }

  static Coverage recurrent() {
    Coverage rows = new Coverage("Keras layers, recurrent");
    rows.with("LSTM", lstm("2.4.0", LSTM))
        .with(
            "LSTM without recurrent_activation, Keras 2.2",
            lstm("2.2.4", one("LSTM", "l", "'units': 2")))
        .with(
            "LSTM without recurrent_activation, 2.2.4-tf",
            lstm("2.2.4-tf", one("LSTM", "l", "'units': 2")))
        .with(
            "LSTM of an unknown activation",
            lstm("2.4.0", one("LSTM", "l", SIGMOID + ", 'activation': 'mine'")))
        .with(
            "LSTM, go_backwards", lstm("2.4.0", one("LSTM", "l", STEPS + ", 'go_backwards': true")))
        .with("LSTM, stateful", lstm("2.4.0", one("LSTM", "l", STEPS + ", 'stateful': true")))
        .with("LSTM, unroll", lstm("2.4.0", one("LSTM", "l", STEPS + ", 'unroll': true")))
        .with("LSTM, time_major", lstm("2.4.0", one("LSTM", "l", STEPS + ", 'time_major': true")))
        .with(
            "LSTM, implementation 2, dropout",
            lstm(
                "2.4.0",
                one(
                    "LSTM",
                    "l",
                    STEPS + ", 'implementation': 2, 'dropout': 0.5, 'recurrent_dropout': 0.5")))
        .with(
            "LSTM, use_bias false",
            model(
                "2.4.0",
                one("LSTM", "l", STEPS + ", 'use_bias': false"),
                "l",
                "l/kernel",
                "3 8",
                "l/recurrent_kernel",
                "2 8"))
        .with(
            "CuDNNLSTM",
            model(
                "2.2.4",
                one("CuDNNLSTM", "l", "'units': 2"),
                "l",
                "l/kernel",
                "3 8",
                "l/recurrent_kernel",
                "2 8",
                "l/bias",
                "16"))
        .with(
            "LSTM with cuDNN's biases",
            model(
                "2.4.0", LSTM, "l", "l/kernel", "3 8", "l/recurrent_kernel", "2 8", "l/bias", "16"))
        .with(
            "GRU, reset_after",
            model(
                "2.4.0",
                one("GRU", "g", STEPS + ", 'reset_after': true"),
                "g",
                "g/kernel",
                "3 6",
                "g/recurrent_kernel",
                "2 6",
                "g/bias",
                "2 6"))
        .with(
            "GRU, reset_after false",
            model(
                "2.4.0",
                one("GRU", "g", STEPS + ", 'reset_after': false"),
                "g",
                "g/kernel",
                "3 6",
                "g/recurrent_kernel",
                "2 6",
                "g/bias",
                "6"))
        .with(
            "GRU, without reset_after",
            model(
                "2.4.0",
                one("GRU", "g", STEPS),
                "g",
                "g/kernel",
                "3 6",
                "g/recurrent_kernel",
                "2 6",
                "g/bias",
                "6"))
        .with(
            "CuDNNGRU",
            model(
                "2.2.4",
                one("CuDNNGRU", "g", "'units': 2"),
                "g",
                "g/kernel",
                "3 6",
                "g/recurrent_kernel",
                "2 6",
                "g/bias",
                "12"))
        .with(
            "SimpleRNN",
            model(
                "2.4.0",
                one("SimpleRNN", "r", "'units': 2"),
                "r",
                "r/kernel",
                "3 2",
                "r/recurrent_kernel",
                "2 2",
                "r/bias",
                "2"))
        .with(
            "RNN of a StackedRNNCells",
            model(
                "2.4.0",
                rnn(one("LSTMCell", "a", SIGMOID), one("LSTMCell", "b", SIGMOID)),
                "r",
                "r/a/kernel",
                "3 8",
                "r/a/recurrent_kernel",
                "2 8",
                "r/a/bias",
                "8",
                "r/b/kernel",
                "2 8",
                "r/b/recurrent_kernel",
                "2 8",
                "r/b/bias",
                "8"))
        .with(
            "RNN of a StackedRNNCells of unlike cells",
            model(
                "2.4.0",
                rnn(
                    one("LSTMCell", "a", SIGMOID),
                    one("GRUCell", "b", SIGMOID + ", 'reset_after': false")),
                "r",
                "r/lstm_cell/kernel",
                "3 8",
                "r/lstm_cell/recurrent_kernel",
                "2 8",
                "r/lstm_cell/bias",
                "8",
                "r/gru_cell/kernel",
                "2 6",
                "r/gru_cell/recurrent_kernel",
                "2 6",
                "r/gru_cell/bias",
                "6"))
        .with(
            "RNN of a cell that Keras has not",
            lstm("2.4.0", one("RNN", "l", "'cell': " + one("MyCell", "c", "'units': 2"))))
        .with("ConvLSTM2D", lstm("2.4.0", one("ConvLSTM2D", "l", "'filters': 2")));
    for (String merge : new String[] {"'concat'", "'sum'", "'mul'", "'ave'", "null"}) {
      rows.with("Bidirectional, merge_mode " + merge.replace("'", ""), bidirectional(merge));
    }
    return rows;
  }

  static Coverage others() {
    Coverage rows = new Coverage("Keras layers, others");
    String[] dense = {"d", "d/kernel", "2 4", "d/bias", "4"};
    rows.with("Embedding", embedding("'mask_zero': false"))
        .with("Embedding, mask_zero", embedding("'mask_zero': true"))
        .with("Masking", chain(one("Masking", "m", "'mask_value': 0.0"), LSTM))
        .with("Dense", then(one("Dense", "d", "'units': 4, 'activation': 'relu'"), dense))
        .with(
            "TimeDistributed(Dense)",
            then(
                one("TimeDistributed", "d", "'layer': " + one("Dense", "x", "'units': 4")), dense));
    for (String layer :
        new String[] {
          "Activation 'activation': 'softmax'",
          "Activation 'activation': 'gelu'",
          "LeakyReLU 'alpha': 0.3",
          "PReLU ",
          "Rescaling 'scale': 0.5",
          "Softmax ",
          "Dropout 'rate': 0.5",
          "GaussianNoise 'stddev': 0.5",
          "GlobalAveragePooling1D ",
          "GlobalMaxPooling1D ",
          "Conv1D 'filters': 3",
          "MaxPooling1D ",
          "MultiHeadAttention ",
          "RepeatVector 'n': 3",
          "Lambda ",
          "Mine "
        }) {
      String[] parts = layer.split(" ", 2);
      String which = parts[0].equals("Activation") ? " of " + parts[1].split("'")[3] : "";
      rows.with(parts[0] + which, then(one(parts[0], "x", parts[1])));
    }
    String[] norm = {
      "n",
      "gamma",
      "2",
      "beta",
      "2",
      "moving_mean",
      "2",
      "moving_variance",
      "2",
      "mean",
      "2",
      "variance",
      "2"
    };
    for (String type : new String[] {"BatchNormalization", "LayerNormalization", "Normalization"}) {
      rows.with(type, then(one(type, "n", ""), norm));
    }
    rows.with(
            "BatchNormalization over the steps",
            then(one("BatchNormalization", "n", "'axis': 1"), norm))
        .with("RepeatVector, as many as the input has steps", repeated())
        .with("Flatten of steps whose number is stated", flattened("3"))
        .with("Flatten of steps whose number is not stated", flattened("null"));
    return rows.with("a model with two branches", branches())
        .with("a functional chain", chained("[['l', 0, 0]]"))
        .with(
            "a functional chain that returns states",
            chained("[['l', 0, 0], ['l', 0, 1], ['l', 0, 2]]"))
        .with("a functional chain that reads a state", stateRead())
        .with("a functional model that joins poolings", pooled());
  }

  private static String fixture(Path folder, String name) throws IOException {
    return Coverage.contents(Coverage.fixture(KerasFile.class, name, folder));
  }

  private static String tensor(Path folder, String file, String name) throws IOException {
    return Coverage.tensor(Coverage.fixture(KerasFile.class, file, folder), name);
  }

  private static String bomb(Path folder) throws IOException {
    return tensor(folder, "bomb.h5", "zeros");
  }

  private static String alone(Path folder) throws IOException {
    Path file = Encoding.KERAS_WEIGHTS_AND_JSON.write(1, folder);
    Files.delete(folder.resolve("m.json"));
    return Coverage.model(file);
  }

  private static String keras1(Path folder) throws IOException {
    String[] gates = new String[24];
    for (int i = 0; i < 12; i++) {
      String kind = "WUb".substring(i % 3, i % 3 + 1);
      gates[2 * i] = "l_" + kind + "_" + "icfo".charAt(i / 3);
      gates[2 * i + 1] = kind.equals("W") ? "3 2" : kind.equals("U") ? "2 2" : "2";
    }
    String lstm =
        one(
            "LSTM",
            "l",
            "'output_dim': 2, 'inner_activation': 'hard_sigmoid', 'return_sequences': true,"
                + " 'batch_input_shape': [null, null, 3]");
    Path file = folder.resolve("m.h5");
    String config = "{'class_name': 'Sequential', 'config': [" + lstm + "]}";
    KerasH5.writeTensors(file, "1.2.2", config, Map.of("l", tensors("l", gates)));
    return Coverage.model(file);
  }

  private static Map<String, Tensor> tensors(String layer, String... namesAndSizes) {
    RandomNetworks random = new RandomNetworks(2);
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    for (int i = 0; i < namesAndSizes.length; i += 2) {
      String[] sizes = namesAndSizes[i + 1].split(" ");
      long[] dims = new long[sizes.length];
      for (int axis = 0; axis < dims.length; axis++) {
        dims[axis] = Long.parseLong(sizes[axis]);
      }
      tensors.put(namesAndSizes[i], random.tensor(dims));
    }
    return tensors;
  }

  private static Coverage.Sample written(
      String version, String config, Map<String, Map<String, Tensor>> layers) {
    return folder -> {
      Path file = folder.resolve("m.h5");
      KerasH5.writeTensors(file, version, config, layers);
      return Coverage.model(file);
    };
  }

  /** One layer behind the input, with the datasets of these names and sizes. */
  private static Coverage.Sample model(
      String version, String layer, String name, String... namesAndSizes) {
    return written(version, sequential(INPUT, layer), Map.of(name, tensors(name, namesAndSizes)));
  }

  private static Map<String, Map<String, Tensor>> lstm() {
    Map<String, Map<String, Tensor>> layers = new LinkedHashMap<>();
    layers.put("l", tensors("l", "l/kernel", "3 8", "l/recurrent_kernel", "2 8", "l/bias", "8"));
    return layers;
  }

  private static Coverage.Sample lstm(String version, String layer) {
    return written(version, sequential(INPUT, layer), lstm());
  }

  private static Coverage.Sample chain(String... layers) {
    String[] all = new String[layers.length + 1];
    all[0] = INPUT;
    System.arraycopy(layers, 0, all, 1, layers.length);
    return written("2.4.0", sequential(all), lstm());
  }

  /** A layer behind an LSTM, with its own name and datasets. */
  private static Coverage.Sample then(String layer, String... nameAndDatasets) {
    Map<String, Map<String, Tensor>> layers = lstm();
    if (nameAndDatasets.length > 0) {
      String[] datasets = java.util.Arrays.copyOfRange(nameAndDatasets, 1, nameAndDatasets.length);
      layers.put(nameAndDatasets[0], tensors(nameAndDatasets[0], datasets));
    }
    return written("2.4.0", sequential(INPUT, LSTM, layer), layers);
  }

  private static Coverage.Sample repeated() {
    String input = one("InputLayer", "in", "'batch_input_shape': [null, 4, 3]");
    String config =
        sequential(input, one("LSTM", "l", SIGMOID), one("RepeatVector", "x", "'n': 4"));
    return written("2.4.0", config, lstm());
  }

  private static Coverage.Sample flattened(String steps) {
    String input = one("InputLayer", "in", "'batch_input_shape': [null, " + steps + ", 3]");
    return written("2.4.0", sequential(input, LSTM, one("Flatten", "x", "")), lstm());
  }

  private static Coverage.Sample embedding(String option) {
    Map<String, Map<String, Tensor>> layers = lstm();
    layers.put("e", tensors("e", "e/embeddings", "5 3"));
    String table = one("Embedding", "e", "'input_dim': 5, 'output_dim': 3, " + option);
    return written("2.4.0", sequential(table, LSTM), layers);
  }

  private static Coverage.Sample bidirectional(String merge) {
    String[] datasets = new String[12];
    for (int i = 0; i < 6; i++) {
      String role = new String[] {"kernel", "recurrent_kernel", "bias"}[i % 3];
      datasets[2 * i] = "b/" + (i < 3 ? "forward_l/" : "backward_l/") + role;
      datasets[2 * i + 1] = new String[] {"3 8", "2 8", "8"}[i % 3];
    }
    return model(
        "2.4.0",
        one("Bidirectional", "b", "'merge_mode': " + merge + ", 'layer': " + LSTM),
        "b",
        datasets);
  }

  private static String rnn(String... cells) {
    String stack = one("StackedRNNCells", "s", "'cells': [" + String.join(", ", cells) + "]");
    return one("RNN", "r", "'return_sequences': true, 'cell': " + stack);
  }

  private static Coverage.Sample branches() {
    String layers =
        node(INPUT, "[]")
            + ", "
            + node(LSTM, "[[['in', 0, 0, {}]]]")
            + ", "
            + node(one("Add", "add", ""), "[[['l', 0, 0, {}], ['in', 0, 0, {}]]]");
    return written("2.4.0", functional(layers, "[['add', 0, 0]]"), lstm());
  }

  private static Coverage.Sample stateRead() {
    String layers =
        node(INPUT, "[]")
            + ", "
            + node(LSTM, "[[['in', 0, 0, {}]]]")
            + ", "
            + node(one("Activation", "a", "'activation': 'relu'"), "[[['l', 0, 1, {}]]]");
    return written("2.4.0", functional(layers, "[['a', 0, 0]]"), lstm());
  }

  private static Coverage.Sample pooled() {
    String layers =
        String.join(
            ", ",
            node(INPUT, "[]"),
            node(LSTM, "[[['in', 0, 0, {}]]]"),
            node(one("GlobalAveragePooling1D", "mean", ""), "[[['l', 0, 0, {}]]]"),
            node(one("GlobalMaxPooling1D", "max", ""), "[[['l', 0, 0, {}]]]"),
            node(one("Concatenate", "c", ""), "[[['mean', 0, 0, {}], ['max', 0, 0, {}]]]"));
    return written("2.4.0", functional(layers, "[['c', 0, 0]]"), lstm());
  }

  private static Coverage.Sample chained(String outputs) {
    String layers = node(INPUT, "[]") + ", " + node(LSTM, "[[['in', 0, 0, {}]]]");
    return written("2.4.0", functional(layers, outputs), lstm());
  }
}
