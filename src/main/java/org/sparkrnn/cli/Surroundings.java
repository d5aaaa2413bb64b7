package org.sparkrnn.cli;

import java.io.PrintWriter;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkConf;
import org.apache.spark.deploy.SparkHadoopUtil;
import org.apache.spark.sql.SparkSession;

/**
 * What the command finds around it.
 *
 * @param out for results
 * @param err for progress and errors
 * @param watched whether somebody watches {@code err} on a terminal
 * @param name by which the command was called
 * @param sparkConf Spark's configuration as spark-submit left it
 * @param session starts Spark, or gives the session that runs
 */
record Surroundings(
    PrintWriter out,
    PrintWriter err,
    boolean watched,
    String name,
    Supplier<Map<String, String>> sparkConf,
    Supplier<SparkSession> session) {

  /** Hadoop's configuration as Spark will have it, without starting Spark. */
  Configuration hadoop() {
    SparkConf conf = new SparkConf(false);
    sparkConf.get().forEach(conf::set);
    return SparkHadoopUtil.get().newConfiguration(conf);
  }
}
