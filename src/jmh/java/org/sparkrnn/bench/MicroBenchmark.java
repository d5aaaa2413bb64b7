package org.sparkrnn.bench;

import java.util.Arrays;
import java.util.List;
import org.sparkrnn.cell.RnnCell;

/**
 * How near the cells come to what the core can do: in turns the peak, the bare step, the same in
 * plain Java, and the way through {@code RnnModel}. Fails where plain Java's answers differ in a
 * bit, or anybody's from the textbook's.
 */
final class MicroBenchmark {
  private MicroBenchmark() {}

  /** Without arguments. */
  public static void main(String[] args) {
    Tsv table =
        Tsv.append(
            "micro",
            "cell",
            "units",
            "batch",
            "steps",
            "peakGflops",
            "stepGflops",
            "stepPercent",
            "runnerGflops",
            "runnerPercent",
            "modelGflops",
            "modelPercent",
            "scalarGflops",
            "scalarRatio",
            "error");
    for (String cell : Settings.words("cells", "lstm,gru,lbr", "lstm,gru,lbr")) {
      Ours.warmUp(cell);
      boolean all = cell.equals("lstm");
      String sizes = all ? "64,128,256,512,1024" : "64,256,1024";
      String batches = all ? "1,2,4,8,16,32,64,128" : "1,8,64";
      for (int units : Settings.numbers("units", "64,256", sizes)) {
        for (int batch : Settings.numbers("batches", "1,8,64", batches)) {
          measure(table, cell, units, batch);
        }
      }
    }
  }

  private static void measure(Tsv table, String name, int units, int batch) {
    RnnCell cell = Cells.of(name, units);
    int steps = Settings.number("steps", 64, 64);
    Corpus corpus = Corpus.equal(batch, steps, units);
    Judge judge = new Judge(cell, corpus);
    Ours ours = new Ours(cell);
    FmaPeak peak = new FmaPeak();
    SteppedCell simd = new SteppedCell(cell, "auto", corpus);
    SteppedCell scalar = new SteppedCell(cell, "scalar", corpus);
    Turns turns =
        Turns.take(
            List.of(
                peak, simd, scalar, () -> ours.runner(corpus), () -> ours.model(corpus)));
    double error = judge.error("the step", simd.answers());
    require(Arrays.deepEquals(simd.answers(), scalar.answers()), "plain Java", name, units, batch);
    require(Arrays.deepEquals(simd.answers(), ours.modelAnswers(corpus)), "RnnModel", name, units, batch);
    require(Arrays.deepEquals(simd.answers(), ours.runner(corpus)), "NetworkRunner", name, units, batch);
    require(peak.ran(), "the peak", name, units, batch);
    double flops = Cells.flops(cell) * corpus.tokens();
    double most = FmaPeak.flops() / turns.nanos(0);
    // The shares are of the peak's slice beside each.
    double share = flops / FmaPeak.flops() * 100;
    table.row(
        name,
        units,
        batch,
        steps,
        most,
        flops / turns.nanos(1),
        share * turns.ratio(1, 0),
        flops / turns.nanos(3),
        share * turns.ratio(3, 0),
        flops / turns.nanos(4),
        share * turns.ratio(4, 0),
        flops / turns.nanos(2),
        turns.ratio(2, 1),
        error);
  }

  private static void require(boolean same, String what, String cell, int units, int batch) {
    if (!same) {
      throw new Judge.WrongAnswer(
          String.format("%s gives other bits: %s, %d units, batch %d", what, cell, units, batch));
    }
  }
}
