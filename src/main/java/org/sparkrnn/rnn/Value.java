package org.sparkrnn.rnn;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.sparkrnn.tensor.Shape;
import org.sparkrnn.tensor.Tensor;

/**
 * What flows out of a layer.
 *
 * @param perStep one entry for each step of a row, or one for the row
 * @param type floats or a single integer
 * @param size how many numbers an entry has; 1 for an integer
 */
public record Value(boolean perStep, Type type, int size) implements Serializable {

  /** The type of a value's numbers. */
  public enum Type {
    /** {@code float32}. */
    FLOAT,
    /** {@code int32}: an id, or an index. */
    INT
  }

  /**
   * What each layer of a chain gives, in order.
   *
   * @throws IllegalArgumentException if the chain does not fit together; the message names the
   *     layer
   */
  public static List<Value> chain(Network.Input input, List<Layer> layers) {
    List<Value> values = new ArrayList<>();
    Value value =
        input instanceof Network.Input.Features features
            ? new Value(true, Type.FLOAT, features.size())
            : new Value(true, Type.INT, ((Network.Input.Ids) input).count());
    boolean ids = input instanceof Network.Input.Ids;
    boolean masked = false;
    for (int i = 0; i < layers.size(); i++) {
      Layer layer = layers.get(i);
      Layer previous = i == 0 ? null : layers.get(i - 1);
      value = next(value, layer, previous, ids && i == 0);
      values.add(value);
      require(
          !masked || !(layer instanceof Layer.Rnn rnn) || rnn.loop() instanceof Loop.Keras,
          layer,
          "would read masked steps: TensorFlow's loops know no mask, only \"loop\": \"keras\""
              + " skips what a masking or embedding layer masks");
      masked = value.perStep() && (masked || masks(layer));
    }
    return List.copyOf(values);
  }

  private static boolean masks(Layer layer) {
    return layer instanceof Layer.Masking
        || layer instanceof Layer.Embedding embedding && embedding.maskZero();
  }

  private static Value next(Value in, Layer layer, Layer previous, boolean ids) {
    if (layer instanceof Layer.Embedding embedding) {
      Shape shape = embedding.table().shape();
      require(ids, layer, "takes ids, so it can only be the first layer of tokens or characters");
      require(shape.rank() == 2, layer, "has a table of shape " + shape + ", expected [ids, size]");
      require(
          shape.dim(0) >= in.size(),
          layer,
          "has " + shape.dim(0) + " rows, but the input has " + in.size() + " ids");
      return new Value(true, Type.FLOAT, Math.toIntExact(shape.dim(1)));
    }
    if (layer instanceof Layer.OneHot oneHot) {
      require(ids, layer, "takes ids, so it can only be the first layer of tokens or characters");
      require(
          oneHot.depth() >= in.size(),
          layer,
          "has depth " + oneHot.depth() + ", but the input has " + in.size() + " ids");
      return new Value(true, Type.FLOAT, oneHot.depth());
    }
    require(
        in.type() == Type.FLOAT,
        layer,
        previous == null
            ? "takes floats, but the input is ids: put an embedding or one_hot layer first"
            : "takes floats, but layer '" + previous.name() + "' gives integers");
    if (layer instanceof Layer.Dense dense) {
      Shape kernel = dense.kernel().shape();
      require(
          kernel.rank() == 2, layer, "has a kernel of shape " + kernel + ", expected [in, out]");
      require(
          kernel.dim(0) == in.size(),
          layer,
          "has a kernel of shape " + kernel + ", but its input has size " + in.size());
      require(
          dense.bias().shape().equals(Shape.of(kernel.dim(1))),
          layer,
          "has a bias of shape " + dense.bias().shape() + ", expected [" + kernel.dim(1) + "]");
      return new Value(in.perStep(), Type.FLOAT, Math.toIntExact(kernel.dim(1)));
    }
    if (layer instanceof Layer.Rnn rnn) {
      require(
          in.perStep(), layer, "takes one entry per step, but the layer before it has one per row");
      int taken = rnn.inputSize();
      require(
          taken == in.size(),
          layer,
          "takes inputs of size " + taken + ", but its input has size " + in.size());
      return new Value(rnn.perStep(), Type.FLOAT, rnn.outputSize());
    }
    if (layer instanceof Layer.Reduce reduce) {
      return new Value(false, Type.FLOAT, reduced(reduce.reduction(), in, layer, previous));
    }
    if (layer instanceof Layer.Pool pool) {
      int size = 0;
      for (Layer.Reduction reduction : pool.reductions()) {
        size += reduced(reduction, in, layer, previous);
      }
      return new Value(false, Type.FLOAT, size);
    }
    if (layer instanceof Layer.Masking) {
      require(in.perStep(), layer, "masks steps, but the layer before it has one entry per row");
      return in;
    }
    if (layer instanceof Layer.BatchNorm norm) {
      for (Tensor each : List.of(norm.gamma(), norm.beta(), norm.mean(), norm.variance())) {
        requireSize(each, in, layer);
      }
      return in;
    }
    if (layer instanceof Layer.LayerNorm norm) {
      requireSize(norm.gamma(), in, layer);
      requireSize(norm.beta(), in, layer);
      return in;
    }
    if (layer instanceof Layer.Flatten flatten) {
      require(in.perStep(), layer, "joins steps, but the layer before it has one entry per row");
      long size = (long) flatten.steps() * in.size();
      require(
          size <= Integer.MAX_VALUE,
          layer,
          "joins " + flatten.steps() + " steps of size " + in.size() + ", too many to hold");
      return new Value(false, Type.FLOAT, (int) size);
    }
    if (layer instanceof Layer.Repeat) {
      require(!in.perStep(), layer, "repeats one entry per row, but the layer before it has steps");
      return new Value(true, Type.FLOAT, in.size());
    }
    if (layer instanceof Layer.Softmax
        || layer instanceof Layer.LogSoftmax
        || layer instanceof Layer.Activate) {
      return in;
    }
    return new Value(in.perStep(), Type.INT, 1);
  }

  /** The width of a reduction. */
  private static int reduced(Layer.Reduction reduction, Value in, Layer layer, Layer previous) {
    if (reduction == Layer.Reduction.FINAL_STATE) {
      require(previous instanceof Layer.Rnn, layer, "must stand directly behind an rnn layer");
      return FinalOutput.size((Layer.Rnn) previous);
    }
    require(in.perStep(), layer, "reduces steps, but the layer before it has one entry per row");
    return in.size();
  }

  private static void requireSize(Tensor tensor, Value in, Layer layer) {
    require(
        tensor.shape().equals(Shape.of(in.size())),
        layer,
        "has a tensor of shape " + tensor.shape() + ", but its input has size " + in.size());
  }

  private static void require(boolean condition, Layer layer, String otherwise) {
    if (!condition) {
      throw new IllegalArgumentException("layer '" + layer.name() + "' " + otherwise);
    }
  }
}
