package org.sparkrnn.weights.tensorflow;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.sparkrnn.weights.tensorflow.TableBytes.concat;
import static org.sparkrnn.weights.tensorflow.TableBytes.restarts;
import static org.sparkrnn.weights.tensorflow.TableBytes.varint;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.sparkrnn.tensor.Shape;
import org.sparkrnn.tensor.Tensor;
import org.sparkrnn.weights.Cursor;
import org.sparkrnn.weights.InMemoryStorage;
import org.sparkrnn.weights.MalformedWeightsException;
import org.sparkrnn.weights.ProtoReader;
import org.sparkrnn.weights.UnsupportedWeightsException;
import org.sparkrnn.weights.WeightsException;

/** Checkpoints made by hand: forms that TensorFlow seldom writes, and lies with good checksums. */
class CraftedCheckpointTest {
  private static final byte[] DATA = {0, 0, -128, 63, 0, 0, 0, 64};
  private static final int DATA_CRC = 0x35e53c59;

  @ParameterizedTest
  @CsvSource({"0,1", "0,3", "0,100", "1,1", "1,3", "1,100"})
  void plainAndSnappyTablesOfAnyBlockSizeAreRead(int compression, int perBlock) throws IOException {
    List<Block.Entry> entries = new ArrayList<>();
    entries.add(header(1, 0, 1));
    for (int i = 10; i < 60; i++) {
      entries.add(entry("rnn/multi_rnn_cell/cell_" + i + "/kernel", tensor(2, 0, 8)));
    }
    InMemoryStorage storage = storage(TableBytes.table(entries, perBlock, compression));

    TensorFlowCheckpoint file = TensorFlowCheckpoint.open(storage, "p");

    assertThat(file.tensors()).hasSize(50);
    for (String name : file.tensors().keySet()) {
      assertThat(file.read(name)).isEqualTo(Tensor.of(Shape.of(2), 1, 2));
    }
  }

  @Test
  void aNewerCompressionIsUnsupported() {
    TableBytes table = new TableBytes();
    byte[] bytes = table.finish(table.block(restarts(0), 4));

    assertUnsupported(
        bytes,
        "p.index: the index block at byte 0 has compression 4; readable are 0 (none), 1 (snappy)");
  }

  @Test
  void bigEndianIsUnsupported() {
    assertUnsupported(
        TableBytes.table(List.of(header(1, 1, 1)), 9, 0),
        "p.index: the checkpoint was written big-endian; load and save it with TensorFlow on a"
            + " little-endian machine");
  }

  @Test
  void aFutureVersionIsUnsupported() {
    assertUnsupported(
        TableBytes.table(List.of(header(1, 0, 2)), 9, 0),
        "p.index: the checkpoint needs a reader of bundle version 2, this one reads version 1");
  }

  static Stream<Arguments> liesInTheTable() {
    ByteArrayOutputStream shares = new ByteArrayOutputStream();
    TableBytes.entry(shares, 0, new byte[0], new byte[0]);
    TableBytes.entry(shares, 1, new byte[] {1}, new byte[0]);
    ByteArrayOutputStream twice = new ByteArrayOutputStream();
    TableBytes.entry(twice, 0, new byte[0], header(1, 0, 1).value());
    TableBytes.entry(twice, 0, new byte[] {'b'}, tensor(2, 0, 8));
    TableBytes.entry(twice, 1, new byte[0], tensor(2, 0, 8));
    byte[] header = header(1, 0, 1).value();
    return Stream.of(
        Arguments.of(new byte[3], "has 3 bytes, too few for its restart count"),
        Arguments.of(
            new byte[] {-1, -1, -1, -1}, "has 4 bytes, too few for its 4294967295 restarts"),
        Arguments.of(restarts(0), "the table has no header entry"),
        Arguments.of(concat(shares.toByteArray(), restarts(0)), "shares 1 bytes with a key of 0"),
        Arguments.of(
            concat(varint(-1), new byte[2], restarts(0)),
            "shares 18446744073709551615 bytes with a key of 0"),
        Arguments.of(
            concat(new byte[1], varint(-1), new byte[1], restarts(0)),
            "gives a key 18446744073709551615 bytes, but 1 are left"),
        Arguments.of(
            concat(new byte[2], varint(1L << 40), restarts(0)),
            "gives a value 1099511627776 bytes, but 0 are left"),
        Arguments.of(
            concat(new byte[] {0, 5, 0, 'a'}, restarts(0)), "gives a key 5 bytes, but 2 are left"),
        Arguments.of(
            concat(new byte[] {-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, 1}, restarts(0)),
            "holds a varint of more than 64 bits"),
        Arguments.of(
            concat(twice.toByteArray(), restarts(0)), "the keys are not in ascending order"),
        Arguments.of(
            concat(
                varint(0),
                varint(0),
                varint(header.length),
                header,
                new byte[] {0, 1, 0, -1},
                restarts(0)),
            "a tensor's name is not UTF-8"));
  }

