package org.sparkrnn.model.onnx;

import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.sparkrnn.model.chain.ChainValue;
import org.sparkrnn.model.chain.ChainValue.Axis;
import org.sparkrnn.model.chain.ChainValue.Flow;
import org.sparkrnn.model.chain.Sizes;
import org.sparkrnn.weights.onnx.OnnxGraph;
import org.sparkrnn.weights.onnx.OnnxNode;

/**
 * Finds layer normalisation where it is written out, as exporters do below opset 17:
 *
 * <pre>{@code
 * d = x - ReduceMean(x);  d / Sqrt(ReduceMean(d ^ 2) + epsilon)
 * }</pre>
 */
final class OnnxNorms {
  private final Map<String, OnnxNode> makers = new HashMap<>();
  private final OnnxInputs inputs;

  /**
   * What is normalised.
   *
   * @param of the value
   * @param epsilon added to its variance
   */
  record Found(ChainValue of, float epsilon) {}

  OnnxNorms(OnnxGraph graph, OnnxInputs inputs) {
    for (OnnxNode node : graph.nodes()) {
      node.outputs().forEach(output -> makers.put(output, node));
    }
    this.inputs = inputs;
  }

  /** The normalisation whose last node this is; empty where it is none's. */
  Optional<Found> endingIn(OnnxNode node) throws IOException {
    OnnxNode distance = maker(node, 0, "Sub");
    OnnxNode root = maker(node, 1, "Sqrt");
    if (!node.opType().equals("Div") || distance == null || root == null) {
      return Optional.empty();
    }
    OnnxNode sum = maker(root, 0, "Add");
    OnnxNode mean = maker(distance, 1, "ReduceMean");
    if (sum == null || mean == null || !mean.input(0).equals(distance.input(0))) {
      return Optional.empty();
    }
    int epsilon = OnnxConstants.isConstant(inputs.value(sum, 1)) ? 1 : 0;
    OnnxNode variance = maker(sum, 1 - epsilon, "ReduceMean");
    boolean square = variance != null && isSquare(makers.get(variance.input(0)), distance);
    ChainValue of = inputs.value(distance, 0);
    if (!square
        || !OnnxConstants.isConstant(inputs.value(sum, epsilon))
        || !(of instanceof Flow flow)
        || !isOverFloats(mean, flow)
        || !isOverFloats(variance, flow)) {
      return Optional.empty();
    }
    return Optional.of(new Found(of, inputs.constant(sum, epsilon, "epsilon").at(0)));
  }

  private OnnxNode maker(OnnxNode node, int input, String opType) {
    OnnxNode maker = makers.get(node.input(input));
    return maker != null && maker.opType().equals(opType) ? maker : null;
  }

  /** {@code Pow(d, 2)} or {@code Mul(d, d)}, d the distance or a copy of it. */
  private boolean isSquare(OnnxNode node, OnnxNode distance) throws IOException {
    if (node == null || !isDistance(node.input(0), distance)) {
      return false;
    }
    return switch (node.opType()) {
      case "Mul" -> isDistance(node.input(1), distance);
      case "Pow" ->
          OnnxConstants.isConstant(inputs.value(node, 1))
              && inputs.constant(node, 1, "the power").at(0) == 2;
      default -> false;
    };
  }

  private boolean isDistance(String value, OnnxNode distance) {
    OnnxNode maker = makers.get(value);
    return maker != null
        && maker.opType().equals("Sub")
        && maker.inputs().equals(distance.inputs());
  }

  private boolean isOverFloats(OnnxNode mean, Flow flow) throws IOException {
    List<Long> axes = inputs.integers(mean, 1, "axes");
    int rank = flow.axes().size();
    return axes.size() == 1
        && Sizes.axis(axes.get(0), rank) == rank - 1
        && flow.axes().get(rank - 1).equals(Axis.FEATURE)
        && mean.attributes().integer("keepdims", 1) != 0;
  }
}
