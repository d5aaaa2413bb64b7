package org.sparkrnn.conformance;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.sparkrnn.tensor.Shape;
import org.sparkrnn.tensor.Tensor;

/**
 * An array of {@code rnn_cases.json}: {@code {"shape", "data"}}, {@code {"shape", "fill"}} or lists
 * in lists.
 *
 * @param shape its axes
 * @param values row-major
 */
@SuppressWarnings("ArrayRecordComponent") // compared nowhere
record Numbers(List<Integer> shape, double[] values) {

  static Numbers of(JsonNode node) {
    if (node.isObject()) {
      List<Integer> shape = new ArrayList<>();
      node.get("shape").forEach(axis -> shape.add(axis.intValue()));
      double[] values = new double[elements(shape)];
      if (node.has("fill")) {
        Arrays.fill(values, node.get("fill").doubleValue());
      } else {
        for (int i = 0; i < values.length; i++) {
          values[i] = node.get("data").get(i).doubleValue();
        }
      }
      return new Numbers(shape, values);
    }
    List<Integer> shape = new ArrayList<>();
    for (JsonNode part = node; part != null && part.isArray(); part = part.get(0)) {
      shape.add(part.size());
    }
    List<Double> values = new ArrayList<>();
    collect(node, values);
    return new Numbers(shape, values.stream().mapToDouble(Double::doubleValue).toArray());
  }

  private static void collect(JsonNode node, List<Double> values) {
    if (node.isArray()) {
      node.forEach(part -> collect(part, values));
    } else {
      values.add(node.isBoolean() ? (node.booleanValue() ? 1.0 : 0.0) : node.doubleValue());
    }
  }

  private static int elements(List<Integer> shape) {
    return shape.stream().mapToInt(Integer::intValue).reduce(1, Math::multiplyExact);
  }

  int axis(int axis) {
    return shape.get(axis);
  }

  /** What is at {@code index} of the first axis. */
  Numbers at(int index) {
    int size = elements(shape.subList(1, shape.size()));
    return new Numbers(
        shape.subList(1, shape.size()),
        Arrays.copyOfRange(values, index * size, (index + 1) * size));
  }

  /** {@code [time][batch]...} for {@code [batch][time]...}, and back. */
  Numbers swapped() {
    int first = axis(0);
    int second = axis(1);
    int size = elements(shape.subList(2, shape.size()));
    double[] swapped = new double[values.length];
    for (int i = 0; i < first; i++) {
      for (int j = 0; j < second; j++) {
        System.arraycopy(values, (i * second + j) * size, swapped, (j * first + i) * size, size);
      }
    }
    List<Integer> axes = new ArrayList<>(shape);
    axes.set(0, second);
    axes.set(1, first);
    return new Numbers(axes, swapped);
  }

  /** A new first axis of length 1 below the first: a batch of inputs as sequences of one step. */
  Numbers asOneStep() {
    List<Integer> axes = new ArrayList<>(shape);
    axes.add(1, 1);
    return new Numbers(axes, values);
  }

  float[] floats() {
    float[] floats = new float[values.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) values[i];
    }
    return floats;
  }

  int[] ints() {
    return Arrays.stream(values).mapToInt(value -> (int) value).toArray();
  }

  double sum() {
    return Arrays.stream(values).sum();
  }

  Tensor tensor() {
    return Tensor.owning(
        Shape.of(shape.stream().mapToLong(Integer::longValue).toArray()), floats());
  }
}
