package org.sparkrnn.weights;

import java.io.FileNotFoundException;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** A folder of byte arrays, for tests that damage files. */
public final class InMemoryStorage implements Storage {
  private final SortedMap<String, byte[]> files = new TreeMap<>();
  private final SortedMap<String, Integer> openings = new TreeMap<>();

  /** Adds or replaces a file. */
  public InMemoryStorage with(String file, byte[] bytes) {
    files.put(file, bytes);
    return this;
  }

  /** Removes a file. */
  public InMemoryStorage without(String file) {
    files.remove(file);
    return this;
  }

  /** How often a file was opened. */
  public int openings(String file) {
    return openings.getOrDefault(file, 0);
  }

  /** A single file. */
  public static ByteSource source(String file, byte[] bytes) {
    return new Bytes(file, bytes);
  }

  @Override
  public String name() {
    return "memory";
  }

  @Override
  public boolean exists(String file) {
    return files.containsKey(file);
  }

  @Override
  public List<String> list() {
    return List.copyOf(files.keySet());
  }

  @Override
  public ByteSource open(String file) throws FileNotFoundException {
    byte[] bytes = files.get(file);
    if (bytes == null) {
      throw new FileNotFoundException(file);
    }
    openings.merge(file, 1, Integer::sum);
    return new Bytes(file, bytes);
  }

  private static final class Bytes implements ByteSource {
    private final String name;
    private final byte[] bytes;

    Bytes(String name, byte[] bytes) {
      this.name = name;
      this.bytes = bytes;
    }

    @Override
    public String name() {
      return name;
    }

    @Override
    public long size() {
      return bytes.length;
    }

    @Override
    public void read(long position, byte[] target, int offset, int length) {
      requireRange(position, length, "a read");
      System.arraycopy(bytes, (int) position, target, offset, length);
    }

    @Override
    public void close() {}
  }
}
