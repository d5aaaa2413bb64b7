/**
 * TensorFlow's graphs read as networks: loops and unrolled steps are matched by what they compute,
 * whatever their nodes are called.
 *
 * <p>Start at {@link org.sparkrnn.model.tensorflow.GraphNetwork}.
 */
package org.sparkrnn.model.tensorflow;
