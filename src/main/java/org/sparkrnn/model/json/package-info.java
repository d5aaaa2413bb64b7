/**
 * JSON objects read with their place, so that an error names file and place and an unknown word
 * gets a hint.
 *
 * <p>Start at {@link org.sparkrnn.model.json.SpecObject}.
 */
package org.sparkrnn.model.json;
