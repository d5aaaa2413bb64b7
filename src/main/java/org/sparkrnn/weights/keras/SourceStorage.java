package org.sparkrnn.weights.keras;

import io.jhdf.HdfFile;
import io.jhdf.Superblock;
import io.jhdf.exceptions.InMemoryHdfException;
import io.jhdf.storage.HdfBackingStorage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import org.sparkrnn.weights.ByteSource;
import org.sparkrnn.weights.MalformedWeightsException;

/**
 * A file as the storage that jHDF reads from. jHDF's own take memory of whatever size a structure
 * states before they ask for its bytes; this one compares the size with the file first. It counts
 * what is read, because structures in a damaged file can point at each other for ever.
 *
 * <p>Thread-safe, as jHDF reads the chunks of a dataset in parallel.
 */
final class SourceStorage implements HdfBackingStorage {
  /** No file is read more often, whatever is asked of it. */
  private static final long MOST_TIMES = 64;

  private static final long MOST_READS = 4_000_000;

  /** The longest superblock has less. */
  private static final int SUPERBLOCK_BYTES = 2048;

  private final ByteSource source;
  private final Superblock superblock;
  private long reads;
  private long bytes;

  SourceStorage(ByteSource source) {
    this.source = source;
    this.superblock = Superblock.readSuperblock(start());
    if (superblock.getBaseAddressByte() != 0) {
      throw new MalformedWeightsException(
          source.name(),
          "its superblock states base address "
              + superblock.getBaseAddressByte()
              + ", expected 0, where it stands itself");
    }
  }

  private ByteBuffer start() {
    return read(0, Math.min(SUPERBLOCK_BYTES, source.size()));
  }

  /** The groups of the file. jHDF hides the constructor that takes a storage. */
  HdfFile open() {
    try {
      Constructor<HdfFile> make = HdfFile.class.getDeclaredConstructor(HdfBackingStorage.class);
      make.setAccessible(true);
      return make.newInstance(this);
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      if (e.getCause() instanceof Error cause) {
        throw cause;
      }
      throw new IllegalStateException(e);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("jHDF is of another version than spark-rnn was made for", e);
    }
  }

  /** Starts to count anew. */
  synchronized void restart() {
    reads = 0;
    bytes = 0;
  }

  private synchronized ByteBuffer read(long position, long length) {
    source.requireRange(position, length, "a structure");
    bytes += length;
    if (++reads > MOST_READS || bytes / MOST_TIMES > source.size() + (1 << 16)) {
      throw new MalformedWeightsException(
          source.name(), "its structures point at each other without an end");
    }
    try {
      byte[] read = source.read(position, length, "a structure");
      return ByteBuffer.wrap(read).order(ByteOrder.LITTLE_ENDIAN);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public ByteBuffer readBufferFromAddress(long address, int length) {
    return read(address, length);
  }

  @Override
  public ByteBuffer map(long address, long length) {
    return read(address, length);
  }

  @Override
  public ByteBuffer mapNoOffset(long address, long length) {
    return read(address, length);
  }

  @Override
  public long getUserBlockSize() {
    return 0;
  }

  @Override
  public Superblock getSuperblock() {
    return superblock;
  }

  @Override
  public FileChannel getFileChannel() {
    throw new InMemoryHdfException();
  }

  @Override
  public int getSizeOfOffsets() {
    return superblock.getSizeOfOffsets();
  }

  @Override
  public int getSizeOfLengths() {
    return superblock.getSizeOfLengths();
  }

  /** The source is its owner's to close. */
  @Override
  public void close() {}

  @Override
  public long size() {
    return source.size();
  }

  /** Whether there is no file of jHDF's to ask for. */
  @Override
  public boolean inMemory() {
    return true;
  }
}
