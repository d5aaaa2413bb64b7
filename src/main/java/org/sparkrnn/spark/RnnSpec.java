package org.sparkrnn.spark;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.sparkrnn.model.Generated;

/**
 * What the operator does, but for the columns themselves, which Spark's planner has to see one by
 * one.
 *
 * @param model what is run
 * @param conf how
 * @param generated what each generated column holds, in their order
 */
record RnnSpec(ModelHandle model, RnnConf conf, List<Generated> generated) implements Serializable {
  RnnSpec {
    generated = List.copyOf(generated);
  }

  /** The same with only those generated columns whose places are given. */
  RnnSpec only(List<Integer> places) {
    List<Generated> kept = new ArrayList<>();
    for (int place : places) {
      kept.add(generated.get(place));
    }
    return new RnnSpec(model, conf, kept);
  }

  boolean hasLength() {
    return !conf.input().length().isEmpty();
  }

  boolean hasState() {
    return !conf.input().initialState().isEmpty();
  }

  /** For plans: the model's name. */
  @Override
  public String toString() {
    return model.toString();
  }
}
