/**
 * NumPy's {@code .npy} arrays and {@code .npz} archives of them, read without Python.
 *
 * <p>Uses {@code weights} and {@code tensor}. Start at {@link
 * org.sparkrnn.weights.numpy.NumpyFile}.
 */
package org.sparkrnn.weights.numpy;
