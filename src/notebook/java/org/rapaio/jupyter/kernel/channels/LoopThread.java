package org.rapaio.jupyter.kernel.channels;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Stands in for the class of this name in rapaio-jupyter-kernel 3.0.1. That one says that it is
 * running only after its thread has started; a thread that looks first ends at once, and the kernel
 * never answers (about one start in five on two cores). Here a thread runs until it is told to
 * stop.
 */
public final class LoopThread extends Thread {
  private final CountDownLatch stopped = new CountDownLatch(1);
  private final long pauseMillis;
  private final Runnable round;

  /** A thread that, once started, calls {@code round} again and again with a pause between. */
  public LoopThread(String name, long pauseMillis, Runnable round) {
    super(name);
    this.pauseMillis = pauseMillis;
    this.round = round;
  }

  @Override
  public void run() {
    try {
      do {
        round.run();
      } while (!stopped.await(pauseMillis, TimeUnit.MILLISECONDS));
    } catch (InterruptedException e) {
      interrupt();
    }
  }

  /** Ends the thread after the round it is in. */
  public void shutdown() {
    stopped.countDown();
  }
}
