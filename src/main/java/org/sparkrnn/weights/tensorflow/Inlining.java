package org.sparkrnn.weights.tensorflow;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Writes the functions that a graph's nodes call into the graph. A {@code While} becomes the nodes
 * that a loop is made of in TensorFlow 1 ({@code Enter}, {@code Merge}, {@code Switch}, {@code
 * NextIteration}, {@code Exit}), an {@code If} a pair of {@code Switch} and {@code Merge}. A node
 * that called is an {@code IdentityN} of what the function gives, under its own name.
 *
 * <p>A call of a function that is not in the file, or that is being called already, stays as it is.
 *
 * @see <a
 *     href="https://github.com/tensorflow/tensorflow/blob/v2.4.0/tensorflow/core/common_runtime/lower_while_op.cc">TensorFlow
 *     2.4, lower_while_op.cc</a>
 */
final class Inlining {
  /** A file of some kilobytes may call for more nodes than there is memory. */
  private static final int MOST_NODES = 1 << 18;

  /** So may their names and those of what they take. */
  private static final int MOST_LETTERS = 1 << 26;

  /** Functions of Keras call each other through a handful of layers. */
  private static final int DEEPEST = 64;

  private static final Set<String> CALLS = Set.of("PartitionedCall", "StatefulPartitionedCall");
  private static final Set<String> LOOPS = Set.of("While", "StatelessWhile");
  private static final Set<String> BRANCHES = Set.of("If", "StatelessIf");
  private static final Set<String> PASSING = Set.of("Identity", "StopGradient");

  private final Map<String, Function> functions;
  private final Map<String, GraphNode> target = new LinkedHashMap<>();
  private final Deque<String> open = new ArrayDeque<>();
  private long letters;

  private Inlining(Map<String, Function> functions) {
    this.functions = functions;
  }

  /**
   * The nodes of a graph with those of the functions that it calls.
   *
   * @throws IllegalArgumentException if they are too many, or two have one name
   */
  static Map<String, GraphNode> of(Map<String, GraphNode> nodes, Map<String, Function> functions) {
    Inlining inlining = new Inlining(functions);
    nodes.values().forEach(inlining::put);
    return inlining.target;
  }

  private void put(GraphNode node) {
    String called = CALLS.contains(node.op()) ? node.attributes().text("f", "") : node.op();
    if (LOOPS.contains(node.op())) {
      loop(node);
    } else if (BRANCHES.contains(node.op())) {
      branch(node);
    } else if (isCallable(called)) {
      add(node.name(), "IdentityN", call(called, node.name() + "/", node.values()));
    } else {
      add(node);
    }
  }

  private void add(GraphNode node) {
    letters += node.name().length();
    for (String input : node.inputs()) {
      letters += input.length();
    }
    if (target.size() >= MOST_NODES || letters > MOST_LETTERS) {
      throw new IllegalArgumentException(
          "has more than "
              + MOST_NODES
              + " nodes, or "
              + MOST_LETTERS
              + " letters of names, once its functions are written out");
    }
    if (target.put(node.name(), node) != null) {
      throw new IllegalArgumentException(
          "has two nodes called '" + node.name() + "' once its functions are written out");
    }
  }

  private String add(String name, String op, List<String> inputs) {
    add(new GraphNode(name, op, inputs, GraphNode.Attributes.NONE));
    return name;
  }

  private boolean isCallable(String function) {
    return functions.containsKey(function) && !open.contains(function);
  }

  /** Puts a function's nodes, and returns the values that it gives. */
  private List<String> call(String function, String prefix, List<String> arguments) {
    Function called = functions.get(function);
    open.push(function);
    if (open.size() > DEEPEST) {
      throw new IllegalArgumentException(
          "calls functions from each other more than " + DEEPEST + " deep");
    }
    FunctionValues values = new FunctionValues(called, prefix, arguments);
    for (GraphNode node : called.nodes().values()) {
      List<String> inputs = node.inputs().stream().map(values::outside).toList();
      put(new GraphNode(prefix + node.name(), node.op(), inputs, node.attributes()));
    }
    open.pop();
    return called.results().values().stream().map(values::outside).toList();
  }

