package org.sparkrnn.sample;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.GradientCollector;
import ai.djl.training.loss.Loss;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkrnn.model.InputSpec;
import org.sparkrnn.model.loading.ModelWriter;
import org.sparkrnn.model.SequenceModel;
import org.sparkrnn.model.Vocabulary;
import org.sparkrnn.sample.LocaleName.Split;

/**
 * Trains the sample model with PyTorch and writes it over the committed one. Not part of the suite:
 * the name is not a test's, so it runs only when asked for, in two to three minutes on one idle
 * core:
 *
 * <pre>{@code
 * OMP_NUM_THREADS=1 mvn -Poracles test -Dtest=TrainNameLanguage
 * }</pre>
 *
 * <p>A bidirectional LSTM over characters; its two final states, a dense layer and a softmax give
 * the language. Adam, cross-entropy, a rate that falls as a cosine; dropout on embeddings and final
 * states. Now and then a character is hidden, so that the network learns what to do with one it
 * does not know. Seeds are fixed: one thread of one PyTorch on one JDK gives one model. Held-out
 * names are looked at only to print how good each epoch is; the last epoch's weights are kept,
 * whichever was best.
 */
class TrainNameLanguage {
  private static final int SEED = 20;
  private static final int EMBEDDING = 32;
  private static final int UNITS = 96;
  private static final int ROWS = 32;
  private static final int EPOCHS = 40;
  private static final float DROPOUT = 0.4f;
  private static final float HIDDEN = 0.02f;
  private static final double RATE = 0.004;

  private static final Path RESOURCES =
      Path.of("src/main/resources/org/sparkrnn/sample/name-language");

  private final List<LocaleName> train = names(Split.TRAIN);
  private final List<LocaleName> heldOut = names(Split.HELD_OUT);
  private final Vocabulary characters = vocabulary(train);
  private final Random random = new Random(SEED);

  @Test
  void trainsTheModelAndWritesIt(@TempDir Path folder) throws IOException {
    Engine.getEngine("PyTorch").setRandomSeed(SEED);
    int classes = LocaleNames.languages().size();
    try (TorchNameLanguage network =
        TorchNameLanguage.random(characters.unknown() + 1, EMBEDDING, UNITS, classes)) {
      int batches = batches(train, ROWS).size();
      Optimizer adam = adam(batches * EPOCHS);
      double accuracy = 0;
      for (int epoch = 1; epoch <= EPOCHS; epoch++) {
        double loss = epoch(network, adam);
        accuracy = accuracy(network);
        System.out.printf("epoch %2d  loss %.4f  held out %.4f%n", epoch, loss, accuracy);
      }
      assertThat(accuracy).as("held-out accuracy").isGreaterThan(0.8);
      write(network, folder);
    }
  }

  private static List<LocaleName> names(Split split) {
    return LocaleNames.all().stream().filter(name -> name.split() == split).toList();
  }

  /** Characters that occur twice or more; the id behind the last stands for all others. */
  private static Vocabulary vocabulary(List<LocaleName> names) {
    TreeMap<Integer, Integer> counts = new TreeMap<>();
    names.forEach(name -> name.text().codePoints().forEach(c -> counts.merge(c, 1, Integer::sum)));
    Map<String, Integer> ids = new LinkedHashMap<>();
    counts.forEach(
        (character, count) -> {
          if (count > 1) {
            ids.put(Character.toString(character), ids.size());
          }
        });
    return new Vocabulary(ids, ids.size());
  }

  private List<NameBatch> batches(List<LocaleName> names, int rows) {
    return NameBatch.shuffled(names, characters, rows, random);
  }

  private static Optimizer adam(int updates) {
    Tracker cosine = step -> (float) (RATE / 2 * (1 + Math.cos(Math.PI * step / updates)));
    return Optimizer.adam().optLearningRateTracker(cosine).optClipGrad(1).build();
  }

  /** Mean loss of one pass over the training names. */
  private double epoch(TorchNameLanguage network, Optimizer adam) {
    Loss crossEntropy = Loss.softmaxCrossEntropyLoss();
    double sum = 0;
    for (NameBatch batch : batches(train, ROWS)) {
      try (NDManager manager = network.newBatch();
          GradientCollector gradients = Engine.getEngine("PyTorch").newGradientCollector()) {
        long[] ids = batch.flat();
        for (int i = 0; i < ids.length; i++) {
          if (random.nextFloat() < HIDDEN) {
            ids[i] = characters.unknown();
          }
        }
        NDArray input = manager.create(ids, new Shape(batch.rows(), batch.steps()));
        NDArray logits = network.logits(input, DROPOUT);
        NDArray labels = manager.create(batch.languages());
        NDArray loss = crossEntropy.evaluate(new NDList(labels), new NDList(logits));
        gradients.backward(loss);
        sum += (double) loss.getFloat() * batch.rows();
        network.parameters().forEach((name, value) -> update(adam, name, value));
      }
    }
    return sum / train.size();
  }

  private static void update(Optimizer adam, String name, NDArray value) {
    try (NDArray gradient = value.getGradient()) {
      adam.update(name, value, gradient);
      gradient.subi(gradient);
    }
  }

  private double accuracy(TorchNameLanguage network) {
    int right = 0;
    for (NameBatch batch : batches(heldOut, 256)) {
      try (NDManager manager = network.newBatch()) {
        NDArray input = manager.create(batch.flat(), new Shape(batch.rows(), batch.steps()));
        long[] best = network.logits(input, 0).argMax(1).toLongArray();
        for (int row = 0; row < best.length; row++) {
          right += best[row] == batch.languages()[row] ? 1 : 0;
        }
      }
    }
    return (double) right / heldOut.size();
  }

  private void write(TorchNameLanguage network, Path folder) throws IOException {
    SequenceModel model =
        new SequenceModel(
            "name-language",
            new InputSpec.Characters(characters.unknown() + 1, characters),
            TorchLayout.network(network),
            List.of(NameLanguageModel.PREDICTION, NameLanguageModel.PROBABILITIES),
            "");
    String written = folder.resolve("name-language").toString();
    ModelWriter.write(model, written, new Configuration());
    Files.createDirectories(RESOURCES);
    for (String file : List.of("model.json", "vocabulary.json", "weights.safetensors")) {
      Files.copy(
          Path.of(written, file), RESOURCES.resolve(file), StandardCopyOption.REPLACE_EXISTING);
    }
    Files.write(RESOURCES.resolve("languages.txt"), LocaleNames.languages(), UTF_8);
  }
}
