package org.sparkrnn.arrow;

import org.sparkrnn.model.InputColumns;
import org.sparkrnn.model.OnBadRow;
import org.sparkrnn.model.OutputColumns;
import org.sparkrnn.rnn.Limits;

/**
 * How a model is run over a record batch.
 *
 * @param input the columns that are read
 * @param output the columns that are added
 * @param onBadRow what becomes of a row that cannot be computed
 * @param limits bounds on the memory besides the batches' own
 */
public record BatchSettings(
    InputColumns input, OutputColumns output, OnBadRow onBadRow, Limits limits) {}