  @ParameterizedTest
  @MethodSource
  void liesInTheTable(byte[] block, String offence) {
    assertMalformed(TableBytes.tableOf(block), offence);
  }

  @Test
  void keysThatGrowFromEachOtherAreStopped() {
    ByteArrayOutputStream block = new ByteArrayOutputStream();
    for (int i = 0; i < 20_000; i++) {
      TableBytes.entry(block, i, new byte[] {'a'}, new byte[0]);
    }

    assertMalformed(
        TableBytes.tableOf(concat(block.toByteArray(), restarts(0))),
        "has keys that take more than 67108863 bytes");
  }

  static Stream<Arguments> liesInTheFooter() {
    return Stream.of(
        Arguments.of(varint(-1), varint(1), "18446744073709551615 needs 1 bytes"),
        Arguments.of(varint(0), varint(-1), "0 needs 18446744073709551615 bytes"),
        Arguments.of(varint(0), varint(1L << 40), "0 needs 1099511627776 bytes"),
        Arguments.of(varint(0), varint(10), "0 needs 10 bytes, but the file has 62 in all"),
        Arguments.of(varint(Long.MAX_VALUE), varint(Long.MAX_VALUE), "needs 9223372036854775807"));
  }

  @ParameterizedTest
  @MethodSource
  void liesInTheFooter(byte[] offset, byte[] size, String offence) {
    TableBytes table = new TableBytes();
    table.block(new byte[] {0, 0, 0, 0, 0, 0, 0, 0, 0}, 0);

    assertMalformed(table.finish(concat(offset, size), varint(0)), offence);
  }

  @Test
  void anIndexThatPointsAtItselfEnds() {
    TableBytes table = new TableBytes();
    ByteArrayOutputStream index = new ByteArrayOutputStream();
    // The block is 8 entries of 6 bytes and no restarts; each leads to the block itself.
    for (int i = 0; i < 8; i++) {
      TableBytes.entry(index, 0, new byte[] {'a'}, new byte[] {0, 52});
    }
    byte[] block = concat(index.toByteArray(), restarts(0));
    assertThat(block).hasSize(52);

    assertMalformed(table.finish(table.block(block, 0)), "the keys are not in ascending order");
  }

  static Stream<Arguments> liesInTheHeader() {
    return Stream.of(
        Arguments.of(new ProtoBytes(), "says that there are 0 shards"),
        Arguments.of(new ProtoBytes().varint(1, -1), "says that there are -1 shards"),
        Arguments.of(
            new ProtoBytes().varint(1, Integer.MAX_VALUE), "says that there are 2147483647 shards"),
        Arguments.of(
            new ProtoBytes().varint(1, 1L << 40),
            "has 1099511627776 in field 1, more than 32 bits"),
        Arguments.of(new ProtoBytes().fixed32(1, 1), "has wire type 5 in field 1, expected 0"),
        Arguments.of(new ProtoBytes().varint(0, 1), "has a field of number 0"),
        Arguments.of(new ProtoBytes().raw(0x7b), "has wire type 3 in field 15"),
        Arguments.of(new ProtoBytes().raw(0x7a, 5), "gives field 15 5 bytes, but 0 are left"));
  }

  @ParameterizedTest
  @MethodSource
  void liesInTheHeader(ProtoBytes header, String offence) {
    assertMalformed(
        TableBytes.table(List.of(entry("", header.toByteArray())), 9, 0), "the header " + offence);
  }

  static Stream<Arguments> liesInAnEntry() {
    return Stream.of(
        Arguments.of(new ProtoBytes(), "has element type 0"),
        Arguments.of(new ProtoBytes().varint(1, -1), "has element type -1"),
        Arguments.of(
            new ProtoBytes().varint(1, 1).varint(3, 1), "lies in shard 1, but there are 1"),
        Arguments.of(new ProtoBytes().varint(1, 1).varint(3, -1), "lies in shard -1 at byte 0"),
        Arguments.of(
            new ProtoBytes().varint(1, 1).varint(4, -1), "lies in shard 0 at byte -1 and has 0"),
        Arguments.of(
            new ProtoBytes().varint(1, 1).varint(5, Long.MIN_VALUE),
            "at byte 0 and has -9223372036854775808 bytes"),
        Arguments.of(
            new ProtoBytes().varint(1, 1).message(2, dims(-1)), "has a negative size -1 in shape"),
        Arguments.of(
            new ProtoBytes().varint(1, 1).message(2, dims(1L << 40, 1L << 40)),
            "has more than 2^63 elements"),
        Arguments.of(
            new ProtoBytes().varint(1, 1).message(2, new ProtoBytes().varint(3, 1)),
            "has a shape of unknown rank"),
        Arguments.of(
            new ProtoBytes().varint(1, 1).message(7, slice(-5, 2)),
            "has a slice that starts at -5 with length 2"),
        Arguments.of(
            new ProtoBytes().varint(1, 1).message(7, slice(0, -2)), "has a slice of length -2"),
        Arguments.of(new ProtoBytes().raw(0x08, 0x80), "ends where it should hold a byte"),
        Arguments.of(
            new ProtoBytes().raw(8, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1),
            "holds a varint of more than 64 bits"));
  }

