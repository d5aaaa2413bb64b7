/**
 * What a recurrent cell is: immutable weights and settings, in TensorFlow's layout. Data only; the
 * arithmetic is in {@code ops}.
 *
 * <p>Uses {@code tensor}. Start at {@link org.sparkrnn.cell.RnnCell}.
 */
package org.sparkrnn.cell;
