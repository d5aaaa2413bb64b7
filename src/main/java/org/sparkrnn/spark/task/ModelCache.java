package org.sparkrnn.spark.task;

import java.lang.ref.SoftReference;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import org.sparkrnn.model.InputSpec;
import org.sparkrnn.model.SequenceModel;
import org.sparkrnn.ops.Ops;
import org.sparkrnn.rnn.PackedNetwork;

/**
 * The models whose weights are packed in this JVM, one copy each, shared by its tasks.
 *
 * <p>A model stays while a task holds a {@link Lease} on it; after the last release it is kept
 * until the JVM needs the memory. The first task that asks packs it, the others wait. Thread-safe.
 */
public final class ModelCache {
  private static final ModelCache SHARED = new ModelCache();

  private final Map<Key, Entry> held = new HashMap<>();
  private final Map<Key, SoftReference<Packed>> idle = new HashMap<>();
  private final AtomicLong packings = new AtomicLong();

  ModelCache() {}

  /** The JVM's. */
  public static ModelCache shared() {
    return SHARED;
  }

  /** How often weights were packed so far. */
  public long packings() {
    return packings.get();
  }

  /** How many models tasks are using. */
  synchronized int held() {
    return held.size();
  }

  /** A model, ready to run. */
  record Packed(InputSpec input, PackedNetwork network) {}

  private record Key(String fingerprint, String ops) {}

  private static final class Entry {
    final CompletableFuture<Packed> packed = new CompletableFuture<>();
    int users = 1;
  }

  /** One task's use of a model; closed when the task ends, however it ends. */
  final class Lease implements AutoCloseable {
    private final Key key;
    private final Packed packed;
    private boolean open = true;

    private Lease(Key key, Packed packed) {
      this.key = key;
      this.packed = packed;
    }

    Packed packed() {
      return packed;
    }

    @Override
    public void close() {
      synchronized (ModelCache.this) {
        if (open) {
          open = false;
          release(key, packed);
        }
      }
    }
  }

  /**
   * The model, packed by the first who asks.
   *
   * @param ops the setting of {@code spark.rnn.ops}
   * @throws InterruptedException if interrupted while another task packs
   */
  Lease acquire(ModelSource source, String ops) throws InterruptedException {
    Ops arithmetic = Ops.of(ops);
    Key key = new Key(source.fingerprint(), arithmetic.name());
    while (true) {
      Entry entry;
      boolean mine = false;
      synchronized (this) {
        entry = held.get(key);
        if (entry == null) {
          entry = new Entry();
          held.put(key, entry);
          mine = true;
          Packed kept = idle.containsKey(key) ? idle.remove(key).get() : null;
          if (kept != null) {
            entry.packed.complete(kept);
          }
        } else {
          entry.users++;
        }
      }
      if (mine) {
        return new Lease(key, pack(entry, key, source, arithmetic));
      }
      try {
        return new Lease(key, entry.packed.get());
      } catch (InterruptedException e) {
        leave(entry, key);
        throw e;
      } catch (ExecutionException e) {
        // The task that packed failed, perhaps because it was killed. Once more round the loop, to
        // succeed, or to fail with an exception of one's own.
      }
    }
  }

  private Packed pack(Entry entry, Key key, ModelSource source, Ops arithmetic) {
    try {
      if (!entry.packed.isDone()) {
        SequenceModel model = source.load();
        packings.incrementAndGet();
        entry.packed.complete(
            new Packed(model.input(), PackedNetwork.pack(model.network(), arithmetic)));
      }
      return entry.packed.join();
    } catch (Throwable e) {
      synchronized (this) {
        held.remove(key, entry);
      }
      entry.packed.completeExceptionally(e);
      throw e;
    }
  }

  private synchronized void leave(Entry entry, Key key) {
    if (held.get(key) == entry && --entry.users == 0) {
      held.remove(key);
      if (entry.packed.isDone() && !entry.packed.isCompletedExceptionally()) {
        idle.put(key, new SoftReference<>(entry.packed.join()));
      }
    }
  }

  private void release(Key key, Packed packed) {
    Entry entry = held.get(key);
    if (entry != null && --entry.users == 0) {
      held.remove(key);
      idle.values().removeIf(reference -> reference.get() == null);
      idle.put(key, new SoftReference<>(packed));
    }
  }
}
