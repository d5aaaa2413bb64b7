package org.sparkrnn.rnn;

import java.util.Arrays;
import java.util.List;

/**
 * Runs a network whose output is its next input: first the rows of a window as they are, then as
 * long as a row generates, rows of one step each, from the state that the step before left. Both
 * are plain runs of the same chain, so a row's ids and states are the same in any company.
 */
final class GeneratingRunner implements WindowRunner {
  private final Loop.Generate loop;
  private final List<Result> results;
  private final int stateSize;
  private final ChainRunner prompts;
  private final ChainRunner steps;

  private int[] generated = new int[0];
  private int[] counts = new int[0];
  private float[] states = new float[0];

  /** The rows that go on, and of those the ones whose step is being computed. */
  private int[] alive = new int[0];

  GeneratingRunner(PackedNetwork packed, List<Output> selected, Limits limits) {
    this.loop = packed.network().generate().orElseThrow();
    this.results = selected.stream().<Result>map(GeneratedResult::new).toList();
    Network chain = packed.chain();
    this.stateSize = chain.stateShape().size();
    Output next = chain.output(chain.layers().get(chain.layers().size() - 1).name());
    List<Output> outputs = List.of(next, chain.output(Output.FINAL_STATE));
    this.steps = new ChainRunner(packed, outputs, limits, 0);
    long own = Integer.BYTES * (2L + loop.maxSteps()) + (long) Float.BYTES * stateSize;
    this.prompts = new ChainRunner(packed, outputs, limits, own + steps.footprint().rowBytes(1));
  }

  @Override
  public Window window() {
    return prompts.window();
  }

  @Override
  public void run() {
    Window window = prompts.window();
    int rows = window.rows();
    generated = Window.grown(generated, Math.multiplyExact(rows, loop.maxSteps()));
    counts = Window.grown(counts, rows);
    alive = Window.grown(alive, rows);
    states = Window.grown(states, rows * stateSize);
    Arrays.fill(counts, 0, rows, 0);
    prompts.run();
    int going = 0;
    for (int row = 0; row < rows; row++) {
      take(prompts, row, row);
      if (window.length(row) == 0) {
        counts[row] = 0; // Nothing was read that could be followed.
      } else if (goesOn(row)) {
        alive[going++] = row;
      }
    }
    while (going > 0) {
      going = step(going);
    }
  }

  /** One step of the first {@code count} rows in {@code alive}; how many of them go on. */
  private int step(int count) {
    int going = 0;
    int done = 0;
    while (done < count) {
      Window window = steps.window();
      window.clear();
      int from = done;
      while (done < count && window.hasRoom(1)) {
        int row = alive[done++];
        window.add(generated, last(row), 1);
        window.initialState(states, row * stateSize);
      }
      if (from == done) {
        throw new IllegalStateException("a window of prompts has room where one of a step has not");
      }
      steps.run();
      for (int i = from; i < done; i++) {
        int row = alive[i];
        take(steps, i - from, row);
        if (goesOn(row)) {
          alive[going++] = row;
        }
      }
    }
    return going;
  }

  /** Takes over what a run chose for a row, and the state it left. */
  private void take(ChainRunner from, int inWindow, int row) {
    ResultBuffer next = from.result(0);
    generated[row * loop.maxSteps() + counts[row]++] = next.ints()[next.offset(inWindow)];
    ResultBuffer state = from.result(1);
    System.arraycopy(state.floats(), state.offset(inWindow), states, row * stateSize, stateSize);
  }

  private boolean goesOn(int row) {
    return counts[row] < loop.maxSteps() && generated[last(row)] != loop.stop();
  }

  private int last(int row) {
    return row * loop.maxSteps() + counts[row] - 1;
  }

  @Override
  public Result result(int index) {
    return results.get(index);
  }

  @Override
  public long steps() {
    return prompts.steps() + steps.steps();
  }

  @Override
  public long cellSteps() {
    return prompts.cellSteps() + steps.cellSteps();
  }

  @Override
  public long flops() {
    return prompts.flops() + steps.flops();
  }

  /** What was generated, or the final states. */
  private final class GeneratedResult implements Result {
    private final Output output;
    private final boolean ids;

    GeneratedResult(Output output) {
      this.output = output;
      this.ids = output instanceof Output.Generated;
    }

    @Override
    public Output output() {
      return output;
    }

    @Override
    public float[] floats() {
      return states;
    }

    @Override
    public float[] takeFloats() {
      return Arrays.copyOf(states, window().rows() * stateSize);
    }

    @Override
    public int[] ints() {
      return generated;
    }

    @Override
    public int offset(int row) {
      return row * (ids ? loop.maxSteps() : stateSize);
    }

    @Override
    public int size() {
      return ids ? 1 : stateSize;
    }

    @Override
    public int entries(int row) {
      return ids ? counts[row] : 1;
    }

    @Override
    public boolean perStep() {
      return false;
    }
  }
}
