package org.sparkrnn.oracle;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.sparkrnn.cell.Activation;
import org.sparkrnn.cell.BasicRnnCell;
import org.sparkrnn.cell.GruCell;
import org.sparkrnn.cell.LstmCell;
import org.sparkrnn.cell.MultiRnnCell;
import org.sparkrnn.cell.ResetAfterGruCell;
import org.sparkrnn.cell.RnnCell;
import org.sparkrnn.conformance.Conformance;

/**
 * A cell with its options that is judged, in several sizes.
 *
 * @param name TensorFlow's name
 * @param options those that differ from TensorFlow's defaults
 * @param maxTime steps of the longest row
 * @param sizes inputs and units
 * @param maker makes one with random weights
 */
record JudgedCell(String name, String options, int maxTime, List<Size> sizes, Maker maker) {
  /** None a multiple of a lane count, but for 1. */
  static final List<Size> SIZES = sizes(3, 5, 1, 1, 13, 23, 29, 37, 70, 69);

  /** For cells that take inputs as wide as their output. */
  static final List<Size> EQUAL = sizes(5, 5, 1, 1, 23, 23, 37, 37);

  /** For cells of which a single unit says nothing. */
  static final List<Size> SEVERAL = sizes(3, 5, 13, 23, 29, 37);

  /**
   * Of one cell.
   *
   * @param input floats in a step
   * @param units units
   */
  record Size(int input, int units) {}

  /**
   * A cell to judge.
   *
   * @param ours as we run it
   * @param published as TensorFlow publishes it
   */
  record Pair(RnnCell ours, PublishedCell published) {}

  /** Makes a cell. */
  interface Maker {
    Pair make(RandomWeights random, int input, int units);
  }

  /** Makes one of ours. */
  interface CellMaker {
    RnnCell make(RandomWeights random, int input, int units);
  }

  /** Makes one that names itself. */
  interface NamedMaker {
    NamedCell make(RandomWeights random, int input, int units);
  }

  static List<Size> sizes(int... pairs) {
    List<Size> sizes = new ArrayList<>();
    for (int i = 0; i < pairs.length; i += 2) {
      sizes.add(new Size(pairs[i], pairs[i + 1]));
    }
    return List.copyOf(sizes);
  }

  JudgedCell(String name, String options, CellMaker maker) {
    this(name, options, 9, SIZES, pair(maker));
  }

  /** One that is loaded from a model. */
  static JudgedCell named(String name, String options, List<Size> sizes, NamedMaker maker) {
    return new JudgedCell(
        name,
        options,
        9,
        sizes,
        (random, d, n) -> {
          NamedCell published = maker.make(random, d, n);
          return new Pair(published.load(), published);
        });
  }

  private static Maker pair(CellMaker maker) {
    return (random, d, n) -> {
      RnnCell ours = maker.make(random, d, n);
      return new Pair(ours, PublishedCells.of(ours));
    };
  }

  private static List<JudgedCell> ofEveryActivation() {
    List<JudgedCell> all = new ArrayList<>();
    all.add(basicRnn(Activation.TANH));
    all.add(basicRnn(Activation.RELU));
    EveryActivation.elementwise()
        .filter(activation -> !Set.of(Activation.TANH, Activation.RELU).contains(activation))
        .forEach(
            activation -> {
              // What grows from step to step soon leaves the range of float.
              int maxTime = activation.equals(Activation.EXPONENTIAL) ? 1 : 3;
              String options = "activation=" + word(activation);
              all.add(
                  new JudgedCell("BasicRNNCell", options, maxTime, SIZES.subList(0, 2), pair(basicRnnMaker(activation))));
            });
    return all;
  }

  /** A {@code BasicRNNCell} in all sizes. */
  static JudgedCell basicRnn(Activation activation) {
    String options =
        activation.equals(Activation.TANH) ? "" : "activation=" + word(activation);
    return new JudgedCell("BasicRNNCell", options, basicRnnMaker(activation));
  }

  static CellMaker basicRnnMaker(Activation activation) {
    return (random, d, n) ->
        new BasicRnnCell(random.kernel(d + n, n), random.bias(n), activation);
  }

