package org.sparkrnn.model.loading;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.sparkrnn.model.Cut;
import org.sparkrnn.model.LoadedModel;
import org.sparkrnn.model.ModelException;
import org.sparkrnn.model.cells.TrainingState;
import org.sparkrnn.model.files.HadoopStorage;
import org.sparkrnn.model.files.WeightsFiles;
import org.sparkrnn.model.spec.ModelSpec;
import org.sparkrnn.model.spec.SpecWriter;
import org.sparkrnn.tensor.Shape;
import org.sparkrnn.weights.TensorInfo;
import org.sparkrnn.weights.WeightsFile;

/**
 * What a model or a bare weights file holds: every tensor, and the network that would run. On the
 * driver; immutable.
 *
 * @param path what was inspected
 * @param weights the weights file
 * @param format its format in words
 * @param tensors all of its entries, by name
 * @param model the network; empty for a bare weights file
 * @param draft of a bare weights file's spec; empty where it holds no cells that are known by name
 */
public record ModelInspection(
    String path,
    String weights,
    String format,
    List<TensorLine> tensors,
    Optional<Model> model,
    Optional<Draft> draft) {

  /** Takes a copy of the list. */
  public ModelInspection {
    tensors = List.copyOf(tensors);
  }

  /**
   * An entry of the weights file.
   *
   * @param name its name
   * @param dtype its type in the format's words
   * @param shape its sizes
   * @param bytes its size in the file
   * @param role {@code used by rnn}, {@code training only}, {@code bookkeeping}, {@code unused};
   *     empty for a bare file
   */
  public record TensorLine(String name, String dtype, Shape shape, long bytes, String role) {}

  /**
   * A spec as far as a weights file tells it.
   *
   * @param spec the text of a {@code model.json}, with {@code "?"} for what is open
   * @param questions what is open: its place in the spec, and the likely answer with the reason
   * @param rest variables that have no place in the chain
   */
  public record Draft(String spec, List<String> questions, List<String> rest) {
    /** Takes copies of the lists. */
    public Draft {
      questions = List.copyOf(questions);
      rest = List.copyOf(rest);
    }
  }

  /**
   * The network.
   *
   * @param name the model's name
   * @param input what its rows are, in words
   * @param layers the chain
   * @param outputs what can be selected
   * @param fingerprint over everything that decides the results
   */
  public record Model(
      String name,
      String input,
      List<LayerLine> layers,
      List<OutputLine> outputs,
      String fingerprint) {}

  /**
   * A layer.
   *
   * @param name its name
   * @param what its type and settings in words
   * @param gives the shape of its value for a row
   * @param parameters how many numbers it was trained with
   * @param bytes their size as float32
   */
  public record LayerLine(String name, String what, String gives, long parameters, long bytes) {}

  /**
   * An output.
   *
   * @param name by which it is selected
   * @param type the column's type, as SQL spells it
   * @param selected whether it is returned when the user does not choose
   */
  public record OutputLine(String name, String type, boolean selected) {}

  /**
   * Inspects.
   *
   * @param path a model, or a weights file, checkpoint prefix or folder, on any Hadoop file system;
   *     without a scheme, on its default one
   * @param weights the weights file to use in place of the spec's, or the empty string
   * @param conf for the file systems
   * @throws ModelException if the spec is wrong or does not fit the weights, or nothing is there
   * @throws org.sparkrnn.weights.WeightsException if the weights file cannot be used
   * @throws IOException if the storage fails
   */
  public static ModelInspection of(String path, String weights, Configuration conf)
      throws IOException {
    return of(path, weights, Cut.NONE, conf);
  }

  /**
   * Inspects as {@link #of(String, String, Configuration)} does, or a part of a model.
   *
   * @param cut which part of a file's graph is the model
   */
  public static ModelInspection of(String path, String weights, Cut cut, Configuration conf)
      throws IOException {
    Path whole = new Path(path);
    FileSystem files = HadoopStorage.fileSystem(whole, conf);
    Optional<LoadedModel> described = ModelLoader.described(path, weights, cut, files);
    if (described.isPresent()) {
      return ofModel(path, described.get());
    }
    boolean spec =
        whole.getName().endsWith(".json") || files.exists(new Path(whole, ModelSpec.FILE));
    if (!spec) {
      cut.requireNone(path);
      return ofWeights(path, files, whole);
    }
    return ofModel(path, ModelLoader.read(path, weights, cut, conf));
  }

  private static ModelInspection ofModel(String path, LoadedModel loaded) {
    List<TensorLine> tensors = new ArrayList<>();
    for (TensorInfo info : loaded.tensors()) {
      String user = loaded.users().get(info.name());
      String known = TrainingState.role(info.name());
      String otherwise = known.isEmpty() ? "unused" : known;
      tensors.add(line(info, user == null ? otherwise : "used by " + user));
    }
    return new ModelInspection(
        path,
        loaded.weights(),
        loaded.format(),
        tensors,
        Optional.of(NetworkDescription.of(loaded)),
        Optional.empty());
  }

  private static ModelInspection ofWeights(String path, FileSystem files, Path whole)
      throws IOException {
    try (WeightsFile file = WeightsFiles.open(WeightsFiles.locate(files, whole))) {
      return new ModelInspection(
          path,
          file.name(),
          file.format(),
          file.tensors().values().stream()
              .map(info -> line(info, TrainingState.role(info.name())))
              .toList(),
          Optional.empty(),
          ModelDraft.of(file, file.name().replaceFirst("^.*/", "").replaceFirst("\\.index$", "")));
    }
  }

  private static TensorLine line(TensorInfo info, String role) {
    return new TensorLine(info.name(), info.dtype(), info.shape(), info.bytes(), role);
  }

  /** For people: a few tables. */
  public String toText() {
    StringBuilder text = new StringBuilder();
    model.ifPresent(
        m -> {
          text.append("model    ").append(m.name()).append(" (").append(path).append(")\n");
          text.append("input    ").append(m.input()).append('\n');
        });
    long bytes = tensors.stream().mapToLong(TensorLine::bytes).sum();
    text.append("weights  ").append(weights).append(", ").append(format).append(", ");
    text.append(tensors.size()).append(" tensors, ").append(bytes).append(" bytes\n");
    model.ifPresent(m -> network(m, text));
    text.append("\ntensors\n");
    List<List<String>> rows = new ArrayList<>();
    for (TensorLine tensor : tensors) {
      rows.add(
          List.of(
              tensor.name(),
              tensor.dtype(),
              tensor.shape().toString(),
              tensor.bytes() + " bytes",
              tensor.role()));
    }
    table(rows, text);
    if (model.isEmpty()) {
      text.append("\nA weights file does not say which network it is for. Write a ");
      text.append(ModelSpec.FILE).append(" beside it that does:\n");
      text.append("its format is documented in src/site/markdown/model-spec.md.\n");
    }
    draft.ifPresent(found -> draft(found, text));
    return text.toString();
  }

  private static void draft(Draft draft, StringBuilder text) {
    text.append("\nA draft of one, from names and shapes:\n\n").append(draft.spec());
    if (!draft.questions().isEmpty()) {
      text.append("\nThe weights do not tell, and it is refused until \"?\" is replaced by\n");
      draft.questions().forEach(each -> text.append("  ").append(each).append('\n'));
    }
    if (!draft.rest().isEmpty()) {
      text.append("\nNo place was found for\n");
      draft.rest().forEach(each -> text.append("  ").append(each).append('\n'));
    }
  }

  private static void network(Model model, StringBuilder text) {
    text.append("sha256   ").append(model.fingerprint()).append("\n\nlayers\n");
    List<List<String>> layers = new ArrayList<>();
    for (LayerLine layer : model.layers()) {
      String size =
          layer.parameters() == 0
              ? ""
              : layer.parameters() + " parameters, " + layer.bytes() + " bytes";
      layers.add(List.of(layer.name(), layer.gives(), layer.what(), size));
    }
    table(layers, text);
    text.append("\noutputs (* = by default)\n");
    List<List<String>> outputs = new ArrayList<>();
    for (OutputLine output : model.outputs()) {
      outputs.add(List.of((output.selected() ? "* " : "  ") + output.name(), output.type()));
    }
    table(outputs, text);
  }

  /** Columns as wide as their widest entry. */
  private static void table(List<List<String>> rows, StringBuilder text) {
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder("  ");
      for (int column = 0; column < row.size(); column++) {
        int at = column;
        int width = rows.stream().mapToInt(other -> other.get(at).length()).max().orElse(0);
        line.append(row.get(column)).append(" ".repeat(width - row.get(column).length() + 2));
      }
      text.append(line.toString().stripTrailing()).append('\n');
    }
  }

  /** The same for programs: one JSON object. */
  public String toJson() {
    ObjectNode root = JsonNodeFactory.instance.objectNode();
    root.put("path", path).put("weights", weights).put("format", format);
    model.ifPresent(
        m -> {
          root.put("name", m.name()).put("input", m.input()).put("sha256", m.fingerprint());
          ArrayNode layers = root.putArray("layers");
          for (LayerLine layer : m.layers()) {
            ObjectNode node = layers.addObject().put("name", layer.name());
            node.put("what", layer.what()).put("gives", layer.gives());
            node.put("parameters", layer.parameters()).put("bytes", layer.bytes());
          }
          ArrayNode outputs = root.putArray("outputs");
          for (OutputLine output : m.outputs()) {
            ObjectNode node = outputs.addObject().put("name", output.name());
            node.put("type", output.type()).put("selected", output.selected());
          }
        });
    ArrayNode all = root.putArray("tensors");
    for (TensorLine tensor : tensors) {
      ObjectNode node = all.addObject().put("name", tensor.name()).put("dtype", tensor.dtype());
      ArrayNode shape = node.putArray("shape");
      tensor.shape().dims().forEach(shape::add);
      node.put("bytes", tensor.bytes());
      if (!tensor.role().isEmpty()) {
        node.put("role", tensor.role());
      }
    }
    draft.ifPresent(
        found -> {
          root.put("draft", found.spec());
          ArrayNode questions = root.putArray("questions");
          found.questions().forEach(questions::add);
          ArrayNode rest = root.putArray("without_place");
          found.rest().forEach(rest::add);
        });
    return SpecWriter.json(root);
  }

  /** Parameters of one layer: of the tensors that it alone or with others uses. */
  static long parameters(List<TensorInfo> tensors, Map<String, String> users, String layer) {
    return tensors.stream()
        .filter(info -> List.of(users.getOrDefault(info.name(), "").split(", ")).contains(layer))
        .mapToLong(info -> info.shape().elements())
        .sum();
  }
}
