package org.sparkrnn.model.onnx;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.sparkrnn.model.Cut;
import org.sparkrnn.model.Fingerprint;
import org.sparkrnn.model.InputSpec;
import org.sparkrnn.model.LoadedModel;
import org.sparkrnn.model.ModelException;
import org.sparkrnn.model.SequenceModel;
import org.sparkrnn.model.Spelling;
import org.sparkrnn.model.Vocabulary;
import org.sparkrnn.model.chain.ChainValue.Unknown;
import org.sparkrnn.rnn.Layer;
import org.sparkrnn.rnn.Network;
import org.sparkrnn.rnn.Output;
import org.sparkrnn.weights.Storage;
import org.sparkrnn.weights.onnx.OnnxFile;
import org.sparkrnn.weights.onnx.OnnxGraph;
import org.sparkrnn.weights.onnx.OnnxNode;

/**
 * Makes a model of an ONNX file alone. Its graph must be a chain from one sequence of floats or ids
 * to its outputs, around {@code LSTM}, {@code GRU} and {@code RNN} nodes. Inputs that are initial
 * states or lengths become the columns of these; the outputs to return by default are the graph's.
 */
public final class OnnxNetwork {
  private static final int SHOWN = 50;
  private static final Set<String> RECURRENT = Set.of("LSTM", "GRU", "RNN");

  private final OnnxFile file;
  private final OnnxGraph graph;
  private final Map<String, Integer> makers = new HashMap<>();

  /** The value that takes the sequences' place; empty for the graph's own input. */
  private final String from;

  private final List<String> outputs;

  private OnnxNetwork(OnnxFile file, Cut cut) {
    this.file = file;
    this.graph = file.graph();
    for (int i = 0; i < graph.nodes().size(); i++) {
      for (String output : graph.nodes().get(i).outputs()) {
        if (!output.isEmpty() && makers.put(output, i) != null) {
          throw error("two nodes give '" + output + "'");
        }
      }
    }
    this.from = cut.from().isEmpty() ? "" : value(cut.from());
    this.outputs =
        cut.to().isEmpty()
            ? graph.outputs().stream().map(OnnxGraph.Value::name).toList()
            : List.of(value(cut.to()));
  }

  /** The value of this name, or the first one that the node of this name gives. */
  private String value(String name) {
    Set<String> known = new TreeSet<>(makers.keySet());
    graph.inputs().forEach(input -> known.add(input.name()));
    if (known.contains(name)) {
      return name;
    }
    List<OnnxNode> named = graph.nodes().stream().filter(node -> node.name().equals(name)).toList();
    if (named.size() > 1) {
      throw error(named.size() + " nodes are named '" + name + "'; name the value that one gives");
    }
    if (!named.isEmpty()) {
      return named.get(0).outputs().stream()
          .filter(output -> !output.isEmpty())
          .findFirst()
          .orElseThrow(() -> error("node '" + name + "' gives nothing"));
    }
    graph.nodes().forEach(node -> known.add(node.label()));
    throw error(
        "the graph has no node and no value '" + name + "'" + Spelling.hint(name, known).strip());
  }

  /**
   * Reads a model.
   *
   * @throws ModelException if the graph is not such a chain; the message lists every node that does
   *     not run
   */
  public static LoadedModel load(Storage folder, String name, Cut cut) throws IOException {
    try (OnnxFile file = OnnxFile.open(folder, name)) {
      return new OnnxNetwork(file, cut).load(name.replaceFirst("\\.onnx$", ""));
    }
  }

  private ModelException error(String reason) {
    return new ModelException(file.name() + ": " + reason);
  }

  private LoadedModel load(String name) throws IOException {
    boolean[] needed = new boolean[graph.nodes().size()];
    reach(outputs, needed, input -> !input.equals(from));
    OnnxWalk walk = new OnnxWalk(file, source(needed));
    walk.walk(needed);
    List<String> select = select(walk);
    if (select.isEmpty()) {
      throw refusal(walk, needed);
    }
    List<Layer> layers = walk.chain().layers();
    InputSpec input = input(layers);
    Network network;
    try {
      network =
          new Network(
              input instanceof InputSpec.Features features
                  ? new Network.Input.Features(features.size())
                  : new Network.Input.Ids(((InputSpec.Tokens) input).count()),
              layers);
    } catch (IllegalArgumentException e) {
      throw new ModelException(file.name() + ": " + e.getMessage(), e);
    }
    SequenceModel model =
        new SequenceModel(name, input, network, select, Fingerprint.of(input, network));
    return new LoadedModel(
        model,
        file.name(),
        file.format(),
        file.name(),
        List.copyOf(file.tensors().values()),
        walk.chain().users());
  }

