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
import java.io.Reader;
import java.nio.charset.CharacterCodingException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.sparkrnn.tensor.Shape;
import org.sparkrnn.weights.MalformedWeightsException;

/**
 * Parses the JSON header, strictly: a key that comes twice, a field that the format does not name
 * or a value of another type is refused, because whoever wrote it meant something we do not know.
 */
final class SafetensorsHeader {
  private static final String METADATA = "__metadata__";
  private static final JsonFactory JSON =
      JsonFactory.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          // A table of names shared by all files would grow with names that strangers choose.
          .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
          .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
          .build();

  private final String source;
  private final SortedMap<String, TensorEntry> entries = new TreeMap<>();
  private final SortedMap<String, String> metadata = new TreeMap<>();

  private SafetensorsHeader(String source) {
    this.source = source;
  }

  /**
   * Parses a header.
   *
   * @param source the file, for messages
   * @param json the header's bytes
   * @param dataBytes how many bytes follow the header in the file
   */
  static SafetensorsHeader parse(String source, byte[] json, long dataBytes) {
    SafetensorsHeader header = new SafetensorsHeader(source);
    if (json.length == 0 || json[0] != '{') {
      throw header.malformed("the header does not start with '{'");
    }
    try (JsonParser parser = JSON.createParser(strictUtf8(json))) {
      header.readObject(parser);
    } catch (JsonProcessingException e) {
      throw invalid(source, "the header", e);
    } catch (CharacterCodingException e) {
      throw new MalformedWeightsException(source, "the header is not UTF-8", e);
    } catch (IOException e) {
      throw new IllegalStateException("reading from memory failed", e);
    }
    header.checkRanges(dataBytes);
    return header;
  }

  /** Jackson's complaint; it gives no place where one of its own limits is passed. */
  static MalformedWeightsException invalid(String source, String what, JsonProcessingException e) {
    String place =
        e.getLocation() == null ? "" : " near its character " + e.getLocation().getCharOffset();
    return new MalformedWeightsException(
        source, what + " is not valid JSON" + place + ": " + e.getOriginalMessage(), e);
  }

  /** A reader that refuses what is not UTF-8, where Java and Jackson would put a replacement. */
  private static Reader strictUtf8(byte[] json) {
    return new InputStreamReader(new ByteArrayInputStream(json), UTF_8.newDecoder());
  }

  SortedMap<String, TensorEntry> entries() {
    return entries;
  }

  SortedMap<String, String> metadata() {
    return metadata;
  }

  private void readObject(JsonParser parser) throws IOException {
    expect(parser.nextToken(), JsonToken.START_OBJECT, "the header");
    for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
      if (name.equals(METADATA)) {
        readMetadata(parser);
      } else {
        entries.put(name, readEntry(parser, name));
      }
    }
    if (parser.nextToken() != null) {
      throw malformed("the header goes on after its last '}'");
    }
  }

  private void readMetadata(JsonParser parser) throws IOException {
    expect(parser.nextToken(), JsonToken.START_OBJECT, METADATA);
    for (String key = parser.nextFieldName(); key != null; key = parser.nextFieldName()) {
      expect(parser.nextToken(), JsonToken.VALUE_STRING, METADATA + " '" + key + "'");
      metadata.put(key, parser.getText());
    }
  }

  private TensorEntry readEntry(JsonParser parser, String name) throws IOException {
    String what = "tensor '" + name + "'";
    String dtype = null;
    List<Long> shape = null;
    List<Long> offsets = null;
    expect(parser.nextToken(), JsonToken.START_OBJECT, what);
    for (String field = parser.nextFieldName(); field != null; field = parser.nextFieldName()) {
      switch (field) {
        case "dtype" -> {
          expect(parser.nextToken(), JsonToken.VALUE_STRING, what + " dtype");
          dtype = parser.getText();
        }
        case "shape" -> shape = readNumbers(parser, what + " shape");
        case "data_offsets" -> offsets = readNumbers(parser, what + " data_offsets");
        default ->
            throw malformed(
                what + " has a field '" + field + "'; known are dtype, shape, data_offsets");
      }
    }
    if (dtype == null || shape == null || offsets == null) {
      throw malformed(what + " needs all of dtype, shape and data_offsets");
    }
    if (offsets.size() != 2 || offsets.get(0) > offsets.get(1)) {
      throw malformed(what + " has data_offsets " + offsets + ", expected [begin, end]");
    }
    return new TensorEntry(name, dtype, shape(what, shape), offsets.get(0), offsets.get(1));
  }

  private List<Long> readNumbers(JsonParser parser, String what) throws IOException {
    expect(parser.nextToken(), JsonToken.START_ARRAY, what);
    List<Long> numbers = new ArrayList<>();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      expect(parser.currentToken(), JsonToken.VALUE_NUMBER_INT, what);
      long number = parser.getLongValue();
      if (number < 0) {
        throw malformed(what + " holds " + number + ", expected at least 0");
      }
      numbers.add(number);
    }
    return numbers;
  }

  private Shape shape(String what, List<Long> dims) {
    try {
      return new Shape(dims);
    } catch (IllegalArgumentException e) {
      throw new MalformedWeightsException(source, what + ": " + e.getMessage(), e);
    }
  }

  /** The format's own rule: the tensors cover the data exactly, without overlap and holes. */
  private void checkRanges(long dataBytes) {
    List<TensorEntry> inOrder = new ArrayList<>(entries.values());
    inOrder.sort(Comparator.comparingLong(TensorEntry::begin).thenComparingLong(TensorEntry::end));
    long covered = 0;
    for (TensorEntry entry : inOrder) {
      String what = "tensor '" + entry.name() + "' with data_offsets [" + entry.begin() + ", ";
      what += entry.end() + "]";
      if (!entry.rangeFitsShape()) {
        throw malformed(
            what
                + " has "
                + entry.bytes()
                + " bytes, which is not what "
                + entry.dtype()
                + " "
                + entry.shape()
                + " takes");
      }
      if (entry.end() > dataBytes) {
        throw malformed(what + " ends behind the file's " + dataBytes + " bytes of data");
      }
      if (entry.begin() != covered) {
        throw malformed(
            what
                + (entry.begin() < covered ? " overlaps another tensor" : " leaves a hole")
                + ": expected it to begin at "
                + covered);
      }
      covered = entry.end();
    }
    if (covered != dataBytes) {
      throw malformed(
          "the file has " + dataBytes + " bytes of data, but its tensors take " + covered);
    }
  }

  private void expect(JsonToken found, JsonToken expected, String what) {
    if (found != expected) {
      throw malformed(what + " is " + found + ", expected " + expected);
    }
  }

  private MalformedWeightsException malformed(String reason) {
    return new MalformedWeightsException(source, reason);
  }
}
