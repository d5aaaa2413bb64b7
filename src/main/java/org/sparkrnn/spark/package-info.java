/**
 * DataFrame in, DataFrame out: settings, checks, the Catalyst operator, its rules and metrics. All
 * of it runs on the driver; what tasks do stands in {@code spark.task}.
 *
 * <p>The only package, with {@code spark.task}, that uses Spark's own, non-public planner classes.
 * Users start at {@code org.sparkrnn.RnnModel}, which stands above; start here at {@link
 * org.sparkrnn.spark.Inference}.
 */
package org.sparkrnn.spark;
