package org.sparkrnn.cli;

/** What runs: for {@code --version} and for reports. */
final class Version {
  private Version() {}

  /** Of this jar, as its manifest says; {@code unpacked} for classes outside a jar. */
  static String own() {
    String version = Version.class.getPackage().getImplementationVersion();
    return version == null ? "unpacked" : version;
  }

  static String spark() {
    return org.apache.spark.package$.MODULE$.SPARK_VERSION();
  }

  static String java() {
    return Runtime.version().toString();
  }

  /** All of them in one line. */
  static String text() {
    return "spark-rnn " + own() + " (Spark " + spark() + ", Java " + java() + ")";
  }
}
