package org.sparkrnn.model;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.sparkrnn.cell.Activation;
import org.sparkrnn.cell.BasicRnnCell;
import org.sparkrnn.cell.GruCell;
import org.sparkrnn.cell.LstmCell;
import org.sparkrnn.cell.MultiRnnCell;
import org.sparkrnn.cell.ResetAfterGruCell;
import org.sparkrnn.cell.RnnCell;
import org.sparkrnn.cell.StateShape;
import org.sparkrnn.model.ModelInspection.LayerLine;
import org.sparkrnn.model.ModelInspection.OutputLine;
import org.sparkrnn.rnn.Layer;
import org.sparkrnn.rnn.Output;
import org.sparkrnn.rnn.Value;

/** A network in words. */
final class NetworkDescription {
  private NetworkDescription() {}

  static ModelInspection.Model of(ModelLoader.Loaded loaded) {
    SequenceModel model = loaded.model();
    List<Value> values = model.network().values();
    List<LayerLine> layers = new ArrayList<>();
    for (int i = 0; i < values.size(); i++) {
      Layer layer = model.network().layers().get(i);
      long parameters = ModelInspection.parameters(loaded.tensors(), loaded.users(), layer.name());
      layers.add(
          new LayerLine(
              layer.name(),
              what(layer),
              gives(values.get(i)),
              parameters,
              parameters * Float.BYTES));
    }
    List<OutputLine> outputs = new ArrayList<>();
    for (Output output : model.network().outputs()) {
      boolean selected = model.select().contains(output.name());
      outputs.add(new OutputLine(output.name(), type(output), selected));
    }
    return new ModelInspection.Model(
        model.name(), input(model.input()), layers, outputs, model.fingerprint());
  }

  private static String input(InputSpec input) {
    if (input instanceof InputSpec.Features features) {
      return "features, " + features.size() + " floats a step";
    }
    if (input instanceof InputSpec.Tokens tokens) {
      return "tokens, " + tokens.count() + " ids" + vocabulary(tokens.vocabulary());
    }
    InputSpec.Characters characters = (InputSpec.Characters) input;
    return "characters, " + characters.count() + " ids" + vocabulary(characters.vocabulary());
  }

  private static String vocabulary(Vocabulary vocabulary) {
    if (vocabulary.isEmpty()) {
      return ", no vocabulary";
    }
    return ", a vocabulary of "
        + vocabulary.ids().size()
        + (vocabulary.unknown() == Vocabulary.REFUSE
            ? ", unknown ones refused"
            : ", unknown ones are id " + vocabulary.unknown());
  }

  private static String what(Layer layer) {
    if (layer instanceof Layer.Embedding embedding) {
      return "embedding of " + embedding.table().shape().dim(0) + " ids";
    }
    if (layer instanceof Layer.OneHot) {
      return "one_hot";
    }
    if (layer instanceof Layer.Rnn rnn) {
      return rnn.bidirectional()
          ? "bidirectional_dynamic_rnn, merge "
              + rnn.merge().word()
              + ", fw "
              + cell(rnn.cells().get(0))
              + ", bw "
              + cell(rnn.cells().get(1))
          : "dynamic_rnn of " + cell(rnn.cells().get(0));
    }
    if (layer instanceof Layer.Dense dense) {
      return "dense, activation " + ActivationWords.text(dense.activation());
    }
    if (layer instanceof Layer.Reduce reduce) {
      return reduce.reduction().word();
    }
    return layer instanceof Layer.Softmax ? "softmax" : "argmax";
  }

  private static String cell(RnnCell cell) {
    if (cell instanceof MultiRnnCell multi) {
      return multi.cells().stream()
          .map(NetworkDescription::cell)
          .collect(Collectors.joining(", ", "MultiRNNCell[", "]"));
    }
    if (cell instanceof LstmCell lstm) {
      StringBuilder text = new StringBuilder("LSTMCell(num_units ").append(lstm.numUnits());
      text.append(", forget_bias ").append(lstm.forgetBias());
      text.append(unusual("activation", lstm.activation(), Activation.TANH));
      text.append(unusual("recurrent_activation", lstm.gateActivation(), Activation.SIGMOID));
      if (lstm.peepholes().present()) {
        text.append(", peepholes");
      }
      if (lstm.cellClip() != Float.POSITIVE_INFINITY) {
        text.append(", cell_clip ").append(lstm.cellClip());
      }
      if (lstm.projection().present()) {
        text.append(", num_proj ").append(lstm.outputSize());
        if (lstm.projection().clip() != Float.POSITIVE_INFINITY) {
          text.append(", proj_clip ").append(lstm.projection().clip());
        }
      }
      return text.append(')').toString();
    }
    if (cell instanceof GruCell gru) {
      return plain("GRUCell", gru.numUnits(), gru.activation());
    }
    if (cell instanceof ResetAfterGruCell gru) {
      return plain("CudnnCompatibleGRUCell", gru.numUnits(), gru.activation());
    }
    BasicRnnCell basic = (BasicRnnCell) cell;
    return plain("BasicRNNCell", basic.numUnits(), basic.activation());
  }

  private static String plain(String type, int units, Activation activation) {
    return type + "(num_units " + units + unusual("activation", activation, Activation.TANH) + ")";
  }

  private static String unusual(String key, Activation activation, Activation usual) {
    return activation.equals(usual) ? "" : ", " + key + " " + ActivationWords.text(activation);
  }

  private static String gives(Value value) {
    String each = value.type() == Value.Type.INT ? "integer" : value.size() + " floats";
    return each + (value.perStep() ? " a step" : " a row");
  }

  private static String type(Output output) {
    if (output instanceof Output.FinalState state) {
      return type(state.shape());
    }
    if (output instanceof Output.LastOutput) {
      return "array<float>";
    }
    Value value = ((Output.LayerValue) output).value();
    String entry = value.type() == Value.Type.INT ? "int" : "array<float>";
    return value.perStep() ? "array<" + entry + ">" : entry;
  }

  private static String type(StateShape shape) {
    if (shape instanceof StateShape.Struct struct) {
      return struct.fields().stream()
          .map(field -> field.name() + ":" + type(field.shape()))
          .collect(Collectors.joining(",", "struct<", ">"));
    }
    return "array<float>";
  }
}
