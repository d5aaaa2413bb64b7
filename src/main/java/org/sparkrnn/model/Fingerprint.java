package org.sparkrnn.model;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.lang.reflect.RecordComponent;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.sparkrnn.rnn.Network;
import org.sparkrnn.tensor.Tensor;

/**
 * SHA-256 over everything that decides a model's results: the input with its vocabulary, every
 * layer's settings, every tensor's shape and bits. Names of files and of variables are not in it,
 * so the same model in two formats has one fingerprint.
 */
public final class Fingerprint {
  private static final int CHUNK = 1 << 14;

  private final MessageDigest digest;
  private final float[] values = new float[CHUNK];
  private final ByteBuffer bytes =
      ByteBuffer.allocate(CHUNK * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);

  private Fingerprint() {
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /** In hex. */
  public static String of(InputSpec input, Network network) {
    Fingerprint fingerprint = new Fingerprint();
    fingerprint.add(input);
    fingerprint.add(network);
    return HexFormat.of().formatHex(fingerprint.digest.digest());
  }

  /** Adds a value with its type, so that no two values can be taken for each other. */
  private void add(Object value) {
    if (value instanceof Tensor tensor) {
      text("Tensor" + tensor.shape());
      add(tensor);
    } else if (value instanceof Record record) {
      addRecord(record);
    } else if (value instanceof List<?> list) {
      text("List " + list.size());
      list.forEach(this::add);
    } else if (value instanceof Map<?, ?> map) {
      text("Map " + map.size());
      map.entrySet().stream()
          .sorted(Comparator.comparing(entry -> String.valueOf(entry.getKey())))
          .forEach(
              entry -> {
                add(entry.getKey());
                add(entry.getValue());
              });
    } else if (value instanceof String
        || value instanceof Number
        || value instanceof Boolean
        || value instanceof Enum<?>) {
      text(value.getClass().getSimpleName() + " " + value);
    } else {
      throw new IllegalStateException("no fingerprint for a " + value.getClass());
    }
  }

  private void addRecord(Record value) {
    text(value.getClass().getSimpleName());
    for (RecordComponent component : value.getClass().getRecordComponents()) {
      text(component.getName());
      try {
        component.getAccessor().setAccessible(true);
        add(component.getAccessor().invoke(value));
      } catch (ReflectiveOperationException e) {
        throw new IllegalStateException("cannot read " + component, e);
      }
    }
  }

  private void text(String text) {
    byte[] utf8 = text.getBytes(UTF_8);
    digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(0, utf8.length));
    digest.update(utf8);
  }

  private void add(Tensor tensor) {
    int elements = Math.toIntExact(tensor.shape().elements());
    for (int done = 0; done < elements; done += CHUNK) {
      int count = Math.min(CHUNK, elements - done);
      tensor.copyTo(done, values, 0, count);
      bytes.clear();
      bytes.asFloatBuffer().put(values, 0, count);
      digest.update(bytes.limit(count * Float.BYTES));
    }
  }
}
