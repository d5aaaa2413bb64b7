package org.sparkrnn.model.loading;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.sparkrnn.cell.Activation;
import org.sparkrnn.cell.BasicRnnCell;
import org.sparkrnn.cell.GruCell;
import org.sparkrnn.cell.InputProjectionWrapper;
import org.sparkrnn.cell.LstmCell;
import org.sparkrnn.cell.MultiRnnCell;
import org.sparkrnn.cell.OutputProjectionWrapper;
import org.sparkrnn.cell.ResetAfterGruCell;
import org.sparkrnn.cell.ResidualWrapper;
import org.sparkrnn.cell.RnnCell;
import org.sparkrnn.model.Cut;
import org.sparkrnn.model.json.ActivationWords;
import org.sparkrnn.model.tensorflow.GraphBlocksTest;
import org.sparkrnn.model.tensorflow.GraphBranchesTest;
import org.sparkrnn.model.tensorflow.GraphFunctionsTest;
import org.sparkrnn.model.tensorflow.GraphKerasLoopTest;
import org.sparkrnn.model.tensorflow.GraphSamples;
import org.sparkrnn.tensor.Tensor;
import org.sparkrnn.weights.tensorflow.GraphBytes;
import org.sparkrnn.weights.tensorflow.python.Era;
import org.sparkrnn.weights.tensorflow.python.PythonCell;
import org.sparkrnn.weights.tensorflow.python.PythonCells;
import org.sparkrnn.weights.tensorflow.python.PythonGraph;
import org.sparkrnn.weights.tensorflow.python.PythonLstm;
import org.sparkrnn.weights.tensorflow.python.PythonOps;
import org.sparkrnn.weights.tensorflow.python.PythonRnn;
import org.sparkrnn.weights.tensorflow.python.Value;

/**
 * Graphs as TensorFlow 1's Python library writes them: the files, the cells and loops, and what
 * stands around them.
 */
final class CoverageOfGraphs {
  private static final int FLOATS = GraphSamples.FLOATS;
  private static final int UNITS = GraphSamples.UNITS;
  private static final int STEPS = 3;
  private static final float NONE = Float.POSITIVE_INFINITY;

  private CoverageOfGraphs() {}

  // ---- files

  static Coverage files() {
    Cut out = new Cut("", "out");
    return new Coverage("TensorFlow graphs, files")
        .with("a frozen graph", folder -> written(folder, GraphSamples::frozen, "m.pb", out))
        .with(
            "a meta graph with its checkpoint",
            folder -> written(folder, GraphSamples::meta, "m.meta", out))
        .with(
            "a meta graph without its checkpoint",
            folder -> {
              GraphSamples.meta(folder);
              Files.delete(folder.resolve("m.index"));
              return Coverage.model(folder.resolve("m.meta"), out);
            })
        .with(
            "a SavedModel, by its signature",
            folder -> written(folder, GraphSamples::savedModel, "", Cut.NONE))
        .with(
            "an output that the graph has not",
            folder -> written(folder, GraphSamples::frozen, "m.pb", new Cut("", "logit")))
        .with(
            "a frozen graph cut short",
            folder -> {
              GraphSamples.frozen(folder);
              byte[] whole = Files.readAllBytes(folder.resolve("m.pb"));
              Files.write(folder.resolve("m.pb"), Arrays.copyOf(whole, whole.length / 2));
              return Coverage.model(folder.resolve("m.pb"), out);
            });
  }

  // ---- functions, branches, whole loops in one node

  static Coverage functions() {
    return new Coverage("TensorFlow graphs, functions, branches and operations")
        .with("functions and While, of TensorFlow 2", crafted(GraphFunctionsTest.called("While")))
        .with(
            "StatelessWhile, as Keras' layers have it",
            crafted(GraphFunctionsTest.called("StatelessWhile")))
        .with("static_rnn with sequence_length", crafted(GraphBranchesTest.skipping()))
        .with("dropout", crafted(GraphBranchesTest.dropping(GraphBranchesTest.DROPOUT)))
        .with(
            "a branch on keras_learning_phase",
            crafted(GraphBranchesTest.branching("keras_learning_phase")))
        .with("a branch on another placeholder", crafted(GraphBranchesTest.branching("loud")))
        .with("BlockLSTM", crafted(GraphBlocksTest.loop("BlockLSTM")))
        .with("BlockLSTMV2", crafted(GraphBlocksTest.loop("BlockLSTMV2")))
        .with("a loop of Keras 2 with TensorFlow 1", crafted(GraphKerasLoopTest.loop(false)))
        .with(
            "the same, the input multiplied before the loop",
            crafted(GraphKerasLoopTest.loop(true)));
  }

