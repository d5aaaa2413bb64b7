package org.sparkrnn.model;

import java.io.Serializable;
import java.util.List;
import org.sparkrnn.model.Generated.Padding;

/**
 * The columns that a run adds.
 *
 * @param select names of outputs; empty for the model's own choice
 * @param prefix put before their names
 * @param error name of the column with the reasons
 * @param padding of outputs with one entry per step
 * @param layout of outputs with one entry per step
 */
public record OutputColumns(
    List<String> select, String prefix, String error, Padding padding, Layout layout)
    implements Serializable {}
