package org.sparkrnn;

import java.io.IOException;
import java.lang.ref.SoftReference;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;
import org.sparkrnn.model.Cut;
import org.sparkrnn.model.InputSpec;
import org.sparkrnn.model.SequenceModel;
import org.sparkrnn.model.loading.ModelLoader;
import org.sparkrnn.ops.Ops;
import org.sparkrnn.rnn.Output;
import org.sparkrnn.rnn.PackedNetwork;
import org.sparkrnn.spark.ModelHandle;

/**
 * A recurrent network that is ready to run: over DataFrames, and without Spark over plain arrays,
 * over Arrow record batches and step by step.
 *
 * <pre>{@code
 * RnnModel model = RnnModel.load("hdfs:///models/churn");
 * Dataset<Row> scored = model.on("events").lengths("n").select("final_state").transform(df);
 * RnnOutputs here = model.run(new float[][][] {{{0.1f, 0.2f}, {0.3f, 0.4f}}});
 * VectorSchemaRoot batch = model.onBatch("events").lengths("n").run(in, allocator);
 * RnnOutputs now = model.stepper().step(new float[] {0.1f, 0.2f});
 * }</pre>
 *
 * <p>All ways give the same bits for the same sequence. Immutable and thread-safe. Of Spark's and
 * Arrow's classes only those ways that use them need any: Hadoop's and Jackson's are enough to load
 * a model and to run arrays and steps.
 */
public final class RnnModel {
  private final ModelHandle handle;
  private volatile PackedNetwork packed;

  /** Runs that wait for the next call, as many as threads can be at work at once. */
  private final Queue<SoftReference<LocalRun>> idle =
      new ArrayBlockingQueue<>(Runtime.getRuntime().availableProcessors());

  private RnnModel(ModelHandle handle) {
    this.handle = handle;
  }

  /**
   * Loads a model, with the file systems of the running Spark session, if there is one.
   *
   * @param path a folder with a {@code model.json}, or that file, on any Hadoop file system;
   *     without a scheme, on its default one
   * @throws org.sparkrnn.model.ModelException if the spec is wrong or does not fit the weights
   * @throws org.sparkrnn.weights.WeightsException if the weights cannot be used
   * @throws IOException if the storage fails
   */
  public static RnnModel load(String path) throws IOException {
    return load(path, configuration());
  }

  private static Configuration configuration() {
    try {
      return Session.configuration();
    } catch (NoClassDefFoundError e) {
      // There is no Spark on the class path, and none is needed to run a model here.
      return new Configuration();
    }
  }

  /** Apart, so that Spark's classes are loaded here only. */
  private static final class Session {
    static Configuration configuration() {
      scala.Option<SparkSession> session = SparkSession.getActiveSession();
      return session.isDefined()
          ? ((org.apache.spark.sql.classic.SparkSession) session.get())
              .sessionState()
              .newHadoopConf()
          : new Configuration();
    }
  }

  /**
   * Loads a model as {@link #load(String)} does.
   *
   * @param conf for the file systems, on the driver and on executors
   */
  public static RnnModel load(String path, Configuration conf) throws IOException {
    return load(path, "", conf);
  }

  /**
   * Loads a model with other weights than its own.
   *
   * @param weights the weights file, or the empty string for the model's own
   * @param conf for the file systems, on the driver and on executors
   */
  public static RnnModel load(String path, String weights, Configuration conf) throws IOException {
    return load(path, weights, Cut.NONE, conf);
  }

  /**
   * Loads a part of a model, for files that hold a graph of which not all runs.
   *
   * @param weights the weights file, or the empty string for the model's own
   * @param cut which part of the graph is the model
   * @param conf for the file systems, on the driver and on executors
   */
  public static RnnModel load(String path, String weights, Cut cut, Configuration conf)
      throws IOException {
    SequenceModel model = ModelLoader.load(path, weights, cut, conf);
    ModelHandle.Origin origin =
        new ModelHandle.Origin(absolute(path, conf), absolute(weights, conf), cut, conf);
    return new RnnModel(ModelHandle.of(model, origin));
  }

  /** A model made by a program. It travels with the job, whose limit for that it may not exceed. */
  public static RnnModel of(SequenceModel model) {
    return new RnnModel(ModelHandle.of(model));
  }

  /** The whole path: executors run in folders of their own. */
  private static String absolute(String path, Configuration conf) throws IOException {
    if (path.isEmpty()) {
      return path;
    }
    Path given = new Path(path);
    return given.getFileSystem(conf).makeQualified(given).toString();
  }

  /** The model's name, for people. */
  public String name() {
    return handle.model().name();
  }

  /** What a row's steps are. */
  public InputSpec input() {
    return handle.model().input();
  }

  /** Every output that can be selected. */
  public List<Output> outputs() {
    return handle.model().network().outputs();
  }

