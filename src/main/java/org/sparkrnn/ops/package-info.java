/**
 * Arithmetic: packed weights, products, gate epilogues, activations, and the choice between
 * implementations. The only package that may name {@code jdk.incubator.vector}.
 *
 * <p>Uses {@code cell} (which weights there are) and {@code tensor}. Start at {@link
 * org.sparkrnn.ops.Ops}.
 */
package org.sparkrnn.ops;
