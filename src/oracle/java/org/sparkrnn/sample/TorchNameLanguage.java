package org.sparkrnn.sample;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.ndarray.types.SparseFormat;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The sample network as PyTorch computes it: an embedding, {@code torch.nn.LSTM} in both
 * directions, and a dense layer over the two final states. Parameters are in PyTorch's layout: rows
 * of the gates i, f, g, o and two biases.
 *
 * <p>All rows of a batch have one length, so that PyTorch's backward direction starts at each row's
 * own end and no padding is needed.
 */
final class TorchNameLanguage implements AutoCloseable {
  private static final String[] DIRECTIONS = {"fw", "bw"};

  private final NDManager manager = NDManager.newBaseManager("PyTorch");
  private final Map<String, NDArray> parameters = new LinkedHashMap<>();
  private final int units;

  /** A network without parameters; {@link #put} them all before use. */
  TorchNameLanguage(int units) {
    this.units = units;
  }

  /** A network with random parameters, from PyTorch's generator as it was last seeded. */
  static TorchNameLanguage random(int characters, int embedding, int units, int languages) {
    TorchNameLanguage network = new TorchNameLanguage(units);
    float edge = (float) (1 / Math.sqrt(units));
    network.uniform("embedding", 0.5f, characters, embedding);
    for (String direction : DIRECTIONS) {
      network.uniform(direction + "/weight_ih", edge, 4L * units, embedding);
      network.uniform(direction + "/weight_hh", edge, 4L * units, units);
      network.uniform(direction + "/bias_ih", edge, 4L * units);
      network.uniform(direction + "/bias_hh", edge, 4L * units);
    }
    network.uniform("dense/kernel", (float) (1 / Math.sqrt(2.0 * units)), 2L * units, languages);
    network.uniform("dense/bias", 0.01f, languages);
    return network;
  }

  private void uniform(String name, float edge, long... shape) {
    put(name, manager.randomUniform(-edge, edge, new Shape(shape)));
  }

  /** Sets a parameter. */
  void put(String name, float[] values, long... shape) {
    put(name, manager.create(values, new Shape(shape)));
  }

  private void put(String name, NDArray value) {
    value.setRequiresGradient(true);
    parameters.put(name, value);
  }

  /** The parameters by name. */
  Map<String, NDArray> parameters() {
    return parameters;
  }

  /** Where arrays of one batch are to be made. */
  NDManager newBatch() {
    return manager.newSubManager();
  }

  /**
   * The logits of a batch.
   *
   * @param ids {@code [rows, steps]} of characters, int64
   * @param dropout share of the embeddings and of the final state that is dropped; 0 outside
   *     training
   * @return {@code [rows, languages]}
   */
  NDArray logits(NDArray ids, float dropout) {
    NDManager batch = ids.getManager();
    long rows = ids.getShape().get(0);
    NDArray table = parameters.get("embedding");
    NDArray embedded =
        table
            .getNDArrayInternal()
            .embedding(ids.transpose(1, 0), table, SparseFormat.DENSE)
            .singletonOrThrow();
    embedded = drop(embedded, dropout);
    NDArray zeros = batch.zeros(new Shape(2, rows, units), DataType.FLOAT32);
    NDList states = new NDList(zeros, zeros);
    NDList weights = new NDList();
    for (String direction : DIRECTIONS) {
      for (String part : new String[] {"weight_ih", "weight_hh", "bias_ih", "bias_hh"}) {
        weights.add(parameters.get(direction + "/" + part));
      }
    }
    NDArray finalStates =
        embedded
            .getNDArrayInternal()
            .lstm(embedded, states, weights, true, 1, 0, dropout > 0, true, false)
            .get(1);
    NDArray both = finalStates.transpose(1, 0, 2).reshape(rows, 2L * units);
    return drop(both, dropout)
        .matMul(parameters.get("dense/kernel"))
        .add(parameters.get("dense/bias"));
  }

  private static NDArray drop(NDArray value, float share) {
    return share == 0
        ? value
        : value.getNDArrayInternal().dropout(value, share, true).singletonOrThrow();
  }

  @Override
  public void close() {
    manager.close();
  }
}
