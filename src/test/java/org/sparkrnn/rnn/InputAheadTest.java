package org.sparkrnn.rnn;

import static org.assertj.core.api.Assumptions.assumeThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.sparkrnn.cell.RnnCell;
import org.sparkrnn.ops.Ops;
import org.sparkrnn.oracle.RandomNetworks;

/** Few rows take their input's product ahead; plain Java, which never does, tells what is right. */
class InputAheadTest {

  /**
   * Narrow cells, of which one or two rows are stepped so, wide ones, of which eight are, and a
   * wider one.
   */
  static Stream<List<RnnCell>> directions() {
    RandomNetworks random = new RandomNetworks(31);
    return Stream.of(
        List.of(random.lstm(5, 20), random.gru(5, 9)),
        List.of(random.resetAfterGru(3, 17), random.fullLstm(3, 18, 5)),
        List.of(random.lstm(150, 200), random.gru(150, 300)),
        List.of(random.resetAfterGru(70, 300)),
        List.of(random.lstm(300, 500)));
  }

  @ParameterizedTest
  @MethodSource("directions")
  void fewLongRowsHaveTheBitsOfPlainJava(List<RnnCell> cells) {
    assumeThat(Ops.of("auto").name()).as("skipped: no vector code here").startsWith("simd");
    Network network =
        new Network(
            new Network.Input.Features(cells.get(0).inputSize()),
            List.of(new Layer.Rnn("rnn", cells, Layer.Merge.CONCAT)));
    // Several products, with rows that end inside of one, at its end and in the first step.
    Rows rows = Rows.features(32, network, 600, 300, 299, 40, 40, 40, 12, 1, 1, 0);
    rows.assertVectorCodeHasTheBitsOfPlainJava(network);
  }
}
