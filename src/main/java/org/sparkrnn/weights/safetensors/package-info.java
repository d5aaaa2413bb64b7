/**
 * The safetensors format, read and written; spark-rnn's own canonical form of weights.
 *
 * <p>Uses {@code weights} and {@code tensor}.
 */
package org.sparkrnn.weights.safetensors;
