package org.sparkrnn.model.tensorflow;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.sparkrnn.cell.MultiRnnCell;
import org.sparkrnn.cell.RnnCell;
import org.sparkrnn.model.chain.ChainBuilder;
import org.sparkrnn.model.chain.ChainValue.Axis;
import org.sparkrnn.model.chain.ChainValue.Entry;
import org.sparkrnn.model.chain.ChainValue.Flow;
import org.sparkrnn.model.chain.ChainValue.Part;
import org.sparkrnn.model.tensorflow.GraphValue.Flowing;
import org.sparkrnn.model.tensorflow.GraphValue.Step;
import org.sparkrnn.rnn.Loop;
import org.sparkrnn.rnn.Padding;
import org.sparkrnn.tensor.Tensor;
import org.sparkrnn.weights.tensorflow.GraphNode;

/** Makes rnn layers of the recurrences of a TensorFlow graph: two of one sequence are one layer. */
final class GraphLayers {
  private static final Set<String> TURNING = Set.of("ReverseV2", "ReverseSequence");

  private final GraphIndex graph;
  private final GraphConstants constants;
  private final List<Recurrence> all;
  private final Optional<GraphEdge> source;
  private final ChainBuilder chain;
  private final GraphIntegers.Values values;
  private final GraphStates states;
  private final Map<Recurrence, Built> built = new HashMap<>();
  private Optional<GraphValue> lengths = Optional.empty();

  /** The first recurrence that goes over all steps of every row. */
  private Optional<String> unlimited = Optional.empty();

  GraphLayers(
      GraphIndex graph,
      GraphConstants constants,
      List<Recurrence> all,
      Optional<GraphEdge> source,
      ChainBuilder chain,
      GraphIntegers.Values values) {
    this.graph = graph;
    this.constants = constants;
    this.all = all;
    this.source = source;
    this.chain = chain;
    this.values = values;
    this.states = new GraphStates(graph, constants, values);
  }

  /** What rows' lengths are, where a loop looks at them. */
  Optional<GraphValue> lengths() {
    return lengths;
  }

  /** Which steps a loop's lengths do not count. */
  Padding padding() {
    return lengths
        .filter(GraphValue.Lengths.class::isInstance)
        .map(found -> ((GraphValue.Lengths) found).padding())
        .orElse(Padding.NONE);
  }

  /**
   * A recurrence in the chain.
   *
   * @param entry which direction of which layer
   * @param time its steps
   * @param rows its rows
   * @param reversed whether it takes the steps from the last to the first
   */
  private record Built(Entry entry, Axis time, Axis rows, boolean reversed) {}

  /** What a recurrence takes: {@code [steps, rows, floats]}. */
  private record Taken(Flow flow, boolean reversed) {}

  /** What a part of a recurrence is in the chain. */
  GraphValue value(Recurrence of, Recurrence.Part part) throws IOException {
    Built made = built(of);
    List<Entry> entries = List.of(made.entry());
    List<Axis> step = List.of(made.rows(), Axis.FEATURE);
    if (part instanceof Recurrence.Part.Outputs) {
      List<Axis> axes = List.of(made.time(), made.rows(), Axis.FEATURE);
      return new Flowing(new Flow(Part.VALUE, entries, axes), made.reversed());
    }
    if (part instanceof Recurrence.Part.Last) {
      if (!chain.givesState(made.entry())) {
        throw new IllegalArgumentException("it keeps the last output of a wrapper, not its state");
      }
      List<Axis> axes = List.of(Axis.ONE, made.rows(), Axis.FEATURE);
      return new Flowing(new Flow(Part.H, entries, axes), false);
    }
    if (part instanceof Recurrence.Part.Output output) {
      int count = of.steps().size();
      int place = made.reversed() ? count - 1 - output.step() : output.step();
      return new Step(new Flow(Part.VALUE, entries, step), made.time(), place, count);
    }
    if (part instanceof Recurrence.Part.States) {
      throw new IllegalArgumentException(
          "it takes all states in one piece; only the last cell's h runs on");
    }
    Recurrence.Part.State state = (Recurrence.Part.State) part;
    if (state.cell() != of.cells().size() - 1) {
      throw new IllegalArgumentException(
          String.format(
              "it takes the state of cell %d of %d; only the last cell's h runs on",
              state.cell() + 1, of.cells().size()));
    }
    return new Flowing(new Flow(state.isH() ? Part.H : Part.C, entries, step), false);
  }

