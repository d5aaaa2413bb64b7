package org.sparkrnn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.OutOfMemoryException;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.BaseIntVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.Float4Vector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.LargeVarCharVector;
import org.apache.arrow.vector.TinyIntVector;
import org.apache.arrow.vector.VarBinaryVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ViewVarCharVector;
import org.apache.arrow.vector.complex.FixedSizeListVector;
import org.apache.arrow.vector.complex.LargeListVector;
import org.apache.arrow.vector.complex.ListVector;
import org.apache.arrow.vector.complex.ListViewVector;
import org.apache.arrow.vector.types.FloatingPointPrecision;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.DictionaryEncoding;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.sparkrnn.cell.Activation;
import org.sparkrnn.model.InputSpec;
import org.sparkrnn.model.SequenceModel;
import org.sparkrnn.model.Vocabulary;
import org.sparkrnn.oracle.RandomNetworks;
import org.sparkrnn.rnn.Layer;
import org.sparkrnn.rnn.Loop;
import org.sparkrnn.rnn.Network;
import org.sparkrnn.spark.TestModels;

/** Record batches: what Arrow has and Spark has not, memory, and mistakes. */
class RnnBatchesTest {
  private static final ArrowType FLOAT = new ArrowType.FloatingPoint(FloatingPointPrecision.SINGLE);
  private static final int STEPS = 4;
  private static final int ROWS = 5;

  private final RnnModel model = RnnModel.of(TestModels.features());
  private final float[] floats = new RandomNetworks(3).floats(ROWS * STEPS * TestModels.WIDTH);
  private BufferAllocator allocator;

  @BeforeEach
  void open() {
    allocator = new RootAllocator();
  }

  /** Fails if any buffer was not released. */
  @AfterEach
  void close() {
    allocator.close();
  }

  private float[][][] sequences() {
    float[][][] sequences = new float[ROWS][STEPS][TestModels.WIDTH];
    for (int i = 0; i < floats.length; i++) {
      int step = i / TestModels.WIDTH;
      sequences[step / STEPS][step % STEPS][i % TestModels.WIDTH] = floats[i];
    }
    return sequences;
  }

  private static Field field(String name, ArrowType type, Field... children) {
    return new Field(name, FieldType.nullable(type), List.of(children));
  }

  /** A list of lists of floats of these types, or of floats. */
  static Stream<List<ArrowType>> types() {
    ArrowType list = new ArrowType.List();
    ArrowType view = new ArrowType.ListView();
    ArrowType large = new ArrowType.LargeList();
    ArrowType step = new ArrowType.FixedSizeList(TestModels.WIDTH);
    ArrowType row = new ArrowType.FixedSizeList(STEPS);
    ArrowType flat = new ArrowType.FixedSizeList(STEPS * TestModels.WIDTH);
    return Stream.of(
        List.of(list, list),
        List.of(list, step),
        List.of(row, step),
        List.of(row, list),
        List.of(large, step),
        List.of(large, list),
        List.of(view, step),
        List.of(list),
        List.of(large),
        List.of(view),
        List.of(flat));
  }

  private static void fill(FieldVector list, int lists, int width) {
    list.setInitialCapacity(lists);
    list.allocateNew();
    for (int i = 0; i < lists; i++) {
      if (list instanceof ListVector given) {
        given.startNewValue(i);
        given.endValue(i, width);
      } else if (list instanceof LargeListVector given) {
        given.startNewValue(i);
        given.endValue(i, width);
      } else if (list instanceof ListViewVector given) {
        given.startNewValue(i);
        given.endValue(i, width);
      } else {
        ((FixedSizeListVector) list).setNotNull(i);
      }
    }
  }

  private VectorSchemaRoot batch(List<ArrowType> types) {
    Field leaf = field("element", FLOAT);
    Field column =
        types.size() == 1
            ? field("x", types.get(0), leaf)
            : field("x", types.get(0), field("element", types.get(1), leaf));
    VectorSchemaRoot root = VectorSchemaRoot.create(new Schema(List.of(column)), allocator);
    FieldVector rows = root.getVector("x");
    fill(rows, ROWS, types.size() == 1 ? STEPS * TestModels.WIDTH : STEPS);
    FieldVector elements = rows.getChildrenFromFields().get(0);
    if (types.size() == 2) {
      fill(elements, ROWS * STEPS, TestModels.WIDTH);
      elements.setValueCount(ROWS * STEPS);
      elements = elements.getChildrenFromFields().get(0);
    }
    Float4Vector numbers = (Float4Vector) elements;
    for (int i = 0; i < floats.length; i++) {
      numbers.setSafe(i, floats[i]);
    }
    numbers.setValueCount(floats.length);
    root.setRowCount(ROWS);
    return root;
  }

