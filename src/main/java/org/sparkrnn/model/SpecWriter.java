package org.sparkrnn.model;

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
import org.sparkrnn.cell.BasicRnnCell;
import org.sparkrnn.cell.GruCell;
import org.sparkrnn.cell.LstmCell;
import org.sparkrnn.cell.MultiRnnCell;
import org.sparkrnn.cell.ResetAfterGruCell;
import org.sparkrnn.cell.RnnCell;
import org.sparkrnn.model.ModelSpec.InputType;
import org.sparkrnn.rnn.Layer;
import org.sparkrnn.tensor.Tensor;

/** From a model to its canonical spec, and to the tensors that the spec names. */
final class SpecWriter {
  /** More tokens than this go into a file of their own. */
  private static final int INLINE_TOKENS = 200;

  private static final JsonMapper MAPPER = new JsonMapper();

  private final SortedMap<String, Tensor> tensors = new TreeMap<>();
  private final String spec;
  private String vocabulary = "";

  SpecWriter(SequenceModel model) {
    ObjectNode root = object();
    root.put("spark_rnn", ModelSpec.VERSION);
    root.put("name", model.name());
    root.put("weights", ModelWriter.WEIGHTS);
    root.set("input", input(model.input()));
    ArrayNode layers = root.putArray("layers");
    model.network().layers().forEach(layer -> layers.add(layer(layer)));
    ArrayNode select = root.putArray("select");
    model.select().forEach(select::add);
    this.spec = json(root);
  }

  /** The text of {@code model.json}. */
  String spec() {
    return spec;
  }

  /** Every tensor by name. */
  SortedMap<String, Tensor> tensors() {
    return tensors;
  }

  /** The text of the vocabulary's file; empty where it is in the spec, or there is none. */
  String vocabulary() {
    return vocabulary;
  }

  private static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }

  static String json(JsonNode node) {
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

  private ObjectNode withVocabulary(ObjectNode node, Vocabulary given) {
    if (given.isEmpty()) {
      return node;
    }
    ObjectNode ids = object();
    given.ids().forEach(ids::put);
    if (ids.size() > INLINE_TOKENS) {
      vocabulary = json(ids);
      node.put("vocabulary", ModelWriter.VOCABULARY);
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
      return node.put("variable", put(name + "/embedding", embedding.table()));
    }
    if (layer instanceof Layer.OneHot oneHot) {
      return node.put("type", "one_hot").put("name", name).put("depth", oneHot.depth());
    }
    if (layer instanceof Layer.Rnn rnn) {
      return rnn(node, rnn);
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
    return node.put("type", layer instanceof Layer.Softmax ? "softmax" : "argmax")
        .put("name", name);
  }

  private ObjectNode rnn(ObjectNode node, Layer.Rnn rnn) {
    node.put("type", "rnn").put("name", rnn.name());
    node.put("loop", rnn.bidirectional() ? "bidirectional_dynamic_rnn" : "dynamic_rnn");
    node.put("scope", rnn.name());
    List<RnnCell> cells = rnn.cells();
    if (!rnn.bidirectional()) {
      node.set("cell", cell(cells.get(0), rnn.name()));
      return node;
    }
    node.set("cell_fw", cell(cells.get(0), rnn.name() + "/fw"));
    node.set("cell_bw", cell(cells.get(1), rnn.name() + "/bw"));
    return node.put("merge", rnn.merge().word());
  }

  private ObjectNode cell(RnnCell cell, String scope) {
    ObjectNode node = object();
    if (cell instanceof MultiRnnCell multi) {
      node.put("type", "MultiRNNCell");
      ArrayNode cells = node.putArray("cells");
      for (int i = 0; i < multi.cells().size(); i++) {
        cells.add(cell(multi.cells().get(i), scope + "/multi_rnn_cell/cell_" + i));
      }
      return node;
    }
    if (cell instanceof LstmCell lstm) {
      return lstm(node, lstm, scope + "/lstm_cell/");
    }
    if (cell instanceof GruCell gru) {
      put(scope + "/gru_cell/gates/kernel", gru.gatesKernel());
      put(scope + "/gru_cell/gates/bias", gru.gatesBias());
      put(scope + "/gru_cell/candidate/kernel", gru.candidateKernel());
      put(scope + "/gru_cell/candidate/bias", gru.candidateBias());
      node.put("type", "GRUCell").put("num_units", gru.numUnits());
      return activation(node, "activation", gru.activation(), Activation.TANH);
    }
    if (cell instanceof ResetAfterGruCell gru) {
      String stem = scope + "/cudnn_compatible_gru_cell/";
      put(stem + "gates/kernel", gru.gatesKernel());
      put(stem + "gates/bias", gru.gatesBias());
      put(stem + "candidate/input_projection/kernel", gru.inputKernel());
      put(stem + "candidate/input_projection/bias", gru.inputBias());
      put(stem + "candidate/hidden_projection/kernel", gru.hiddenKernel());
      put(stem + "candidate/hidden_projection/bias", gru.hiddenBias());
      node.put("type", "CudnnCompatibleGRUCell").put("num_units", gru.numUnits());
      return activation(node, "activation", gru.activation(), Activation.TANH);
    }
    BasicRnnCell basic = (BasicRnnCell) cell;
    put(scope + "/basic_rnn_cell/kernel", basic.kernel());
    put(scope + "/basic_rnn_cell/bias", basic.bias());
    node.put("type", "BasicRNNCell").put("num_units", basic.numUnits());
    return activation(node, "activation", basic.activation(), Activation.TANH);
  }

  private ObjectNode lstm(ObjectNode node, LstmCell lstm, String stem) {
    put(stem + "kernel", lstm.kernel());
    put(stem + "bias", lstm.bias());
    node.put("type", "LSTMCell").put("num_units", lstm.numUnits());
    node.put("forget_bias", lstm.forgetBias());
    activation(node, "activation", lstm.activation(), Activation.TANH);
    activation(node, "recurrent_activation", lstm.gateActivation(), Activation.SIGMOID);
    if (lstm.peepholes().present()) {
      put(stem + "w_i_diag", lstm.peepholes().input());
      put(stem + "w_f_diag", lstm.peepholes().forget());
      put(stem + "w_o_diag", lstm.peepholes().output());
      node.put("use_peepholes", true);
    }
    bound(node, "cell_clip", lstm.cellClip());
    if (lstm.projection().present()) {
      put(stem + "projection/kernel", lstm.projection().kernel());
      node.put("num_proj", lstm.outputSize());
      bound(node, "proj_clip", lstm.projection().clip());
    }
    return node;
  }

  private String put(String name, Tensor tensor) {
    tensors.put(name, tensor);
    return name;
  }

  private static ObjectNode activation(
      ObjectNode node, String key, Activation activation, Activation usual) {
    return activation.equals(usual) ? node : node.set(key, ActivationWords.node(activation));
  }

  private static void bound(ObjectNode node, String key, float bound) {
    if (bound != Float.POSITIVE_INFINITY) {
      node.put(key, bound);
    }
  }
}