  /** Marks the nodes that {@code names} are made by, as far as {@code follow} lets through. */
  private void reach(List<String> names, boolean[] marked, Predicate<String> follow) {
    Deque<String> open = new ArrayDeque<>(names);
    Set<String> seen = new HashSet<>(names);
    while (!open.isEmpty()) {
      Integer maker = makers.get(open.pop());
      if (maker == null || marked[maker]) {
        continue;
      }
      marked[maker] = true;
      for (String input : graph.nodes().get(maker).inputs()) {
        if (!input.isEmpty() && follow.test(input) && seen.add(input)) {
          open.push(input);
        }
      }
    }
  }

  /** The input that the first recurrent node reads as its sequence. */
  private String source(boolean[] needed) {
    for (int i = 0; i < needed.length; i++) {
      OnnxNode node = graph.nodes().get(i);
      if (needed[i] && RECURRENT.contains(node.opType()) && node.domain().isEmpty()) {
        return from.isEmpty() ? source(node.input(0), new HashSet<>()) : from;
      }
    }
    throw error(
        "the outputs "
            + outputs
            + (from.isEmpty() ? "" : " from '" + from + "' on")
            + " need no LSTM, GRU or RNN node, so there is nothing to run");
  }

  private String source(String name, Set<String> seen) {
    String at = name;
    while (seen.add(at)) {
      Integer maker = makers.get(at);
      if (maker == null) {
        return at;
      }
      OnnxNode node = graph.nodes().get(maker);
      at =
          node.inputs().stream()
              .filter(input -> !file.tensors().containsKey(input))
              .findFirst()
              .orElse(node.input(0));
    }
    throw error("the nodes around '" + at + "' go in a circle");
  }

  /** The outputs to return: the graph's; empty if one of them does not run. */
  private List<String> select(OnnxWalk walk) {
    Set<String> select = new LinkedHashSet<>();
    for (String output : outputs) {
      Optional<String> name = walk.output(output);
      if (name.isEmpty()) {
        return List.of();
      }
      select.add(name.get());
    }
    List<Layer> layers = walk.chain().layers();
    boolean lastIsRnn = layers.get(layers.size() - 1) instanceof Layer.Rnn;
    String last = layers.get(layers.size() - 1).name();
    return select.stream()
        .map(each -> lastIsRnn && each.equals(last) ? Output.OUTPUTS : each)
        .toList();
  }

  private ModelException refusal(OnnxWalk walk, boolean[] needed) {
    List<String> bad = outputs.stream().filter(name -> walk.output(name).isEmpty()).toList();
    boolean[] reached = new boolean[needed.length];
    reach(bad, reached, input -> walk.value(input) instanceof Unknown);
    List<String> lines = new ArrayList<>();
    for (Map.Entry<Integer, String> reason : walk.reasons().entrySet()) {
      OnnxNode node = graph.nodes().get(reason.getKey());
      if (reached[reason.getKey()]) {
        String domain = node.domain().isEmpty() ? "" : node.domain() + ".";
        lines.add(domain + node.opType() + " '" + node.label() + "': " + reason.getValue());
      }
    }
    if (lines.isEmpty()) {
      return error(
          "output "
              + bad
              + " is no layer's whole value; only whole values and the final state are outputs");
    }
    int more = lines.size() - SHOWN;
    long behind = walk.waiting().stream().filter(node -> reached[node]).count();
    return error(
        "the graph is no chain of layers that run; these nodes do not:\n  "
            + String.join("\n  ", lines.subList(0, Math.min(SHOWN, lines.size())))
            + (more > 0 ? "\n  and " + more + " more" : "")
            + (behind > 0 ? "\n  " + waiting(behind) : ""));
  }

  private static String waiting(long nodes) {
    return nodes == 1 ? "1 node waits for these" : nodes + " nodes wait for these";
  }

  private static InputSpec input(List<Layer> layers) {
    Layer first = layers.get(0);
    if (first instanceof Layer.Embedding embedding) {
      return new InputSpec.Tokens(
          Math.toIntExact(embedding.table().shape().dim(0)),
          new Vocabulary(Map.of(), Vocabulary.REFUSE));
    }
    return new InputSpec.Features(width(layers));
  }

  /** Floats in a step of the input, by the first layer that has as many weights. */
  private static int width(List<Layer> layers) {
    for (Layer layer : layers) {
      if (layer instanceof Layer.Rnn rnn) {
        return rnn.inputSize();
      }
      if (layer instanceof Layer.Dense dense) {
        return Math.toIntExact(dense.kernel().shape().dim(0));
      }
      if (layer instanceof Layer.BatchNorm norm) {
        return Math.toIntExact(norm.gamma().shape().elements());
      }
      if (layer instanceof Layer.LayerNorm norm) {
        return Math.toIntExact(norm.gamma().shape().elements());
      }
    }
    throw new IllegalStateException("a chain around a recurrent layer has none");
  }
}