  private void loop(GraphNode node) {
    String condition = node.attributes().text("cond", "");
    String body = node.attributes().text("body", "");
    List<String> inputs = node.values();
    if (!isCallable(condition)
        || !isCallable(body)
        || functions.get(body).results().size() != inputs.size()
        || functions.get(condition).results().size() != 1) {
      add(node);
      return;
    }
    String prefix = node.name() + "/";
    Set<Integer> kept = kept(functions.get(body));
    List<String> before = new ArrayList<>();
    for (int i = 0; i < inputs.size(); i++) {
      String enter = add(prefix + "Enter_" + i, "Enter", List.of(inputs.get(i)));
      before.add(
          kept.contains(i)
              ? enter
              : add(prefix + "Merge_" + i, "Merge", List.of(enter, prefix + "NextIteration_" + i)));
    }
    String goes = call(condition, prefix + "cond/", before).get(0);
    add(prefix + "LoopCond", "LoopCond", List.of(goes));
    List<String> within = new ArrayList<>();
    List<String> behind = new ArrayList<>();
    for (int i = 0; i < inputs.size(); i++) {
      if (kept.contains(i)) {
        within.add(before.get(i));
        behind.add(inputs.get(i));
      } else {
        String on = prefix + "Switch_" + i;
        add(on, "Switch", List.of(before.get(i), prefix + "LoopCond"));
        within.add(on + ":1");
        behind.add(add(prefix + "Exit_" + i, "Exit", List.of(on)));
      }
    }
    List<String> next = call(body, prefix + "body/", within);
    for (int i = 0; i < inputs.size(); i++) {
      if (!kept.contains(i)) {
        add(prefix + "NextIteration_" + i, "NextIteration", List.of(next.get(i)));
      }
    }
    add(node.name(), "IdentityN", behind);
  }

  /** Which arguments a loop's body hands on as they are: its weights. */
  private static Set<Integer> kept(Function body) {
    Set<Integer> kept = new HashSet<>();
    List<String> results = List.copyOf(body.results().values());
    for (int i = 0; i < results.size(); i++) {
      String at = results.get(i);
      Set<String> seen = new HashSet<>();
      while (at.contains(":") && seen.add(at)) {
        GraphNode node = body.nodes().get(at.substring(0, at.indexOf(':')));
        if (node == null || !PASSING.contains(node.op()) || node.values().isEmpty()) {
          break;
        }
        at = node.values().get(0);
      }
      if (i < body.arguments().size() && at.equals(body.arguments().get(i))) {
        kept.add(i);
      }
    }
    return kept;
  }

  private void branch(GraphNode node) {
    String yes = node.attributes().text("then_branch", "");
    String no = node.attributes().text("else_branch", "");
    List<String> inputs = node.values();
    if (!isCallable(yes)
        || !isCallable(no)
        || inputs.isEmpty()
        || functions.get(yes).results().size() != functions.get(no).results().size()) {
      add(node);
      return;
    }
    String prefix = node.name() + "/";
    List<String> on = new ArrayList<>();
    List<String> off = new ArrayList<>();
    for (int i = 1; i < inputs.size(); i++) {
      String way = prefix + "Switch_" + i;
      add(way, "Switch", List.of(inputs.get(i), inputs.get(0)));
      off.add(way);
      on.add(way + ":1");
    }
    List<String> then = call(yes, prefix + "then/", on);
    List<String> otherwise = call(no, prefix + "else/", off);
    List<String> results = new ArrayList<>();
    for (int i = 0; i < then.size(); i++) {
      results.add(add(prefix + "Merge_" + i, "Merge", List.of(otherwise.get(i), then.get(i))));
    }
    add(node.name(), "IdentityN", results);
  }

  /**
   * How values are called within a function, and outside of it.
   *
   * @param function the function
   * @param prefix of its nodes
   * @param arguments what it is called with
   */
  private record FunctionValues(Function function, String prefix, List<String> arguments) {

    String outside(String within) {
      if (within.startsWith("^")) {
        return "^" + prefix + within.substring(1);
      }
      int colon = within.indexOf(':');
      if (colon < 0) {
        int place = function.arguments().indexOf(within);
        return place >= 0 && place < arguments.size() ? arguments.get(place) : prefix + within;
      }
      String node = within.substring(0, colon);
      int last = within.lastIndexOf(':');
      String output =
          last > colon ? within.substring(colon + 1, last) : within.substring(colon + 1);
      String number = last > colon ? within.substring(last + 1) : "0";
      int index =
          Optional.ofNullable(function.nodes().get(node))
              .map(giver -> OperationOutputs.first(giver.op(), output))
              .orElse(0);
      index += number.matches("\\d{1,9}") ? Integer.parseInt(number) : 0;
      return prefix + node + (index == 0 ? "" : ":" + index);
    }
  }
}
