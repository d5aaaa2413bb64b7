package org.sparkrnn.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** Holds the order of the packages; {@code org.sparkrnn}'s package comment draws it. */
@AnalyzeClasses(packages = "org.sparkrnn", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
  private static final String ROOT = "org.sparkrnn.";

  @ArchTest static final ArchRule tensorUsesNothing = mayUse("tensor");

  @ArchTest static final ArchRule cellUsesTensor = mayUse("cell", "tensor");

  @ArchTest static final ArchRule opsUsesCells = mayUse("ops", "cell", "tensor");

  @ArchTest static final ArchRule rnnUsesOps = mayUse("rnn", "ops", "cell", "tensor");

  @ArchTest static final ArchRule weightsUsesTensor = mayUse("weights", "tensor");

  @ArchTest
  static final ArchRule safetensorsStandsAlone = mayUse("weights.safetensors", "weights", "tensor");

  @ArchTest static final ArchRule onnxStandsAlone = mayUse("weights.onnx", "weights", "tensor");

  @ArchTest static final ArchRule numpyStandsAlone = mayUse("weights.numpy", "weights", "tensor");

  @ArchTest
  static final ArchRule pytorchStandsAlone = mayUse("weights.pytorch", "weights", "tensor");

  @ArchTest static final ArchRule kerasStandsAlone = mayUse("weights.keras", "weights", "tensor");

  @ArchTest
  static final ArchRule tensorflowStandsAlone = mayUse("weights.tensorflow", "weights", "tensor");

  @ArchTest static final ArchRule modelUsesNetworks = mayUse("model", "rnn", "tensor", "weights");

  @ArchTest static final ArchRule jsonUsesModel = mayUse("model.json", "model", "cell");

  @ArchTest
  static final ArchRule filesKnowEveryFormat =
      mayUse(
          "model.files",
          "model",
          "model.json",
          "weights",
          "weights.keras",
          "weights.numpy",
          "weights.onnx",
          "weights.pytorch",
          "weights.safetensors",
          "weights.tensorflow");

  @ArchTest
  static final ArchRule cellTypesUseJson =
      mayUse("model.cells", "model", "model.json", "cell", "tensor", "weights");

  @ArchTest
  static final ArchRule specUsesCellTypes =
      mayUse(
          "model.spec",
          "model",
          "model.cells",
          "model.files",
          "model.json",
          "rnn",
          "cell",
          "tensor",
          "weights");

  @ArchTest
  static final ArchRule networkUsesSpec =
      mayUse(
          "model.network",
          "model",
          "model.cells",
          "model.json",
          "model.spec",
          "rnn",
          "cell",
          "tensor",
          "weights");

  @ArchTest static final ArchRule chainUsesLayers = mayUse("model.chain", "rnn", "cell", "tensor");

  @ArchTest
  static final ArchRule onnxGraphsUseChain =
      mayUse(
          "model.onnx", "model", "model.chain", "rnn", "cell", "tensor", "weights", "weights.onnx");

  @ArchTest
  static final ArchRule tensorflowGraphsUseChain =
      mayUse(
          "model.tensorflow",
          "model",
          "model.cells",
          "model.chain",
          "model.files",
          "rnn",
          "cell",
          "tensor",
          "weights",
          "weights.tensorflow");

  @ArchTest
  static final ArchRule kerasUsesSpec =
      mayUse(
          "model.keras",
          "model",
          "model.json",
          "model.network",
          "model.spec",
          "rnn",
          "tensor",
          "weights",
          "weights.keras",
          "weights.tensorflow");

  @ArchTest
  static final ArchRule nothingBelowModelKnowsLoading =
      noClasses()
          .that()
          .resideInAPackage(ROOT + "model..")
          .and()
          .resideOutsideOfPackage(ROOT + "model.loading")
          .should()
          .dependOnClassesThat()
          .resideInAPackage(ROOT + "model.loading");

  @ArchTest
  static final ArchRule arrowUsesModels =
      mayUse("arrow", "model", "model.loading", "rnn", "ops", "cell", "tensor");

  @ArchTest
  static final ArchRule onlyArrowAndItsFaceNameArrow =
      noClasses()
          .that()
          .resideOutsideOfPackage(ROOT + "arrow")
          .and()
          .doNotHaveFullyQualifiedName(ROOT + "RnnBatches")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.apache.arrow..");

  @ArchTest
  static final ArchRule sparkUsesModels =
      mayUse(
          "spark",
          "spark.task",
          "model",
          "model.loading",
          "rnn",
          "ops",
          "cell",
          "tensor",
          "weights");

  @ArchTest
  static final ArchRule tasksKnowNoPlans =
      mayUse("spark.task", "model", "model.loading", "rnn", "ops", "cell", "tensor", "weights");

  @ArchTest static final ArchRule sampleUsesNothing = mayUse("sample");

  @ArchTest
  static final ArchRule noCycles = slices().matching("org.sparkrnn.(**)").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule onlyOpsNamesTheVectorApi =
      noClasses()
          .that()
          .resideOutsideOfPackage(ROOT + "ops")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("jdk.incubator..");

  @ArchTest
  static final ArchRule sparkStaysAtTheTop =
      noClasses()
          .that()
          .resideInAnyPackage(
              ROOT + "tensor..",
              ROOT + "cell..",
              ROOT + "ops..",
              ROOT + "rnn..",
              ROOT + "weights..",
              ROOT + "model..",
              ROOT + "arrow..",
              ROOT + "sample..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.apache.spark..", "scala..");

  @ArchTest
  static final ArchRule filesStayWithModelsAndAbove =
      noClasses()
          .that()
          .resideInAnyPackage(
              ROOT + "tensor..",
              ROOT + "cell..",
              ROOT + "ops..",
              ROOT + "rnn..",
              ROOT + "weights..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.apache.hadoop..");

  @ArchTest
  static final ArchRule onlyTheCommandLinePrints =
      noClasses()
          .that()
          .resideOutsideOfPackage(ROOT + "cli")
          .should()
          .accessField(System.class, "out")
          .orShould()
          .accessField(System.class, "err");

  /** Classes of {@code name} may use, of ours, only their own package and {@code others}. */
  private static ArchRule mayUse(String name, String... others) {
    return classes()
        .that()
        .resideInAPackage(ROOT + name)
        .should()
        .onlyDependOnClassesThat(
            new com.tngtech.archunit.base.DescribedPredicate<JavaClass>(
                "are in " + name + " or " + String.join(", ", others) + " or not ours") {
              @Override
              public boolean test(JavaClass used) {
                String owner = used.getBaseComponentType().getPackageName();
                if (!(owner + ".").startsWith(ROOT) || owner.equals(ROOT + name)) {
                  return true;
                }
                for (String other : others) {
                  if (owner.equals(ROOT + other)) {
                    return true;
                  }
                }
                return false;
              }
            })
        .allowEmptyShould(true);
  }
}
