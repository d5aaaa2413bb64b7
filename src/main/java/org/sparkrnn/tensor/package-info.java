/**
 * Shapes and immutable row-major {@code float32} tensors: what every other package passes around.
 *
 * <p>Uses no other package. Start at {@link org.sparkrnn.tensor.Tensor}.
 */
package org.sparkrnn.tensor;
