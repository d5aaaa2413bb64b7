package org.sparkrnn.weights;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A zip archive, as several formats use it around their files. Entries are stored or deflated;
 * archives beyond 4 GiB have the fields of zip64.
 *
 * <p>Nothing in it is trusted: the directory is compared with the file's size before it is read,
 * and an entry's size with what its compressed bytes can hold. Names are names only; nothing is
 * ever written under them.
 *
 * <p>Not thread-safe. Whoever opened the source closes it.
 *
 * @see <a href="https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT">APPNOTE, the zip
 *     format</a>
 */
public final class ZipArchive {
  private static final int END_BYTES = 22;
  private static final int MAX_COMMENT = 65_535;
  private static final int END = 0x06054b50;
  private static final int END64_LOCATOR = 0x07064b50;
  private static final int END64 = 0x06064b50;
  private static final int CENTRAL = 0x02014b50;
  private static final int LOCAL = 0x04034b50;
  private static final int STORED = 0;
  private static final int DEFLATED = 8;
  private static final int ZIP64_EXTRA = 1;
  private static final long ALL_ONES = 0xffff_ffffL;

  /** No deflate stream holds more bytes than this for each of its own. */
  private static final long MOST_PER_BYTE = 1032;

  /** What an entry may grow to in any case. */
  private static final long FREE_BYTES = 64L << 20;

  /** Weights do not compress so well; what grows more is made to fill memory. */
  private static final long ALLOWED_PER_BYTE = 100;

  private final ByteSource source;
  private final SortedMap<String, Entry> entries = new TreeMap<>();

  private ZipArchive(ByteSource source) {
    this.source = source;
  }

  /**
   * One file of the archive.
   *
   * @param name its name
   * @param size its size in bytes
   * @param method how it is stored
   * @param compressed how many bytes it takes in the archive
   * @param header where its local header is
   * @param crc its checksum
   */
  private record Entry(String name, long size, int method, long compressed, long header, int crc) {}

  /** Whether {@code source} starts like a zip archive. */
  public static boolean isZip(ByteSource source) throws IOException {
    return source.size() >= END_BYTES
        && littleEndian(source.read(0, 4, "the start")).getInt() == LOCAL;
  }

  /**
   * Reads the directory of {@code source}.
   *
   * @param source the archive; stays open
   * @throws MalformedWeightsException if it is not a whole, well-formed archive
   * @throws IOException if the storage fails
   */
  public static ZipArchive open(ByteSource source) throws IOException {
    ZipArchive archive = new ZipArchive(source);
    archive.readDirectory();
    return archive;
  }

  /** The sizes of the entries by name; without folders. */
  public SortedMap<String, Long> sizes() {
    SortedMap<String, Long> sizes = new TreeMap<>();
    entries.forEach((name, entry) -> sizes.put(name, entry.size()));
    return Collections.unmodifiableSortedMap(sizes);
  }

  /** Whether an entry's bytes are in the archive as they are. */
  public boolean isStored(String name) {
    return entries.get(name).method() == STORED;
  }

  /**
   * Opens an entry. The bytes of a deflated one are inflated as they are read, at best in order, so
   * that memory does not grow with its size; its checksum is compared when its last byte is read. A
   * stored one is the archive's own bytes, without a look at the checksum.
   *
   * @param name one of {@link #sizes()}
   * @throws MalformedWeightsException if the entry is damaged
   * @throws UnsupportedWeightsException if it is encrypted or compressed in another way
   * @throws IOException if the storage fails
   */
  public ByteSource open(String name) throws IOException {
    Entry entry = entries.get(name);
    if (entry == null) {
      throw new IllegalArgumentException(source.name() + " has no entry '" + name + "'");
    }
    String what = "entry '" + name + "'";
    ByteBuffer local = littleEndian(source.read(entry.header(), 30, "the header of " + what));
    if (local.getInt() != LOCAL) {
      throw malformed(what + " has no local header at byte " + entry.header());
    }
    int nameBytes = local.getShort(26) & 0xffff;
    int extraBytes = local.getShort(28) & 0xffff;
    long start = entry.header() + 30 + nameBytes + extraBytes;
    source.requireRange(start, entry.compressed(), what);
    ByteSource stored =
        new SourceRange(source.name() + ": " + name, source, start, entry.compressed());
    return entry.method() == STORED
        ? stored
        : new InflatedSource(stored, entry.size(), entry.crc());
  }

