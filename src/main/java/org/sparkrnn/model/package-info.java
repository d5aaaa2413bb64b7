/**
 * What a model is once it is loaded: the network with its input and its columns, and the errors
 * about models and rows.
 *
 * <p>Below it are the ways to one, each a package: {@code loading} is the door, from a path to a
 * model. It takes {@code keras}, {@code onnx} or {@code tensorflow} for files that say themselves
 * which network they hold, and {@code spec} and {@code network} for weights with a {@code
 * model.json}. {@code chain} is where graphs of nodes become layers, {@code cells} the table of all
 * cell types, {@code json} reads objects with their places, {@code files} opens weights. Uses
 * {@code rnn}, {@code tensor} and {@code weights}. Start at {@link SequenceModel}.
 */
package org.sparkrnn.model;
