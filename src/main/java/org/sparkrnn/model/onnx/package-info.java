/**
 * ONNX graphs read as networks.
 *
 * <p>Start at {@link org.sparkrnn.model.onnx.OnnxNetwork}.
 */
package org.sparkrnn.model.onnx;
