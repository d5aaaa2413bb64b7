package org.sparkrnn.notebook;

import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.rapaio.jupyter.kernel.MainApp;
import org.rapaio.jupyter.kernel.channels.Channels;
import org.rapaio.jupyter.kernel.core.ConnectionProperties;
import org.rapaio.jupyter.kernel.core.Transform;

/**
 * Starts rapaio-jupyter-kernel 3.0.1 for notebooks that use Spark, in place of its own main class:
 *
 * <ul>
 *   <li>its own logging is so fine that Janino, which compiles Spark's generated code, logs every
 *       call and fails in doing so; here warnings are logged and nothing below;
 *   <li>it opens its sockets before it has a table of handlers; here the table is there first, so
 *       that a message that comes early finds no handler, which Jupyter cures by asking again,
 *       instead of no table, which ends the channel.
 * </ul>
 */
public final class KernelMain {
  private KernelMain() {}

  /**
   * Serves one notebook until it is told to stop.
   *
   * @param arguments the connection file that Jupyter wrote
   */
  public static void main(String[] arguments) throws Exception {
    Logger root = Logger.getLogger("");
    root.setLevel(Level.WARNING);
    for (Handler handler : root.getHandlers()) {
      handler.setLevel(Level.WARNING);
    }
    ConnectionProperties connection =
        Transform.fromJson(Files.readString(Path.of(arguments[0])), ConnectionProperties.class);
    Channels channels = new Channels(connection);
    Field handlers = Channels.class.getDeclaredField("handlers");
    handlers.setAccessible(true);
    handlers.set(channels, Map.of());
    channels.connect(MainApp.kernel);
    channels.joinUntilClose();
  }
}
