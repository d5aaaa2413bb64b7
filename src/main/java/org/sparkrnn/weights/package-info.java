/**
 * What all weights formats share: named tensors, bounds-checked bytes, and the two ways a file can
 * be refused.
 *
 * <p>Uses {@code tensor}. Each format has a package of its own below this one, and they never meet.
 * Start at {@link org.sparkrnn.weights.WeightsFile}.
 */
package org.sparkrnn.weights;
