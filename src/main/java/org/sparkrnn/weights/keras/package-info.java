/**
 * Keras' weights in HDF5: full models and weights-only files of Keras 1 and 2 and tf.keras, and the
 * {@code .weights.h5} and {@code .keras} of Keras 3. The container is read by jHDF.
 *
 * <p>Uses {@code weights} and {@code tensor}. Start at {@link
 * org.sparkrnn.weights.keras.KerasFile}.
 */
package org.sparkrnn.weights.keras;