  @ParameterizedTest
  @MethodSource
  void liesInAnEntry(ProtoBytes entry, String offence) {
    List<Block.Entry> table = List.of(header(1, 0, 1), entry("v", entry.toByteArray()));

    assertMalformed(TableBytes.table(table, 9, 0), "tensor 'v' ");
    assertMalformed(TableBytes.table(table, 9, 0), offence);
  }

  static Stream<Arguments> liesAboutTheData() {
    String shard = "p.data-00000-of-00001: ";
    return Stream.of(
        Arguments.of(
            tensor(2, 0, 7), "p.index: tensor 'v' has 7 bytes, which is not what DT_FLOAT"),
        Arguments.of(
            tensor(3, 0, 8), "p.index: tensor 'v' has 8 bytes, which is not what DT_FLOAT"),
        Arguments.of(
            tensor(1L << 62, 0, 0), "p.index: tensor 'v' has 0 bytes, which is not what DT_FLOAT"),
        Arguments.of(
            tensor(2, 1, 8), shard + "tensor 'v' needs 8 bytes from byte 1, but the file has 8"),
        Arguments.of(
            tensor(2, Long.MAX_VALUE, 8), shard + "tensor 'v' needs 8 bytes from byte 9223372036"),
        Arguments.of(
            tensor(1L << 28, 0, 1L << 30), shard + "tensor 'v' needs 1073741824 bytes from byte 0"),
        Arguments.of(
            tensor(1, 0, 4),
            shard + "tensor 'v' has checksum 2bdaa581, expected 35e53c59: the file is damaged"));
  }

  @ParameterizedTest
  @MethodSource
  void liesAboutTheData(byte[] entry, String offence) throws IOException {
    List<Block.Entry> table = List.of(header(1, 0, 1), entry("v", entry));
    TensorFlowCheckpoint file =
        TensorFlowCheckpoint.open(storage(TableBytes.table(table, 9, 0)), "p");

    assertThatThrownBy(() -> file.read("v"))
        .isInstanceOf(MalformedWeightsException.class)
        .hasMessageContaining(offence);
  }

  @Test
  void moreElementsThanAnArrayHoldsAreUnsupported() throws IOException {
    List<Block.Entry> table = List.of(header(1, 0, 1), entry("v", tensor(1L << 31, 0, 1L << 33)));
    InMemoryStorage storage = storage(TableBytes.table(table, 9, 0));

    assertThatThrownBy(() -> TensorFlowCheckpoint.open(storage, "p").read("v"))
        .isInstanceOf(WeightsException.class)
        .hasMessageContaining("tensor 'v' needs 8589934592 bytes from byte 0, but the file has 8");
  }

  static Stream<Arguments> liesAboutPieces() {
    return Stream.of(
        Arguments.of(
            List.of(slice(0, 1), slice(1, 1)),
            List.of(slice(0, 1)),
            "piece '1,1' of tensor 'v' is missing, expected a part of DT_FLOAT [2]"),
        Arguments.of(
            List.of(slice(0, 1)),
            List.of(slice(0, 1)),
            "the pieces of tensor 'v' have 1 elements, but [2] has 2"),
        Arguments.of(
            List.of(slice(0, 1), slice(0, 1)),
            List.of(slice(0, 1)),
            "piece '0,1' of tensor 'v' overlaps another piece"),
        Arguments.of(
            List.of(slice(0, 1), slice(2, 1)),
            List.of(slice(0, 1), slice(2, 1)),
            "piece '2,1' of tensor 'v' is DT_FLOAT [1], expected a part of DT_FLOAT [2]"),
        Arguments.of(
            List.of(slice(0, Long.MAX_VALUE)),
            List.of(slice(0, Long.MAX_VALUE)),
            "piece '0,9223372036854775807' of tensor 'v' is DT_FLOAT [1], expected a part of"),
        Arguments.of(
            List.of(new ProtoBytes()),
            List.of(new ProtoBytes()),
            "piece '' of tensor 'v' is DT_FLOAT [1], expected a part of DT_FLOAT [2]"),
        Arguments.of(
            List.of(slice(0, 2)),
            List.of(slice(0, 2)),
            "piece '0,2' of tensor 'v' is DT_FLOAT [1], expected a part of DT_FLOAT [2]"));
  }