  /** The outputs that are returned when nothing is selected. */
  public List<String> defaultOutputs() {
    return handle.model().select();
  }

  /** The model itself. */
  public SequenceModel definition() {
    return handle.model();
  }

  /**
   * Begins to say how the model is run over a DataFrame.
   *
   * @param column the column with the sequences
   */
  public RnnTransform on(String column) {
    return RnnTransform.of(handle, column);
  }

  /**
   * Begins to say how the model is run over a DataFrame, where the column with the sequences is the
   * session's {@code spark.rnn.sequence}.
   */
  public RnnTransform configured() {
    return RnnTransform.of(handle);
  }

  /**
   * Begins to say how the model is run over Arrow record batches, here and without Spark. Arrow is
   * needed on the class path from the first batch on, in Spark's version.
   *
   * @param column the column with the sequences
   */
  public RnnBatches onBatch(String column) {
    return RnnBatches.of(handle.model(), this::packed, column);
  }

  /**
   * Runs the model here, over sequences of floats.
   *
   * @param sequences {@code [rows][steps][size]}; rows may differ in steps
   * @return every output of each row
   * @throws IllegalArgumentException if a step has the wrong width, or the model takes ids
   */
  public RnnOutputs run(float[][][] sequences) {
    return run(RnnSequences.of(sequences));
  }

  /**
   * Runs the model here, over sequences of floats, each from a state of its own.
   *
   * @param sequences {@code [rows][steps][size]}; rows may differ in steps
   * @param initialStates {@code [rows][state]}: for each row the flattened state, as {@code
   *     final_state} comes back
   * @return every output of each row
   * @throws IllegalArgumentException if a step or a state has the wrong width, or the model takes
   *     ids
   */
  public RnnOutputs run(float[][][] sequences, float[][] initialStates) {
    return run(RnnSequences.of(sequences).initialStates(initialStates));
  }

  /**
   * Runs the model here, over padded sequences of floats with their lengths.
   *
   * @param padded {@code [rows][steps][size]}
   * @param lengths {@code [rows]}: how many steps of each row count; what is behind is not looked
   *     at
   * @return every output of each row
   * @throws IllegalArgumentException if a step has the wrong width, a length is not within its row,
   *     or the model takes ids
   */
  public RnnOutputs run(float[][][] padded, int[] lengths) {
    return run(RnnSequences.of(padded).lengths(lengths));
  }

  /**
   * Runs the model here, over sequences of ids.
   *
   * @param sequences {@code [rows][steps]}; rows may differ in steps
   * @return every output of each row
   * @throws IllegalArgumentException if an id is out of range, or the model takes floats
   */
  public RnnOutputs run(int[][] sequences) {
    return run(RnnSequences.of(sequences));
  }

  /**
   * Runs the model here, over texts: taken apart at white space by a model of tokens, into Unicode
   * code points by a model of characters.
   *
   * @param texts {@code [rows]}
   * @return every output of each row
   * @throws IllegalArgumentException if a token is unknown and the model has no id for such, or the
   *     model has no vocabulary
   */
  public RnnOutputs run(String... texts) {
    return run(RnnSequences.of(texts));
  }

  /**
   * Runs the model here, over sequences with all that can be said about them: lengths, initial
   * states. The weights are packed once for all runs; memory beyond that is one window's for each
   * thread that is in here, and the results'. The windows are kept for later runs until the JVM
   * needs their memory.
   *
   * @return every output of each row, in the order of the rows
   * @throws IllegalArgumentException if a sequence does not fit the model; the message says which
   */
  public RnnOutputs run(RnnSequences sequences) {
    LocalRun run = idle();
    if (run == null) {
      run = new LocalRun(input(), packed(), outputs());
    }
    RnnOutputs found = run.run(sequences);
    idle.offer(new SoftReference<>(run));
    return found;
  }

  /** One of the runs that wait, or null. */
  private LocalRun idle() {
    SoftReference<LocalRun> waiting = idle.poll();
    while (waiting != null) {
      LocalRun run = waiting.get();
      if (run != null) {
        return run;
      }
      waiting = idle.poll();
    }
    return null;
  }

  /**
   * Begins one sequence that is run piece by piece, from the network's initial state, mostly zeros.
   *
   * @return a stepper of its own, for one thread
   * @throws IllegalArgumentException if the model needs whole sequences, as bidirectional ones do
   */
  public RnnStepper stepper() {
    return new RnnStepper(handle.model(), packed());
  }

  /** The weights as the arithmetic wants them: one copy for all threads, made at the first use. */
  PackedNetwork packed() {
    PackedNetwork made = packed;
    if (made == null) {
      synchronized (this) {
        made = packed;
        if (made == null) {
          made = PackedNetwork.pack(handle.model().network(), Ops.of("auto"));
          packed = made;
        }
      }
    }
    return made;
  }
}