  /** Puts a recurrence into the chain, if it is not there. */
  void build(Recurrence of) throws IOException {
    built(of);
  }

  private Built built(Recurrence of) throws IOException {
    Built known = built.get(of);
    if (known != null) {
      return known;
    }
    Optional<Recurrence> partner = partner(of);
    boolean second = partner.isPresent() && isReversed(of);
    Recurrence forward = second ? partner.get() : of;
    Taken x = taken(forward);
    List<Recurrence> directions = new ArrayList<>(List.of(forward));
    partner.ifPresent(other -> directions.add(second ? of : other));
    List<List<RnnCell>> cells = new ArrayList<>();
    SortedSet<String> tensors = new TreeSet<>(states.names(directions));
    for (Recurrence each : directions) {
      cells.add(cells(each));
      tensors.addAll(names(each));
      limit(each, x);
    }
    Tensor initial = states.initial(directions, cells);
    Loop loop =
        partner.isEmpty() && x.reversed()
            ? Loop.TensorFlow.REVERSED_DYNAMIC_RNN
            : Loop.TensorFlow.DYNAMIC_RNN;
    List<RnnCell> whole =
        cells.stream().map(own -> own.size() == 1 ? own.get(0) : new MultiRnnCell(own)).toList();
    int layer = chain.rnn(x.flow(), loop, whole, false, initial, List.copyOf(tensors));
    Axis time = x.flow().axes().get(0);
    Axis rows = x.flow().axes().get(1);
    if (partner.isEmpty()) {
      built.put(of, new Built(new Entry(layer, Entry.WHOLE), time, rows, x.reversed()));
    } else {
      built.put(forward, new Built(new Entry(layer, 0), time, rows, false));
      built.put(second ? of : partner.get(), new Built(new Entry(layer, 1), time, rows, true));
    }
    return built.get(of);
  }

  private List<RnnCell> cells(Recurrence of) throws IOException {
    List<RnnCell> cells = new ArrayList<>();
    for (StepCell cell : of.cells()) {
      cells.add(cell.build(constants));
    }
    return cells;
  }

  private SortedSet<String> names(Recurrence of) {
    SortedSet<String> names = new TreeSet<>();
    of.cells().forEach(cell -> names.addAll(cell.names(constants)));
    return names;
  }

  /** Takes a recurrence's lengths; refuses what is not known. */
  private void limit(Recurrence of, Taken x) throws IOException {
    Axis time = x.flow().axes().get(0);
    if (of.lengths().isEmpty() || !limit(of.lengths().get(), time)) {
      unlimited = Optional.of(unlimited.orElse(of.name()));
    }
    if (unlimited.isPresent() && padding().counted()) {
      throw new IllegalArgumentException(
          "the lengths that others count of the input are not told to '" + unlimited.get() + "'");
    }
  }

  /**
   * Takes a value for the rows' lengths.
   *
   * @return whether it may end a row before its last step
   * @throws IllegalArgumentException if it is none, or another than before
   */
  boolean limit(GraphEdge edge, Axis time) throws IOException {
    Optional<GraphValue.Lengths> counted =
        values.lengths(edge).filter(found -> found.time().equals(time));
    if (counted.isPresent() && !counted.get().padding().counted()) {
      return false;
    }
    GraphValue value = values.of(edge);
    if (counted.isEmpty() && !(value instanceof GraphValue.Fed)) {
      throw new IllegalArgumentException(
          "its lengths '"
              + edge
              + "' are computed in a way that is not known here; rows say their own length, so cut"
              + " the graph from behind what computes it: from '"
              + edge
              + "' beside the sequence");
    }
    if (lengths.isPresent() && !lengths.get().equals(value)) {
      throw new IllegalArgumentException(
          "it takes lengths from '" + edge + "', but others take other ones");
    }
    lengths = Optional.of(value);
    return true;
  }

