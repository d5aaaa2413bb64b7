/**
 * What a task does with its rows: reads them, checks them, stages them into windows, runs the
 * network and writes the results behind the columns that pass through. Executor side; a {@code
 * RnnModel} uses the model cache and the checks on the driver too.
 *
 * <p>Start at {@link org.sparkrnn.spark.task.TaskPlan} (what is to be done, made on the driver) and
 * {@link org.sparkrnn.spark.task.TaskFunction} (the doing).
 */
package org.sparkrnn.spark.task;
