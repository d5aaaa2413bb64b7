package org.sparkrnn.bench;

import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.dnnl.IntMemoryMap;
import org.bytedeco.dnnl.engine;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.dnnl.gru_forward;
import org.bytedeco.dnnl.lbr_gru_forward;
import org.bytedeco.dnnl.lstm_forward;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.primitive;
import org.bytedeco.dnnl.reorder;
import org.bytedeco.dnnl.rnn_primitive_desc_base;
import org.bytedeco.dnnl.stream;
import org.bytedeco.javacpp.FloatPointer;
import org.sparkrnn.cell.LstmCell;
import org.sparkrnn.cell.ResetAfterGruCell;
import org.sparkrnn.cell.RnnCell;

/**
 * oneDNN's LSTM and GRU primitives. A primitive is made once for each size of batch, and weights are
 * reordered once for each layout that a primitive wants; neither is timed.
 */
final class OneDnnPeer implements Peer {
  private final engine cpu = new engine(engine.kind.cpu, 0);
  private final stream calls = new stream(cpu);

  @Override
  public String name() {
    var version = dnnl.dnnl_version();
    return "oneDNN " + version.major() + "." + version.minor() + "." + version.patch();
  }

  @Override
  public boolean has(RnnCell cell) {
    return true;
  }

  @Override
  public Loaded load(RnnCell cell, int maxSteps, int maxRows) {
    return new Layer(cell, (long) maxSteps * maxRows);
  }

  private static memory.desc desc(memory.format_tag layout, long... dims) {
    return new memory.desc(dims, memory.data_type.f32, layout);
  }

  private record Batch(primitive operation, IntMemoryMap arguments, FloatBuffer x, FloatBuffer y) {}

  private final class Layer implements Loaded {
    private final RnnCell cell;
    private final Gates gates;
    private final FloatPointer x;
    private final FloatPointer y;
    private final FloatPointer w;
    private final FloatPointer r;
    private final FloatPointer b;
    private final Map<Long, Batch> batches = new HashMap<>();
    private final List<memory> inputWeights = new ArrayList<>();
    private final List<memory> recurrentWeights = new ArrayList<>();
    private Batch batch;

    Layer(RnnCell cell, long maxTokens) {
      this.cell = cell;
      gates = Gates.of(cell, cell instanceof LstmCell ? "ifjo" : "urc");
      int n = gates.units();
      int all = gates.count() * n;
      x = new FloatPointer(maxTokens * gates.inputs());
      y = new FloatPointer(maxTokens * n);
      w = new FloatPointer(Gates.turned(gates.w(), all, gates.inputs()));
      r = new FloatPointer(Gates.turned(gates.r(), all, n));
      float[] bias = gates.inputBias();
      if (cell instanceof ResetAfterGruCell) {
        bias = java.util.Arrays.copyOf(bias, 4 * n);
        System.arraycopy(gates.recurrentBias(), 2 * n, bias, 3 * n, n);
      }
      b = new FloatPointer(bias);
    }

    @Override
    public void shape(int steps, int rows) {
      batch = batches.computeIfAbsent((long) steps << 32 | rows, key -> batch(steps, rows));
    }

    private Batch batch(int steps, int rows) {
      int n = gates.units();
      int in = gates.inputs();
      int g = gates.count();
      memory.desc src = desc(memory.format_tag.tnc, steps, rows, in);
      memory.desc dst = desc(memory.format_tag.tnc, steps, rows, n);
      memory.desc anyW = desc(memory.format_tag.any, 1, 1, in, g, n);
      memory.desc anyR = desc(memory.format_tag.any, 1, 1, n, g, n);
      int biases = cell instanceof ResetAfterGruCell ? 4 : g;
      memory.desc bias = desc(memory.format_tag.ldgo, 1, 1, biases, n);
      memory.desc none = new memory.desc();
      rnn_primitive_desc_base made;
      primitive operation;
      int inference = dnnl.prop_kind.forward_inference.value;
      int forward = dnnl.rnn_direction.unidirectional_left2right.value;
      if (cell instanceof LstmCell) {
        lstm_forward.primitive_desc lstm =
            new lstm_forward.primitive_desc(
                cpu, inference, forward, src, none, none, anyW, anyR, bias, dst, none, none);
        made = lstm;
        operation = new lstm_forward(lstm);
      } else if (cell instanceof ResetAfterGruCell) {
        lbr_gru_forward.primitive_desc gru =
            new lbr_gru_forward.primitive_desc(
                cpu, inference, forward, src, none, anyW, anyR, bias, dst, none);
        made = gru;
        operation = new lbr_gru_forward(gru);
      } else {
        gru_forward.primitive_desc gru =
            new gru_forward.primitive_desc(
                cpu, inference, forward, src, none, anyW, anyR, bias, dst, none);
        made = gru;
        operation = new gru_forward(gru);
      }
      IntMemoryMap arguments =
          new IntMemoryMap()
              .put(dnnl.DNNL_ARG_SRC_LAYER, new memory(src, cpu, x))
              .put(
                  dnnl.DNNL_ARG_WEIGHTS_LAYER,
                  laidOut(inputWeights, w, desc(memory.format_tag.ldigo, 1, 1, in, g, n), made.weights_layer_desc()))
              .put(
                  dnnl.DNNL_ARG_WEIGHTS_ITER,
                  laidOut(recurrentWeights, r, desc(memory.format_tag.ldigo, 1, 1, n, g, n), made.weights_iter_desc()))
              .put(dnnl.DNNL_ARG_BIAS, new memory(bias, cpu, b))
              .put(dnnl.DNNL_ARG_DST_LAYER, new memory(dst, cpu, y));
      return new Batch(
          operation,
          arguments,
          x.asBuffer().slice(0, steps * rows * in),
          y.asBuffer().slice(0, steps * rows * n));
    }

    /** The weights as a primitive wants them; each layout is made once. */
    private memory laidOut(
        List<memory> cache, FloatPointer weights, memory.desc given, memory.desc wanted) {
      for (memory known : cache) {
        if (known.get_desc().equals(wanted)) {
          return known;
        }
      }
      memory target = new memory(wanted, cpu);
      memory source = new memory(given, cpu, weights);
      new reorder(source, target).execute(calls, source, target);
      calls._wait();
      cache.add(target);
      return target;
    }

    @Override
    public FloatBuffer input() {
      return batch.x;
    }

    @Override
    public void run() {
      batch.operation.execute(calls, batch.arguments);
      calls._wait();
    }

    @Override
    public FloatBuffer output() {
      return batch.y;
    }

    @Override
    public void close() {
      // JavaCPP frees what nobody refers to.
      batches.clear();
      x.close();
      y.close();
    }
  }
}
