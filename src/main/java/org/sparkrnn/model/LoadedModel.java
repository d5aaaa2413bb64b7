package org.sparkrnn.model;

import java.util.List;
import java.util.Map;
import org.sparkrnn.weights.TensorInfo;

/**
 * A model with what was read to make it.
 *
 * @param model the model
 * @param file its spec, or the file that says itself which network it holds
 * @param format the weights file's format
 * @param weights the weights file's name
 * @param tensors the weights file's table of contents
 * @param users which layer uses which tensor
 */
public record LoadedModel(
    SequenceModel model,
    String file,
    String format,
    String weights,
    List<TensorInfo> tensors,
    Map<String, String> users) {}
