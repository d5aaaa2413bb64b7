package org.sparkrnn.model;

import java.io.Serializable;
import java.util.List;

/**
 * The columns that a run reads. Empty names stand for no column.
 *
 * @param sequence the steps
 * @param length how many of them count
 * @param initialState the initial state
 * @param drop columns that do not pass through
 */
public record InputColumns(String sequence, String length, String initialState, List<String> drop)
    implements Serializable {}
