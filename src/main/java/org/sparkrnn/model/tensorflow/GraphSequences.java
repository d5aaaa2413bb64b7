package org.sparkrnn.model.tensorflow;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.sparkrnn.model.tensorflow.StepTerm.Block;
import org.sparkrnn.model.tensorflow.StepTerm.Joined;
import org.sparkrnn.model.tensorflow.StepTerm.Leaf;
import org.sparkrnn.model.tensorflow.StepTerm.Linear;
import org.sparkrnn.model.tensorflow.StepTerm.Product;
import org.sparkrnn.tensor.Shape;
import org.sparkrnn.weights.tensorflow.GraphNode;

/**
 * The sequences that the loops of a TensorFlow graph read step by step. Keras multiplied all steps
 * with the input's weights before its loop until 2.0.8, and later where it was asked to ({@code
 * implementation=0}); what such a loop reads is a part of its cell.
 */
final class GraphSequences {
  private static final Set<String> SUMS = Set.of("BiasAdd", "BiasAddV1", "Add", "AddV2");

  private final GraphIndex graph;
  private final GraphConstants constants;

  GraphSequences(GraphIndex graph, GraphConstants constants) {
    this.graph = graph;
    this.constants = constants;
  }

  /**
   * A sequence that products are read of.
   *
   * @param sequence what is multiplied
   * @param rowsFirst whether it is {@code [rows, steps, floats]}; else {@code [steps, rows,
   *     floats]}
   * @param products one gate or several, side by side
   */
  record Projected(GraphEdge sequence, boolean rowsFirst, List<Piece> products) {
    /** What a step of it is. */
    StepTerm step(GraphEdge read) {
      Leaf source = new Leaf(read);
      List<StepTerm> parts = new ArrayList<>();
      for (Piece piece : products) {
        parts.add(new Linear(List.of(new Product(source, piece.kernel())), piece.biases()));
      }
      return parts.size() == 1 ? parts.get(0) : new Joined(parts);
    }
  }

  /** One product and what is added to it. */
  record Piece(Block kernel, List<Block> biases) {}

  /** {@code [steps, rows, floats]} that a node reads a step of, and which; empty of other nodes. */
  Optional<Read> read(GraphNode node) {
    if (node.op().startsWith("TensorArrayRead")) {
      GraphNode filled = graph.node(graph.input(node, 2));
      int values =
          filled.op().startsWith("TensorArrayScatter")
              ? 2
              : filled.op().equals("TensorArrayUnpack") ? 1 : -1;
      return values < 0
          ? Optional.empty()
          : Optional.of(new Read(graph.input(filled, values), graph.input(node, 1)));
    }
    if (node.op().equals("TensorListGetItem")) {
      GraphNode filled = graph.node(graph.input(node, 0));
      return filled.op().equals("TensorListFromTensor")
          ? Optional.of(new Read(graph.input(filled, 0), graph.input(node, 1)))
          : Optional.empty();
    }
    return Optional.empty();
  }

  /**
   * A step of a sequence.
   *
   * @param sequence the sequence
   * @param time the step's number
   */
  record Read(GraphEdge sequence, GraphEdge time) {}

  /** What a node reads, if that is a sequence times constant matrices. */
  Optional<Projected> projected(GraphNode read) {
    return read(read).flatMap(found -> projected(found.sequence()));
  }

  private Optional<Projected> projected(GraphEdge sequence) {
    GraphNode node = graph.node(sequence);
    boolean turned = node.op().equals("Transpose") && isTurned(graph.input(node, 1));
    node = turned ? graph.node(graph.input(node, 0)) : node;
    List<GraphEdge> inputs =
        node.op().equals("ConcatV2") && isLast(graph.input(node, node.values().size() - 1))
            ? graph.inputs(node).subList(0, node.values().size() - 1)
            : List.of(new GraphEdge(node.name(), 0));
    List<Piece> pieces = new ArrayList<>();
    GraphEdge source = null;
    for (GraphEdge input : inputs) {
      List<Block> biases = new ArrayList<>();
      GraphNode product = graph.node(unshaped(input));
      if (SUMS.contains(product.op())) {
        vector(graph.input(product, 1)).ifPresent(biases::add);
        product = biases.isEmpty() ? product : graph.node(unshaped(graph.input(product, 0)));
      }
      Optional<Block> kernel = product.op().equals("MatMul") ? matrix(product) : Optional.empty();
      GraphEdge from = kernel.isPresent() ? unshaped(graph.input(product, 0)) : null;
      if (from == null || (source != null && !source.equals(from))) {
        return Optional.empty();
      }
      source = from;
      pieces.add(new Piece(kernel.get(), biases));
    }
    return Optional.of(new Projected(source, turned, pieces));
  }

  /** Whether a transposition exchanges the first two of three axes. */
  private boolean isTurned(GraphEdge axes) {
    return constants.integers(axes).filter(List.of(1L, 0L, 2L)::equals).isPresent();
  }

  private boolean isLast(GraphEdge axis) {
    return constants.integer(axis).filter(at -> at == 2 || at == -1).isPresent();
  }

  /** A value before its rows and steps are joined, or parted again. */
  private GraphEdge unshaped(GraphEdge edge) {
    GraphEdge at = graph.resolve(edge);
    return graph.op(at).equals("Reshape") ? graph.input(graph.node(at), 0) : at;
  }

  private Optional<Block> matrix(GraphNode product) {
    GraphEdge edge = graph.input(product, 1);
    boolean plain =
        product.attributes().integer("transpose_a", 0) == 0
            && product.attributes().integer("transpose_b", 0) == 0
            && constants.isConstant(edge);
    Shape shape = plain ? constants.shape(edge) : Shape.of();
    return shape.rank() == 2 && shape.elements() <= Integer.MAX_VALUE
        ? Optional.of(new Block(edge, 0, (int) shape.dim(0), 0, (int) shape.dim(1)))
        : Optional.empty();
  }

  private Optional<Block> vector(GraphEdge edge) {
    Shape shape = constants.isConstant(edge) ? constants.shape(edge) : Shape.of();
    return shape.rank() == 1 && shape.elements() <= Integer.MAX_VALUE
        ? Optional.of(new Block(edge, 0, 1, 0, (int) shape.dim(0)))
        : Optional.empty();
  }
}
