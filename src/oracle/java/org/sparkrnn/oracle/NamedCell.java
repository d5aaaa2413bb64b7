package org.sparkrnn.oracle;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.sparkrnn.cell.RnnCell;
import org.sparkrnn.model.loading.ModelLoader;
import org.sparkrnn.rnn.Network;
import org.sparkrnn.tensor.Tensor;
import org.sparkrnn.weights.safetensors.SafetensorsWriter;

/**
 * A published cell that says by itself how a spec names it and what TensorFlow calls its variables.
 * Ours is loaded from a model made of just that, so that names, shapes and options are judged with
 * the arithmetic.
 */
interface NamedCell extends PublishedCell {

  /** The cell in a {@code model.json}, single quotes standing for double. */
  String spec();

  /** Where TensorFlow puts the variables, below the loop's scope; empty for no scope of its own. */
  String scope();

  /** The variables by their names in the scope. */
  Map<String, Tensor> variables();

  /** Width of one input step. */
  int inputSize();

  /** {@code scope/} in front of each variable's name. */
  static Map<String, Tensor> within(String scope, Map<String, Tensor> variables) {
    Map<String, Tensor> scoped = new TreeMap<>();
    String prefix = scope.isEmpty() ? "" : scope + "/";
    variables.forEach((name, tensor) -> scoped.put(prefix + name, tensor));
    return scoped;
  }

  /** Ours, out of the files of a model. */
  default RnnCell load() {
    try {
      Path folder = Files.createTempDirectory("named-cell");
      try {
        try (OutputStream out = Files.newOutputStream(folder.resolve("w.safetensors"))) {
          SafetensorsWriter.write(within("rnn", within(scope(), variables())), out);
        }
        String spec =
            String.format(
                "{'spark_rnn': 1, 'weights': 'w.safetensors', 'input': {'type': 'features',"
                    + " 'size': %d}, 'layers': [{'type': 'rnn', 'cell': %s}]}",
                inputSize(), spec());
        Files.writeString(folder.resolve("model.json"), spec.replace('\'', '"'));
        Network network =
            ModelLoader.load(folder.toString(), "", new Configuration(false)).network();
        return network.rnnLayers().get(0).cells().get(0);
      } finally {
        List<Path> files;
        try (Stream<Path> all = Files.list(folder)) {
          files = all.toList();
        }
        for (Path file : files) {
          Files.delete(file);
        }
        Files.delete(folder);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
