package org.sparkrnn.model.files;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;
import org.sparkrnn.weights.ByteSource;
import org.sparkrnn.weights.Storage;

/** A folder on any Hadoop file system. Stateless and safe for use by many threads. */
public final class HadoopStorage implements Storage {
  private final FileSystem files;
  private final Path folder;

  public HadoopStorage(FileSystem files, Path folder) {
    this.files = files;
    this.folder = folder;
  }

  /**
   * The file system of {@code path}; without a scheme, Hadoop's default one. Local files are read
   * and written without Hadoop's checksum files beside them.
   */
  public static FileSystem fileSystem(Path path, Configuration conf) throws IOException {
    FileSystem files = path.getFileSystem(conf);
    return files instanceof LocalFileSystem local ? local.getRawFileSystem() : files;
  }

  /** The status of {@code path}, or null when nothing is there. */
  public static FileStatus status(FileSystem files, Path path) throws IOException {
    try {
      return files.getFileStatus(path);
    } catch (FileNotFoundException e) {
      return null;
    }
  }

  @Override
  public String name() {
    return folder.toString();
  }

  @Override
  public boolean exists(String file) throws IOException {
    FileStatus status = status(files, resolve(file));
    return status != null && status.isFile();
  }

  @Override
  public List<String> list() throws IOException {
    return Arrays.stream(files.listStatus(folder))
        .filter(FileStatus::isFile)
        .map(status -> status.getPath().getName())
        .sorted()
        .toList();
  }

  @Override
  public ByteSource open(String file) throws IOException {
    Path path = resolve(file);
    FileStatus status = status(files, path);
    if (status == null || !status.isFile()) {
      throw new FileNotFoundException(path + " is not a file");
    }
    return new HadoopFile(path.toString(), status.getLen(), files.open(path));
  }

  private Path resolve(String file) {
    if (!FileNames.inside(file)) {
      throw new IllegalArgumentException(
          "'" + file + "' is not a file below " + folder + "; give a relative name without '..'");
    }
    return new Path(folder, file);
  }

  /** An open file, read by position. */
  private record HadoopFile(String name, long size, FSDataInputStream stream)
      implements ByteSource {
    @Override
    public void read(long position, byte[] target, int offset, int length) throws IOException {
      requireRange(position, length, "a read");
      stream.readFully(position, target, offset, length);
    }

    @Override
    public void close() throws IOException {
      stream.close();
    }
  }
}
