/**
 * {@code model.json}: parsed to records, drafted, written.
 *
 * <p>Start at {@link org.sparkrnn.model.spec.SpecParser}.
 */
package org.sparkrnn.model.spec;
