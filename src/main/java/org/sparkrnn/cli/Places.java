package org.sparkrnn.cli;

import java.io.IOException;
import java.nio.file.Files;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** Where paths lead, on any Hadoop file system. */
final class Places {
  private Places() {}

  /**
   * The place itself: with scheme and authority, absolute, and, on the local file system, with
   * symbolic links followed as far as the path exists.
   */
  static Path real(Path path, Configuration conf) throws IOException {
    FileSystem files = path.getFileSystem(conf);
    Path full = files.makeQualified(path);
    if (!"file".equals(full.toUri().getScheme())) {
      return full;
    }
    java.nio.file.Path local = java.nio.file.Path.of(full.toUri().getPath()).normalize();
    java.nio.file.Path there = local;
    while (there.getParent() != null && !Files.exists(there)) {
      there = there.getParent();
    }
    java.nio.file.Path real = there.toRealPath().resolve(there.relativize(local));
    return new Path("file", "", real.normalize().toString());
  }

  /** Whether {@code inner} is {@code outer} or lies under it; both from {@link #real}. */
  static boolean within(Path inner, Path outer) {
    for (Path path = inner; path != null; path = path.getParent()) {
      if (path.equals(outer)) {
        return true;
      }
    }
    return false;
  }

  /** What stands in a path before the first part with a wildcard. */
  static Path fixedPart(Path pattern) {
    Path fixed = pattern;
    for (Path path = pattern; path != null; path = path.getParent()) {
      if (path.getName().matches(".*[*?\\[{].*")) {
        fixed = path.getParent();
      }
    }
    return fixed;
  }

  /** Whether a file of this name is not data: Spark's and Hadoop's rule for hidden files. */
  static boolean hidden(String name) {
    return name.startsWith(".") || (name.startsWith("_") && !name.contains("="));
  }
}
