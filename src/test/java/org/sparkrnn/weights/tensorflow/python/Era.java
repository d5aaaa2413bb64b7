package org.sparkrnn.weights.tensorflow.python;

/** Versions of TensorFlow whose Python library spells graphs differently. */
public enum Era {
  /** 0.11: {@code Concat} with its axis first, {@code TensorArrayV2}, {@code weights}. */
  V0_11(15),
  /** 1.2: {@code ConcatV2}, {@code TensorArrayV3}, {@code kernel}; loops count no iterations. */
  V1_2(22),
  /** 1.15: {@code AddV2}, {@code BatchMatMulV2}; loops count their iterations. */
  V1_15(134);

  private final int producer;

  Era(int producer) {
    this.producer = producer;
  }

  /** The version that stands in its graphs: operations that it knows may be gone in later ones. */
  int producer() {
    return producer;
  }
}