  private Taken taken(Recurrence of) throws IOException {
    if (of.sequence().isPresent()) {
      GraphValue value = values.of(of.sequence().get());
      if (!(value instanceof Flowing flowing)) {
        throw new IllegalArgumentException(
            "its sequence '" + of.sequence().get() + "' " + GraphWalk.NOT_MADE);
      }
      if (flowing.flow().axes().size() != 3) {
        throw new IllegalArgumentException("its sequence is not [steps, rows, floats]");
      }
      List<Axis> axes = new ArrayList<>(flowing.flow().axes());
      if (of.rowsFirst()) {
        Collections.swap(axes, 0, 1);
      }
      return new Taken(flowing.flow().with(axes), flowing.reversed());
    }
    int count = of.steps().size();
    List<Step> steps = new ArrayList<>();
    for (GraphEdge edge : of.steps()) {
      if (!(values.of(edge) instanceof Step step)) {
        throw new IllegalArgumentException("its input '" + edge + "' is no step of the sequence");
      }
      steps.add(step);
    }
    boolean reversed = steps.get(0).index() != 0;
    for (int i = 0; i < count; i++) {
      Step step = steps.get(i);
      if (step.count() != count
          || step.index() != (reversed ? count - 1 - i : i)
          || !step.flow().equals(steps.get(0).flow())
          || !step.time().equals(steps.get(0).time())) {
        throw new IllegalArgumentException(
            "it takes '" + of.steps().get(i) + "' at step " + i + ", expected all steps in order");
      }
    }
    List<Axis> axes = new ArrayList<>(List.of(steps.get(0).time()));
    axes.addAll(steps.get(0).flow().axes());
    return new Taken(steps.get(0).flow().with(axes), reversed);
  }

  // ---- two directions

  /** The only recurrence over the same sequence the other way round. */
  private Optional<Recurrence> partner(Recurrence of) {
    boolean reversed = isReversed(of);
    Object base = base(of, reversed);
    List<Recurrence> same =
        all.stream().filter(r -> r != of && base(r, isReversed(r)).equals(base)).toList();
    return same.size() == 1 && isReversed(same.get(0)) != reversed
        ? Optional.of(same.get(0))
        : Optional.empty();
  }

  private boolean isReversed(Recurrence of) {
    if (of.sequence().isEmpty()) {
      Recurrence first =
          all.stream().filter(r -> r == of || isTurned(r, of)).findFirst().orElse(of);
      int begin = place(of.steps().get(0));
      int end = place(of.steps().get(of.steps().size() - 1));
      return begin == end ? first != of : begin > end;
    }
    boolean reversed = false;
    GraphEdge at = of.sequence().get();
    for (Set<GraphEdge> seen = new HashSet<>(); seen.add(at); ) {
      GraphNode node = graph.node(at);
      if (source.equals(Optional.of(at))) {
        break;
      }
      if (TURNING.contains(node.op())) {
        reversed = !reversed;
      } else if (!node.op().equals("Transpose")) {
        break;
      }
      at = graph.input(node, 0);
    }
    return reversed;
  }

  private static boolean isTurned(Recurrence a, Recurrence b) {
    List<GraphEdge> turned = new ArrayList<>(a.steps());
    Collections.reverse(turned);
    return a.sequence().isEmpty() && turned.equals(b.steps());
  }

  /** Which step of an unrolled input a value is, by the node that parts it; 0 of any other. */
  private int place(GraphEdge edge) {
    GraphNode node = graph.node(edge);
    GraphEdge at = node.op().equals("Squeeze") ? graph.input(node, 0) : edge;
    String op = graph.op(at);
    return op.equals("Unpack") || op.equals("Split") ? at.index() : 0;
  }

  /** What two directions of one layer have in common. */
  private Object base(Recurrence of, boolean reversed) {
    if (of.sequence().isEmpty()) {
      List<GraphEdge> steps = new ArrayList<>(of.steps());
      if (reversed) {
        Collections.reverse(steps);
      }
      return steps;
    }
    GraphEdge at = of.sequence().get();
    for (Set<GraphEdge> seen = new HashSet<>(); seen.add(at); ) {
      GraphNode node = graph.node(at);
      boolean turns = TURNING.contains(node.op()) || node.op().equals("Transpose");
      if (!turns || source.equals(Optional.of(at))) {
        break;
      }
      at = graph.input(node, 0);
    }
    return at;
  }
}
