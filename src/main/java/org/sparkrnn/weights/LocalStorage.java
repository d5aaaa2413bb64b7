package org.sparkrnn.weights;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;

/**
 * A folder on this machine, for programs that run without Spark.
 *
 * <p>A name that is absolute or climbs out of the folder with {@code ..} is an {@link
 * IllegalArgumentException}. Symbolic links are followed: whoever may write into the folder decides
 * where they lead.
 */
public final class LocalStorage implements Storage {
  private final Path folder;

  private LocalStorage(Path folder) {
    this.folder = folder;
  }

  /** The files below {@code folder}; nothing is opened yet. */
  public static LocalStorage of(Path folder) {
    return new LocalStorage(folder);
  }

  @Override
  public String name() {
    return folder.toString();
  }

  @Override
  public boolean exists(String file) {
    return Files.isRegularFile(resolve(file));
  }

  @Override
  public List<String> list() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(Files::isRegularFile)
          .map(file -> file.getFileName().toString())
          .sorted()
          .toList();
    }
  }

  @Override
  public ByteSource open(String file) throws IOException {
    Path path = resolve(file);
    if (!Files.isRegularFile(path)) {
      throw new FileNotFoundException(path + " is not a file");
    }
    return LocalFile.open(path);
  }

  private Path resolve(String file) {
    Path relative = Path.of(file).normalize();
    if (relative.isAbsolute() || relative.startsWith("..")) {
      throw new IllegalArgumentException(
          "'" + file + "' is not a file below " + folder + "; give a relative name without '..'");
    }
    return folder.resolve(relative);
  }

  /** One open file. */
  private record LocalFile(String name, FileChannel channel, long size) implements ByteSource {

    static LocalFile open(Path path) throws IOException {
      FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
      try {
        return new LocalFile(path.toString(), channel, channel.size());
      } catch (IOException e) {
        channel.close();
        throw e;
      }
    }

    @Override
    public void read(long position, byte[] target, int offset, int length) throws IOException {
      requireRange(position, length, "a read");
      ByteBuffer buffer = ByteBuffer.wrap(target, offset, length);
      while (buffer.hasRemaining()) {
        if (channel.read(buffer, position + buffer.position() - offset) < 0) {
          throw new MalformedWeightsException(
              name, "the file shrank while it was read: it had " + size + " bytes");
        }
      }
    }

    @Override
    public void close() throws IOException {
      channel.close();
    }
  }
}