  private void readDirectory() throws IOException {
    if (source.size() < END_BYTES) {
      throw malformed("is no zip archive: it has " + source.size() + " bytes");
    }
    long tailBytes = Math.min(source.size(), END_BYTES + MAX_COMMENT);
    long tailStart = source.size() - tailBytes;
    ByteBuffer tail = littleEndian(source.read(tailStart, tailBytes, "the end of the archive"));
    int end = -1;
    for (int at = (int) tailBytes - END_BYTES; at >= 0 && end < 0; at--) {
      if (tail.getInt(at) == END
          && (tail.getShort(at + 20) & 0xffff) == tailBytes - END_BYTES - at) {
        end = at;
      }
    }
    if (end < 0) {
      throw malformed("the zip archive has no end record: the file is cut short or damaged");
    }
    long count = tail.getShort(end + 10) & 0xffff;
    long size = tail.getInt(end + 12) & ALL_ONES;
    long start = tail.getInt(end + 16) & ALL_ONES;
    long behind = tailStart + end;
    if (end >= 20 && tail.getInt(end - 20) == END64_LOCATOR) {
      behind = tail.getLong(end - 12);
      ByteBuffer end64 = littleEndian(source.read(behind, 56, "the zip64 end record"));
      if (end64.getInt() != END64) {
        throw malformed("the zip archive has no zip64 end record at byte " + behind);
      }
      count = end64.getLong(32);
      size = end64.getLong(40);
      start = end64.getLong(48);
    }
    source.requireRange(start, size, "the zip directory");
    if (start + size > behind || count < 0 || count > size / 46) {
      throw malformed(
          String.format(
              "the zip directory of %d entries does not fit its %d bytes from byte %d on",
              count, size, start));
    }
    readEntries(littleEndian(source.read(start, size, "the zip directory")), count);
  }

  private void readEntries(ByteBuffer directory, long count) {
    for (long i = 0; i < count; i++) {
      if (directory.remaining() < 46 || directory.getInt(directory.position()) != CENTRAL) {
        throw malformed("entry " + i + " of the zip directory is damaged");
      }
      int at = directory.position();
      int nameBytes = directory.getShort(at + 28) & 0xffff;
      int extraBytes = directory.getShort(at + 30) & 0xffff;
      int next = at + 46 + nameBytes + extraBytes + (directory.getShort(at + 32) & 0xffff);
      if (next > directory.limit()) {
        throw malformed("entry " + i + " of the zip directory ends behind it");
      }
      String name = name(directory.slice(at + 46, nameBytes), i);
      Entry entry = entry(directory, at, name, extra(directory, at + 46 + nameBytes, extraBytes));
      directory.position(next);
      if (name.endsWith("/")) {
        continue;
      }
      check(entry, directory.getShort(at + 8));
      if (entries.put(name, entry) != null) {
        throw malformed("entry '" + name + "' comes twice");
      }
    }
  }

  private String name(ByteBuffer bytes, long index) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
    } catch (CharacterCodingException e) {
      throw new MalformedWeightsException(
          source.name(), "the name of entry " + index + " is not UTF-8", e);
    }
  }

  /** The zip64 extra field's numbers; empty where there are none. */
  private static ByteBuffer extra(ByteBuffer directory, int start, int length) {
    int at = start;
    while (at + 4 <= start + length) {
      int size = directory.getShort(at + 2) & 0xffff;
      if ((directory.getShort(at) & 0xffff) == ZIP64_EXTRA && at + 4 + size <= start + length) {
        return directory.slice(at + 4, size).order(ByteOrder.LITTLE_ENDIAN);
      }
      at += 4 + size;
    }
    return ByteBuffer.allocate(0);
  }

  private Entry entry(ByteBuffer directory, int at, String name, ByteBuffer wide) {
    long size = wide(directory.getInt(at + 24) & ALL_ONES, wide, name);
    long compressed = wide(directory.getInt(at + 20) & ALL_ONES, wide, name);
    long header = wide(directory.getInt(at + 42) & ALL_ONES, wide, name);
    int method = directory.getShort(at + 10) & 0xffff;
    return new Entry(name, size, method, compressed, header, directory.getInt(at + 16));
  }

  private long wide(long narrow, ByteBuffer wide, String name) {
    if (narrow != ALL_ONES || !wide.hasRemaining()) {
      return narrow;
    }
    if (wide.remaining() < 8) {
      throw malformed("entry '" + name + "' has no sizes of zip64");
    }
    return wide.getLong();
  }

  private void check(Entry entry, short flags) {
    String what = "entry '" + entry.name() + "'";
    if ((flags & 1) != 0) {
      throw new UnsupportedWeightsException(source.name(), what + " is encrypted");
    }
    if (entry.method() != STORED && entry.method() != DEFLATED) {
      throw new UnsupportedWeightsException(
          source.name(),
          what + " is compressed by method " + entry.method() + "; read are stored and deflated");
    }
    source.requireRange(entry.header(), 30, what);
    source.requireRange(entry.header(), entry.compressed(), what);
    boolean fits =
        entry.method() == STORED
            ? entry.size() == entry.compressed()
            : entry.size() >= 0 && entry.size() / MOST_PER_BYTE <= entry.compressed();
    if (!fits) {
      throw malformed(
          what
              + " has "
              + entry.size()
              + " bytes, which its "
              + entry.compressed()
              + " bytes in the archive cannot hold");
    }
    if (entry.size() > FREE_BYTES && entry.size() / ALLOWED_PER_BYTE > entry.compressed()) {
      throw new UnsupportedWeightsException(
          source.name(),
          what
              + " grows from "
              + entry.compressed()
              + " to "
              + entry.size()
              + " bytes, more than "
              + ALLOWED_PER_BYTE
              + " times: store it without compression if that is meant");
    }
  }

  private static ByteBuffer littleEndian(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private MalformedWeightsException malformed(String reason) {
    return new MalformedWeightsException(source.name(), reason);
  }
}
