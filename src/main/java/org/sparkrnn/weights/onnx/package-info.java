/**
 * ONNX models: the graph as plain records, and its constants as a weights file.
 *
 * <p>Uses {@code weights} and {@code tensor}.
 */
package org.sparkrnn.weights.onnx;
