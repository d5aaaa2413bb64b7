package org.sparkrnn.spark;

import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.catalyst.expressions.Attribute;
import org.apache.spark.sql.catalyst.expressions.AttributeSet;
import org.apache.spark.sql.catalyst.expressions.AttributeSet$;
import org.apache.spark.sql.catalyst.expressions.Expression;
import scala.collection.immutable.Seq;
import scala.jdk.javaapi.CollectionConverters;

/** From Java's lists to Scala's sequences and back. */
final class Seqs {
  private Seqs() {}

  static <T> Seq<T> of(List<T> list) {
    return CollectionConverters.asScala(list).toSeq();
  }

  static <T> List<T> list(scala.collection.Seq<T> seq) {
    return List.copyOf(CollectionConverters.asJava(seq));
  }

  static Seq<Attribute> concat(Seq<Attribute> first, Seq<Attribute> second) {
    return of(Stream.concat(list(first).stream(), list(second).stream()).toList());
  }

  static AttributeSet set(Seq<Attribute> attributes) {
    return AttributeSet$.MODULE$.apply(Seqs.<Expression>of(List.copyOf(list(attributes))));
  }
}
