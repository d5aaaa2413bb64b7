package org.sparkrnn.model.loading;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.sparkrnn.cell.Activation;
import org.sparkrnn.cell.FlatStateCell;
import org.sparkrnn.cell.MultiRnnCell;
import org.sparkrnn.cell.RnnCell;
import org.sparkrnn.cell.StateShape;
import org.sparkrnn.model.InputSpec;
import org.sparkrnn.model.LoadedModel;
import org.sparkrnn.model.SequenceModel;
import org.sparkrnn.model.Vocabulary;
import org.sparkrnn.model.cells.CellType;
import org.sparkrnn.model.cells.CellTypes;
import org.sparkrnn.model.json.ActivationWords;
import org.sparkrnn.model.loading.ModelInspection.LayerLine;
import org.sparkrnn.model.loading.ModelInspection.OutputLine;
import org.sparkrnn.model.spec.LoopWord;
import org.sparkrnn.rnn.Layer;
import org.sparkrnn.rnn.Loop;
import org.sparkrnn.rnn.Network;
import org.sparkrnn.rnn.Output;
import org.sparkrnn.rnn.Value;

/** A network in words. */
final class NetworkDescription {
  private NetworkDescription() {}

  static ModelInspection.Model of(LoadedModel loaded) {
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
        model.name(),
        input(model.input()) + padding(model.network().input()),
        layers,
        outputs,
        model.fingerprint());
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

  private static String padding(Network.Input input) {
    if (!input.padding().counted()) {
      return "";
    }
    return input instanceof Network.Input.Ids
        ? ", as many as are not id " + (int) input.padding().value()
        : ", as many steps as are not all " + input.padding().value();
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
      return "embedding of "
          + embedding.table().shape().dim(0)
          + " ids"
          + (embedding.maskZero() ? ", id 0 masked" : "");
    }
    if (layer instanceof Layer.Masking masking) {
      return "masking of steps that are all " + masking.maskValue();
    }
    if (layer instanceof Layer.OneHot) {
      return "one_hot";
    }
    if (layer instanceof Layer.Rnn rnn) {
      return rnn(rnn)
          + (rnn.initialState().shape().elements() > 0 ? ", from an initial state" : "");
    }
    if (layer instanceof Layer.Dense dense) {
      return "dense, activation " + ActivationWords.text(dense.activation());
    }
    if (layer instanceof Layer.Reduce reduce) {
      return reduce.reduction().word();
    }
    if (layer instanceof Layer.Activate activate) {
      return "activation " + ActivationWords.text(activate.activation());
    }
    if (layer instanceof Layer.BatchNorm norm) {
      return "batch_norm, epsilon " + norm.epsilon();
    }
    if (layer instanceof Layer.LayerNorm norm) {
      return "layer_norm, epsilon " + norm.epsilon();
    }
    if (layer instanceof Layer.Pool pool) {
      return pool.reductions().stream()
          .map(Layer.Reduction::word)
          .collect(Collectors.joining(", ", "pool of ", ""));
    }
    if (layer instanceof Layer.Flatten flatten) {
      return "flatten of " + flatten.steps() + " steps";
    }
    if (layer instanceof Layer.Repeat) {
      return "repeat for each step";
    }
    if (layer instanceof Layer.LogSoftmax) {
      return "log_softmax";
    }
    return layer instanceof Layer.Softmax ? "softmax" : "argmax";
  }

  private static String rnn(Layer.Rnn rnn) {
    String loop = LoopWord.of(rnn).word();
    if (rnn.loop() instanceof Loop.Generate generate) {
      loop +=
          " at most "
              + generate.maxSteps()
              + " ids"
              + (generate.stop() == Loop.Generate.NO_STOP ? "" : ", to id " + generate.stop())
              + ", by dynamic_rnn";
    }
    if (rnn.loop() instanceof Loop.Keras keras) {
      loop +=
          (keras.goBackwards() ? ", go_backwards" : "")
              + (keras.returnSequences() ? ", return_sequences" : "")
              + (keras.zeroOutputForMask() ? ", zero_output_for_mask" : "");
    }
    if (!rnn.bidirectional()) {
      return loop + " of " + cell(rnn.cells().get(0));
    }
    return loop
        + ", merge "
        + rnn.merge().word()
        + ", fw "
        + direction(rnn, 0)
        + ", bw "
        + direction(rnn, 1);
  }

  /** One direction's cell, or in a stack those of every level. */
  private static String direction(Layer.Rnn rnn, int direction) {
    String cells =
        rnn.levels().stream()
            .map(level -> cell(level.directions().get(direction)))
            .collect(Collectors.joining(", "));
    return rnn.levels().size() == 1 ? cells : "[" + cells + "]";
  }

  private static String cell(RnnCell cell) {
    if (cell instanceof MultiRnnCell multi) {
      return multi.cells().stream()
          .map(NetworkDescription::cell)
          .collect(Collectors.joining(", ", "MultiRNNCell[", "]"));
    }
    if (cell instanceof FlatStateCell flat) {
      return cell(flat.cell()) + " with its state in one piece";
    }
    CellType<?> type = CellTypes.of(cell);
    List<String> settings = new ArrayList<>();
    type.settings(cell)
        .values()
        .forEach(
            (option, value) -> {
              if (!value.equals(option.otherwise())) {
                settings.add(option.key() + " " + shown(value));
              }
            });
    type.innerCells(cell).forEach(inner -> settings.add(cell(inner)));
    return type.word() + "(" + String.join(", ", settings) + ")";
  }

  private static String shown(Object value) {
    return value instanceof Activation activation
        ? ActivationWords.text(activation)
        : String.valueOf(value);
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
    if (output instanceof Output.Generated) {
      return "array<int>";
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
