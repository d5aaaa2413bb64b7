package org.sparkrnn.weights.tensorflow;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;

/** Builds protobuf messages field by field. */
public final class ProtoBytes {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  public ProtoBytes varint(int field, long value) {
    out.writeBytes(TableBytes.varint((long) field << 3));
    out.writeBytes(TableBytes.varint(value));
    return this;
  }

  public ProtoBytes fixed32(int field, int value) {
    out.writeBytes(TableBytes.varint((long) field << 3 | 5));
    out.writeBytes(TableBytes.u32(value));
    return this;
  }

  public ProtoBytes bytes(int field, byte[] value) {
    out.writeBytes(TableBytes.varint((long) field << 3 | 2));
    out.writeBytes(TableBytes.varint(value.length));
    out.writeBytes(value);
    return this;
  }

  public ProtoBytes string(int field, String value) {
    return bytes(field, value.getBytes(UTF_8));
  }

  public ProtoBytes message(int field, ProtoBytes value) {
    return bytes(field, value.toByteArray());
  }

  public ProtoBytes raw(int... bytes) {
    for (int b : bytes) {
      out.write(b);
    }
    return this;
  }

  public byte[] toByteArray() {
    return out.toByteArray();
  }
}
