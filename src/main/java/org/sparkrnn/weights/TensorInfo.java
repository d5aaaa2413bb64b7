package org.sparkrnn.weights;

import org.sparkrnn.tensor.Shape;

/**
 * One entry of a weights file's table of contents.
 *
 * @param name the tensor's name, as the file spells it
 * @param dtype the element type in the format's own word: {@code F32}, {@code DT_FLOAT}
 * @param shape the sizes of its dimensions
 * @param bytes how many bytes it takes in the file
 */
public record TensorInfo(String name, String dtype, Shape shape, long bytes) {}
