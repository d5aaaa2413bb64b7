package org.sparkrnn.model.cells;

import java.util.regex.Pattern;

/** Tells what a checkpoint keeps for training from what a network computes with. */
public final class TrainingState {

  /** The last part of a variable's name: slots of optimizers, their accumulators, counters. */
  private static final Pattern NAME =
      Pattern.compile(
          "((Adam|AdamW|Nadam|AdaMax|LazyAdam|Adadelta|Adagrad|AdagradDA|ProximalAdagrad|Ftrl"
              + "|RMSProp|RmsProp|Momentum|ShampooOptimizer|LARS|AddSign|PowerSign"
              + "|ExponentialMovingAverage|MovingAverage|GradientDescent)(_\\d+)?"
              + "|beta[12]_power(_\\d+)?|global_step|gradient_squared_accumulator"
              + "|save_counter)");

  /** A checkpoint's optimizer: PyTorch programs' and Keras' word for it. */
  private static final Pattern OPTIMIZER =
      Pattern.compile(
          "(optimizers?|optimizer_states?|optimizer_state_dict|optimizer_weights|optim)[./]");

  /** How an object graph's checkpoint ends the path to a variable. */
  private static final String OF_OBJECT = "/.ATTRIBUTES/VARIABLE_VALUE";

  /** Where a checkpoint of objects says how they hang together. */
  private static final String OBJECTS = "_CHECKPOINTABLE_OBJECT_GRAPH";

  private TrainingState() {}

  /** What an entry is that no network computes with; empty where that is not known. */
  public static String role(String variable) {
    if (variable.equals(OBJECTS)) {
      return "bookkeeping";
    }
    return holds(variable) ? "training only" : "";
  }

  /**
   * Whether {@code variable} is an optimizer's slot, its counter, a moving average or a metric of
   * Keras.
   */
  static boolean holds(String variable) {
    String path =
        variable.endsWith(OF_OBJECT)
            ? variable.substring(0, variable.length() - OF_OBJECT.length())
            : variable;
    return variable.contains("/.OPTIMIZER_SLOT/")
        || variable.contains("keras_api/metrics/")
        || OPTIMIZER.matcher(variable).lookingAt()
        || NAME.matcher(path.substring(path.lastIndexOf('/') + 1)).matches();
  }
}
