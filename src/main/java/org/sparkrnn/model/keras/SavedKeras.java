package org.sparkrnn.model.keras;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.hadoop.fs.Path;
import org.sparkrnn.model.InputSpec;
import org.sparkrnn.model.LoadedModel;
import org.sparkrnn.model.ModelException;
import org.sparkrnn.model.network.SpecModel;
import org.sparkrnn.model.spec.ModelSpec;
import org.sparkrnn.model.spec.SpecParser;
import org.sparkrnn.model.spec.VocabularyReader;
import org.sparkrnn.tensor.Tensor;
import org.sparkrnn.weights.ByteSource;
import org.sparkrnn.weights.Storage;
import org.sparkrnn.weights.TensorInfo;
import org.sparkrnn.weights.WeightsFile;
import org.sparkrnn.weights.tensorflow.GraphFile;
import org.sparkrnn.weights.tensorflow.SavedObjects;
import org.sparkrnn.weights.tensorflow.TensorFlowCheckpoint;
import org.sparkrnn.weights.tensorflow.TrackedObject;

/**
 * Makes a model of a SavedModel that Keras wrote with TensorFlow 2: {@code saved_model.pb}, {@code
 * keras_metadata.pb} since TensorFlow 2.5, and a checkpoint in {@code variables}. The layers come
 * from the configuration that Keras left in it, not from the graph.
 */
public final class SavedKeras {
  private static final String METADATA = "keras_metadata.pb";

  private SavedKeras() {}

  /**
   * Reads the model of a folder with a {@link GraphFile#SAVED_MODEL}.
   *
   * @return empty where Keras left no configuration in it: of a SavedModel of other programs, and
   *     of a model that is a Python class of its own
   * @throws ModelException if its layers are no chain or do not all run; the message lists those
   */
  public static Optional<LoadedModel> load(Storage folder) throws IOException {
    List<TrackedObject> objects;
    String file;
    try (ByteSource source = folder.open(GraphFile.SAVED_MODEL)) {
      file = source.name();
      objects = SavedObjects.read(source);
    }
    SavedKerasMetadata metadata = metadata(folder, file, objects);
    JsonNode root = metadata.of(0);
    if (!KerasConfig.isOne(root)) {
      return Optional.empty();
    }
    try (TensorFlowCheckpoint checkpoint =
        TensorFlowCheckpoint.open(folder, TensorFlowCheckpoint.SAVED_MODEL)) {
      SortedMap<String, String> names =
          new TreeMap<>(SavedKerasNames.of(objects, metadata, checkpoint.objects()));
      names.values().retainAll(checkpoint.tensors().keySet());
      Weights weights = new Weights(checkpoint, names);
      KerasScopes scopes = KerasScopes.ofPaths(names, weights.tensors());
      String name = new Path(folder.name()).getName();
      byte[] text =
          new KerasModel(root, metadata.file(), "", scopes)
              .spec(name, TensorFlowCheckpoint.SAVED_MODEL, "");
      ModelSpec spec = SpecParser.parse(text, metadata.file());
      InputSpec input = new VocabularyReader(List.of(folder)).read(spec.input());
      return Optional.of(SpecModel.assemble(name, spec, input, weights));
    }
  }

  private static SavedKerasMetadata metadata(
      Storage folder, String file, List<TrackedObject> objects) throws IOException {
    if (folder.exists(METADATA)) {
      try (ByteSource source = folder.open(METADATA)) {
        return new SavedKerasMetadata(SavedObjects.metadata(source), source.name());
      }
    }
    Map<Integer, String> texts = new HashMap<>();
    for (int i = 0; i < objects.size(); i++) {
      texts.put(i, objects.get(i).metadata());
    }
    return new SavedKerasMetadata(texts, file);
  }

  /**
   * The checkpoint with names by layer.
   *
   * @param checkpoint the file
   * @param aliases those names
   */
  private record Weights(TensorFlowCheckpoint checkpoint, SortedMap<String, String> aliases)
      implements WeightsFile {
    @Override
    public String name() {
      return checkpoint.name();
    }

    @Override
    public String format() {
      return "TensorFlow SavedModel of Keras";
    }

    @Override
    public SortedMap<String, TensorInfo> tensors() {
      return checkpoint.tensors();
    }

    @Override
    public Tensor read(String name) throws IOException {
      return checkpoint.read(name);
    }

    @Override
    public void close() throws IOException {
      checkpoint.close();
    }
  }
}
