/**
 * The public face of spark-rnn: batch inference of recurrent networks on Apache Spark.
 *
 * <p>Start at {@code RnnModel}. Everything below this package is ordered, and a test holds the
 * order: {@code cli} over this package over {@code spark} and {@code arrow}, which do not know each
 * other, over {@code model} over {@code rnn} over {@code ops} over {@code cell} over {@code
 * tensor}; the readers of weights files stand under {@code model} alone.
 */
package org.sparkrnn;
