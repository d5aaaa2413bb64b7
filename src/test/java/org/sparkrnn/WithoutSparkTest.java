package org.sparkrnn;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.sparkrnn.model.InputSpec;
import org.sparkrnn.model.SequenceModel;
import org.sparkrnn.oracle.RandomNetworks;
import org.sparkrnn.rnn.Layer;
import org.sparkrnn.rnn.Network;

/** The plain face in a program that has neither Spark nor Arrow. */
class WithoutSparkTest {
  private static final String BUNDLED = "src/main/resources/org/sparkrnn/sample/name-language";

  private static RnnModel forward() {
    RandomNetworks random = new RandomNetworks(3);
    Network network =
        new Network(
            new Network.Input.Features(3),
            List.of(new Layer.Rnn("rnn", List.of(random.lstm(3, 5)), Layer.Merge.CONCAT)));
    return RnnModel.of(
        new SequenceModel(
            "forward", new InputSpec.Features(3), network, List.of("outputs"), "forward"));
  }

  /** What runs in there; given back as plain Java. */
  public static final class Program implements Callable<Object> {
    @Override
    public Object call() {
      RnnModel forward = forward();
      float[][][] sequence = {{{1, 2, 3}, {4, 5, 6}}};
      float[] whole = forward.run(sequence).floats("final_state", 0);
      RnnStepper stepper = forward.stepper();
      stepper.step(sequence[0][0]);
      stepper.step(sequence[0][1]);
      float[] names;
      try {
        names = RnnModel.load(BUNDLED).run("Müller").floats("logits", 0);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      return List.of(whole, stepper.state(), names);
    }
  }

  /** Loads our classes anew, and none of Spark, Scala and Arrow. */
  private static final class Bare extends ClassLoader {
    Bare() {
      super(WithoutSparkTest.class.getClassLoader());
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      if (name.startsWith("org.apache.spark.")
          || name.startsWith("scala.")
          || name.startsWith("org.apache.arrow.")) {
        throw new ClassNotFoundException(name + " is not on this class path");
      }
      if (!name.startsWith("org.sparkrnn.")) {
        return super.loadClass(name, resolve);
      }
      synchronized (getClassLoadingLock(name)) {
        Class<?> loaded = findLoadedClass(name);
        return loaded != null ? loaded : define(name);
      }
    }

    private Class<?> define(String name) throws ClassNotFoundException {
      try (InputStream in = getParent().getResourceAsStream(name.replace('.', '/') + ".class")) {
        if (in == null) {
          throw new ClassNotFoundException(name);
        }
        byte[] bytes = in.readAllBytes();
        return defineClass(name, bytes, 0, bytes.length);
      } catch (IOException e) {
        throw new ClassNotFoundException(name, e);
      }
    }
  }

  @Test
  void arraysAndStepsNeedNeitherSparkNorArrow() throws Exception {
    Class<?> program = new Bare().loadClass(Program.class.getName());
    List<?> found = (List<?>) ((Callable<?>) program.getDeclaredConstructor().newInstance()).call();
    float[] expected =
        forward().run(new float[][][] {{{1, 2, 3}, {4, 5, 6}}}).floats("final_state", 0);
    assertThat((float[]) found.get(0)).isEqualTo(expected);
    assertThat((float[]) found.get(1)).isEqualTo(expected);
    assertThat((float[]) found.get(2))
        .isEqualTo(RnnModel.load(BUNDLED).run("Müller").floats("logits", 0));
  }
}
