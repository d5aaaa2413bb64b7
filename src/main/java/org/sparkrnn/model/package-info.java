/**
 * From a path and a spec to a network that is ready to run. The only package that knows every
 * weights format.
 *
 * <p>Uses {@code rnn}, {@code cell}, {@code tensor} and the {@code weights} packages; Jackson for
 * {@code model.json}, Hadoop's file systems for paths. Start at {@link
 * org.sparkrnn.model.ModelLoader}.
 */
package org.sparkrnn.model;
