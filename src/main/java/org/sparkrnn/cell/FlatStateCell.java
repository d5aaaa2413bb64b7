package org.sparkrnn.cell;

/**
 * A cell built with {@code state_is_tuple=False}: the same cell with its state as one list of
 * floats, {@code tf.concat([c, h], 1)}, cell after cell where it is a stack.
 *
 * @param cell the cell with the state in parts
 */
public record FlatStateCell(RnnCell cell) implements RnnCell {
  @Override
  public int inputSize() {
    return cell.inputSize();
  }

  @Override
  public int outputSize() {
    return cell.outputSize();
  }

  @Override
  public StateShape stateShape() {
    return StateShape.Struct.of(StateShape.Field.leaf("state", cell.stateShape().size()));
  }

  @Override
  public StateShape.Part hidden() {
    return cell.hidden();
  }
}
