package org.sparkrnn.cell;

import java.io.Serializable;

/**
 * A function that TensorFlow, Keras or ONNX names for cells and dense layers: its kind and its two
 * parameters. Two activations are the same when they are {@linkplain #equals equal}.
 *
 * <p>All but {@link Kind#SOFTMAX} are elementwise. NaN stays NaN in all of them; at infinite
 * arguments they have their limits, also where TensorFlow's own formula gives NaN ({@code silu},
 * {@code mish}, {@code gelu}, {@code hard_silu} at minus infinity: 0; {@code softsign}: -1 and 1).
 *
 * @param kind which function
 * @param alpha its first parameter; 0 where it has none
 * @param beta its second parameter; 0 where it has none
 */
public record Activation(Kind kind, float alpha, float beta) implements Serializable {

  /** {@code x}. */
  public static final Activation LINEAR = of(Kind.LINEAR);

  /** {@code tanh(x)}. */
  public static final Activation TANH = of(Kind.TANH);

  /** {@code 1 / (1 + exp(-x))}. */
  public static final Activation SIGMOID = of(Kind.SIGMOID);

  /** {@code max(x, 0)}. */
  public static final Activation RELU = new Activation(Kind.CLIP, 0, Float.POSITIVE_INFINITY);

  /** {@code min(max(x, 0), 6)}. */
  public static final Activation RELU6 = new Activation(Kind.CLIP, 0, 6);

  /** {@code x / (1 + |x|)}. */
  public static final Activation SOFTSIGN = of(Kind.SOFTSIGN);

  /** {@code x} above 0, {@code exp(x) - 1} below. */
  public static final Activation ELU = new Activation(Kind.ELU, 1, 1);

  /** {@code exp(x)}. */
  public static final Activation EXPONENTIAL = of(Kind.EXPONENTIAL);

  /** {@code min(max(0.2 x + 0.5, 0), 1)}: Keras 1 and 2, tf.keras, Theano, ONNX' default. */
  public static final Activation HARD_SIGMOID = new Activation(Kind.HARD_SIGMOID, 0.2f, 0.5f);

  /** {@code exp(x - max) / sum} over a whole entry: of a dense layer only. */
  public static final Activation SOFTMAX = of(Kind.SOFTMAX);

  /** The functions, with {@code a} for alpha and {@code b} for beta. */
  public enum Kind {
    /** {@code x}. */
    LINEAR,
    /** {@code a x + b}. */
    AFFINE,
    /** {@code tanh(x)}. */
    TANH,
    /** {@code a tanh(b x)}. */
    SCALED_TANH,
    /** {@code x - tanh(x)}. */
    TANH_SHRINK,
    /** {@code 1 / (1 + exp(-x))}. */
    SIGMOID,
    /** {@code log(sigmoid(x))}. */
    LOG_SIGMOID,
    /** {@code min(max(a x + b, 0), 1)}. */
    HARD_SIGMOID,
    /** {@code min(max(x, a), b)}. */
    CLIP,
    /** {@code x} above 0, {@code a x} below. */
    LEAKY_RELU,
    /** {@code x} above a, b otherwise. */
    THRESHOLD,
    /** {@code b x} above 0, {@code a (exp(x) - 1)} below. */
    ELU,
    /** {@code x} above 0, {@code a (exp(x / a) - 1)} below. */
    CELU,
    /** {@code exp(x)}. */
    EXPONENTIAL,
    /** {@code x / (1 + |x|)}. */
    SOFTSIGN,
    /** {@code log(1 + exp(x))}. */
    SOFTPLUS,
    /** {@code (x + sqrt(x^2 + a)) / 2}. */
    SQUAREPLUS,
    /** 0 up to -1, {@code x} from 1 on, {@code (x + 1)^2 / 4} between. */
    SPARSE_PLUS,
    /** {@code x (1 + erf(x / sqrt(2))) / 2}. */
    GELU,
    /** {@code x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))) / 2}. */
    GELU_TANH,
    /** {@code x sigmoid(x)}. */
    SILU,
    /** {@code x min(max(a x + b, 0), 1)}. */
    HARD_SILU,
    /** {@code x tanh(softplus(x))}. */
    MISH,
    /** {@code x} moved towards 0 by a, 0 where it is nearer. */
    SOFT_SHRINK,
    /** {@code x} where it is farther from 0 than a, 0 elsewhere. */
    HARD_SHRINK,
    /** {@code exp(x - max) / sum} over all values of an entry. */
    SOFTMAX
  }

  /** Refuses parameters for which there is no such function. */
  public Activation {
    switch (kind) {
      case CELU -> require(alpha > 0, "alpha must be above 0, found " + alpha);
      case SOFT_SHRINK, HARD_SHRINK, SQUAREPLUS ->
          require(alpha >= 0, "alpha must be at least 0, found " + alpha);
      case CLIP ->
          require(alpha <= beta, "alpha must be at most beta, found " + alpha + " and " + beta);
      default -> require(!Float.isNaN(alpha + beta), "a parameter is not a number");
    }
  }

  private static void require(boolean condition, String otherwise) {
    if (!condition) {
      throw new IllegalArgumentException(otherwise);
    }
  }

  /** A function without parameters. */
  public static Activation of(Kind kind) {
    return new Activation(kind, 0, 0);
  }

  /** Whether each value's result depends on that value alone. */
  public boolean elementwise() {
    return kind != Kind.SOFTMAX;
  }
}
