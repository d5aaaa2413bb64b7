package org.sparkrnn.model.spec;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.sparkrnn.cell.Activation;
import org.sparkrnn.cell.MultiRnnCell;
import org.sparkrnn.cell.RnnCell;
import org.sparkrnn.model.InputSpec;
import org.sparkrnn.model.SequenceModel;
import org.sparkrnn.model.Vocabulary;
import org.sparkrnn.model.json.ActivationWords;
import org.sparkrnn.model.spec.ModelSpec.InputType;
import org.sparkrnn.rnn.Layer;
import org.sparkrnn.rnn.Loop;
import org.sparkrnn.rnn.Network;
import org.sparkrnn.tensor.Tensor;

/** From a model to its canonical spec, and to the tensors that the spec names. */
public final class SpecWriter {
  /** The weights beside a spec that is written. */
  public static final String WEIGHTS = "weights.safetensors";

  /** Its vocabulary. */
  public static final String VOCABULARY = "vocabulary.json";

  /** More tokens than this go into a file of their own. */
  private static final int INLINE_TOKENS = 200;

  private static final JsonMapper MAPPER = new JsonMapper();

  private final SortedMap<String, Tensor> tensors = new TreeMap<>();
  private final CellWriter cellWriter = new CellWriter(tensors);
  private final String spec;
  private String vocabulary = "";

  public SpecWriter(SequenceModel model) {
    ObjectNode root = object();
    root.put("spark_rnn", ModelSpec.VERSION);
    root.put("name", model.name());
    root.put("weights", WEIGHTS);
    root.set("input", padded(input(model.input()), model.network().input()));
    ArrayNode layers = root.putArray("layers");
    model.network().layers().forEach(layer -> layers.add(layer(layer)));
    ArrayNode select = root.putArray("select");
    model.select().forEach(select::add);
    this.spec = json(root);
  }

  /** The text of {@code model.json}. */
  public String spec() {
    return spec;
  }

  /** Every tensor by name. */
  public SortedMap<String, Tensor> tensors() {
    return tensors;
  }

  /** The text of the vocabulary's file; empty where it is in the spec, or there is none. */
  public String vocabulary() {
    return vocabulary;
  }

