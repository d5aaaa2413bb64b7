package org.sparkrnn.model.onnx;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.sparkrnn.model.chain.ChainBuilder;
import org.sparkrnn.model.chain.ChainValue.Flow;
import org.sparkrnn.weights.onnx.OnnxGraph;
import org.sparkrnn.weights.onnx.OnnxNode;

/**
 * Finds functions that exporters write as the product of a value with a gate of itself:
 *
 * <pre>{@code
 * swish = x * Sigmoid(x),  hard swish = x * HardSigmoid(x)
 * }</pre>
 */
final class OnnxGates {
  private static final Set<String> FUNCTIONS = Set.of("Sigmoid", "HardSigmoid");

  private final Map<String, OnnxNode> makers = new HashMap<>();
  private final OnnxInputs inputs;
  private final ChainBuilder chain;

  OnnxGates(OnnxGraph graph, OnnxInputs inputs, ChainBuilder chain) {
    for (OnnxNode node : graph.nodes()) {
      node.outputs().forEach(output -> makers.put(output, node));
    }
    this.inputs = inputs;
    this.chain = chain;
  }

  /** What such a product gives; empty where the node is none. */
  Optional<Flow> product(OnnxNode node) {
    for (int gate = 0; gate < 2; gate++) {
      OnnxNode maker = makers.get(node.input(gate));
      if (node.opType().equals("Mul")
          && maker != null
          && FUNCTIONS.contains(maker.opType())
          && maker.input(0).equals(node.input(1 - gate))
          && inputs.value(node, gate) instanceof Flow flow) {
        return chain.gated(flow);
      }
    }
    return Optional.empty();
  }
}
