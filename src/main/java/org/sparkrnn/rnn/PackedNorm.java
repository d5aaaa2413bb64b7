package org.sparkrnn.rnn;

import org.sparkrnn.ops.Normalisation;
import org.sparkrnn.tensor.Tensor;

/**
 * A layer that normalises, ready to run: of batch normalisation one factor and one addend for each
 * number of an entry.
 *
 * @param gamma the factor, or what a normalised number is multiplied with
 * @param beta the addend
 * @param epsilon added to an entry's variance; negative where entries are not looked at as a whole
 */
@SuppressWarnings("ArrayRecordComponent") // handed down, never compared
record PackedNorm(float[] gamma, float[] beta, float epsilon) {
  private static final float BY_COLUMN = -1;

  /** Of a layer; null where it does not normalise. */
  static PackedNorm of(Layer layer) {
    if (layer instanceof Layer.LayerNorm norm) {
      return new PackedNorm(norm.gamma().toArray(), norm.beta().toArray(), norm.epsilon());
    }
    return layer instanceof Layer.BatchNorm norm ? of(norm) : null;
  }

  private static PackedNorm of(Layer.BatchNorm norm) {
    int size = Math.toIntExact(norm.gamma().shape().elements());
    float[] factor = new float[size];
    float[] addend = new float[size];
    for (int i = 0; i < size; i++) {
      double by = norm.gamma().at(i) / deviation(norm.variance(), i, norm.epsilon());
      factor[i] = (float) by;
      addend[i] = (float) (norm.beta().at(i) - norm.mean().at(i) * by);
    }
    return new PackedNorm(factor, addend, BY_COLUMN);
  }

  private static double deviation(Tensor variance, int i, float epsilon) {
    return Math.sqrt((double) variance.at(i) + epsilon);
  }

  /** Normalises {@code entries} entries of {@code x} into {@code y}. */
  void apply(float[] x, float[] y, int entries) {
    if (epsilon < 0) {
      Normalisation.scale(x, gamma, beta, y, entries);
    } else {
      Normalisation.normalise(x, gamma, beta, epsilon, y, entries);
    }
  }

  long bytes() {
    return (long) Float.BYTES * (gamma.length + beta.length);
  }
}
