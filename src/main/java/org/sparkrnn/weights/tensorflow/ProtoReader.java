package org.sparkrnn.weights.tensorflow;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.sparkrnn.weights.MalformedWeightsException;

/**
 * Walks the fields of one protobuf message: {@link #next()}, then exactly one of the reading
 * methods, or {@link #skip()} for a field that means nothing to the caller.
 *
 * @see <a href="https://protobuf.dev/programming-guides/encoding/">The wire format</a>
 */
final class ProtoReader {
  private static final int VARINT = 0;
  private static final int FIXED64 = 1;
  private static final int LENGTH = 2;
  private static final int FIXED32 = 5;

  private final String what;
  private final Cursor in;
  private int field;
  private int wireType;

  /**
   * Starts at the first field.
   *
   * @param what what the message is, for messages
   * @param in the message's bytes, all of them
   */
  ProtoReader(String what, Cursor in) {
    this.what = what;
    this.in = in;
  }

  /** Goes to the next field; false at the end of the message. */
  boolean next() {
    if (in.atEnd()) {
      return false;
    }
    long tag = in.varint();
    wireType = (int) tag & 7;
    if (tag >>> 3 == 0 || tag >>> 3 >= 1 << 29) {
      throw in.malformed("has a field of number " + (tag >>> 3));
    }
    field = (int) (tag >>> 3);
    return true;
  }

  /** The current field's number. */
  int field() {
    return field;
  }

  /** The current field as {@code int64} or {@code uint64}. */
  long int64() {
    require(VARINT);
    return in.varint();
  }

  /** The current field as {@code int32} or {@code enum}. */
  int int32() {
    long value = int64();
    if (value != (int) value) {
      throw in.malformed("has " + value + " in field " + field + ", more than 32 bits");
    }
    return (int) value;
  }

  /** The current field as {@code fixed32}. */
  int fixed32() {
    require(FIXED32);
    return in.fixed32();
  }

  /** The current field as {@code string}. */
  String string() {
    require(LENGTH);
    byte[] bytes = in.take(in.length("field " + field));
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw in.malformed("has text in field " + field + " that is not UTF-8");
    }
  }

  /** The current field as a message. */
  ProtoReader message() {
    require(LENGTH);
    return new ProtoReader(what, in.slice(what, in.length("field " + field)));
  }

  /** Passes over the current field. */
  void skip() {
    switch (wireType) {
      case VARINT -> in.varint();
      case FIXED64 -> in.skip(Long.BYTES);
      case LENGTH -> in.skip(in.length("field " + field));
      case FIXED32 -> in.skip(Integer.BYTES);
      default -> throw in.malformed("has wire type " + wireType + " in field " + field);
    }
  }

  MalformedWeightsException malformed(String reason) {
    return in.malformed(reason);
  }

  private void require(int expected) {
    if (wireType != expected) {
      throw in.malformed(
          "has wire type " + wireType + " in field " + field + ", expected " + expected);
    }
  }
}
