package org.sparkrnn.model.onnx;

import java.util.Set;

/** Names of ONNX' operators. */
final class OnnxOperators {
  /** Those of which some run; the others never do, whatever they read. */
  static final Set<String> RUN =
      Set.of(
          "Add",
          "ArgMax",
          "BatchNormalization",
          "Cast",
          "Celu",
          "Clip",
          "Concat",
          "Constant",
          "ConstantOfShape",
          "Div",
          "Dropout",
          "Elu",
          "Exp",
          "Expand",
          "Flatten",
          "GRU",
          "Gather",
          "Gelu",
          "Gemm",
          "GlobalAveragePool",
          "GlobalMaxPool",
          "HardSigmoid",
          "HardSwish",
          "Identity",
          "LSTM",
          "LayerNormalization",
          "LeakyRelu",
          "LogSoftmax",
          "MatMul",
          "Mish",
          "Mul",
          "Neg",
          "PRelu",
          "Pow",
          "RNN",
          "ReduceMax",
          "ReduceMean",
          "ReduceSum",
          "Relu",
          "Reshape",
          "Selu",
          "Shape",
          "Sigmoid",
          "Slice",
          "Softmax",
          "Softplus",
          "Softsign",
          "Split",
          "Sqrt",
          "Squeeze",
          "Sub",
          "Tanh",
          "ThresholdedRelu",
          "Tile",
          "Transpose",
          "Unsqueeze");

  private OnnxOperators() {}
}
