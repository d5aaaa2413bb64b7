package org.sparkrnn.bench;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.HashMap;
import java.util.Map;
import org.sparkrnn.cell.LstmCell;
import org.sparkrnn.cell.ResetAfterGruCell;
import org.sparkrnn.cell.RnnCell;

/**
 * ONNX Runtime's LSTM and GRU nodes. The weights are initialisers, so that it packs them once; input
 * and output are direct buffers that it reads and writes in place.
 */
final class OnnxRuntimePeer implements Peer {
  private final OrtEnvironment environment = OrtEnvironment.getEnvironment();

  @Override
  public String name() {
    return "ONNX Runtime " + environment.getVersion();
  }

  @Override
  public boolean has(RnnCell cell) {
    return true;
  }

  @Override
  public Loaded load(RnnCell cell, int maxSteps, int maxRows) {
    try {
      return new Node(cell, maxSteps * maxRows);
    } catch (OrtException e) {
      throw new PeerException(name(), e);
    }
  }

  private record Batch(FloatBuffer x, FloatBuffer y, OnnxTensor in, OnnxTensor out) {}

  private final class Node implements Loaded {
    private final OrtSession session;
    private final ByteBuffer x;
    private final ByteBuffer y;
    private final int inputs;
    private final int units;
    private final Map<Long, Batch> batches = new HashMap<>();
    private Batch batch;

    Node(RnnCell cell, int maxTokens) throws OrtException {
      boolean lstm = cell instanceof LstmCell;
      Gates gates = Gates.of(cell, lstm ? "iofj" : "urc");
      inputs = gates.inputs();
      units = gates.units();
      x = direct(maxTokens * inputs);
      y = direct(maxTokens * units);
      OrtSession.SessionOptions options = new OrtSession.SessionOptions();
      options.setIntraOpNumThreads(1);
      options.setInterOpNumThreads(1);
      options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.ALL_OPT);
      byte[] model =
          OnnxModel.of(lstm ? "LSTM" : "GRU", cell instanceof ResetAfterGruCell ? 1 : 0, gates);
      session = environment.createSession(model, options);
    }

    @Override
    public void shape(int steps, int rows) {
      batch = batches.computeIfAbsent((long) steps << 32 | rows, key -> batch(steps, rows));
    }

    private Batch batch(int steps, int rows) {
      FloatBuffer in = floats(x, steps * rows * inputs);
      FloatBuffer out = floats(y, steps * rows * units);
      try {
        return new Batch(
            in,
            out,
            OnnxTensor.createTensor(environment, in, new long[] {steps, rows, inputs}),
            OnnxTensor.createTensor(environment, out, new long[] {steps, 1, rows, units}));
      } catch (OrtException e) {
        throw new PeerException(name(), e);
      }
    }

    @Override
    public FloatBuffer input() {
      return batch.x;
    }

    @Override
    public void run() {
      try {
        session.run(Map.of("X", batch.in), Map.of("Y", batch.out)).close();
      } catch (OrtException e) {
        throw new PeerException(name(), e);
      }
    }

    @Override
    public FloatBuffer output() {
      return batch.y;
    }

    @Override
    public void close() {
      try {
        for (Batch each : batches.values()) {
          each.in.close();
          each.out.close();
        }
        session.close();
      } catch (OrtException e) {
        throw new PeerException(name(), e);
      }
    }
  }

  static ByteBuffer direct(int floats) {
    return ByteBuffer.allocateDirect(4 * floats).order(ByteOrder.nativeOrder());
  }

  static FloatBuffer floats(ByteBuffer bytes, int count) {
    return bytes.duplicate().order(ByteOrder.nativeOrder()).asFloatBuffer().slice(0, count);
  }
}