  private static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }

  public static String json(JsonNode node) {
    DefaultIndenter indenter = new DefaultIndenter("  ", "\n");
    DefaultPrettyPrinter printer = new DefaultPrettyPrinter().withObjectIndenter(indenter);
    printer.indentArraysWith(indenter);
    try {
      return MAPPER.writer(printer).writeValueAsString(node) + "\n";
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree of plain nodes can be written", e);
    }
  }

  private ObjectNode input(InputSpec input) {
    ObjectNode node = object();
    if (input instanceof InputSpec.Features features) {
      return node.put("type", InputType.FEATURES.word()).put("size", features.size());
    }
    if (input instanceof InputSpec.Tokens tokens) {
      node.put("type", InputType.TOKENS.word()).put("size", tokens.count());
      return withVocabulary(node, tokens.vocabulary());
    }
    InputSpec.Characters characters = (InputSpec.Characters) input;
    node.put("type", InputType.CHARACTERS.word()).put("size", characters.count());
    return withVocabulary(node, characters.vocabulary());
  }

  private static ObjectNode padded(ObjectNode node, Network.Input input) {
    if (!input.padding().counted()) {
      return node;
    }
    double value = input.padding().value();
    return input instanceof Network.Input.Ids
        ? node.put("padding", (int) value)
        : node.put("padding", (float) value);
  }

  private ObjectNode withVocabulary(ObjectNode node, Vocabulary given) {
    if (given.isEmpty()) {
      return node;
    }
    ObjectNode ids = object();
    given.ids().forEach(ids::put);
    if (ids.size() > INLINE_TOKENS) {
      vocabulary = json(ids);
      node.put("vocabulary", VOCABULARY);
    } else {
      node.set("vocabulary", ids);
    }
    return given.unknown() == Vocabulary.REFUSE ? node : node.put("unknown", given.unknown());
  }

  private ObjectNode layer(Layer layer) {
    String name = layer.name();
    ObjectNode node = object();
    if (layer instanceof Layer.Embedding embedding) {
      node.put("type", "embedding").put("name", name);
      node.put("variable", put(name + "/embedding", embedding.table()));
      return embedding.maskZero() ? node.put("mask_zero", true) : node;
    }
    if (layer instanceof Layer.Masking masking) {
      return node.put("type", "masking").put("name", name).put("mask_value", masking.maskValue());
    }
    if (layer instanceof Layer.OneHot oneHot) {
      return node.put("type", "one_hot").put("name", name).put("depth", oneHot.depth());
    }
    if (layer instanceof Layer.Rnn rnn) {
      rnn(node, rnn);
      if (rnn.initialState().shape().elements() > 0) {
        put(name + "/initial_state", rnn.initialState());
        node.put("initial_state", name + "/initial_state");
      }
      return node;
    }
    if (layer instanceof Layer.Dense dense) {
      put(name + "/kernel", dense.kernel());
      put(name + "/bias", dense.bias());
      node.put("type", "dense").put("name", name).put("scope", name);
      return activation(node, "activation", dense.activation(), Activation.LINEAR);
    }
    if (layer instanceof Layer.Reduce reduce) {
      return node.put("type", reduce.reduction().word()).put("name", name);
    }
    if (layer instanceof Layer.Activate activate) {
      node.put("type", "activation").put("name", name);
      return node.set("activation", ActivationWords.node(activate.activation()));
    }
    if (layer instanceof Layer.BatchNorm norm) {
      put(name + "/moving_mean", norm.mean());
      put(name + "/moving_variance", norm.variance());
      return norm(node, "batch_norm", name, norm.gamma(), norm.beta(), norm.epsilon());
    }
    if (layer instanceof Layer.LayerNorm norm) {
      return norm(node, "layer_norm", name, norm.gamma(), norm.beta(), norm.epsilon());
    }
    if (layer instanceof Layer.Pool pool) {
      ArrayNode reductions = node.put("type", "pool").put("name", name).putArray("reductions");
      pool.reductions().forEach(each -> reductions.add(each.word()));
      return node;
    }
    if (layer instanceof Layer.Flatten flatten) {
      return node.put("type", "flatten").put("name", name).put("steps", flatten.steps());
    }
    if (layer instanceof Layer.Repeat) {
      return node.put("type", "repeat").put("name", name);
    }
    if (layer instanceof Layer.LogSoftmax) {
      return node.put("type", "log_softmax").put("name", name);
    }
    return node.put("type", layer instanceof Layer.Softmax ? "softmax" : "argmax")
        .put("name", name);
  }

  private ObjectNode norm(
      ObjectNode node, String type, String name, Tensor gamma, Tensor beta, float epsilon) {
    put(name + "/gamma", gamma);
    put(name + "/beta", beta);
    node.put("type", type).put("name", name).put("scope", name);
    return node.put("epsilon", epsilon);
  }

  private static String level(Layer.Rnn rnn, int level) {
    return rnn.name() + "/cell_" + level + "/bidirectional_rnn";
  }

  /** The cells are given by their number and size; their variables are put where they are found. */
  private ObjectNode cudnn(ObjectNode node, Layer.Rnn rnn) {
    int layers = rnn.levels().size();
    if (rnn.bidirectional()) {
      for (int i = 0; i < layers; i++) {
        List<RnnCell> cells = rnn.levels().get(i).directions();
        cellWriter.cell(cells.get(0), level(rnn, i) + "/fw");
        cellWriter.cell(cells.get(1), level(rnn, i) + "/bw");
      }
    } else {
      layers = ((MultiRnnCell) rnn.cells().get(0)).cells().size();
      cellWriter.cell(rnn.cells().get(0), rnn.name());
    }
    node.put("num_layers", layers);
    node.put("num_units", rnn.outputSize() / (rnn.bidirectional() ? 2 : 1));
    return node.put("direction", rnn.bidirectional() ? "bidirectional" : "unidirectional");
  }

  private ObjectNode rnn(ObjectNode node, Layer.Rnn rnn) {
    node.put("type", "rnn").put("name", rnn.name());
    node.put("loop", LoopWord.of(rnn).word());
    node.put("scope", rnn.name());
    if (rnn.loop() instanceof Loop.Generate generate) {
      node.put("max_steps", generate.maxSteps());
      if (generate.stop() != Loop.Generate.NO_STOP) {
        node.put("stop", generate.stop());
      }
    }
    if (rnn.loop() instanceof Loop.Keras keras) {
      node.put("go_backwards", keras.goBackwards());
      node.put("return_sequences", keras.returnSequences());
      node.put("zero_output_for_mask", keras.zeroOutputForMask());
    }
    if (rnn.loop() instanceof Loop.Cudnn) {
      return cudnn(node, rnn);
    }
    if (rnn.loop() == Loop.TensorFlow.STACK_BIDIRECTIONAL_DYNAMIC_RNN) {
      ArrayNode forward = node.putArray("cells_fw");
      ArrayNode backward = node.putArray("cells_bw");
      for (int i = 0; i < rnn.levels().size(); i++) {
        List<RnnCell> cells = rnn.levels().get(i).directions();
        forward.add(cellWriter.cell(cells.get(0), level(rnn, i) + "/fw"));
        backward.add(cellWriter.cell(cells.get(1), level(rnn, i) + "/bw"));
      }
      return node;
    }
    List<RnnCell> cells = rnn.cells();
    if (!rnn.bidirectional()) {
      node.set("cell", cellWriter.cell(cells.get(0), rnn.name()));
      return node;
    }
    node.set("cell_fw", cellWriter.cell(cells.get(0), rnn.name() + "/fw"));
    node.set("cell_bw", cellWriter.cell(cells.get(1), rnn.name() + "/bw"));
    return node.put("merge", rnn.merge().word());
  }

  private String put(String name, Tensor tensor) {
    tensors.put(name, tensor);
    return name;
  }

  private static ObjectNode activation(
      ObjectNode node, String key, Activation activation, Activation usual) {
    return activation.equals(usual) ? node : node.set(key, ActivationWords.node(activation));
  }
}