  private static Coverage.Sample crafted(GraphBytes graph) {
    return folder -> {
      Files.write(folder.resolve("m.pb"), graph.toByteArray());
      return Coverage.model(folder.resolve("m.pb"), Cut.NONE);
    };
  }

  /** Writes files into a folder. */
  private interface Writer {
    void write(Path folder) throws IOException;
  }

  private static String written(Path folder, Writer writer, String file, Cut cut)
      throws IOException {
    writer.write(folder);
    return Coverage.model(file.isEmpty() ? folder : folder.resolve(file), cut);
  }

  // ---- cells and loops

  /** A graph that is being written. */
  private static final class Draft {
    final PythonGraph graph;
    final PythonOps tf;
    final PythonRnn rnn;
    final Value x;

    Draft(Era era) {
      this.graph = new PythonGraph(era);
      this.tf = new PythonOps(graph);
      this.rnn = new PythonRnn(graph);
      this.x = tf.placeholder("x", Value.Type.FLOAT, -1, STEPS, FLOATS);
    }

    PythonRnn.Inputs inputs(boolean lengths, boolean timeMajor) {
      Optional<Value> fed =
          lengths ? Optional.of(tf.placeholder("lengths", Value.Type.INT32, -1)) : Optional.empty();
      return new PythonRnn.Inputs(x, FLOATS, fed, timeMajor);
    }

    PythonRnn.Outputs dynamic(PythonCell cell) {
      return rnn.dynamic(cell, inputs(false, false), List.of());
    }
  }

  /** Writes nodes and says which is the output. */
  private interface Nodes extends Function<Draft, Value> {}

  private static Coverage.Sample graph(Nodes nodes) {
    return graph(Era.V1_15, nodes);
  }

  private static Coverage.Sample graph(Era era, Nodes nodes) {
    return folder -> {
      Draft draft = new Draft(era);
      Value to = nodes.apply(draft);
      Path file = Files.write(folder.resolve("m.pb"), draft.graph.toByteArray());
      return Coverage.model(file, new Cut("", to.name()));
    };
  }

  private static Coverage.Sample cell(RnnCell cell) {
    return python(PythonCells.of(cell));
  }

  private static Coverage.Sample python(PythonCell cell) {
    return graph(draft -> draft.dynamic(cell).outputs());
  }

  private static Tensor tensor(long... dims) {
    return GraphSamples.tensor(dims);
  }

  private static LstmCell lstm(LstmCell.Peepholes peepholes, float clip, Activation gates) {
    return new LstmCell(
        tensor(FLOATS + UNITS, 4 * UNITS),
        tensor(4 * UNITS),
        1,
        Activation.TANH,
        gates,
        peepholes,
        clip,
        LstmCell.Projection.NONE);
  }

  private static GruCell gru(int floats) {
    return new GruCell(
        tensor(floats + UNITS, 2 * UNITS),
        tensor(2 * UNITS),
        tensor(floats + UNITS, UNITS),
        tensor(UNITS),
        Activation.TANH);
  }

  static Coverage recurrent() {
    LstmCell plain = GraphSamples.lstm(FLOATS);
    LstmCell.Peepholes peepholes =
        new LstmCell.Peepholes(tensor(UNITS), tensor(UNITS), tensor(UNITS));
    LstmCell projected =
        new LstmCell(
            tensor(FLOATS + 1, 4 * UNITS),
            tensor(4 * UNITS),
            1,
            Activation.TANH,
            Activation.SIGMOID,
            LstmCell.Peepholes.NONE,
            NONE,
            new LstmCell.Projection(tensor(UNITS, 1), 0.5f));
    Activation sigmoid = Activation.SIGMOID;
    Coverage rows = new Coverage("TensorFlow graphs, cells in a loop");
    for (Activation activation : List.of(Activation.TANH, Activation.RELU, Activation.ELU)) {
      rows.with(
          "BasicRNNCell, " + ActivationWords.text(activation),
          cell(new BasicRnnCell(tensor(FLOATS + UNITS, UNITS), tensor(UNITS), activation)));
    }
    for (PythonLstm.Form form : PythonLstm.Form.values()) {
      rows.with(form.toString(), python(new PythonLstm(plain, form, true)));
    }
    return rows.with(
            "LSTMCell, state_is_tuple=False",
            python(new PythonLstm(plain, PythonLstm.Form.LSTM_CELL, false)))
        .with("LSTMCell, use_peepholes", cell(lstm(peepholes, NONE, sigmoid)))
        .with("LSTMCell, cell_clip", cell(lstm(LstmCell.Peepholes.NONE, 2, sigmoid)))
        .with("LSTMCell, num_proj and proj_clip", cell(projected))
        .with(
            "an LSTM with Keras' hard_sigmoid",
            cell(lstm(LstmCell.Peepholes.NONE, NONE, Activation.HARD_SIGMOID)))
        .with("GRUCell", cell(gru(FLOATS)))
        .with("GRUBlockCellV2", python(PythonCells.block(gru(FLOATS))))
        .with(
            "CudnnCompatibleGRUCell",
            cell(
                new ResetAfterGruCell(
                    tensor(FLOATS + UNITS, 2 * UNITS),
                    tensor(2 * UNITS),
                    tensor(FLOATS, UNITS),
                    tensor(UNITS),
                    tensor(UNITS, UNITS),
                    tensor(UNITS),
                    Activation.TANH)))
        .with("MultiRNNCell", cell(new MultiRnnCell(List.of(plain, gru(UNITS)))))
        .with(
            "MultiRNNCell of a ResidualWrapper",
            cell(new MultiRnnCell(List.of(plain, new ResidualWrapper(gru(UNITS))))))
        .with(
            "InputProjectionWrapper",
            cell(
                new InputProjectionWrapper(
                    gru(UNITS), tensor(FLOATS, UNITS), tensor(UNITS), Activation.LINEAR)))
        .with(
            "OutputProjectionWrapper",
            cell(
                new OutputProjectionWrapper(plain, tensor(UNITS, 4), tensor(4), Activation.LINEAR)))
        .with("a cell that sums its inputs up", python(new Sum()));
  }

