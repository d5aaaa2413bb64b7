package org.sparkrnn.bench;

import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.sparkrnn.cell.RnnCell;

/**
 * One peer beside this project's code, in one JVM and one thread: equal lengths, and lengths as they
 * come.
 *
 * <p>On equal lengths a peer's batch lies ready in its own buffer and its answer is read where it
 * is; {@code RnnModel} takes arrays of arrays and returns an array for each sequence, and {@code
 * NetworkRunner} copies in and out too. On different lengths everybody starts from an array for each
 * sequence and ends with one.
 */
final class PeersBenchmark {
  private final Peer peer;

  private PeersBenchmark(Peer peer) {
    this.peer = peer;
  }

  /** Args: the peer, as {@link #peer} knows it. */
  public static void main(String[] args) {
    PeersBenchmark benchmark = new PeersBenchmark(peer(args[0]));
    System.out.println("beside " + benchmark.peer.name());
    List<String> works = Settings.words("work", "fixed,ragged", "fixed,ragged,spread");
    if (works.contains("fixed")) {
      benchmark.fixed();
    }
    if (works.contains("ragged")) {
      benchmark.ragged();
    }
    if (works.contains("spread")) {
      benchmark.spread();
    }
  }

  private static Peer peer(String name) {
    return switch (name) {
      case "onnxruntime" -> new OnnxRuntimePeer();
      case "onednn" -> new OneDnnPeer();
      case "pytorch" -> new PyTorchPeer();
      case "tensorflow" -> new TensorFlowPeer();
      default -> throw new IllegalArgumentException("no peer is named '" + name + "'");
    };
  }

  private void fixed() {
    Tsv table =
        Tsv.append(
            "fixed",
            "peer",
            "cell",
            "units",
            "batch",
            "steps",
            "peerGflops",
            "modelGflops",
            "runnerGflops",
            "modelRatio",
            "runnerRatio",
            "errorOurs",
            "errorPeer",
            "elsewhereModel",
            "elsewherePeer");
    int steps = Settings.number("steps", 64, 64);
    for (String cell : Settings.words("cells", "lstm,gru", "lstm,gru,lbr")) {
      Ours.warmUp(cell);
      // The table of LSTMs is the long one.
      boolean all = cell.equals("lstm");
      String units = all ? "64,128,256,512,1024" : "64,256,512";
      String batches = all ? "1,8,32,64,128" : "1,8,64";
      for (int size : Settings.numbers("units", "128,256", units)) {
        for (int batch : Settings.numbers("batches", "1,8,64", batches)) {
          fixed(table, cell, size, batch, steps);
        }
      }
    }
  }

  private void fixed(Tsv table, String name, int units, int batch, int steps) {
    RnnCell cell = Cells.of(name, units);
    if (!peer.has(cell)) {
      return;
    }
    Corpus corpus = Corpus.equal(batch, steps, units);
    Judge judge = new Judge(cell, corpus);
    Ours ours = new Ours(cell);
    float[][] answers = ours.modelAnswers(corpus);
    double errorOurs = judge.error("RnnModel", answers);
    judge.error("NetworkRunner", ours.runner(corpus), answers);
    try (Peer.Loaded loaded = peer.load(cell, steps, batch)) {
      loaded.shape(steps, batch);
      FloatBuffer x = loaded.input();
      for (int row = 0; row < batch; row++) {
        for (int t = 0; t < steps; t++) {
          x.put((t * batch + row) * units, corpus.flat()[row], t * units, units);
        }
      }
      loaded.run();
      double errorPeer = judge.error(peer.name(), rows(loaded, corpus, units), answers);
      Turns turns =
          Turns.take(
              List.of(loaded::run, () -> ours.model(corpus), () -> ours.runner(corpus)));
      double flops = Cells.flops(cell) * corpus.tokens();
      table.row(
          peer.name(),
          name,
          units,
          batch,
          steps,
          flops / turns.nanos(0),
          flops / turns.nanos(1),
          flops / turns.nanos(2),
          turns.ratio(1, 0),
          turns.ratio(2, 0),
          errorOurs,
          errorPeer,
          turns.elsewhere(1),
          turns.elsewhere(0));
    } catch (Judge.WrongAnswer e) {
      System.out.printf("%s, %s, %d units, batch %d: left out%n", e.getMessage(), name, units, batch);
    }
  }

  private static void rows(float[][] answers, Corpus corpus) {
    if (answers.length != corpus.rows()) {
      throw new Judge.WrongAnswer("answers are missing");
    }
  }

