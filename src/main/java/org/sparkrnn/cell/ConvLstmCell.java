package org.sparkrnn.cell;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.sparkrnn.tensor.Shape;
import org.sparkrnn.tensor.Tensor;

/**
 * TensorFlow's {@code ConvLSTMCell} in any number of dimensions: an LSTM at every place of a grid,
 * which sees its neighbours through a convolution with padding {@code SAME}. Gate order {@code i,
 * j, f, o}.
 *
 * <pre>{@code
 * i, j, f, o = split(convolve([x, h], kernel) + bias)
 * c' = sigmoid(f + forgetBias) * c + sigmoid(i) * tanh(j)
 * h' = sigmoid(o) * tanh(c')
 * output = h', or [h', x] with a skip connection
 * }</pre>
 *
 * <p>Inputs, states and outputs are flattened, place by place in row-major order, a place's
 * channels together. With a skip connection TensorFlow returns the output as the new {@code h} too,
 * which its cell cannot read in a second step; here {@code h} is what the cell says its state is.
 *
 * @param inputShape the grid's sizes and the number of the inputs' channels
 * @param kernel {@code [k..., channels + outputChannels, 4 * outputChannels]}
 * @param bias {@code biases}, {@code [4 * outputChannels]}; empty without
 * @param forgetBias added to {@code f} at run time; no checkpoint records it
 * @param skipConnection whether the inputs are a part of the output
 * @see <a
 *     href="https://github.com/tensorflow/tensorflow/blob/v1.15.0/tensorflow/contrib/rnn/python/ops/rnn_cell.py">TensorFlow
 *     1.15, contrib/rnn, rnn_cell.py</a>
 */
public record ConvLstmCell(
    List<Integer> inputShape, Tensor kernel, Tensor bias, float forgetBias, boolean skipConnection)
    implements FormulaCell {
  /** Checks the shapes; takes a copy of the list. */
  public ConvLstmCell {
    inputShape = List.copyOf(inputShape);
    int rank = kernel.shape().rank();
    if (inputShape.size() < 2 || rank != inputShape.size() + 1) {
      throw new IllegalArgumentException(
          "kernel has shape "
              + kernel.shape()
              + ", expected as many sizes as the grid of "
              + inputShape
              + ", then [channels, 4 * output_channels]");
    }
    long gates = kernel.shape().dim(rank - 1);
    long channels = inputShape.get(inputShape.size() - 1) + gates / 4;
    if (gates % 4 != 0 || kernel.shape().dim(rank - 2) != channels) {
      throw new IllegalArgumentException(
          "kernel has shape "
              + kernel.shape()
              + ", expected [..., channels + output_channels, 4 * output_channels]");
    }
    if (bias.shape().elements() > 0) {
      Shapes.require("biases", bias, "[4 * output_channels]", gates);
    }
  }

  /** Channels of the state. */
  public int outputChannels() {
    return Math.toIntExact(kernel.shape().dim(kernel.shape().rank() - 1) / 4);
  }

  /** The sizes of the convolution's window. */
  public List<Integer> kernelShape() {
    return grid().stream().map(axis -> Math.toIntExact(kernel.shape().dim(axis))).toList();
  }

  /** Whether there is a bias. */
  public boolean usesBias() {
    return bias.shape().elements() > 0;
  }

  private int inputChannels() {
    return inputShape.get(inputShape.size() - 1);
  }

  /** The axes of the grid. */
  private List<Integer> grid() {
    return IntStream.range(0, inputShape.size() - 1).boxed().toList();
  }

  private int places() {
    return inputShape.stream().limit(inputShape.size() - 1L).reduce(1, Math::multiplyExact);
  }

  @Override
  public int inputSize() {
    return places() * inputChannels();
  }

  @Override
  public int outputSize() {
    return places() * (outputChannels() + (skipConnection ? inputChannels() : 0));
  }

  @Override
  public StateShape stateShape() {
    return LstmFormula.state(places() * outputChannels(), places() * outputChannels());
  }

  @Override
  public Formula formula() {
    int places = places();
    int channels = outputChannels();
    Term x = Term.input(inputSize());
    Term c = Term.state(0, places * channels);
    Term h = Term.state(1, places * channels);
    int rows = Math.toIntExact(kernel.shape().elements() / (4L * channels));
    Tensor matrix = Tensor.owning(Shape.of(rows, 4L * channels), kernel.toArray());
    Term windows = Term.concat(x, h).gather(windows());
    Term z = usesBias() ? windows.product(matrix, bias) : windows.product(matrix);
    List<Term> gates = List.of(gate(z, 0), gate(z, 1), gate(z, 2), gate(z, 3));
    Term next = LstmFormula.update(gates, forgetBias, Activation.TANH, c);
    Term output = gates.get(3).sigmoid().times(next.tanh());
    return new Formula(skipConnection ? beside(output, x) : output, next, output);
  }

  /** For each place and each place of its window where the channels of x and h are. */
  private int[] windows() {
    int places = places();
    int width = inputChannels() + outputChannels();
    List<Integer> window = kernelShape();
    int steps = window.stream().reduce(1, Math::multiplyExact);
    int[] from = new int[places * steps * width];
    for (int place = 0; place < places; place++) {
      for (int step = 0; step < steps; step++) {
        int neighbour = neighbour(place, step, window);
        for (int channel = 0; channel < width; channel++) {
          int at =
              channel < inputChannels()
                  ? neighbour * inputChannels() + channel
                  : places * inputChannels()
                      + neighbour * outputChannels()
                      + (channel - inputChannels());
          from[(place * steps + step) * width + channel] = neighbour < 0 ? -1 : at;
        }
      }
    }
    return from;
  }

  /** The place that a place of the window lies on; -1 outside the grid. */
  private int neighbour(int place, int step, List<Integer> window) {
    int neighbour = 0;
    int stride = 1;
    int left = place;
    int offset = step;
    for (int axis = window.size() - 1; axis >= 0; axis--) {
      int size = inputShape.get(axis);
      int reach = window.get(axis);
      int at = left % size + offset % reach - (reach - 1) / 2;
      if (at < 0 || at >= size) {
        return -1;
      }
      neighbour += at * stride;
      stride *= size;
      left /= size;
      offset /= reach;
    }
    return neighbour;
  }

  /** One gate of all places. */
  private Term gate(Term z, int gate) {
    int channels = outputChannels();
    int[] from = new int[places() * channels];
    Arrays.setAll(from, i -> i / channels * 4 * channels + gate * channels + i % channels);
    return z.gather(from);
  }

  /** The channels of both, place by place. */
  private Term beside(Term output, Term x) {
    int width = outputChannels() + inputChannels();
    int[] from = new int[places() * width];
    Arrays.setAll(
        from,
        i ->
            i % width < outputChannels()
                ? i / width * outputChannels() + i % width
                : output.size() + i / width * inputChannels() + i % width - outputChannels());
    return Term.concat(output, x).gather(from);
  }
}
