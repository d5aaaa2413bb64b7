package org.sparkrnn.bench;

import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValue;
import ai.djl.pytorch.jni.IValueUtils;
import ai.djl.pytorch.jni.JniUtils;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Arrays;
import org.sparkrnn.cell.GruCell;
import org.sparkrnn.cell.LstmCell;
import org.sparkrnn.cell.RnnCell;

/**
 * {@code torch.nn.LSTM} and {@code GRU}, padded and packed. Input and output are read and written in
 * place.
 */
final class PyTorchPeer implements Peer {
  private final PtNDManager manager;
  private final PtSymbolBlock module;

  /** Held, because it closes the module when it is collected. */
  private final Model model;

  PyTorchPeer() {
    manager = (PtNDManager) NDManager.newBaseManager("PyTorch");
    JniUtils.setNumThreads(1);
    model = Model.newInstance("bench", "PyTorch");
    try {
      model.load(new ByteArrayInputStream(TorchScript.archive()));
    } catch (IOException | MalformedModelException e) {
      throw new PeerException("PyTorch", e);
    }
    module = (PtSymbolBlock) model.getBlock();
  }

  @Override
  public String name() {
    String limit = System.getenv("ONEDNN_MAX_CPU_ISA");
    return "PyTorch "
        + Engine.getEngine("PyTorch").getVersion()
        + (limit == null ? "" : " (oneDNN up to " + limit + ")");
  }

  /** Not TensorFlow's GRU, which resets before the product. */
  @Override
  public boolean has(RnnCell cell) {
    return !(cell instanceof GruCell);
  }

  @Override
  public Loaded load(RnnCell cell, int maxSteps, int maxRows) {
    return new Layer(cell, maxSteps * maxRows);
  }

  private final class Layer implements Packed {
    private final boolean lstm;
    private final Gates gates;
    private final ByteBuffer buffer;
    private final IValue weights;
    private PtNDManager batch;
    private String method;
    private IValue[] arguments;
    private FloatBuffer x;
    private PtNDArray y;

    Layer(RnnCell cell, int maxTokens) {
      lstm = cell instanceof LstmCell;
      gates = Gates.of(cell, lstm ? "ifjo" : "ruc");
      int all = gates.count() * gates.units();
      buffer = OnnxRuntimePeer.direct(maxTokens * gates.inputs());
      weights =
          IValue.listFrom(
              tensor(manager, gates.w(), all, gates.inputs()),
              tensor(manager, gates.r(), all, gates.units()),
              tensor(manager, gates.inputBias(), all),
              tensor(manager, gates.recurrentBias(), all));
    }

    private PtNDArray tensor(PtNDManager owner, float[] values, long... shape) {
      return (PtNDArray) owner.create(values, new Shape(shape));
    }

    @Override
    public void shape(int steps, int rows) {
      begin(lstm ? "lstm" : "gru", steps * rows);
      IValue in = input(steps, rows, gates.inputs());
      arguments =
          lstm
              ? new IValue[] {in, zeros(rows), zeros(rows), weights}
              : new IValue[] {in, zeros(rows), weights};
    }

    @Override
    public void shape(int[] rowsAtStep) {
      int tokens = Arrays.stream(rowsAtStep).sum();
      begin(lstm ? "lstm_packed" : "gru_packed", tokens);
      IValue in = input(tokens, gates.inputs());
      long[] sizes = Arrays.stream(rowsAtStep).asLongStream().toArray();
      IValue each = IValue.from((PtNDArray) batch.create(sizes));
      int rows = rowsAtStep[0];
      arguments =
          lstm
              ? new IValue[] {in, each, zeros(rows), zeros(rows), weights}
              : new IValue[] {in, each, zeros(rows), weights};
    }

    private void begin(String name, int tokens) {
      if (batch != null) {
        batch.close();
      }
      batch = (PtNDManager) manager.newSubManager();
      method = name;
      x = OnnxRuntimePeer.floats(buffer, tokens * gates.inputs());
      y = null;
    }

    private IValue input(long... shape) {
      ByteBuffer part = buffer.duplicate().order(ByteOrder.nativeOrder()).limit(4 * x.capacity());
      return IValue.from(batch.create(part, new Shape(shape), DataType.FLOAT32));
    }

    private IValue zeros(int rows) {
      return IValue.from(tensor(batch, new float[rows * gates.units()], 1, rows, gates.units()));
    }

    @Override
    public FloatBuffer input() {
      return x;
    }

    @Override
    public void run() {
      if (y != null) {
        y.close();
      }
      try (IValue result = IValueUtils.runMethod(module, method, arguments)) {
        y = result.toTensor(batch);
      }
    }

    @Override
    public FloatBuffer output() {
      return y.toByteBuffer(true).order(ByteOrder.nativeOrder()).asFloatBuffer();
    }

    @Override
    public void close() {
      batch.close();
    }
  }
}
