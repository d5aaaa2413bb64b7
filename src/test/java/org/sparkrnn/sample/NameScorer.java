package org.sparkrnn.sample;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.ObjIntConsumer;
import org.apache.hadoop.conf.Configuration;
import org.sparkrnn.model.InputSpec;
import org.sparkrnn.model.SequenceModel;
import org.sparkrnn.model.Vocabulary;
import org.sparkrnn.model.loading.ModelLoader;
import org.sparkrnn.ops.Ops;
import org.sparkrnn.rnn.Limits;
import org.sparkrnn.rnn.Network;
import org.sparkrnn.rnn.NetworkRunner;
import org.sparkrnn.rnn.PackedNetwork;
import org.sparkrnn.rnn.Result;

/** Runs the bundled model over names, without Spark. */
final class NameScorer {
  private final SequenceModel model;

  /**
   * @param folder an empty one, to hold the model's files
   */
  NameScorer(Path folder) throws IOException {
    NameLanguageModel.copyTo(folder);
    model = ModelLoader.load(folder.toString(), "", new Configuration());
  }

  SequenceModel model() {
    return model;
  }

  /** The ids that stand for characters. */
  Vocabulary characters() {
    return ((InputSpec.Characters) model.input()).vocabulary();
  }

  /** The index of each name's language. */
  int[] predictions(List<String> texts) {
    List<Integer> predictions = new ArrayList<>();
    run(
        texts,
        NameLanguageModel.PREDICTION,
        (result, row) -> predictions.add(result.ints()[result.offset(row)]));
    return predictions.stream().mapToInt(Integer::intValue).toArray();
  }

  /** The probability of each language, for each name. */
  List<float[]> probabilities(List<String> texts) {
    List<float[]> probabilities = new ArrayList<>();
    run(
        texts,
        NameLanguageModel.PROBABILITIES,
        (result, row) -> {
          int from = result.offset(row);
          probabilities.add(Arrays.copyOfRange(result.floats(), from, from + result.size()));
        });
    return probabilities;
  }

  private void run(List<String> texts, String output, ObjIntConsumer<Result> rows) {
    Network network = model.network();
    NetworkRunner runner =
        PackedNetwork.pack(network, Ops.of("auto"))
            .runner(List.of(network.output(output)), Limits.DEFAULT);
    for (String text : texts) {
      int[] ids = text.codePoints().map(c -> characters().id(Character.toString(c))).toArray();
      if (!runner.window().hasRoom(ids.length)) {
        flush(runner, rows);
      }
      runner.window().add(ids, 0, ids.length);
    }
    flush(runner, rows);
  }

  private static void flush(NetworkRunner runner, ObjIntConsumer<Result> rows) {
    runner.run();
    for (int row = 0; row < runner.window().rows(); row++) {
      rows.accept(runner.result(0), row);
    }
    runner.window().clear();
  }
}
