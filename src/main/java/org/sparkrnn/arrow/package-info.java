/**
 * Record batches in and out, for programs without Spark: the same columns, settings and policy for
 * bad rows as over a DataFrame, and the same bits.
 *
 * <p>The only package that names Arrow's classes; they are Spark's own version and are loaded only
 * by those who run a batch. Users start at {@code RnnModel.onBatch}, which stands above; start here
 * at {@link org.sparkrnn.arrow.BatchRun}.
 */
package org.sparkrnn.arrow;
