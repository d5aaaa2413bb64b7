/**
 * Keras' configurations read as specs, in its own files and in SavedModels.
 *
 * <p>Start at {@link org.sparkrnn.model.keras.KerasNetwork} and {@link
 * org.sparkrnn.model.keras.SavedKeras}.
 */
package org.sparkrnn.model.keras;
