package org.sparkrnn.ops;

import java.util.Arrays;
import org.sparkrnn.tensor.Tensor;

/**
 * {@code z = bias + a * weights} in vector code, the sums in the order of {@link Product}.
 *
 * <p>Columns are grouped in vectors, vectors in panels of {@link #WIDTH}; a panel's weights lie
 * together, input by input, so that a tile reads them in one stream. Lanes run along columns and
 * never along a sum: the bits depend neither on the lane count nor on the tiles.
 */
final class Panels {
  /** Lanes of a vector. */
  static final int LANES = SimdTiles.LANES;

  /**
   * Vectors in a panel. With 512-bit vectors there are 32 registers, and four vectors by five or
   * six rows keep both multipliers busy; with fewer lanes there may be 16 registers only, and more
   * than eight sums spill.
   */
  static final int WIDTH = LANES >= 16 ? 4 : 2;

  /**
   * Rows of a tile: six spill in some runs of JDK 17's compiler, and are the best of later ones.
   */
  static final int ROWS = LANES < 16 ? 4 : Runtime.version().feature() < 21 ? 5 : 6;

  /**
   * Where the weights begin in their array. Behind its header of 16 bytes a large array begins at a
   * page, at least of G1's, and with these floats between its vectors lie in one cache line each:
   * read across two lines they take longer (measured: 95 % of the multipliers' peak in place of 91
   * with 256 units, 78 in place of 72 with 512).
   */
  private static final int FIRST = 12;

  /**
   * How many inputs are taken at a time where there are many: the weights of so many inputs of a
   * panel stay in a core's own cache, and in few pages, while all rows pass over them.
   */
  private static final int CHUNK = 512;

  /** Rows of the packed matrix. */
  private final int packed;

  /** Those rows that take part: {@code inputs} from {@code skip} on. */
  private final int skip;

  private final int inputs;
  private final int vectors;
  private final float[] weights;
  private final float[] bias;

  /** From which column on the sums begin in a row of given ones; -1 where they begin as bias. */
  private final int startColumn;

  /**
   * Packs rows of a matrix.
   *
   * @param from the first row of {@code kernel} that takes part
   * @param inputs how many rows
   * @param columns for each lane of each vector the column of {@code kernel} and {@code bias}, or
   *     -1 for a lane of zeros
   */
  Panels(Tensor kernel, int from, int inputs, float[] bias, int[] columns) {
    this.packed = inputs;
    this.skip = 0;
    this.inputs = inputs;
    this.startColumn = -1;
    this.vectors = columns.length / LANES;
    this.weights = new float[Math.addExact(FIRST, Math.multiplyExact(inputs, columns.length))];
    this.bias = new float[columns.length];
    for (int v = 0; v < vectors; v++) {
      int panel = v / WIDTH;
      int width = Math.min(WIDTH, vectors - panel * WIDTH);
      int at = FIRST + inputs * panel * WIDTH * LANES + (v - panel * WIDTH) * LANES;
      for (int lane = 0; lane < LANES; lane++) {
        int column = columns[v * LANES + lane];
        if (column >= 0) {
          this.bias[v * LANES + lane] = bias[column];
          for (int k = 0; k < inputs; k++) {
            this.weights[at + k * width * LANES + lane] = kernel.at(from + k, column);
          }
        }
      }
    }
  }

  private Panels(Panels whole, int skip, int inputs, int startColumn) {
    this.packed = whole.packed;
    this.skip = skip;
    this.inputs = inputs;
    this.startColumn = startColumn;
    this.vectors = whole.vectors;
    this.weights = whole.weights;
    this.bias = whole.bias;
  }

  /** The sums over the first inputs only. */
  Panels first(int count) {
    return new Panels(this, 0, count, -1);
  }

  /**
   * The sums over the other inputs, which begin as what {@link #first} gave.
   *
   * @param startColumn where these columns begin in a row of that
   */
  Panels rest(int count, int startColumn) {
    return new Panels(this, count, packed - count, startColumn);
  }

  /**
   * Where the columns of {@code gates} equal column blocks of {@code units} go: vector by vector of
   * units, and for each the gates one after another.
   */
  static int[] interleaved(int units, int gates) {
    int blocks = blocks(units);
    int[] columns = new int[blocks * gates * LANES];
    for (int block = 0; block < blocks; block++) {
      for (int gate = 0; gate < gates; gate++) {
        for (int lane = 0; lane < LANES; lane++) {
          int unit = block * LANES + lane;
          columns[(block * gates + gate) * LANES + lane] = unit < units ? gate * units + unit : -1;
        }
      }
    }
    return columns;
  }