  /** A cell that nobody publishes. */
  private record Sum() implements PythonCell {
    @Override
    public String type() {
      return "Sum";
    }

    @Override
    public List<Integer> stateSizes() {
      return List.of(FLOATS);
    }

    @Override
    public int outputSize() {
      return FLOATS;
    }

    @Override
    public Step call(PythonGraph graph, Value x, List<Value> state) {
      Value sum = new PythonOps(graph).plus(x, state.get(0));
      return new Step(sum, List.of(sum));
    }
  }

  static Coverage loops() {
    PythonCell cell = PythonCells.of(GraphSamples.lstm(FLOATS));
    PythonCell above = PythonCells.of(GraphSamples.lstm(2 * UNITS));
    return new Coverage("TensorFlow graphs, loops")
        .with("dynamic_rnn", graph(d -> d.dynamic(cell).outputs()))
        .with("dynamic_rnn of TensorFlow 0.11", graph(Era.V0_11, d -> d.dynamic(cell).outputs()))
        .with("dynamic_rnn of TensorFlow 1.2", graph(Era.V1_2, d -> d.dynamic(cell).outputs()))
        .with(
            "dynamic_rnn, sequence_length",
            graph(d -> d.rnn.dynamic(cell, d.inputs(true, false), List.of()).outputs()))
        .with(
            "sequence_length counted of the input, steps that are not 0",
            graph(d -> limited(d, cell, counted(d)).outputs()))
        .with(
            "sequence_length of all steps, fill([rows], steps)",
            graph(d -> limited(d, cell, filled(d)).outputs()))
        .with(
            "sequence_length of the largest number of a row",
            graph(
                d -> {
                  Value largest = d.tf.reduce("Max", d.tf.reduce("Max", d.x, 2, false), 1, false);
                  return limited(d, cell, d.tf.cast(largest, Value.Type.INT32)).outputs();
                }))
        .with(
            "outputs[:, -1] beside a counted sequence_length",
            graph(d -> last(d, limited(d, cell, counted(d)).outputs())))
        .with(
            "dynamic_rnn, time_major",
            graph(d -> d.rnn.dynamic(cell, d.inputs(false, true), List.of()).outputs()))
        .with("dynamic_rnn, initial_state fed", graph(d -> from(d, cell, false)))
        .with("dynamic_rnn, initial_state of constants", graph(d -> from(d, cell, true)))
        .with(
            "bidirectional_dynamic_rnn",
            graph(
                d -> d.rnn.bidirectional(cell, cell, d.inputs(false, false), List.of()).outputs()))
        .with(
            "bidirectional_dynamic_rnn, sequence_length",
            graph(d -> d.rnn.bidirectional(cell, cell, d.inputs(true, false), List.of()).outputs()))
        .with(
            "stack_bidirectional_dynamic_rnn",
            graph(
                d ->
                    d.rnn
                        .stack(
                            List.of(List.of(cell, cell), List.of(above, above)),
                            d.inputs(false, false))
                        .outputs()))
        .with(
            "static_rnn",
            graph(
                d ->
                    d.tf.stack(
                        1, d.rnn.unrolled(cell, d.tf.unstack(1, d.x, STEPS), List.of()).outputs())))
        .with(
            "static_bidirectional_rnn",
            graph(
                d ->
                    d.tf.stack(
                        1,
                        d.rnn
                            .unrolledBothWays(cell, cell, d.tf.unstack(1, d.x, STEPS))
                            .outputs())));
  }

