/**
 * TensorFlow's V2 checkpoint, the "tensor bundle": an index in a sorted string table and the
 * tensors' bytes in shards; and the V1 checkpoint before it, all in sorted string tables. Of a
 * SavedModel the objects of the program that it was saved from.
 *
 * <p>Uses {@code weights} and {@code tensor}.
 */
package org.sparkrnn.weights.tensorflow;
