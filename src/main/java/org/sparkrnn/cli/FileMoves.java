package org.sparkrnn.cli;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** Adds a finished folder's files to another folder: all of them, or none. */
final class FileMoves {
  private final FileSystem files;
  private final Deque<Path> made = new ArrayDeque<>();

  private FileMoves(FileSystem files) {
    this.files = files;
  }

  /**
   * Moves the data files under {@code from} to the same places under {@code to}, by renaming.
   *
   * @throws IOException if one cannot be moved; those that were are gone from {@code to} again
   */
  static void into(Path from, Path to, FileSystem files) throws IOException {
    FileMoves moves = new FileMoves(files);
    try {
      moves.move(from, to);
    } catch (IOException e) {
      moves.undo(e);
      throw e;
    }
  }

  private void move(Path from, Path to) throws IOException {
    for (FileStatus file : data(from)) {
      String name = file.getPath().getName();
      Path target = new Path(to, name);
      if (file.isDirectory()) {
        if (!files.exists(target)) {
          made.push(target);
          if (!files.mkdirs(target)) {
            throw new IOException("folder " + target + " cannot be made");
          }
        }
        move(file.getPath(), target);
      } else {
        if (files.exists(target)) {
          throw new IOException("file " + target + " exists");
        }
        made.push(target);
        if (!files.rename(file.getPath(), target)) {
          made.pop();
          throw new IOException(file.getPath() + " could not be renamed to " + target);
        }
      }
    }
  }

  private List<FileStatus> data(Path folder) throws IOException {
    List<FileStatus> found = new ArrayList<>();
    for (FileStatus file : files.listStatus(folder)) {
      if (!Places.hidden(file.getPath().getName())) {
        found.add(file);
      }
    }
    return found;
  }

  private void undo(IOException cause) {
    while (!made.isEmpty()) {
      Path path = made.pop();
      try {
        files.delete(path, false);
      } catch (IOException e) {
        cause.addSuppressed(new IOException("and " + path + " could not be taken back", e));
      }
    }
  }
}
