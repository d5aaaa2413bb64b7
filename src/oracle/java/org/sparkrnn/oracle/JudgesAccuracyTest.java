package org.sparkrnn.oracle;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.sparkrnn.cell.Activation;
import org.tensorflow.EagerSession;
import org.tensorflow.op.Ops;

/** The judges' elementary functions are as accurate as {@link BoundedArithmetic} takes them to be. */
class JudgesAccuracyTest {
  private static final long SEED = 11;
  private static final int COUNT = 1 << 20;

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
