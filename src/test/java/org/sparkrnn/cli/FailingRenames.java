package org.sparkrnn.cli;

import java.io.IOException;
import java.net.URI;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;

/** The local disk under the scheme {@code flaky}, where chosen renamings fail. */
public final class FailingRenames extends RawLocalFileSystem {
  /** The numbers, from 1, of the renamings that fail; set by the test. */
  private static volatile java.util.Set<Integer> failing = java.util.Set.of();

  private static volatile int count;

  /** For Hadoop. */
  public FailingRenames() {}

  static Configuration conf(Integer... fail) {
    failing = java.util.Set.of(fail);
    count = 0;
    Configuration conf = new Configuration();
    conf.setClass("fs.flaky.impl", FailingRenames.class, FileSystem.class);
    conf.setBoolean("fs.flaky.impl.disable.cache", true);
    return conf;
  }

  @Override
  public URI getUri() {
    return URI.create("flaky:///");
  }

  @Override
  public String getScheme() {
    return "flaky";
  }

  @Override
  public synchronized boolean rename(Path from, Path to) throws IOException {
    count++;
    return !failing.contains(count) && super.rename(from, to);
  }
}
