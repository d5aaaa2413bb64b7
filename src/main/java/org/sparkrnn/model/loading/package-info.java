/**
 * From a path to a model, and back: loading, inspecting, drafting and writing.
 *
 * <p>Start at {@link org.sparkrnn.model.loading.ModelLoader}. Knows everything below {@code model}
 * and nothing of Spark.
 */
package org.sparkrnn.model.loading;
