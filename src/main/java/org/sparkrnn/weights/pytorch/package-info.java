/**
 * PyTorch's files of tensors, read without Python: the pickle inside is taken for data, and nothing
 * in it is ever called.
 *
 * <p>Uses {@code weights} and {@code tensor}. Start at {@link
 * org.sparkrnn.weights.pytorch.PyTorchFile}.
 */
package org.sparkrnn.weights.pytorch;
