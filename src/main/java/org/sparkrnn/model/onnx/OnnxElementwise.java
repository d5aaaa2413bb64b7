package org.sparkrnn.model.onnx;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.sparkrnn.cell.Activation;
import org.sparkrnn.cell.Activation.Kind;
import org.sparkrnn.model.chain.ChainBuilder;
import org.sparkrnn.model.chain.ChainValue;
import org.sparkrnn.model.chain.ChainValue.Axis;
import org.sparkrnn.model.chain.ChainValue.Flow;
import org.sparkrnn.model.chain.Sizes;
import org.sparkrnn.tensor.Shape;
import org.sparkrnn.tensor.Tensor;
import org.sparkrnn.weights.onnx.OnnxNode;

/**
 * Nodes of an ONNX graph that compute each float of an entry by itself or by its entry:
 * activations, sums and products with constants, normalisations.
 */
final class OnnxElementwise {
  private final OnnxInputs inputs;
  private final ChainBuilder chain;
  private final OnnxNorms norms;
  private final OnnxGates gates;

  OnnxElementwise(OnnxInputs inputs, ChainBuilder chain, OnnxNorms norms, OnnxGates gates) {
    this.inputs = inputs;
    this.chain = chain;
    this.norms = norms;
    this.gates = gates;
  }

  /** What the node gives; empty where it is none of these, or has nothing to do with the chain. */
  Optional<ChainValue> result(OnnxNode node) throws IOException {
    boolean flows = inputs.value(node, 0) instanceof Flow || inputs.value(node, 1) instanceof Flow;
    switch (node.opType()) {
      case "Add", "Sub", "Mul", "Div" -> {
        Optional<OnnxNorms.Found> norm = norms.endingIn(node);
        if (norm.isPresent()) {
          return Optional.of(layerNorm(norm.get()));
        }
        Optional<Flow> gated = gates.product(node);
        if (gated.isPresent()) {
          return Optional.of(gated.get());
        }
        return flows ? Optional.of(withConstants(node)) : Optional.empty();
      }
      case "BatchNormalization" -> {
        return Optional.of(batchNorm(node));
      }
      case "LayerNormalization" -> {
        return Optional.of(layerNorm(node));
      }
      default -> {
        Optional<Activation> activation = OnnxActivations.ofNode(node, inputs);
        return activation.isEmpty()
            ? Optional.empty()
            : Optional.of(chain.activated(inputs.flow(node, 0), activation.get()));
      }
    }
  }

  /** {@code +, -, *, /} of the flow and constants, in either order. */
  private Flow withConstants(OnnxNode node) throws IOException {
    int flowing = inputs.value(node, 0) instanceof Flow ? 0 : 1;
    Flow in = inputs.flow(node, flowing);
    if (inputs.value(node, 1 - flowing) instanceof Flow) {
      throw new IllegalArgumentException(
          "it puts two values of the chain together; only a chain runs, without branches");
    }
    Tensor constants = inputs.constant(node, 1 - flowing, "what it takes,");
    List<String> names = inputs.tensors(node, 1 - flowing);
    float[] values = constants.toArray();
    if (node.opType().equals("Add") && chain.takesBias(in, values.length)) {
      requireFeatures(in, constants.shape());
      return chain.biased(in, constants, names);
    }
    float[] factor = new float[values.length];
    float[] addend = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      switch (node.opType()) {
        case "Mul" -> factor[i] = values[i];
        case "Div" -> factor[i] = 1 / values[i];
        case "Sub" -> {
          factor[i] = flowing == 0 ? 1 : -1;
          addend[i] = flowing == 0 ? -values[i] : values[i];
        }
        default -> {
          factor[i] = 1;
          addend[i] = values[i];
        }
      }
    }
    if (node.opType().equals("Div") && flowing == 1) {
      throw new IllegalArgumentException("it divides by a value of the chain");
    }
    if (values.length == 1 && constants.shape().rank() <= in.axes().size()) {
      return chain.activated(in, new Activation(Kind.AFFINE, factor[0], addend[0]));
    }
    requireFeatures(in, constants.shape());
    return chain.scaled(in, factor, addend, names);
  }

  /** Whether constants of a shape meet the features where they are broadcast. */
  private static void requireFeatures(Flow flow, Shape shape) {
    int rank = flow.axes().size();
    int feature = flow.axes().indexOf(Axis.FEATURE);
    int at = feature - (rank - shape.rank());
    if (feature < 0 || shape.rank() > rank || at < 0 || shape.dim(at) != shape.elements()) {
      throw new IllegalArgumentException(
          "it takes " + shape + ", expected a number, or one row of floats");
    }
  }

  private Flow batchNorm(OnnxNode node) throws IOException {
    Flow in = inputs.flow(node, 0);
    if (node.attributes().integer("training_mode", 0) != 0) {
      throw new IllegalArgumentException("it is in training mode, where it looks at the batch");
    }
    if (in.axes().indexOf(Axis.FEATURE) != 1) {
      throw new IllegalArgumentException("its channels, axis 1, are not the features");
    }
    List<Tensor> tensors = new ArrayList<>();
    for (String what : List.of("scale", "B", "mean", "var")) {
      tensors.add(inputs.constant(node, 1 + tensors.size(), what));
    }
    float epsilon = node.attributes().number("epsilon", 1e-5f);
    return chain.batchNorm(in, tensors, epsilon, inputs.tensors(node, 1, 2, 3, 4));
  }

  private Flow layerNorm(OnnxNode node) throws IOException {
    Flow in = inputs.flow(node, 0);
    int rank = in.axes().size();
    if (Sizes.axis(node.attributes().integer("axis", -1), rank) != rank - 1) {
      throw new IllegalArgumentException("it normalises over more than the last axis");
    }
    Tensor gamma = inputs.constant(node, 1, "Scale");
    int size = Math.toIntExact(gamma.shape().elements());
    Tensor beta = node.input(2).isEmpty() ? Tensor.zeros(size) : inputs.constant(node, 2, "B");
    float epsilon = node.attributes().number("epsilon", 1e-5f);
    return chain.layerNorm(in, gamma, beta, epsilon, inputs.tensors(node, 1, 2));
  }

  private Flow layerNorm(OnnxNorms.Found found) {
    if (!(found.of() instanceof Flow in)) {
      throw new IllegalArgumentException("it normalises what no nodes that run give");
    }
    float[] ones = new float[chain.width(in)];
    Arrays.fill(ones, 1);
    Tensor gamma = Tensor.owning(Shape.of(ones.length), ones);
    return chain.layerNorm(in, gamma, Tensor.zeros(ones.length), found.epsilon(), List.of());
  }
}