  private static float[] floats(FieldVector lists, int row) {
    List<?> values = (List<?>) lists.getObject(row);
    float[] floats = new float[values.size()];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (Float) values.get(i);
    }
    return floats;
  }

  @ParameterizedTest
  @MethodSource("types")
  void everyKindOfListHasTheBitsOfArrays(List<ArrowType> types) {
    RnnOutputs expected = model.run(sequences());
    try (VectorSchemaRoot in = batch(types);
        VectorSchemaRoot out =
            model.onBatch("x").layout("flat").select("outputs", "last_output").run(in, allocator)) {
      for (int row = 0; row < ROWS; row++) {
        assertThat(floats(out.getVector("outputs"), row))
            .isEqualTo(expected.floats("outputs", row));
        assertThat(floats(out.getVector("last_output"), row))
            .isEqualTo(expected.floats("last_output", row));
      }
    }
  }

  @Test
  void aSliceIsRunAsWhatItShows() {
    RnnOutputs expected = model.run(sequences());
    try (VectorSchemaRoot whole = batch(List.of(new ArrowType.List(), new ArrowType.List()));
        VectorSchemaRoot in = whole.slice(2, 3);
        VectorSchemaRoot out = model.onBatch("x").select("last_output").run(in, allocator)) {
      assertThat(out.getRowCount()).isEqualTo(3);
      for (int row = 0; row < 3; row++) {
        assertThat(floats(out.getVector("last_output"), row))
            .isEqualTo(expected.floats("last_output", row + 2));
        assertThat(out.getVector("x").getObject(row)).isEqualTo(in.getVector("x").getObject(row));
      }
    }
  }

  @Test
  void binaryOfAFixedSizeIsTaken() {
    byte[] bytes = new byte[4 * STEPS * TestModels.WIDTH];
    ByteBuffer.wrap(bytes)
        .order(ByteOrder.LITTLE_ENDIAN)
        .asFloatBuffer()
        .put(floats, 0, STEPS * TestModels.WIDTH);
    Field column = field("x", new ArrowType.FixedSizeBinary(bytes.length));
    try (VectorSchemaRoot in = VectorSchemaRoot.create(new Schema(List.of(column)), allocator)) {
      ((org.apache.arrow.vector.FixedSizeBinaryVector) in.getVector("x")).setSafe(0, bytes);
      in.setRowCount(1);
      try (VectorSchemaRoot out =
          model.onBatch("x").layout("binary").select("outputs").run(in, allocator)) {
        byte[] outputs = ((VarBinaryVector) out.getVector("outputs")).get(0);
        float[] found = new float[outputs.length / 4];
        ByteBuffer.wrap(outputs).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(found);
        assertThat(found).isEqualTo(model.run(sequences()).floats("outputs", 0));
      }
    }
  }

  @Test
  void stringsOfEveryKindAreTaken() {
    RnnModel characters = RnnModel.of(TestModels.characters());
    int expected = characters.run("ü😀ab").ints("class", 0)[0];
    byte[] text = "ü😀ab".getBytes(StandardCharsets.UTF_8);
    try (LargeVarCharVector large = new LargeVarCharVector("large", allocator);
        ViewVarCharVector view = new ViewVarCharVector("view", allocator)) {
      large.setSafe(0, text);
      large.setValueCount(1);
      view.allocateNew();
      view.setSafe(0, text);
      view.setValueCount(1);
      VectorSchemaRoot in = VectorSchemaRoot.of(large, view);
      in.setRowCount(1);
      for (String column : List.of("large", "view")) {
        try (VectorSchemaRoot out = characters.onBatch(column).select("class").run(in, allocator)) {
          assertThat(((IntVector) out.getVector("class")).get(0)).isEqualTo(expected);
        }
      }
    }
  }

  @Test
  void whatANetworkGeneratesIsAListOfIds() {
    RandomNetworks random = new RandomNetworks(61);
    Network network =
        new Network(
            new Network.Input.Ids(5),
            List.of(
                new Layer.OneHot("hot", 5),
                new Layer.Rnn(
                    "rnn",
                    new Loop.Generate(6, 0),
                    List.of(new Layer.Level(List.of(random.lstm(5, 7)))),
                    Layer.Merge.CONCAT),
                new Layer.Dense("next", random.tensor(7, 5), random.tensor(5), Activation.LINEAR)));
    Vocabulary none = new Vocabulary(Map.of(), Vocabulary.REFUSE);
    RnnModel generating =
        RnnModel.of(
            new SequenceModel(
                "g", new InputSpec.Tokens(5, none), network, List.of("generated"), "g-61"));
    Field column = field("ids", new ArrowType.List(), field("element", new ArrowType.Int(8, true)));
    try (VectorSchemaRoot in = VectorSchemaRoot.create(new Schema(List.of(column)), allocator)) {
      ListVector lists = (ListVector) in.getVector("ids");
      for (int row = 0; row < 3; row++) {
        lists.startNewValue(row);
        ((TinyIntVector) lists.getDataVector()).setSafe(row, row + 1);
        lists.endValue(row, 1);
      }
      in.setRowCount(3);
      try (VectorSchemaRoot out = generating.onBatch("ids").run(in, allocator)) {
        for (int row = 0; row < 3; row++) {
          List<Integer> expected =
              Arrays.stream(generating.run(new int[][] {{row + 1}}).ints("generated", 0))
                  .boxed()
                  .toList();
          assertThat(out.getVector("generated").getObject(row)).isEqualTo(expected);
        }
      }
    }
  }

  @Test
  void whatPassesThroughSharesTheBatchsBuffersAndOutlivesIt() {
    try (BufferAllocator child = allocator.newChildAllocator("out", 0, Long.MAX_VALUE)) {
      VectorSchemaRoot out;
      long address;
      Object first;
      try (VectorSchemaRoot in = batch(List.of(new ArrowType.List()))) {
        out = model.onBatch("x").run(in, child);
        address = in.getVector("x").getChildrenFromFields().get(0).getDataBuffer().memoryAddress();
        first = in.getVector("x").getObject(0);
        assertThat(in.getRowCount()).isEqualTo(ROWS);
      }
      assertThat(out.getVector("x").getChildrenFromFields().get(0).getDataBuffer().memoryAddress())
          .isEqualTo(address);
      assertThat(out.getVector("x").getObject(0)).isEqualTo(first);
      assertThat(out.getSchema().getFields())
          .extracting(Field::getName)
          .containsExactly("x", "outputs", "final_state");
      out.close();
      assertThat(child.getAllocatedMemory()).isZero();
    }
  }

  @Test
  void aFailureReleasesWhatWasTaken() {
    try (VectorSchemaRoot in = batch(List.of(new ArrowType.List(), new ArrowType.List()))) {
      long before = allocator.getAllocatedMemory();
      ((Float4Vector)
              in.getVector("x").getChildrenFromFields().get(0).getChildrenFromFields().get(0))
          .set(40, Float.NaN);
      assertThatThrownBy(() -> model.onBatch("x").run(in, allocator))
          .hasMessageContaining("row 3 of the batch (counted from 0), column 'x': nan_element");
      assertThat(allocator.getAllocatedMemory()).isEqualTo(before);
      try (BufferAllocator small = allocator.newChildAllocator("small", 0, 512)) {
        assertThatThrownBy(() -> model.onBatch("x").drop("x").run(in, small))
            .isInstanceOf(OutOfMemoryException.class);
        assertThat(small.getAllocatedMemory()).isZero();
      }
    }
  }

  @Test
  void aRowOfAnotherLengthThanTheModelTakesIsABadRow() {
    RnnBatches joined = RnnModel.of(TestModels.flattened(3)).onBatch("x").onBadRow("null");
    try (VectorSchemaRoot in = batch(List.of(new ArrowType.List()));
        VectorSchemaRoot out = joined.run(in, allocator)) {
      List<String> reasons = new ArrayList<>();
      for (int row = 0; row < ROWS; row++) {
        Object reason = out.getVector("rnn_error").getObject(row);
        reasons.add(reason == null ? "" : reason.toString().replaceAll(",.*", ""));
      }
      assertThat(reasons).containsOnly("step_count: the row has 4 steps");
    }
  }

  @Test
  void aRowOverTheWindowSaysWhatItNeeds() {
    RnnBatches small = model.onBatch("x").onBadRow("null").windowBytes("1000");
    try (VectorSchemaRoot in = batch(List.of(new ArrowType.List()));
        VectorSchemaRoot out = small.run(in, allocator)) {
      String reason = out.getVector("rnn_error").getObject(0).toString();
      assertThat(reason)
          .matches(
              "too_large: a row of 4 steps takes [0-9]+ bytes, more than the 1000 of windowBytes:"
                  + " raise it to at least [0-9]+");
      String enough = reason.replaceAll(".* ", "");
      try (VectorSchemaRoot again = small.windowBytes(enough).run(in, allocator)) {
        assertThat(again.getVector("rnn_error").getNullCount()).isEqualTo(ROWS);
      }
    }
  }

  @Test
  void theSchemasMetadataStays() {
    Field column = field("x", new ArrowType.List(), field("element", FLOAT));
    Schema schema = new Schema(List.of(column), Map.of("from", "yesterday"));
    try (VectorSchemaRoot in = VectorSchemaRoot.create(schema, allocator);
        VectorSchemaRoot out = model.onBatch("x").run(in, allocator)) {
      assertThat(out.getRowCount()).isZero();
      assertThat(out.getSchema().getCustomMetadata()).containsEntry("from", "yesterday");
    }
  }

  @Test
  void columnsThatDoNotFitAreRefused() {
    try (VectorSchemaRoot in = batch(List.of(new ArrowType.List(), new ArrowType.List()))) {
      assertThatThrownBy(() -> model.onBatch("y").run(in, allocator))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage(
              "the batch has no column 'y' (sequences); did you mean 'x'?; its columns are [x]");
      assertThatThrownBy(() -> model.onBatch("x").lengths("x").run(in, allocator))
          .hasMessage(
              "column 'x' of type List<element: List<element: FloatingPoint(SINGLE)>> does not fit:"
                  + " the model 'features' takes lengths that are integers");
      assertThatThrownBy(() -> RnnModel.of(TestModels.tokens()).onBatch("x").run(in, allocator))
          .hasMessage(
              "column 'x' of type List<element: List<element: FloatingPoint(SINGLE)>> does not fit:"
                  + " the model 'tokens' takes strings, lists of strings, or lists of integers");
      assertThatThrownBy(
              () ->
                  RnnModel.of(TestModels.forward())
                      .onBatch("x")
                      .initialState("x")
                      .run(in, allocator))
          .hasMessage(
              "column 'x' of type List<element: List<element: FloatingPoint(SINGLE)>> does not fit:"
                  + " the model 'forward' takes initial states of the type of its final_state,"
                  + " struct<cell_0: struct<c: list of floats, h: list of floats>, cell_1: struct<h:"
                  + " list of floats>>");
      assertThatThrownBy(() -> model.onBatch("x").select("outputz").run(in, allocator))
          .hasMessage(
              "the model 'features' has no output 'outputz'; did you mean 'outputs'?; it has"
                  + " outputs, last_output, final_state, both, top, logits, probabilities, tags");
      assertThatThrownBy(() -> model.onBatch("x").select("top", "top").run(in, allocator))
          .hasMessage(
              "a column 'top' would be added, but there is one: take it out with drop, or choose"
                  + " another name with outputPrefix");
      assertThatThrownBy(() -> model.onBatch("x").onBadRow("skip"))
          .hasMessage("spark.rnn.onBadRow (--on-bad-row) is 'skip', expected one of fail, null");
      try (BufferAllocator other = new RootAllocator()) {
        assertThatThrownBy(() -> model.onBatch("x").run(in, other))
            .hasMessage(
                "column 'x' was allocated under another root allocator than the one given: columns"
                    + " can pass through only under one root, so give a child of the batch's own");
      }
    }
  }

  @Test
  void placesInADictionaryAreNotTakenForIds() {
    FieldType encoded =
        new FieldType(true, new ArrowType.Int(32, true), new DictionaryEncoding(7, false, null));
    Field column =
        new Field(
            "x",
            FieldType.nullable(new ArrowType.List()),
            List.of(new Field("element", encoded, List.of())));
    try (ListVector lists = (ListVector) column.createVector(allocator)) {
      assertThat(lists.getDataVector()).isInstanceOf(BaseIntVector.class);
      VectorSchemaRoot in = new VectorSchemaRoot(List.of(column), List.of(lists), 0);
      assertThatThrownBy(() -> RnnModel.of(TestModels.plainIds()).onBatch("x").run(in, allocator))
          .hasMessageContaining(
              "the model 'ids' takes values, and these are dictionary-encoded: decode them first,"
                  + " with DictionaryEncoder.decode");
    }
  }
}
