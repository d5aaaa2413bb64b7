package org.sparkrnn.model.loading;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.sparkrnn.RnnModel;
import org.sparkrnn.RnnOutputs;
import org.sparkrnn.RnnSequences;
import org.sparkrnn.oracle.RandomNetworks;

/** One network in every form of file gives one answer: LSTMs, and GRUs that reset after. */
class EncodingsTest {
  private static final int ROWS = 6;

  @TempDir private Path temp;

  private static RnnSequences rows(long seed) {
    RandomNetworks random = new RandomNetworks(seed);
    float[][][] rows = new float[ROWS][][];
    for (int row = 0; row < ROWS; row++) {
      rows[row] = new float[1 + 3 * row][];
      for (int step = 0; step < rows[row].length; step++) {
        rows[row][step] = random.floats(3);
      }
    }
    return RnnSequences.of(rows);
  }

  private static List<OneNetwork> networks() {
    return LongStream.rangeClosed(1, 3).mapToObj(OneNetwork::random).flatMap(List::stream).toList();
  }

  @ParameterizedTest
  @MethodSource("networks")
  void everyEncodingOfOneNetworkGivesTheSameBits(OneNetwork network) throws IOException {
    Map<Encoding, RnnOutputs> answers = new EnumMap<>(Encoding.class);
    Map<Encoding, String> outputs = new EnumMap<>(Encoding.class);
    for (Encoding encoding : Encoding.values()) {
      Path folder = Files.createDirectories(temp.resolve(encoding.name()));
      Path model = encoding.write(network, folder);
      RnnModel loaded = RnnModel.load(model.toString(), new Configuration(false));
      assertThat(loaded.defaultOutputs()).as("%s", encoding).hasSize(1);
      outputs.put(encoding, loaded.defaultOutputs().get(0));
      answers.put(encoding, loaded.run(rows(4)));
    }
    RnnOutputs first = answers.get(Encoding.CHECKPOINT_V2);
    for (Encoding encoding : Encoding.values()) {
      for (int row = 0; row < ROWS; row++) {
        float[] expected = first.floats(outputs.get(Encoding.CHECKPOINT_V2), row);
        assertThat(expected).hasSize(5 * (1 + 3 * row));
        assertThat(answers.get(encoding).floats(outputs.get(encoding), row))
            .as("%s, row %d", encoding, row)
            .isEqualTo(expected);
      }
    }
  }
}