  private static float[][] rows(Peer.Loaded loaded, Corpus corpus, int units) {
    FloatBuffer y = loaded.output();
    int batch = corpus.rows();
    float[][] answers = new float[batch][];
    for (int row = 0; row < batch; row++) {
      answers[row] = new float[corpus.length(row) * units];
      for (int t = 0; t < corpus.length(row); t++) {
        y.get((t * batch + row) * units, answers[row], t * units, units);
      }
    }
    return answers;
  }

  private Tsv raggedTable(String name) {
    return Tsv.append(
        name,
        "peer",
        "way",
        "cell",
        "units",
        "sequences",
        "tokens",
        "longest",
        "spread",
        "peerMillis",
        "modelMillis",
        "runnerMillis",
        "modelRatio",
        "runnerRatio",
        "errorOurs",
        "errorPeer",
        "elsewhereModel",
        "elsewherePeer");
  }

  /** 4096 sequences, log-normal, mean 29, at most 200 steps. */
  private void ragged() {
    Tsv table = raggedTable("ragged");
    for (String cell : Settings.words("raggedCells", "lstm", "lstm,gru")) {
      Ours.warmUp(cell);
      String units = cell.equals("lstm") ? "64,128,256" : "128";
      for (int size : Settings.numbers("raggedUnits", "128", units)) {
        Corpus corpus = Corpus.logNormal(Settings.number("sequences", 1024, 4096), 29, 0.75, 200, size);
        ragged(table, cell, 0.75, corpus);
      }
    }
  }

  /** The same work, spread more and more. */
  private void spread() {
    Tsv table = raggedTable("spread");
    int units = Settings.number("spreadUnits", 128, 128);
    Ours.warmUp("lstm");
    for (String spread : Settings.words("spreads", "0,0.5,1", "0,0.25,0.5,0.75,1,1.25")) {
      double sigma = Double.parseDouble(spread);
      ragged(table, "lstm", sigma, Corpus.logNormal(1024, 32, sigma, 1000, units));
    }
  }

  private void ragged(Tsv table, String name, double spread, Corpus corpus) {
    int units = corpus.steps()[0][0].length;
    RnnCell cell = Cells.of(name, units);
    if (!peer.has(cell)) {
      return;
    }
    Judge judge = new Judge(cell, corpus);
    Ours ours = new Ours(cell);
    float[][] answers = ours.modelAnswers(corpus);
    double errorOurs = judge.error("RnnModel", answers);
    judge.error("NetworkRunner", ours.runner(corpus), answers);
    try (Peer.Loaded loaded = peer.load(cell, corpus.longest(), Batches.ROWS)) {
      List<String> ways = new ArrayList<>(List.of("padded, arrival", "padded, sorted"));
      List<Supplier<float[][]>> works = new ArrayList<>();
      works.add(() -> Batches.padded(loaded, corpus, corpus.arrival(), units, units));
      works.add(() -> Batches.padded(loaded, corpus, corpus.sorted(), units, units));
      if (loaded instanceof Peer.Packed packed) {
        ways.addAll(List.of("packed, arrival", "packed, sorted"));
        works.add(() -> Batches.packed(packed, corpus, corpus.arrival(), units, units));
        works.add(() -> Batches.packed(packed, corpus, corpus.sorted(), units, units));
      }
      List<Runnable> runs = new ArrayList<>(List.of(() -> ours.model(corpus), () -> ours.runner(corpus)));
      double[] errors = new double[works.size()];
      for (int w = 0; w < errors.length; w++) {
        Supplier<float[][]> work = works.get(w);
        errors[w] = judge.error(peer.name(), work.get(), answers);
        runs.add(() -> rows(work.get(), corpus));
      }
      Turns turns = Turns.take(runs);
      for (int w = 0; w < errors.length; w++) {
        table.row(
            peer.name(),
            ways.get(w),
            name,
            units,
            corpus.rows(),
            corpus.tokens(),
            corpus.longest(),
            spread,
            turns.nanos(w + 2) / 1e6,
            turns.nanos(0) / 1e6,
            turns.nanos(1) / 1e6,
            turns.ratio(0, w + 2),
            turns.ratio(1, w + 2),
            errorOurs,
            errors[w],
            turns.elsewhere(0),
            turns.elsewhere(w + 2));
      }
    } catch (Judge.WrongAnswer e) {
      System.out.printf("%s, %s, %d units: left out%n", e.getMessage(), name, units);
    }
  }
}
