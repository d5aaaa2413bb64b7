package org.sparkrnn.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.util.Arrays;

/** Damages files in every way there is, for tests of readers. */
public final class Damage {
  private static final int SMALL = 6000;
  private static final int STEP = 97;

  private Damage() {}

  /** Opens a file and reads all that is in it. */
  public interface Reader {
    /** Reads {@code source} to its end. */
    void read(ByteSource source) throws IOException;
  }

  /** Reads every tensor that is readable, and every alias. */
  public static void readAll(WeightsFile file) throws IOException {
    file.aliases();
    for (String name : file.tensors().keySet()) {
      try {
        file.read(name);
      } catch (UnsupportedWeightsException e) {
        assertThat(e).hasMessageStartingWith(file.name());
      }
    }
  }

  /**
   * Cuts the file at every byte, every 97th of a large one. A reader must refuse each, or read it.
   *
   * @return how many cuts were refused
   */
  public static int cuts(String name, byte[] whole, Reader reader) {
    int refused = 0;
    int step = whole.length > SMALL ? STEP : 1;
    for (int length = 0; length < whole.length; length += step) {
      refused += refused(name, Arrays.copyOf(whole, length), "cut to " + length, reader) ? 1 : 0;
    }
    return refused;
  }

  /** Changes every byte, every 97th of a large file, in three ways. */
  public static void flips(String name, byte[] whole, Reader reader) {
    int step = whole.length > SMALL ? STEP : 1;
    for (int at = 0; at < whole.length; at += step) {
      for (int mask : new int[] {0x01, 0x80, 0xff}) {
        byte[] flipped = whole.clone();
        flipped[at] ^= (byte) mask;
        refused(name, flipped, "byte " + at + " xor " + mask, reader);
      }
    }
  }

  private static boolean refused(String name, byte[] bytes, String what, Reader reader) {
    try (ByteSource source = InMemoryStorage.source(name, bytes)) {
      reader.read(source);
      return false;
    } catch (WeightsException e) {
      assertThat(e).as(what).hasMessageStartingWith(name);
      return true;
    } catch (RuntimeException | IOException | StackOverflowError | OutOfMemoryError e) {
      return fail(name + ", " + what, e);
    }
  }
}
