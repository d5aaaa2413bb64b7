/**
 * Weights files of every format by Hadoop's file systems, told apart by name and bytes. No name
 * leads out of the folder it was given in.
 *
 * <p>The only package that knows every weights format. Start at {@link
 * org.sparkrnn.model.files.WeightsFiles}.
 */
package org.sparkrnn.model.files;
