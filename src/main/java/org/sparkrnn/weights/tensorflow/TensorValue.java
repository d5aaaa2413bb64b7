package org.sparkrnn.weights.tensorflow;

import org.sparkrnn.tensor.Shape;
import org.sparkrnn.weights.Cursor;
import org.sparkrnn.weights.ProtoReader;

/**
 * Where a constant's numbers are ({@code TensorProto} in {@code core/framework/tensor.proto}).
 *
 * @param dtype the number of its element type
 * @param shape its sizes
 * @param from where its message starts in the file
 * @param length how many bytes the message has
 * @param rawFrom where its bytes start, if they are there in one piece; else -1
 * @param rawLength how many
 */
record TensorValue(int dtype, Shape shape, int from, int length, int rawFrom, int rawLength) {

  /** Reads where the numbers are, not the numbers. */
  static TensorValue parse(Cursor message) {
    int from = message.position();
    int length = message.remaining();
    ProtoReader in = new ProtoReader("a tensor", message);
    int dtype = 0;
    int rawFrom = -1;
    int rawLength = 0;
    Shape shape = Shape.of();
    while (in.next()) {
      switch (in.field()) {
        case 1 -> dtype = in.int32();
        case 2 -> shape = ShapeProto.parse(in.message());
        case 4 -> {
          Cursor bytes = in.range();
          rawFrom = bytes.position();
          rawLength = bytes.remaining();
        }
        default -> in.skip();
      }
    }
    // An empty piece stands for none: the numbers are in the lists then.
    return new TensorValue(dtype, shape, from, length, rawLength == 0 ? -1 : rawFrom, rawLength);
  }
}
