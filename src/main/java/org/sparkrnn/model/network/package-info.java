/**
 * From a spec and the variables of a weights file to a network: cells are looked for by names and
 * shapes, every tensor is accounted for.
 *
 * <p>Start at {@link org.sparkrnn.model.network.SpecModel}.
 */
package org.sparkrnn.model.network;
