package org.sparkrnn.spark.task;

import org.apache.spark.util.AccumulatorV2;

/** Brings the tasks' {@link Facts} to the driver. Repeated tasks do no harm to it. */
public final class FactsAccumulator extends AccumulatorV2<Facts, Facts> {
  private static final long serialVersionUID = 1L;

  private Facts facts = Facts.NONE;

  @Override
  public boolean isZero() {
    return facts.equals(Facts.NONE);
  }

  @Override
  public AccumulatorV2<Facts, Facts> copy() {
    FactsAccumulator copy = new FactsAccumulator();
    copy.facts = facts;
    return copy;
  }

  @Override
  public void reset() {
    facts = Facts.NONE;
  }

  @Override
  public void add(Facts more) {
    facts = facts.and(more);
  }

  @Override
  public void merge(AccumulatorV2<Facts, Facts> other) {
    facts = facts.and(other.value());
  }

  @Override
  public Facts value() {
    return facts;
  }
}
