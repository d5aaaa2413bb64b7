package org.sparkrnn.weights.safetensors;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.CharacterCodingException;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.sparkrnn.tensor.Tensor;
import org.sparkrnn.weights.ByteSource;
import org.sparkrnn.weights.MalformedWeightsException;
import org.sparkrnn.weights.Storage;
import org.sparkrnn.weights.TensorInfo;
import org.sparkrnn.weights.WeightsFile;

/**
 * Tensors in several safetensors files, and the index that says which is where: {@code
 * model.safetensors.index.json} with its {@code weight_map}.
 *
 * <p>The files lie beside the index; a name with a folder in it is refused. Their headers are read
 * when the index is, their tensors when they are asked for.
 *
 * <p>Not thread-safe. Closing it closes the files.
 */
public final class ShardedSafetensors implements WeightsFile {
  /** How an index's name ends. */
  public static final String INDEX = ".safetensors.index.json";

  private static final long MAX_INDEX_BYTES = 100_000_000;
  private static final JsonFactory JSON =
      JsonFactory.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
          .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
          .build();

  private final String name;
  private final SortedMap<String, String> weightMap = new TreeMap<>();
  private final Map<String, SafetensorsFile> shards = new TreeMap<>();
  private final SortedMap<String, TensorInfo> tensors = new TreeMap<>();

  private ShardedSafetensors(String name) {
    this.name = name;
  }

  /**
   * Reads the index and the headers of the files it names.
   *
   * @param folder where they lie
   * @param index the index's name
   * @throws MalformedWeightsException if the index, or a file, is damaged or missing
   * @throws IOException if the storage fails
   */
  public static ShardedSafetensors open(Storage folder, String index) throws IOException {
    byte[] json;
    String name;
    try (ByteSource source = folder.open(index)) {
      name = source.name();
      if (source.size() > MAX_INDEX_BYTES) {
        throw new MalformedWeightsException(
            name, "the index has " + source.size() + " bytes, more than " + MAX_INDEX_BYTES);
      }
      json = source.read(0, source.size(), "the index");
    }
    ShardedSafetensors file = new ShardedSafetensors(name);
    try {
      file.parse(json);
      file.openShards(folder);
      return file;
    } catch (RuntimeException | IOException e) {
      file.close();
      throw e;
    }
  }

  private void parse(byte[] json) {
    try (JsonParser parser =
        JSON.createParser(
            new InputStreamReader(new ByteArrayInputStream(json), UTF_8.newDecoder()))) {
      expect(parser.nextToken(), JsonToken.START_OBJECT, "the index");
      boolean mapped = false;
      for (String key = parser.nextFieldName(); key != null; key = parser.nextFieldName()) {
        if (key.equals("weight_map")) {
          mapped = true;
          readMap(parser);
        } else {
          parser.nextToken();
          parser.skipChildren();
        }
      }
      expect(parser.currentToken(), JsonToken.END_OBJECT, "the index's end");
      if (parser.nextToken() != null) {
        throw malformed("the index goes on after its last '}'");
      }
      if (!mapped) {
        throw malformed("the index has no 'weight_map'");
      }
    } catch (JsonProcessingException e) {
      throw SafetensorsHeader.invalid(name, "the index", e);
    } catch (CharacterCodingException e) {
      throw new MalformedWeightsException(name, "the index is not UTF-8", e);
    } catch (IOException e) {
      throw new IllegalStateException("reading from memory failed", e);
    }
  }

  private void readMap(JsonParser parser) throws IOException {
    expect(parser.nextToken(), JsonToken.START_OBJECT, "weight_map");
    for (String key = parser.nextFieldName(); key != null; key = parser.nextFieldName()) {
      expect(parser.nextToken(), JsonToken.VALUE_STRING, "weight_map '" + key + "'");
      String file = parser.getText();
      if (file.isEmpty()
          || file.startsWith(".")
          || file.chars().anyMatch(c -> c == '/' || c == '\\' || c == ':' || c < ' ')) {
        throw malformed(
            "weight_map '"
                + key
                + "' is \""
                + file
                + "\", expected the name of a file beside the index");
      }
      weightMap.put(key, file);
    }
  }

  private void openShards(Storage folder) throws IOException {
    for (Map.Entry<String, String> entry : weightMap.entrySet()) {
      String file = entry.getValue();
      SafetensorsFile shard = shards.get(file);
      if (shard == null) {
        shard = openShard(folder, file, entry.getKey());
        shards.put(file, shard);
      }
      TensorInfo info = shard.tensors().get(entry.getKey());
      if (info == null) {
        throw malformed(
            "weight_map says that '" + entry.getKey() + "' is in " + file + ", but it is not");
      }
      tensors.put(entry.getKey(), info);
    }
  }

  private SafetensorsFile openShard(Storage folder, String file, String key) throws IOException {
    if (!folder.exists(file)) {
      throw malformed(
          "weight_map says that '" + key + "' is in " + file + ", but there is no such file");
    }
    ByteSource source = folder.open(file);
    try {
      return SafetensorsFile.open(source);
    } catch (RuntimeException | IOException e) {
      source.close();
      throw e;
    }
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public String format() {
    return "safetensors in " + shards.size() + (shards.size() == 1 ? " file" : " files");
  }

  @Override
  public SortedMap<String, TensorInfo> tensors() {
    return Collections.unmodifiableSortedMap(tensors);
  }

  @Override
  public Tensor read(String tensor) throws IOException {
    String file = weightMap.get(tensor);
    if (file == null) {
      throw new IllegalArgumentException(name + " has no tensor '" + tensor + "'");
    }
    return shards.get(file).read(tensor);
  }

  @Override
  public void close() throws IOException {
    IOException failure = null;
    for (SafetensorsFile shard : shards.values()) {
      try {
        shard.close();
      } catch (IOException e) {
        failure = e;
      }
    }
    if (failure != null) {
      throw failure;
    }
  }

  private void expect(JsonToken found, JsonToken expected, String what) {
    if (found != expected) {
      throw malformed(what + " is " + found + ", expected " + expected);
    }
  }

  private MalformedWeightsException malformed(String reason) {
    return new MalformedWeightsException(name, reason);
  }
}
