package org.sparkrnn.rnn;

import java.util.ArrayList;
import java.util.List;
import org.sparkrnn.cell.RnnCell;
import org.sparkrnn.cell.StateShape;

/**
 * How a layer's state stands at the border, in initial and final states, against how it is held
 * while the layer runs.
 *
 * <p>It is held cell after cell in the order they run: level by level, direction by direction. At
 * the border it has the structure that the loop's users know.
 *
 * @param shape the structure at the border
 * @param pieces the border's floats as pieces of what is held: first to last they are the border's
 *     flattened state, and together all of what is held
 */
record StateOrder(StateShape shape, List<Piece> pieces) {

  /** Checks that the pieces have the border's size. */
  StateOrder {
    pieces = List.copyOf(pieces);
    int size = pieces.stream().mapToInt(Piece::size).sum();
    if (size != shape.size()) {
      throw new IllegalArgumentException(
          "pieces of " + size + " floats for a state of " + shape.size());
    }
  }

  /**
   * Floats that follow each other, held and at the border.
   *
   * @param offset index of the first where it is held
   * @param size how many
   */
  record Piece(int offset, int size) {}

  /**
   * A piece with its place at the border.
   *
   * @param border index of its first float at the border
   * @param held index of its first float, counted from where the cell's state begins
   * @param size how many floats
   */
  record Span(int border, int held, int size) {}

  /** The order of a layer's state. */
  static StateOrder of(Layer.Rnn rnn) {
    if (rnn.loop() instanceof Loop.Cudnn) {
      return byKind(rnn, List.of("h", "c"));
    }
    if (rnn.loop() == Loop.TensorFlow.STACK_BIDIRECTIONAL_DYNAMIC_RNN) {
      return stack(rnn.levels());
    }
    List<RnnCell> cells = rnn.levels().get(0).directions();
    StateShape shape =
        cells.size() == 1
            ? cells.get(0).stateShape()
            : StateShape.Struct.of(
                new StateShape.Field("fw", cells.get(0).stateShape()),
                new StateShape.Field("bw", cells.get(1).stateShape()));
    if (rnn.loop() instanceof Loop.Keras) {
      List<Piece> pieces = new ArrayList<>();
      return new StateOrder(keras(shape, 0, pieces), pieces);
    }
    return new StateOrder(shape, List.of(new Piece(0, shape.size())));
  }

  /**
   * An LSTM's state in Keras is {@code [h, c]}.
   *
   * @param offset index of its first float where it is held
   * @param pieces the pieces at the border are added to it
   */
  private static StateShape keras(StateShape shape, int offset, List<Piece> pieces) {
    if (!(shape instanceof StateShape.Struct struct)) {
      pieces.add(new Piece(offset, shape.size()));
      return shape;
    }
    List<StateShape.Field> held = struct.fields();
    if (held.stream().map(StateShape.Field::name).toList().equals(List.of("c", "h"))) {
      int c = held.get(0).shape().size();
      pieces.add(new Piece(offset + c, held.get(1).shape().size()));
      pieces.add(new Piece(offset, c));
      return StateShape.Struct.of(held.get(1), held.get(0));
    }
    List<StateShape.Field> fields = new ArrayList<>();
    int next = offset;
    for (StateShape.Field field : held) {
      fields.add(new StateShape.Field(field.name(), keras(field.shape(), next, pieces)));
      next += field.shape().size();
    }
    return new StateShape.Struct(fields);
  }

  /** {@code (states_fw, states_bw)}, each with one state per level. */
  private static StateOrder stack(List<Layer.Level> levels) {
    List<List<StateShape.Field>> fields = List.of(new ArrayList<>(), new ArrayList<>());
    List<List<Piece>> pieces = List.of(new ArrayList<>(), new ArrayList<>());
    int offset = 0;
    for (int level = 0; level < levels.size(); level++) {
      for (int d = 0; d < 2; d++) {
        StateShape shape = levels.get(level).directions().get(d).stateShape();
        fields.get(d).add(new StateShape.Field("cell_" + level, shape));
        pieces.get(d).add(new Piece(offset, shape.size()));
        offset += shape.size();
      }
    }
    List<Piece> inOrder = new ArrayList<>(pieces.get(0));
    inOrder.addAll(pieces.get(1));
    return new StateOrder(
        StateShape.Struct.of(
            new StateShape.Field("fw", new StateShape.Struct(fields.get(0))),
            new StateShape.Field("bw", new StateShape.Struct(fields.get(1)))),
        inOrder);
  }

  /** One list of floats for each kind of state, of all cells in the order they are held. */
  private static StateOrder byKind(Layer.Rnn rnn, List<String> kinds) {
    List<StateShape.Field> fields = new ArrayList<>();
    List<Piece> pieces = new ArrayList<>();
    for (String kind : kinds) {
      int size = 0;
      int offset = 0;
      for (RnnCell cell : rnn.cells()) {
        for (StateShape.Part part : cell.stateShape().parts()) {
          if (part.path().equals(kind) || part.path().endsWith("." + kind)) {
            pieces.add(new Piece(offset + part.offset(), part.size()));
            size += part.size();
          }
        }
        offset += cell.stateShape().size();
      }
      if (size > 0) {
        fields.add(StateShape.Field.leaf(kind, size));
      }
    }
    return new StateOrder(new StateShape.Struct(fields), pieces);
  }

  /**
   * Where {@code size} held floats from {@code offset} on are at the border, in the order they are
   * held. One span, where they stand together.
   */
  List<Span> spans(int offset, int size) {
    List<Span> spans = new ArrayList<>();
    int held = offset;
    while (held < offset + size) {
      int border = 0;
      for (Piece piece : pieces) {
        int into = held - piece.offset();
        if (into >= 0 && into < piece.size()) {
          int count = Math.min(piece.size() - into, offset + size - held);
          add(spans, new Span(border + into, held - offset, count));
          held += count;
          break;
        }
        border += piece.size();
      }
    }
    return List.copyOf(spans);
  }

  /** Adds a span, as part of the last one where it continues it. */
  private static void add(List<Span> spans, Span next) {
    if (!spans.isEmpty()) {
      Span last = spans.get(spans.size() - 1);
      if (last.border() + last.size() == next.border()) {
        Span longer = new Span(last.border(), last.held(), last.size() + next.size());
        spans.set(spans.size() - 1, longer);
        return;
      }
    }
    spans.add(next);
  }
}
