/**
 * DataFrame in, DataFrame out: the Catalyst operator, its staging and rows, the distribution of
 * weights, settings and metrics.
 */
package org.sparkrnn.spark;
