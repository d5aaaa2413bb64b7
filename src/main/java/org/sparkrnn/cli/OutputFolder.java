package org.sparkrnn.cli;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Optional;
import java.util.UUID;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The folder a job writes to, which no refused, failed or killed run may damage.
 *
 * <pre>{@code
 * try (OutputFolder output = OutputFolder.check(path, mode, conf)) {  // refuses, changes nothing
 *   output.begin();                                                   // proves it can be written
 *   rows.write().parquet(output.rows().toString());
 *   output.commit();                                                  // all of it appears, or nothing
 * }                                                                   // what is not committed goes
 * }</pre>
 *
 * <p>The rows are written to a hidden folder beside the output and moved into place by renaming
 * when the job has succeeded. Overwriting puts the old output aside first, puts it back if the
 * renaming fails, and deletes it last. A run that dies between the two renamings leaves the old
 * output in a hidden folder; the next run puts it back. On object stores renaming is copying: safe
 * from failures of the job, not from a death in that moment.
 *
 * <p>Runs on the driver. Not thread-safe.
 */
final class OutputFolder implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(OutputFolder.class);
  private static final String MARK = ".spark-rnn-";
  private static final String OLD = ".old";

  private final Path path;
  private final SaveMode mode;
  private final FileSystem files;
  private final boolean exists;
  private final Path staging;

  /** The highest folder that had to be made; null when all were there. */
  private Path made;

  private boolean begun;

  private OutputFolder(Path path, SaveMode mode, FileSystem files) throws IOException {
    this.path = path;
    this.mode = mode;
    this.files = files;
    this.exists = files.exists(path);
    this.staging =
        new Path(path.getParent(), "." + path.getName() + MARK + UUID.randomUUID().toString());
  }

  /**
   * Checks that a job may write to {@code given} in this mode. Changes nothing, except that an
   * output which a killed run left aside is put back.
   *
   * @throws Refusal (usage) if it exists and must not, is a file, or would be overwritten although
   *     it holds what no Spark job wrote
   */
  static OutputFolder check(String given, SaveMode mode, Configuration conf) {
    try {
      Path path = Places.real(new Path(given), conf);
      if (path.getParent() == null) {
        throw Refusal.usage("output is '" + given + "', the root of its file system");
      }
      FileSystem files = path.getFileSystem(conf);
      restore(path, files);
      OutputFolder output = new OutputFolder(path, mode, files);
      if (output.exists) {
        output.checkExisting();
      }
      return output;
    } catch (IOException | IllegalArgumentException e) {
      throw Refusal.unwritable("output " + given, e);
    }
  }

  private void checkExisting() throws IOException {
    if (mode == SaveMode.ERRORIFEXISTS) {
      throw Refusal.usage(
          "output "
              + path
              + " exists; choose another folder, or say --mode overwrite, append or ignore");
    }
    if (mode != SaveMode.IGNORE && !files.getFileStatus(path).isDirectory()) {
      throw Refusal.usage("output " + path + " is a file; choose a folder");
    }
    if (mode == SaveMode.OVERWRITE) {
      for (FileStatus child : files.listStatus(path)) {
        if (!writtenBySpark(child)) {
          throw Refusal.usage(
              "output "
                  + path
                  + " holds '"
                  + child.getPath().getName()
                  + "', which is no file of a Spark job, and overwrite would delete it;"
                  + " choose another folder, or move it away");
        }
      }
    }
  }

  private static boolean writtenBySpark(FileStatus child) {
    String name = child.getPath().getName();
    return Places.hidden(name)
        || (child.isDirectory() ? name.contains("=") : name.startsWith("part-"));
  }

  /**
   * Refuses an output that is, holds or lies in a place that the job reads or writes otherwise.
   *
   * @param what the other place's role, such as {@code input}
   * @param other the other place
   */
  void keepApart(String what, Path other, Configuration conf) {
    try {
      Path real = Places.real(other, conf);
      if (Places.within(path, real) || Places.within(real, path)) {
        String relation =
            real.equals(path)
                ? "is the " + what
                : Places.within(path, real)
                    ? "lies in the " + what + " " + real
                    : "holds the " + what + " " + real;
        throw Refusal.usage("output " + path + " " + relation + "; choose another folder");
      }
    } catch (IOException e) {
      throw new Refusal(ExitCode.USAGE, what + " " + other + " cannot be looked up: " + e, e);
    }
  }

  /** The output itself. */
  Path path() {
    return path;
  }

  /** Whether rows are added to what was there when the run began. */
  boolean appends() {
    return exists && mode == SaveMode.APPEND;
  }

  /** Whether the mode says to leave the existing output as it is. */
  boolean leftAlone() {
    return exists && mode == SaveMode.IGNORE;
  }

  /** Where the job writes; not there yet. */
  Path rows() {
    return new Path(staging, "rows");
  }

  /**
   * Makes the hidden folder, and so shows before any work is done that writing is possible.
   *
   * @throws Refusal (usage) if it is not
   */
  void begin() {
    try {
      for (Path up = path.getParent(); up != null && !files.exists(up); up = up.getParent()) {
        made = up;
      }
      begun = true;
      files.deleteOnExit(staging);
      if (!files.mkdirs(staging)) {
        throw new IOException("the folder " + staging.getParent() + " cannot be written to");
      }
    } catch (IOException e) {
      close();
      throw Refusal.unwritable("output " + path, e);
    }
  }

  /**
   * Puts the rows into place.
   *
   * @throws IOException if that fails; the output is then as it was before the run
   */
  void commit() throws IOException {
    if (mode == SaveMode.APPEND && files.exists(path)) {
      FileMoves.into(rows(), path, files);
      return;
    }
    if (!files.exists(path)) {
      rename(rows(), path);
      return;
    }
    if (mode != SaveMode.OVERWRITE) {
      files.cancelDeleteOnExit(staging);
      begun = false;
      throw new IOException(
          "output "
              + path
              + " appeared while the job ran and is left as it is; the job's rows are in "
              + rows());
    }
    swap();
  }

  private void swap() throws IOException {
    Path old = staging.suffix(OLD);
    rename(path, old);
    try {
      rename(rows(), path);
    } catch (IOException e) {
      try {
        rename(old, path);
      } catch (IOException worse) {
        e.addSuppressed(
            new IOException("and the old output could not be put back; it is in " + old, worse));
      }
      throw e;
    }
    try {
      delete(old);
    } catch (IOException e) {
      LOG.warn("The old output could not be deleted; it is in {}", old, e);
    }
  }

  /** Deletes what was not committed. */
  @Override
  public void close() {
    if (!begun) {
      return;
    }
    begun = false;
    try {
      delete(staging);
      files.cancelDeleteOnExit(staging);
      for (Path up = path.getParent();
          made != null && up != null && Places.within(up, made) && isEmpty(up);
          up = up.getParent()) {
        files.delete(up, false);
      }
    } catch (IOException e) {
      LOG.warn("The folder {} of this run could not be deleted", staging, e);
    }
  }

  private boolean isEmpty(Path folder) throws IOException {
    try {
      return files.listStatus(folder).length == 0;
    } catch (FileNotFoundException e) {
      return false;
    }
  }

  private void delete(Path folder) throws IOException {
    if (!files.delete(folder, true) && files.exists(folder)) {
      throw new IOException(folder + " could not be deleted");
    }
  }

  private void rename(Path from, Path to) throws IOException {
    rename(from, to, files);
  }

  private static void rename(Path from, Path to, FileSystem files) throws IOException {
    if (!files.rename(from, to)) {
      throw new IOException(from + " could not be renamed to " + to);
    }
  }

  /** A run that died while swapping left the old output aside and nothing in its place. */
  private static void restore(Path path, FileSystem files) throws IOException {
    if (files.exists(path) || !files.exists(path.getParent())) {
      return;
    }
    String prefix = "." + path.getName() + MARK;
    Optional<FileStatus> old =
        Arrays.stream(files.listStatus(path.getParent()))
            .filter(file -> file.getPath().getName().startsWith(prefix))
            .filter(file -> file.getPath().getName().endsWith(OLD))
            .max(Comparator.comparingLong(FileStatus::getModificationTime));
    if (old.isPresent()) {
      LOG.warn("An earlier run died while it replaced {}; its old files are put back", path);
      rename(old.get().getPath(), path, files);
    }
  }
}
