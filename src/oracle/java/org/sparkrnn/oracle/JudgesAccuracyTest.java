package org.sparkrnn.oracle;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.onnxruntime.OrtException;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.sparkrnn.cell.Activation;
import org.sparkrnn.cell.BasicRnnCell;
import org.sparkrnn.cell.RnnCell;
import org.sparkrnn.tensor.Shape;
import org.sparkrnn.tensor.Tensor;
import org.tensorflow.EagerSession;
import org.tensorflow.op.Ops;

/** The judges' elementary functions are as accurate as {@link BoundedArithmetic} takes them to be. */
class JudgesAccuracyTest {
  private static final long SEED = 11;
  private static final int COUNT = 1 << 17;

  /** Arguments of every size: uniform within 20, and within ever smaller ranges around 0. */
  private static float[] arguments() {
    Random random = new Random(SEED);
    float[] x = new float[COUNT];
    for (int i = 0; i < COUNT; i++) {
      x[i] = (random.nextFloat() * 2 - 1) * 20 / (1 << (i % 24));
    }
    return x;
  }

  @Test
  void tensorFlowKeepsTheBounds() {
    float[] x = arguments();
    try (EagerSession session = EagerSession.create()) {
      Ops tf = Ops.create(session);
      TensorFlowActivations activations = new TensorFlowActivations(tf);
      EveryActivation.elementwise()
          .forEach(
              activation ->
                  check(
                      activation,
                      x,
                      TensorFlowLoop.floats(activations.apply(activation, tf.constant(x)))));
    }
  }

  @Test
  void pyTorchKeepsTheBounds() {
    float[] x = arguments();
    try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
      NDArray array = manager.create(x);
      check(Activation.TANH, x, array.tanh().toFloatArray());
      check(
          Activation.SIGMOID,
          x,
          ai.djl.nn.Activation.sigmoid(array).toFloatArray());
      check(Activation.RELU, x, ai.djl.nn.Activation.relu(array).toFloatArray());
    }
  }

  /** Inside its recurrent nodes, which do not compute as its elementwise ones do. */
  @Test
  void onnxRuntimeKeepsTheBounds() throws OrtException {
    float[] x = arguments();
    Tensor one = Tensor.of(Shape.of(2, 1), 1, 0);
    for (Activation activation :
        List.of(Activation.TANH, Activation.SIGMOID, Activation.RELU, Activation.SOFTSIGN)) {
      float[][] steps = new float[x.length][1];
      for (int i = 0; i < x.length; i++) {
        steps[i][0] = x[i];
      }
      JudgedRows rows = new JudgedRows(new float[][][] {steps, {{0}}}, new float[2][1]);
      List<RnnCell> cell = List.of(new BasicRnnCell(one, Tensor.zeros(1), activation));
      try (OnnxRuntime runtime = new OnnxRuntime(cell, rows)) {
        float[][] outputs = runtime.run(0).outputs()[0];
        float[] y = new float[x.length];
        for (int i = 0; i < x.length; i++) {
          y[i] = outputs[i][0];
        }
        check(activation, x, y);
      }
    }
  }

  /** Every result is within what {@link BoundedArithmetic} allows a function of an exact argument. */
  private static void check(Activation activation, float[] x, float[] y) {
    Bounded bound = BoundedArithmetic.BOUNDS.apply(activation, Bounded.exact(x));
    for (int i = 0; i < x.length; i++) {
      double error = Math.abs(y[i] - bound.value()[i]);
      if (!(error <= bound.error()[i])) {
        throw new AssertionError(
            String.format(
                "%s at %s is %s, exactly %s: off by %s, allowed %s (seed %d)",
                activation, x[i], y[i], bound.value()[i], error, bound.error()[i], SEED));
      }
    }
  }
}