  /**
   * Where the columns of equal column blocks of {@code units} go: gate by gate, each in whole
   * vectors.
   *
   * @param gates the numbers of the blocks, in the order in which they shall stand
   */
  static int[] gateByGate(int units, int... gates) {
    int padded = padded(units);
    int[] columns = new int[gates.length * padded];
    Arrays.fill(columns, -1);
    for (int gate = 0; gate < gates.length; gate++) {
      for (int unit = 0; unit < units; unit++) {
        columns[gate * padded + unit] = gates[gate] * units + unit;
      }
    }
    return columns;
  }

  /** How many vectors hold so many units. */
  static int blocks(int units) {
    return (units + LANES - 1) / LANES;
  }

  /** So many units, rounded up to whole vectors. */
  static int padded(int units) {
    return blocks(units) * LANES;
  }

  /**
   * How far apart to keep rows of so many floats: an odd number of vectors, because rows that lie
   * multiples of 4 KB apart take each other's place in the cache.
   */
  static int stride(int floats) {
    return (blocks(floats) | 1) * LANES;
  }

  int vectors() {
    return vectors;
  }

  long bytes() {
    return Footprint.floats(1, weights.length) + Footprint.floats(1, bias.length);
  }

  /**
   * Computes {@code rows} rows of some vectors of columns.
   *
   * @param first the first vector, a multiple of {@link #WIDTH}
   * @param count how many vectors; fewer are computed if there are no more
   * @param a rows from {@code ao} on, {@code lda} apart
   * @param z rows from {@code zo} on, {@code ldz} apart
   */
  void apply(
      int first, int count, int rows, float[] a, int ao, int lda, float[] z, int zo, int ldz) {
    apply(first, count, rows, null, null, a, ao, lda, z, zo, ldz);
  }

  /**
   * The same, of panels that may be the {@link #rest} of others.
   *
   * @param start for each row the array that has what its sums begin as; not looked at where they
   *     begin as bias
   * @param from for each row where that begins
   */
  void apply(
      int first,
      int count,
      int rows,
      float[][] start,
      int[] from,
      float[] a,
      int ao,
      int lda,
      float[] z,
      int zo,
      int ldz) {
    int end = Math.min(first + count, vectors);
    boolean starts = startColumn < 0;
    if (!starts) {
      for (int r = 0; r < rows; r++) {
        int at = from[r] + startColumn + first * LANES;
        SimdElementwise.copy(start[r], at, z, zo + r * ldz, (end - first) * LANES);
      }
    }
    int chunk = inputs > 2 * CHUNK ? CHUNK : inputs;
    for (int v = first; v < end; v += WIDTH) {
      int to = zo + (v - first) * LANES;
      for (int k = 0; k < inputs; k += chunk) {
        int taken = Math.min(chunk, inputs - k);
        panel(v, k, taken, starts && k == 0, rows, a, ao + k, lda, z, to, ldz);
      }
    }
  }

  /**
   * One panel's sums over some inputs.
   *
   * @param v its first vector
   * @param k the first of the inputs, {@code taken} are
   * @param starts whether the sums begin as bias, not as what {@code z} has
   * @param a these inputs of the rows
   * @param z this panel's sums
   */
  private void panel(
      int v,
      int k,
      int taken,
      boolean starts,
      int rows,
      float[] a,
      int ao,
      int lda,
      float[] z,
      int zo,
      int ldz) {
    int width = Math.min(WIDTH, vectors - v);
    int wo = FIRST + (packed * v + (skip + k) * width) * LANES;
    int tiles = (rows + ROWS - 1) / ROWS;
    int small = rows / tiles;
    int large = rows % tiles;
    int row = 0;
    for (int tile = 0; tile < tiles; tile++) {
      int m = tile < large ? small + 1 : small;
      int zr = zo + row * ldz;
      float[] s = starts ? bias : z;
      int so = starts ? v * LANES : zr;
      int lds = starts ? 0 : ldz;
      SimdTiles.tile(m, width, a, ao + row * lda, lda, taken, weights, wo, s, so, lds, z, zr, ldz);
      row += m;
    }
  }
}
