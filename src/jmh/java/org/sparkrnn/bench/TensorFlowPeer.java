package org.sparkrnn.bench;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.HashMap;
import java.util.Map;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.sparkrnn.cell.LstmCell;
import org.sparkrnn.cell.RnnCell;
import org.tensorflow.Graph;
import org.tensorflow.GraphOperation;
import org.tensorflow.Operand;
import org.tensorflow.OperationBuilder;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.TensorFlow;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.ndarray.buffer.DataStorageVisitor;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;

/**
 * TensorFlow's {@code BlockLSTM}, the operation behind {@code LSTMBlockFusedCell}: its best case, for
 * {@code dynamic_rnn} itself is a loop of small operations. It has no GRU of that kind.
 */
final class TensorFlowPeer implements Peer {
  @Override
  public String name() {
    return "TensorFlow " + TensorFlow.version();
  }

  @Override
  public boolean has(RnnCell cell) {
    return cell instanceof LstmCell;
  }

  @Override
  public Loaded load(RnnCell cell, int maxSteps, int maxRows) {
    return new Block((LstmCell) cell);
  }

  private record Batch(TInt64 steps, TFloat32 x, TFloat32 zeros, FloatBuffer input) {}

  private static final class Block implements Loaded {
    private final Graph graph = new Graph();
    private final Session session;
    private final int inputs;
    private final int units;
    private final Operand<TInt64> steps;
    private final Operand<TFloat32> x;
    private final Operand<TFloat32> zeros;
    private final Map<Long, Batch> batches = new HashMap<>();
    private Batch batch;
    private Result result;

    Block(LstmCell cell) {
      inputs = cell.inputSize();
      units = cell.numUnits();
      Ops tf = Ops.create(graph);
      steps = tf.placeholder(TInt64.class, Placeholder.shape(Shape.scalar()));
      x = tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, -1, inputs)));
      zeros = tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, units)));
      OperationBuilder builder = tf.scope().opBuilder("BlockLSTM", "lstm");
      builder.addInput(steps.asOutput()).addInput(x.asOutput());
      builder.addInput(zeros.asOutput()).addInput(zeros.asOutput());
      builder.addInput(
          tf.constant(
                  Shape.of(inputs + units, 4L * units), DataBuffers.of(cell.kernel().toArray()))
              .asOutput());
      Operand<TFloat32> none = tf.constant(new float[units]);
      builder.addInput(none.asOutput()).addInput(none.asOutput()).addInput(none.asOutput());
      builder.addInput(tf.constant(cell.bias().toArray()).asOutput());
      builder.setAttr("forget_bias", cell.forgetBias());
      builder.setAttr("cell_clip", -1f);
      builder.setAttr("use_peephole", false);
      builder.build();
      // A negative number of threads between operations: all of them run on the caller's.
      session =
          new Session(
              graph,
              ConfigProto.newBuilder()
                  .setIntraOpParallelismThreads(1)
                  .setInterOpParallelismThreads(-1)
                  .build());
    }

    @Override
    public void shape(int length, int rows) {
      batch = batches.computeIfAbsent((long) length << 32 | rows, key -> batch(length, rows));
    }

    private Batch batch(int length, int rows) {
      TFloat32 in = TFloat32.tensorOf(Shape.of(length, rows, inputs));
      return new Batch(
          TInt64.scalarOf(length),
          in,
          TFloat32.tensorOf(
              Shape.of(rows, units), DataBuffers.of(new float[rows * units])),
          inPlace(in));
    }

    @Override
    public FloatBuffer input() {
      return batch.input;
    }

    @Override
    public void run() {
      if (result != null) {
        result.close();
      }
      GraphOperation lstm = graph.operationOrThrow("lstm");
      result =
          session
              .runner()
              .feed(steps, batch.steps)
              .feed(x, batch.x)
              .feed(zeros, batch.zeros)
              .fetch(lstm.output(6))
              .run();
    }

    @Override
    public FloatBuffer output() {
      return inPlace((TFloat32) result.get(0));
    }

    @Override
    public void close() {
      if (result != null) {
        result.close();
      }
      for (Batch each : batches.values()) {
        each.steps.close();
        each.x.close();
        each.zeros.close();
      }
      session.close();
      graph.close();
    }
  }

  /** A tensor's own memory. */
  private static FloatBuffer inPlace(TFloat32 tensor) {
    return tensor
        .asRawTensor()
        .data()
        .accept(
            new DataStorageVisitor<FloatBuffer>() {
              @Override
              public FloatBuffer visit(ByteBuffer bytes) {
                return bytes.order(ByteOrder.nativeOrder()).asFloatBuffer();
              }

              @Override
              public FloatBuffer visit(long address, long length, long scale) {
                return new Memory(address, length * scale / Float.BYTES).asBuffer();
              }

              @Override
              public FloatBuffer fallback() {
                throw new IllegalStateException("a tensor's memory cannot be reached");
              }
            });
  }

  private static final class Memory extends FloatPointer {
    Memory(long address, long floats) {
      super((Pointer) null);
      this.address = address;
      this.limit = floats;
      this.capacity = floats;
    }
  }
}
