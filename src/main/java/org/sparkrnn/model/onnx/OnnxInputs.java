package org.sparkrnn.model.onnx;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.sparkrnn.model.chain.ChainValue;
import org.sparkrnn.model.chain.ChainValue.Flow;
import org.sparkrnn.tensor.Tensor;
import org.sparkrnn.weights.onnx.OnnxNode;

/** What nodes of an ONNX graph read. */
final class OnnxInputs {
  private final OnnxConstants constants;
  private final Function<String, ChainValue> values;

  OnnxInputs(OnnxConstants constants, Function<String, ChainValue> values) {
    this.constants = constants;
    this.values = values;
  }

  /** Integers from an input or, in older graphs, an attribute; none where there are neither. */
  List<Long> integers(OnnxNode node, int input, String attribute) throws IOException {
    return constants.integers(node, input, attribute, values);
  }

  ChainValue value(OnnxNode node, int input) {
    return values.apply(node.input(input));
  }

  Flow flow(OnnxNode node, int input) {
    ChainValue value = values.apply(node.input(input));
    if (value instanceof Flow flow) {
      return flow;
    }
    throw new IllegalArgumentException(
        "input '" + node.input(input) + "' is not made of the model's input by nodes that run");
  }

  Tensor constant(OnnxNode node, int input, String what) throws IOException {
    ChainValue value = values.apply(node.input(input));
    if (!OnnxConstants.isConstant(value)) {
      throw new IllegalArgumentException(what + " '" + node.input(input) + "' is no constant");
    }
    return constants.read(value);
  }

  List<String> tensors(OnnxNode node, int... inputs) {
    List<String> names = new ArrayList<>();
    for (int input : inputs) {
      ChainValue value = values.apply(node.input(input));
      if (OnnxConstants.isConstant(value)) {
        names.addAll(OnnxConstants.names(value));
      }
    }
    return names;
  }
}
