/**
 * A chain of layers as graphs of nodes make it, ONNX's and TensorFlow's alike: what a value of the
 * graph is of the chain, and which layer comes next.
 *
 * <p>Start at {@link org.sparkrnn.model.chain.ChainBuilder}; {@link org.sparkrnn.model.chain.Chain}
 * tells what it has built.
 */
package org.sparkrnn.model.chain;
