/**
 * The table of cell types: each with its options, the names and shapes of its variables in every
 * era, and how it is made of them.
 *
 * <p>Start at {@link org.sparkrnn.model.cells.CellTypes}; a cell is declared in the file of its
 * library.
 */
package org.sparkrnn.model.cells;