  @ParameterizedTest
  @MethodSource
  void liesAboutPieces(List<ProtoBytes> named, List<ProtoBytes> stored, String offence)
      throws IOException {
    ProtoBytes full = new ProtoBytes().varint(1, 1).message(2, dims(2));
    named.forEach(slice -> full.message(7, slice));
    List<Block.Entry> table = new ArrayList<>();
    table.add(header(1, 0, 1));
    for (ProtoBytes slice : stored) {
      TensorSlice parsed =
          TensorSlice.parse(new ProtoReader("", new Cursor("", "", slice.toByteArray())));
      // The first float of the data, 1.0f, by the checksum that goes with it.
      byte[] piece =
          new ProtoBytes()
              .varint(1, 1)
              .message(2, dims(1))
              .varint(5, 4)
              .fixed32(6, 0x2bdaa581)
              .toByteArray();
      table.add(new Block.Entry(parsed.key("v"), piece));
    }
    table.add(entry("v", full.toByteArray()));
    TensorFlowCheckpoint file =
        TensorFlowCheckpoint.open(storage(TableBytes.table(table, 9, 0)), "p");

    assertThatThrownBy(() -> file.read("v"))
        .isInstanceOf(MalformedWeightsException.class)
        .hasMessageStartingWith("p.index: ")
        .hasMessageContaining(offence);
  }

  @Test
  void piecesThatAllClaimTheSameBytesTakeNoMemory() throws IOException {
    ProtoBytes full = new ProtoBytes().varint(1, 1).message(2, dims(2_000_000));
    List<Block.Entry> table = new ArrayList<>();
    table.add(header(1, 0, 1));
    byte[] piece = tensor(2, 0, 8);
    List<Block.Entry> pieces = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      TensorSlice slice = new TensorSlice(List.of(new TensorSlice.Extent(2L * i, 2)));
      full.message(7, slice(2L * i, 2));
      pieces.add(new Block.Entry(slice.key("v"), piece));
    }
    pieces.sort((a, b) -> Arrays.compareUnsigned(a.key(), b.key()));
    table.addAll(pieces);
    table.add(entry("v", full.toByteArray()));
    TensorFlowCheckpoint file =
        TensorFlowCheckpoint.open(storage(TableBytes.table(table, 9, 0)), "p");

    assertThatThrownBy(() -> file.read("v"))
        .isInstanceOf(MalformedWeightsException.class)
        .hasMessage(
            "p.data-00000-of-00001: tensor 'v' in pieces needs 8000 bytes from byte 0, but the"
                + " file has 8");
  }

  private static Block.Entry header(int shards, int endianness, int minConsumer) {
    return entry(
        "",
        new ProtoBytes()
            .varint(1, shards)
            .varint(2, endianness)
            .message(3, new ProtoBytes().varint(1, 1).varint(2, minConsumer))
            .toByteArray());
  }

  private static Block.Entry entry(String key, byte[] value) {
    return new Block.Entry(key.getBytes(ISO_8859_1), value);
  }

  private static byte[] tensor(long elements, long offset, long size) {
    return new ProtoBytes()
        .varint(1, 1)
        .message(2, dims(elements))
        .varint(4, offset)
        .varint(5, size)
        .fixed32(6, DATA_CRC)
        .string(99, "a field of a later version")
        .toByteArray();
  }

  private static ProtoBytes dims(long... sizes) {
    ProtoBytes shape = new ProtoBytes();
    for (long size : sizes) {
      shape.message(2, new ProtoBytes().varint(1, size).string(2, "a name"));
    }
    return shape;
  }

  private static ProtoBytes slice(long start, long length) {
    return new ProtoBytes().message(1, new ProtoBytes().varint(1, start).varint(2, length));
  }

  private static InMemoryStorage storage(byte[] index) {
    return new InMemoryStorage().with("p.index", index).with("p.data-00000-of-00001", DATA);
  }

  private static void assertMalformed(byte[] index, String offence) {
    assertThatThrownBy(() -> TensorFlowCheckpoint.open(storage(index), "p"))
        .isInstanceOf(MalformedWeightsException.class)
        .hasMessageStartingWith("p.index: ")
        .hasMessageContaining(offence);
  }

  private static void assertUnsupported(byte[] index, String message) {
    assertThatThrownBy(() -> TensorFlowCheckpoint.open(storage(index), "p"))
        .isInstanceOf(UnsupportedWeightsException.class)
        .hasMessage(message);
  }
}
