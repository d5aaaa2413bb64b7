package org.sparkrnn.model.spec;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.sparkrnn.model.ModelException;
import org.sparkrnn.model.files.FileNames;
import org.sparkrnn.model.json.Place;
import org.sparkrnn.model.json.SpecObject;

/** Reads {@code model.json}: JSON to {@link ModelSpec}, every key and value checked. */
public final class SpecParser {
  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  /** For what Python writes, whose numbers may be {@code NaN} and {@code Infinity}. */
  private static final JsonMapper PYTHON =
      MAPPER.rebuild().enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS).build();

  private SpecParser() {}

  /**
   * Parses a spec.
   *
   * @param json the file's bytes, UTF-8
   * @param file its name for messages
   * @throws ModelException with the place and the offence
   */
  public static ModelSpec parse(byte[] json, String file) {
    Place root = new Place(file, "");
    JsonNode node = json(json, file);
    SpecObject spec = SpecObject.of(node, root);
    version(spec);
    OpenQuestions.requireNone(node, file);
    spec.only(ModelSpec.KEYS);
    spec.text("description");
    spec.text("$schema");
    Set<String> named = new HashSet<>();
    List<LayerSpec> layers = LayerParser.layers(spec, named);
    return new ModelSpec(
        root,
        spec.text("name").orElse(""),
        spec.text("weights").map(name -> FileNames.inFolder(name, root.key("weights"))),
        InputParser.parse(spec.object("input")),
        layers,
        Set.copyOf(named),
        select(spec));
  }

  /** Parses JSON: no duplicate keys, nothing behind the value. */
  public static JsonNode json(byte[] json, String file) {
    return json(json, file, MAPPER);
  }

  /** The same of JSON as Python writes it, with numbers that are none. */
  public static JsonNode python(byte[] json, String file) {
    return json(json, file, PYTHON);
  }

  private static JsonNode json(byte[] json, String file, JsonMapper mapper) {
    try {
      JsonNode node = mapper.readTree(json);
      if (node == null || node.isMissingNode()) {
        throw new ModelException(file + ": the file is empty, expected JSON");
      }
      return node;
    } catch (JsonProcessingException e) {
      JsonLocation at = e.getLocation();
      String where =
          at == null ? "" : "line " + at.getLineNr() + ", column " + at.getColumnNr() + ": ";
      String reason = e.getOriginalMessage().lines().findFirst().orElse("");
      throw new ModelException(
          file
              + ": "
              + where
              + (reason.startsWith("Duplicate field")
                  ? reason.replace("Duplicate field", "duplicate key")
                  : "not valid JSON: " + reason),
          e);
    } catch (IOException e) {
      throw new ModelException(file + ": not valid JSON: " + e.getMessage(), e);
    }
  }

  /** Before unknown keys are refused, so that a spec of a later version is told its version. */
  private static void version(SpecObject spec) {
    int version = spec.integer("spark_rnn", 1);
    if (version != ModelSpec.VERSION) {
      throw spec.place()
          .key("spark_rnn")
          .error(
              "version "
                  + version
                  + " of the format is not known to this build, which reads version "
                  + ModelSpec.VERSION);
    }
  }

  private static List<ModelSpec.SelectEntry> select(SpecObject spec) {
    List<ModelSpec.SelectEntry> select = new ArrayList<>();
    if (!spec.has("select")) {
      return select;
    }
    Set<String> seen = new HashSet<>();
    for (SpecObject.Entry entry : spec.entries("select", "a list of at least one output's name")) {
      if (!seen.add(entry.text())) {
        throw entry.place().error("'" + entry.text() + "' is selected twice");
      }
      select.add(new ModelSpec.SelectEntry(entry.place(), entry.text()));
    }
    return List.copyOf(select);
  }
}
