package org.sparkrnn.ops;

import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Chooses the implementation for a setting, by asking what the JVM has and never by trying.
 *
 * <p>The vector code pays from 256 bits on: with less, or without C2's support, plain Java is
 * faster.
 */
final class OpsChoice {
  private static final Logger LOG = LoggerFactory.getLogger(OpsChoice.class);
  private static final String MODULE = "jdk.incubator.vector";
  private static final int FEWEST_LANES = 8;

  private OpsChoice() {}

  static Ops of(String setting) {
    return switch (setting) {
      case "auto" -> Auto.OPS;
      case "scalar" -> ScalarOps.INSTANCE;
      case "simd" -> {
        String obstacle = obstacle();
        if (!obstacle.isEmpty()) {
          throw new IllegalArgumentException("spark.rnn.ops is 'simd', but " + obstacle);
        }
        yield SimdOps.INSTANCE;
      }
      default ->
          throw new IllegalArgumentException(
              "spark.rnn.ops is '"
                  + setting
                  + "', expected one of auto, scalar, simd"
                  + hint(setting));
    };
  }

  private static String hint(String setting) {
    String plain = setting.strip().toLowerCase(Locale.ROOT);
    return switch (plain) {
      case "auto", "scalar", "simd" -> "; did you mean '" + plain + "'?";
      default -> "";
    };
  }

  /** Why the vector code cannot run here, with the remedy; empty if it can. */
  private static String obstacle() {
    if (ModuleLayer.boot().findModule(MODULE).isEmpty()) {
      return "this JVM runs without the module "
          + MODULE
          + "; start it with --add-modules="
          + MODULE
          + " (spark.driver.extraJavaOptions, spark.executor.extraJavaOptions), or use 'auto' or"
          + " 'scalar'";
    }
    if (Panels.LANES < FEWEST_LANES) {
      return "this JVM's vectors have "
          + Panels.LANES * Float.SIZE
          + " bits and the vector code needs 256; use 'auto' or 'scalar'";
    }
    return "";
  }

  /** Chosen once per JVM, when first asked for. */
  private static final class Auto {
    static final Ops OPS = choose();

    private static Ops choose() {
      String obstacle = obstacle();
      if (!obstacle.isEmpty()) {
        LOG.info("spark.rnn.ops: {} runs, because {}", ScalarOps.INSTANCE.name(), obstacle);
        return ScalarOps.INSTANCE;
      }
      LOG.info("spark.rnn.ops: {} runs", SimdOps.INSTANCE.name());
      return SimdOps.INSTANCE;
    }
  }
}
