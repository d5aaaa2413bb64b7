package org.sparkrnn.model.keras;

import io.jhdf.HdfFile;
import io.jhdf.WritableHdfFile;
import io.jhdf.api.WritableGroup;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.sparkrnn.oracle.RandomNetworks;
import org.sparkrnn.tensor.Tensor;

/**
 * Writes HDF5 in the layout of Keras 2, and configurations.
 *
 * @param random gives the weights
 */
public record KerasH5(RandomNetworks random) {

  /**
   * Writes a file.
   *
   * @param config the model's configuration, with single quotes; null for weights alone
   * @param weights the sizes of each layer's datasets by name
   */
  void write(Path path, String version, String config, Map<String, Map<String, int[]>> weights) {
    Map<String, Map<String, Tensor>> layers = new LinkedHashMap<>();
    weights.forEach(
        (layer, datasets) -> {
          Map<String, Tensor> tensors = new LinkedHashMap<>();
          datasets.forEach(
              (name, sizes) ->
                  tensors.put(name, random.tensor(Arrays.stream(sizes).asLongStream().toArray())));
          layers.put(layer, tensors);
        });
    writeTensors(path, version, config, layers);
  }

  /** As above, with these weights. */
  public static void writeTensors(
      Path path, String version, String config, Map<String, Map<String, Tensor>> layers) {
    try (WritableHdfFile file = HdfFile.write(path)) {
      if (config != null) {
        file.putAttribute("model_config", config.replace('\'', '"'));
      }
      file.putAttribute("keras_version", version);
      WritableGroup root = config == null ? file : file.putGroup("model_weights");
      root.putAttribute("layer_names", layers.keySet().toArray(String[]::new));
      layers.forEach(
          (name, datasets) -> {
            WritableGroup group = root.putGroup(name);
            group.putAttribute("weight_names", datasets.keySet().toArray(String[]::new));
            put(group, datasets);
          });
    }
  }

  /** Puts datasets into the groups that their names say. */
  public static void put(WritableGroup group, Map<String, Tensor> datasets) {
    Map<String, WritableGroup> groups = new LinkedHashMap<>();
    datasets.forEach(
        (name, tensor) -> {
          String[] parts = name.split("/", -1);
          WritableGroup at = group;
          String path = "";
          for (int i = 0; i < parts.length - 1; i++) {
            WritableGroup parent = at;
            String part = parts[i];
            path += "/" + part;
            at = groups.computeIfAbsent(path, p -> parent.putGroup(part));
          }
          put(at, parts[parts.length - 1], tensor);
        });
  }

  private static void put(WritableGroup group, String name, Tensor tensor) {
    float[] values = tensor.toArray();
    if (tensor.shape().rank() == 1) {
      group.putDataset(name, values);
      return;
    }
    int columns = Math.toIntExact(tensor.shape().dim(1));
    float[][] rows = new float[Math.toIntExact(tensor.shape().dim(0))][];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = Arrays.copyOfRange(values, i * columns, (i + 1) * columns);
    }
    group.putDataset(name, rows);
  }

  public static String sequential(String... layers) {
    return "{'class_name': 'Sequential', 'config': {'name': 's', 'layers': ["
        + String.join(", ", layers)
        + "]}}";
  }

  public static String one(String type, String name, String options) {
    return "{'class_name': '"
        + type
        + "', 'config': {'name': '"
        + name
        + "'"
        + (options.isEmpty() ? "" : ", " + options)
        + "}}";
  }

  public static String functional(String layers, String outputs) {
    return "{'class_name': 'Functional', 'config': {'name': 'f', 'layers': ["
        + layers
        + "], 'input_layers': [['in', 0, 0]], 'output_layers': "
        + outputs
        + "}}";
  }

  public static String node(String layer, String inbound) {
    return layer.substring(0, layer.length() - 1) + ", 'inbound_nodes': " + inbound + "}";
  }
}