  /** All that are judged. */
  static List<JudgedCell> all() {
    List<JudgedCell> all = new ArrayList<>(ofEveryActivation());
    all.add(
        new JudgedCell(
            "BasicLSTMCell",
            "",
            JudgedCell::lstm));
    all.add(
        new JudgedCell(
            "BasicLSTMCell",
            "forget_bias, activation=relu",
            (random, d, n) -> lstm(random, d, n, 0, Activation.RELU)));
    all.add(
        new JudgedCell(
            "LSTMCell",
            "use_peepholes, cell_clip, forget_bias",
            JudgedCell::clippedPeepholeLstm));
    all.add(
        new JudgedCell(
            "LSTMCell",
            "cell_clip=0",
            (random, d, n) ->
                lstm(random, d, n, LstmCell.Peepholes.NONE, 0)));
    all.add(
        new JudgedCell(
            "LSTMCell",
            "use_peepholes, num_proj, proj_clip, activation=softsign",
            (random, d, n) -> {
              int p = (n + 2) / 2;
              return new LstmCell(
                  random.kernel(d + p, 4 * n),
                  random.bias(4 * n),
                  1,
                  Activation.SOFTSIGN,
                  Activation.SIGMOID,
                  new LstmCell.Peepholes(random.bias(n), random.bias(n), random.bias(n)),
                  Float.POSITIVE_INFINITY,
                  new LstmCell.Projection(random.kernel(n, p), 0.3f));
            }));
    all.add(new JudgedCell("GRUCell", "", (random, d, n) -> gru(random, d, n, Activation.TANH)));
    all.add(
        new JudgedCell(
            "GRUCell",
            "activation=relu",
            (random, d, n) -> gru(random, d, n, Activation.RELU)));
    all.add(new JudgedCell("CudnnCompatibleGRUCell", "", JudgedCell::resetAfter));
    all.add(
        new JudgedCell(
            "MultiRNNCell",
            "BasicLSTMCell, GRUCell, BasicRNNCell",
            (random, d, n) -> {
              int middle = (n + 1) / 2;
              return new MultiRnnCell(
                  List.of(
                      lstm(random, d, middle, 1, Activation.TANH),
                      gru(random, middle, n, Activation.TANH),
                      new BasicRnnCell(
                          random.kernel(n + 3, 3), random.bias(3), Activation.TANH)));
            }));
    return all;
  }

  static LstmCell lstm(RandomWeights random, int d, int n) {
    return lstm(random, d, n, 1, Activation.TANH);
  }

  static LstmCell clippedPeepholeLstm(RandomWeights random, int d, int n) {
    return lstm(
        random,
        d,
        n,
        new LstmCell.Peepholes(random.bias(n), random.bias(n), random.bias(n)),
        0.4f);
  }

  static LstmCell peepholeLstm(RandomWeights random, int d, int n) {
    LstmCell.Peepholes peepholes =
        new LstmCell.Peepholes(random.bias(n), random.bias(n), random.bias(n));
    return lstm(random, d, n, peepholes, Float.POSITIVE_INFINITY);
  }

  private static LstmCell lstm(
      RandomWeights random, int d, int n, LstmCell.Peepholes peepholes, float clip) {
    return new LstmCell(
        random.kernel(d + n, 4 * n),
        random.bias(4 * n),
        0.5f,
        Activation.TANH,
        Activation.SIGMOID,
        peepholes,
        clip,
        LstmCell.Projection.NONE);
  }

  static LstmCell lstm(
      RandomWeights random, int d, int n, float forgetBias, Activation activation) {
    return new LstmCell(
        random.kernel(d + n, 4 * n),
        random.bias(4 * n),
        forgetBias,
        activation,
        Activation.SIGMOID,
        LstmCell.Peepholes.NONE,
        Float.POSITIVE_INFINITY,
        LstmCell.Projection.NONE);
  }

  static GruCell gru(RandomWeights random, int d, int n, Activation activation) {
    return new GruCell(
        random.kernel(d + n, 2 * n),
        random.bias(2 * n),
        random.kernel(d + n, n),
        random.bias(n),
        activation);
  }

  static ResetAfterGruCell resetAfter(RandomWeights random, int d, int n) {
    return new ResetAfterGruCell(
        random.kernel(d + n, 2 * n),
        random.bias(2 * n),
        random.kernel(d, n),
        random.bias(n),
        random.kernel(n, n),
        random.bias(n),
        Activation.TANH);
  }

  /** The cell in one of its sizes; {@code which} tells two of them apart. */
  Pair make(Size size, int which) {
    return maker.make(new RandomWeights(seed(size) + 1 + which), size.input(), size.units());
  }

  JudgedRows rows(Size size, int stateSize) {
    int steps = size.units() > 60 ? Math.min(maxTime, 4) : maxTime;
    return JudgedRows.of(new RandomWeights(seed(size)), size.input(), stateSize, steps);
  }

  /** For failures: what is judged, with its seed. */
  String describe(Size size) {
    return String.format(
        "%s, input %d, units %d, seed %d", this, size.input(), size.units(), seed(size));
  }

  /** The same under another name of TensorFlow's. */
  JudgedCell named(String other) {
    return new JudgedCell(other, options, maxTime, sizes, maker);
  }

  /** Writes the verdict into the conformance table. */
  void record(String judge, String loop, Verdict verdict) {
    Conformance.record(judge, name, options, loop, verdict.error(), verdict.tolerance());
  }

  private long seed(Size size) {
    return 1_000L * Math.abs((name + options).hashCode() % 100_000) + 10L * size.units();
  }

  private static String word(Activation activation) {
    if (activation.equals(Activation.RELU)) {
      return "relu";
    }
    if (activation.equals(Activation.RELU6)) {
      return "relu6";
    }
    String word = activation.kind().name().toLowerCase(Locale.ROOT);
    return activation.alpha() == 0 && activation.beta() == 0
        ? word
        : word + " " + activation.alpha() + " " + activation.beta();
  }

  @Override
  public String toString() {
    return options.isEmpty() ? name : name + "(" + options + ")";
  }
}
