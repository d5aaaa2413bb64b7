package org.sparkrnn.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkrnn.sample.LocaleName.Split;

/** PyTorch over the committed weights, against ours. */
class NameLanguageOracleTest {
  /** What the project promises on a softmax against other frameworks' float32. */
  private static final float TOLERANCE = 1e-5f;

  private static final long SEED = 7;

  @Test
  void pyTorchGivesTheSameProbabilities(@TempDir Path folder) throws IOException {
    NameScorer scorer = new NameScorer(folder);
    List<LocaleName> names =
        LocaleNames.all().stream().filter(name -> name.split() == Split.HELD_OUT).toList();
    List<NameBatch> batches =
        NameBatch.shuffled(names, scorer.characters(), 256, new Random(SEED));
    int compared = 0;
    try (TorchNameLanguage torch = TorchLayout.torch(scorer.model().network())) {
      for (NameBatch batch : batches) {
        List<float[]> ours = scorer.probabilities(batch.texts());
        try (NDManager manager = torch.newBatch()) {
          NDArray ids = manager.create(batch.flat(), new Shape(batch.rows(), batch.steps()));
          float[] theirs = torch.logits(ids, 0).softmax(1).toFloatArray();
          for (int row = 0; row < batch.rows(); row++) {
            int from = row * ours.get(row).length;
            float[] expected = Arrays.copyOfRange(theirs, from, from + ours.get(row).length);
            assertThat(ours.get(row))
                .as("'%s', batches shuffled with seed %d", batch.texts().get(row), SEED)
                .containsExactly(expected, within(TOLERANCE));
            compared++;
          }
        }
      }
    }
    assertThat(compared).isEqualTo(names.size());
  }
}
