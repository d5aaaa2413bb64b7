package org.sparkrnn.weights;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.function.DoubleConsumer;
import java.util.function.LongConsumer;

/**
 * Walks the fields of one protobuf message: {@link #next()}, then exactly one of the reading
 * methods, or {@link #skip()} for a field that means nothing to the caller.
 *
 * @see <a href="https://protobuf.dev/programming-guides/encoding/">The wire format</a>
 */
public final class ProtoReader {
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
  public ProtoReader(String what, Cursor in) {
    this.what = what;
    this.in = in;
  }

  /** Goes to the next field; false at the end of the message. */
  public boolean next() {
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
  public int field() {
    return field;
  }

  /** The current field as {@code int64} or {@code uint64}. */
  public long int64() {
    require(VARINT);
    return in.varint();
  }

  /** The current field as {@code int32} or {@code enum}. */
  public int int32() {
    long value = int64();
    if (value != (int) value) {
      throw in.malformed("has " + value + " in field " + field + ", more than 32 bits");
    }
    return (int) value;
  }

  /** The current field as {@code fixed32}. */
  public int fixed32() {
    require(FIXED32);
    return in.fixed32();
  }

  /** The current field as {@code float}. */
  public float float32() {
    return Float.intBitsToFloat(fixed32());
  }

  /**
   * The numbers of the current field, a {@code repeated} one of any integer type but the fixed
   * ones, packed or one by one.
   */
  public void int64s(LongConsumer each) {
    if (wireType == VARINT) {
      each.accept(in.varint());
      return;
    }
    Cursor packed = range();
    while (!packed.atEnd()) {
      each.accept(packed.varint());
    }
  }

  /** The numbers of the current field, a {@code repeated float}, packed or one by one. */
  public void floats(FloatConsumer each) {
    if (wireType == FIXED32) {
      each.accept(Float.intBitsToFloat(in.fixed32()));
      return;
    }
    Cursor packed = range();
    while (!packed.atEnd()) {
      each.accept(Float.intBitsToFloat(packed.fixed32()));
    }
  }

  /** The numbers of the current field, a {@code repeated double}, packed or one by one. */
  public void doubles(DoubleConsumer each) {
    if (wireType == FIXED64) {
      each.accept(Double.longBitsToDouble(in.fixed64()));
      return;
    }
    Cursor packed = range();
    while (!packed.atEnd()) {
      each.accept(Double.longBitsToDouble(packed.fixed64()));
    }
  }

  /** Takes a {@code float}. */
  public interface FloatConsumer {
    /** Takes {@code value}. */
    void accept(float value);
  }

  /** The current field, of a type that has a length, as the place where its bytes are. */
  public Cursor range() {
    require(LENGTH);
    return in.slice(what, in.length("field " + field));
  }

  /** The current field as {@code bytes}. */
  public byte[] bytes() {
    require(LENGTH);
    return in.take(in.length("field " + field));
  }

  /** The current field as {@code string}. */
  public String string() {
    byte[] bytes = bytes();
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw in.malformed("has text in field " + field + " that is not UTF-8");
    }
  }

  /** The current field as a message. */
  public ProtoReader message() {
    return new ProtoReader(what, range());
  }

  /** Passes over the current field. */
  public void skip() {
    switch (wireType) {
      case VARINT -> in.varint();
      case FIXED64 -> in.skip(Long.BYTES);
      case LENGTH -> in.skip(in.length("field " + field));
      case FIXED32 -> in.skip(Integer.BYTES);
      default -> throw in.malformed("has wire type " + wireType + " in field " + field);
    }
  }

  /** An exception for what is well formed, but beyond what we read. */
  public UnsupportedWeightsException unsupported(String reason) {
    return in.unsupported(reason);
  }

  /** An exception that names the file and the message. */
  public MalformedWeightsException malformed(String reason) {
    return in.malformed(reason);
  }

  private void require(int expected) {
    if (wireType != expected) {
      throw in.malformed(
          "has wire type " + wireType + " in field " + field + ", expected " + expected);
    }
  }
}
