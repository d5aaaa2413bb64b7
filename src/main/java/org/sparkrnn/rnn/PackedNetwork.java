package org.sparkrnn.rnn;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.sparkrnn.cell.Activation;
import org.sparkrnn.cell.RnnCell;
import org.sparkrnn.ops.Ops;
import org.sparkrnn.ops.PackedCell;
import org.sparkrnn.ops.PackedDense;

/**
 * A network whose weights are laid out for one {@link Ops}. Immutable; one copy serves all threads
 * of a JVM, each with a {@link NetworkRunner} of its own.
 */
public final class PackedNetwork {
  private final Network network;
  private final Network chain;
  private final Ops ops;

  /** By layer, by direction, the packed cells first to last; empty for layers without cells. */
  private final List<List<List<PackedCell>>> cells;

  /** By layer; null for layers that are not dense. */
  private final PackedDense[] dense;

  /** By layer; null for layers that do not normalise. */
  private final PackedNorm[] norms;

  /** Of the first two layers, where they have one. */
  private final Optional<TokenTable> table;

  private PackedNetwork(Network network, Ops ops) {
    this.network = network;
    this.chain = network.generate().isPresent() ? Generation.nextId(network) : network;
    this.ops = ops;
    this.cells = new ArrayList<>();
    this.dense = new PackedDense[chain.layers().size()];
    this.norms = new PackedNorm[dense.length];
    for (int i = 0; i < dense.length; i++) {
      List<List<PackedCell>> directions = new ArrayList<>();
      Layer layer = chain.layers().get(i);
      if (layer instanceof Layer.Rnn rnn) {
        for (RnnCell cell : rnn.cells()) {
          directions.add(Network.flatten(cell).stream().map(ops::pack).toList());
        }
      } else if (layer instanceof Layer.Dense given) {
        // A softmax follows the product: it is over the whole entry.
        Activation each = given.activation().elementwise() ? given.activation() : Activation.LINEAR;
        dense[i] = ops.pack(given.kernel(), given.bias(), each);
      }
      norms[i] = PackedNorm.of(layer);
      cells.add(List.copyOf(directions));
    }
    this.table = dense.length < 2 ? Optional.empty() : TokenTable.of(chain, cells.get(1));
  }

  /** Lays out the weights of {@code network} for {@code ops}. */
  public static PackedNetwork pack(Network network, Ops ops) {
    return new PackedNetwork(network, ops);
  }

  /** What was packed. */
  public Network network() {
    return network;
  }

  /** What runs over a window: the network, or of one that generates what gives the next id. */
  Network chain() {
    return chain;
  }

  /** The arithmetic that runs it. */
  public Ops ops() {
    return ops;
  }

  /** Memory of the packed weights, in bytes. */
  public long bytes() {
    long bytes = table.map(TokenTable::bytes).orElse(0L);
    for (int i = 0; i < dense.length; i++) {
      bytes += dense[i] == null ? 0 : dense[i].bytes();
      bytes += norms[i] == null ? 0 : norms[i].bytes();
      for (List<PackedCell> direction : cells.get(i)) {
        bytes += direction.stream().mapToLong(PackedCell::bytes).sum();
      }
    }
    return bytes;
  }

  /**
   * A runner for one thread.
   *
   * @param selected the outputs to compute, each one of {@link Network#outputs()}
   * @param limits bounds on its memory
   */
  public NetworkRunner runner(List<Output> selected, Limits limits) {
    return new NetworkRunner(this, selected, limits);
  }

  List<List<PackedCell>> cells(int layer) {
    return cells.get(layer);
  }

  /** What stands for an embedding or one-hot layer and the first products behind it. */
  Optional<TokenTable> table() {
    return table;
  }

  PackedDense dense(int layer) {
    return dense[layer];
  }

  PackedNorm norm(int layer) {
    return norms[layer];
  }
}
