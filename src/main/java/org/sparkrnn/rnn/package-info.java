/**
 * What a network does: layers over sequences of any lengths, {@code dynamic_rnn} and its
 * bidirectional form, grouped by length so that no step of padding is computed.
 *
 * <p>Knows neither files nor Spark; uses {@code ops}, {@code cell} and {@code tensor}. Start at
 * {@link org.sparkrnn.rnn.Network} (what is run) and {@link org.sparkrnn.rnn.PackedNetwork} (how).
 */
package org.sparkrnn.rnn;