  private static PythonRnn.Outputs limited(Draft draft, PythonCell cell, Value lengths) {
    return draft.rnn.dynamic(
        cell, new PythonRnn.Inputs(draft.x, FLOATS, Optional.of(lengths), false), List.of());
  }

  /** {@code reduce_sum(sign(reduce_max(abs(x), 2)), 1)}. */
  private static Value counted(Draft draft) {
    PythonOps tf = draft.tf;
    Value used =
        tf.unary("Sign", "Sign", tf.reduce("Max", tf.unary("Abs", "Abs", draft.x), 2, false));
    return tf.cast(tf.reduce("Sum", used, 1, false), Value.Type.INT32);
  }

  private static Value filled(Draft draft) {
    PythonOps tf = draft.tf;
    Value shape = tf.shape(draft.x);
    return tf.fill(tf.stack(0, List.of(tf.item(shape, 0))), tf.item(shape, 1));
  }

  private static Value from(Draft draft, PythonCell cell, boolean constants) {
    List<Value> initial = new ArrayList<>();
    for (int size : cell.stateSizes()) {
      initial.add(
          constants
              ? draft.graph.variable("start_" + initial.size(), tensor(1, size))
              : draft.tf.placeholder("start", Value.Type.FLOAT, -1, size));
    }
    return draft.rnn.dynamic(cell, draft.inputs(false, false), initial).outputs();
  }

  // ---- around them

  static Coverage others() {
    return new Coverage("TensorFlow graphs, other nodes")
        .with("dense of the last step, outputs[:, -1]", graph(d -> dense(d, last(d))))
        .with("dense of the final h", graph(d -> dense(d, rnn(d).states().get(1))))
        .with(
            "dense of the mean of all steps",
            graph(d -> dense(d, d.tf.reduce("Mean", rnn(d).outputs(), 1, false))))
        .with("dense of each step, flat", graph(d -> dense(d, flat(d))))
        .with("a dense layer once for each step of static_rnn", graph(d -> denseSteps(d)))
        .with(
            "relu up to 20",
            graph(
                d ->
                    d.tf.binary(
                        "Minimum",
                        "Minimum",
                        d.tf.unary("Relu", "Relu", dense(d, last(d))),
                        d.tf.number("Minimum/y", 20))))
        .with("softmax", graph(d -> d.tf.unary("Softmax", "Softmax", dense(d, last(d)))))
        .with("log_softmax", graph(d -> d.tf.unary("LogSoftmax", "log", dense(d, last(d)))))
        .with("sigmoid", graph(d -> d.tf.unary("Sigmoid", "Sigmoid", dense(d, last(d)))))
        .with(
            "the square root of a dense layer",
            graph(d -> d.tf.unary("Sqrt", "root", dense(d, last(d)))))
        .with(
            "the middle step, outputs[:, 1]",
            graph(
                d ->
                    d.tf.stridedSlice(
                        rnn(d).outputs(),
                        new int[] {0, 1},
                        new int[] {0, 2},
                        new int[] {1, 1},
                        1,
                        1,
                        2)));
  }

  private static Value denseSteps(Draft draft) {
    PythonCell cell = PythonCells.of(GraphSamples.lstm(FLOATS));
    List<Value> steps = draft.tf.unstack(1, draft.x, STEPS);
    return draft.tf.stack(
        1,
        draft.rnn.unrolled(cell, steps, List.of()).outputs().stream()
            .map(h -> dense(draft, h))
            .toList());
  }

  private static PythonRnn.Outputs rnn(Draft draft) {
    return draft.dynamic(PythonCells.of(GraphSamples.lstm(FLOATS)));
  }

  private static Value last(Draft draft) {
    return last(draft, rnn(draft).outputs());
  }

  private static Value last(Draft draft, Value outputs) {
    return draft.tf.stridedSlice(
        outputs, new int[] {0, -1}, new int[] {0, 0}, new int[] {1, 1}, 1, 1, 2);
  }

  private static Value flat(Draft draft) {
    return draft.tf.reshape(rnn(draft).outputs(), draft.tf.vector("flat", -1, UNITS));
  }

  private static Value dense(Draft draft, Value x) {
    Value kernel = draft.graph.variable("dense/kernel", tensor(UNITS, 4));
    return draft.tf.biasAdd(
        draft.tf.matMul(x, kernel), draft.graph.variable("dense/bias", tensor(4)));
  }
}
