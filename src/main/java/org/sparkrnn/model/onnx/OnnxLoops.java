package org.sparkrnn.model.onnx;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.sparkrnn.cell.RnnCell;
import org.sparkrnn.model.chain.ChainBuilder;
import org.sparkrnn.model.chain.ChainValue;
import org.sparkrnn.model.chain.ChainValue.Axis;
import org.sparkrnn.model.chain.ChainValue.Entry;
import org.sparkrnn.model.chain.ChainValue.Fed;
import org.sparkrnn.model.chain.ChainValue.Flow;
import org.sparkrnn.model.chain.ChainValue.Part;
import org.sparkrnn.rnn.Loop;
import org.sparkrnn.tensor.Tensor;
import org.sparkrnn.weights.onnx.OnnxNode;

/**
 * The recurrent nodes of an ONNX graph. All of them must read the same lengths, and each must read
 * initial states of its own or none, as the columns of lengths and initial states say it.
 */
final class OnnxLoops {
  private final OnnxInputs inputs;
  private final OnnxStates states;
  private final ChainBuilder chain;
  private final List<Long> dims;

  /** The input of lengths that the nodes read; empty before the first node. */
  private Optional<String> lengths = Optional.empty();

  /**
   * Reads recurrent nodes.
   *
   * @param dims sizes of the model's input, -1 for those that are free; none where they are not
   *     known
   */
  OnnxLoops(OnnxConstants constants, OnnxInputs inputs, ChainBuilder chain, List<Long> dims) {
    this.inputs = inputs;
    this.states = new OnnxStates(constants, inputs);
    this.chain = chain;
    this.dims = dims;
  }

  /** What a node gives: all of {@code Y}, {@code Y_h} and {@code Y_c}. */
  List<ChainValue> results(OnnxNode node) throws IOException {
    Flow x = inputs.flow(node, 0);
    if (x.axes().size() != 3) {
      throw new IllegalArgumentException("X is not [steps, rows, floats]");
    }
    String direction = node.attributes().text("direction", "forward");
    int ways = ways(direction);
    Tensor w = inputs.constant(node, 1, "W");
    Tensor r = inputs.constant(node, 2, "R");
    if (r.shape().rank() != 3) {
      throw new IllegalArgumentException("R has shape " + r.shape() + ", expected three axes");
    }
    Tensor b =
        node.input(3).isEmpty()
            ? Tensor.zeros(ways, Math.multiplyExact(2, r.shape().dim(1)))
            : inputs.constant(node, 3, "B");
    Tensor p = Tensor.zeros(0);
    if (node.opType().equals("LSTM")) {
      p = node.input(7).isEmpty() ? p : inputs.constant(node, 7, "P");
    }
    List<RnnCell> cells = OnnxCells.of(node, new OnnxCells.Weights(w, r, b, p), ways);
    boolean batchFirst = node.attributes().integer("layout", 0) == 1;
    requireLengths(node, x.axes().get(batchFirst ? 1 : 0));
    Tensor initialState = states.of(node, ways, Math.toIntExact(r.shape().dim(2)));
    Loop loop =
        direction.equals("reverse")
            ? Loop.TensorFlow.REVERSED_DYNAMIC_RNN
            : Loop.TensorFlow.DYNAMIC_RNN;
    int layer =
        chain.rnn(x, loop, cells, batchFirst, initialState, inputs.tensors(node, 1, 2, 3, 5, 6, 7));
    List<Entry> entries = new ArrayList<>();
    for (int way = 0; way < ways; way++) {
      entries.add(new Entry(layer, way));
    }
    Axis first = x.axes().get(0);
    Axis second = x.axes().get(1);
    List<Axis> steps =
        batchFirst
            ? List.of(first, second, Axis.STACK, Axis.FEATURE)
            : List.of(first, Axis.STACK, second, Axis.FEATURE);
    List<Axis> rows =
        batchFirst
            ? List.of(first, Axis.STACK, Axis.FEATURE)
            : List.of(Axis.STACK, second, Axis.FEATURE);
    return List.of(
        new Flow(Part.VALUE, entries, steps),
        new Flow(Part.H, entries, rows),
        new Flow(Part.C, entries, rows));
  }

  private static int ways(String direction) {
    return switch (direction) {
      case "forward", "reverse" -> 1;
      case "bidirectional" -> 2;
      default ->
          throw new IllegalArgumentException("direction '" + direction + "' is none that ONNX has");
    };
  }

  private void requireLengths(OnnxNode node, Axis steps) throws IOException {
    ChainValue value = inputs.value(node, 4);
    String name = node.input(4);
    String found = "";
    if (value instanceof Fed fed) {
      found = fed.input();
    } else if (!name.isEmpty() && !isAll(node, steps)) {
      throw new IllegalArgumentException(
          "sequence_lens '"
              + name
              + "' is "
              + (value instanceof ChainValue.Integers || OnnxConstants.isConstant(value)
                  ? "not the length of the input"
                  : "computed")
              + "; it must be an input of the model, or left out");
    }
    if (lengths.isPresent() && !lengths.get().equals(found)) {
      throw new IllegalArgumentException(
          "sequence_lens '" + found + "' is not that of the nodes before, '" + lengths.get() + "'");
    }
    lengths = Optional.of(found);
  }

  /** Whether constant lengths are the input's whole length. */
  private boolean isAll(OnnxNode node, Axis steps) throws IOException {
    ChainValue lens = inputs.value(node, 4);
    if (!(lens instanceof ChainValue.Stored || lens instanceof ChainValue.Integers)
        || steps.kind() != Axis.Kind.INPUT
        || steps.index() >= dims.size()) {
      return false;
    }
    long all = dims.get(steps.index());
    return all >= 0
        && inputs.integers(node, 4, "sequence_lens").stream().allMatch(each -> each == all);
  }
}
