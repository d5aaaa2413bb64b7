package org.sparkrnn.weights.pytorch;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.sparkrnn.weights.MalformedWeightsException;
import org.sparkrnn.weights.UnsupportedWeightsException;

/**
 * Reads a pickle of any protocol as data: a stack machine that makes containers, numbers and
 * strings, and asks {@link Rebuild} what a call would have given.
 *
 * @see <a href="https://github.com/python/cpython/blob/v3.12.0/Lib/pickletools.py">CPython 3.12,
 *     pickletools.py: every opcode</a>
 */
final class Unpickler {
  private static final Pickled NONE = new Pickled.Other("None");

  private final String source;
  private final PickleBytes in;
  private final Rebuild rebuild;
  private final Map<Long, Pickled> memo = new HashMap<>();
  private final List<Integer> marks = new ArrayList<>();
  private final List<Pickled> stack = new ArrayList<>();

  Unpickler(String source, PickleBytes in, Rebuild rebuild) {
    this.source = source;
    this.in = in;
    this.rebuild = rebuild;
  }

  /** Reads one pickle, up to and with its STOP. */
  Pickled read() throws IOException {
    while (true) {
      int code = in.next();
      if (code == '.') {
        return pop();
      }
      if (!constant(code) && !container(code) && !memoized(code)) {
        object(code);
      }
    }
  }

  private boolean constant(int code) throws IOException {
    switch (code) {
      case 'N' -> push(NONE);
      case 0x88, 0x89 -> push(new Pickled.Other(code == 0x88 ? "True" : "False"));
      case 'I' -> push(integer(in.line()));
      case 'L' -> push(integer(in.line()));
      case 'J' -> push(new Pickled.Int((int) in.number(4)));
      case 'K' -> push(new Pickled.Int(in.next()));
      case 'M' -> push(new Pickled.Int(in.number(2)));
      case 0x8a -> push(longInteger(in.bytes(in.next())));
      case 0x8b -> push(longInteger(in.bytes((int) in.number(4))));
      case 'F' -> push(new Pickled.Other(in.line()));
      case 'G' -> push(new Pickled.Other(String.valueOf(real(in.bytes(8)))));
      case 'S' -> push(new Pickled.Text(quoted(in.line())));
      case 'V' -> push(new Pickled.Text(in.line()));
      case 'T', 'B' -> push(text(in.bytes(in.number(4)), false));
      case 'U', 'C' -> push(text(in.bytes(in.next()), false));
      case 'X' -> push(text(in.bytes(in.number(4)), true));
      case 0x8c -> push(text(in.bytes(in.next()), true));
      case 0x8d -> push(text(in.bytes(in.number(8)), true));
      case 0x8e, 0x96 -> push(text(in.bytes(in.number(8)), false));
      case 0x80 -> in.next();
      case 0x95 -> in.number(8);
      default -> {
        return false;
      }
    }
    return true;
  }

  private boolean container(int code) {
    switch (code) {
      case '(' -> marks.add(stack.size());
      case '0' -> pop();
      case '1' -> toMark();
      case '2' -> push(top());
      case ')', ']', 0x8f -> push(new Pickled.Items());
      case 't', 'l', 0x91 -> push(items(toMark()));
      case 0x85 -> push(items(last(1)));
      case 0x86 -> push(items(last(2)));
      case 0x87 -> push(items(last(3)));
      case '}' -> push(new Pickled.Dict());
      case 'd' -> {
        List<Pickled> pairs = toMark();
        push(new Pickled.Dict());
        setItems(pairs);
      }
      case 'a' -> append(last(1));
      case 'e', 0x90 -> append(toMark());
      case 's' -> setItems(last(2));
      case 'u' -> setItems(toMark());
      default -> {
        return false;
      }
    }
    return true;
  }

  private boolean memoized(int code) throws IOException {
    switch (code) {
      case 'p' -> memo.put(key(in.line()), top());
      case 'q' -> memo.put((long) in.next(), top());
      case 'r' -> memo.put(in.number(4), top());
      case 0x94 -> memo.put((long) memo.size(), top());
      case 'g' -> push(remembered(key(in.line())));
      case 'h' -> push(remembered(in.next()));
      case 'j' -> push(remembered(in.number(4)));
      default -> {
        return false;
      }
    }
    return true;
  }

  private void object(int code) throws IOException {
    switch (code) {
      case 'c' -> push(rebuild.global(in.line(), in.line()));
      case 0x93 -> {
        List<Pickled> names = last(2);
        push(rebuild.global(string(names.get(0)), string(names.get(1))));
      }
      case 'R', 0x81 -> {
        List<Pickled> call = last(2);
        push(rebuild.call(call.get(0), call.get(1)));
      }
      case 0x92 -> {
        List<Pickled> call = last(3);
        push(rebuild.call(call.get(0), call.get(1)));
      }
      case 'i' -> {
        Pickled made = rebuild.global(in.line(), in.line());
        push(rebuild.call(made, items(toMark())));
      }
      case 'o' -> {
        List<Pickled> call = toMark();
        if (call.isEmpty()) {
          throw malformed("makes an object of nothing");
        }
        push(rebuild.call(call.get(0), items(call.subList(1, call.size()))));
      }
      case 'b' -> {
        Pickled state = pop();
        rebuild.state(top(), state);
      }
      case 'P' -> push(rebuild.persistent(new Pickled.Text(in.line())));
      case 'Q' -> push(rebuild.persistent(pop()));
      case 0x82, 0x83, 0x84, 0x97, 0x98 ->
          throw new UnsupportedWeightsException(
              source,
              String.format(
                  "its pickle has opcode 0x%02x (extension codes, buffers outside of it), which"
                      + " PyTorch does not write",
                  code));
      default -> throw malformed(String.format("has no opcode 0x%02x", code));
    }
  }

  private void push(Pickled value) {
    stack.add(value);
  }

  /** The number of values that may be taken: not below the last mark. */
  private int above() {
    return stack.size() - (marks.isEmpty() ? 0 : marks.get(marks.size() - 1));
  }

  private Pickled top() {
    if (above() == 0) {
      throw malformed("uses a value that is not on its stack");
    }
    return stack.get(stack.size() - 1);
  }

  private Pickled pop() {
    Pickled top = top();
    stack.remove(stack.size() - 1);
    return top;
  }

  private List<Pickled> last(int count) {
    if (above() < count) {
      throw malformed("uses " + count + " values, but " + above() + " are on its stack");
    }
    List<Pickled> tail = stack.subList(stack.size() - count, stack.size());
    List<Pickled> values = List.copyOf(tail);
    tail.clear();
    return values;
  }

  private List<Pickled> toMark() {
    if (marks.isEmpty()) {
      throw malformed("goes back to a mark that is not there");
    }
    List<Pickled> values = last(above());
    marks.remove(marks.size() - 1);
    return values;
  }

  private static Pickled items(List<Pickled> values) {
    Pickled.Items items = new Pickled.Items();
    items.values.addAll(values);
    return items;
  }

  private void append(List<Pickled> values) {
    if (top() instanceof Pickled.Items items) {
      items.values.addAll(values);
    } else if (!(top() instanceof Pickled.Opaque)) {
      throw malformed("appends to what is no list");
    }
  }

  private void setItems(List<Pickled> pairs) {
    Pickled.Dict dict =
        top() instanceof Pickled.Opaque opaque
            ? opaque.items
            : top() instanceof Pickled.Dict plain ? plain : null;
    if (dict == null) {
      throw malformed("sets an item of what is no dict");
    }
    if (pairs.size() % 2 != 0) {
      throw malformed("sets a key without a value");
    }
    for (int i = 0; i < pairs.size(); i += 2) {
      dict.put(pairs.get(i), pairs.get(i + 1));
    }
  }

  private Pickled remembered(long key) {
    Pickled value = memo.get(key);
    if (value == null) {
      throw malformed("remembers value " + key + ", which was never stored");
    }
    return value;
  }

  private long key(String digits) {
    try {
      return Long.parseLong(digits);
    } catch (NumberFormatException e) {
      throw new MalformedWeightsException(
          source, "the pickle has '" + digits + "' for a number", e);
    }
  }

  private Pickled integer(String line) {
    if (line.equals("00") || line.equals("01")) {
      return new Pickled.Other(line.equals("01") ? "True" : "False");
    }
    String digits = line.endsWith("L") ? line.substring(0, line.length() - 1) : line;
    return digits.length() > 19
        ? new Pickled.Other("a long integer")
        : new Pickled.Int(key(digits));
  }

  private static Pickled longInteger(byte[] littleEndian) {
    if (littleEndian.length == 0) {
      return new Pickled.Int(0);
    }
    if (littleEndian.length > 8) {
      return new Pickled.Other(littleEndian.length > 64 ? "a long integer" : hex(littleEndian));
    }
    long value = littleEndian[littleEndian.length - 1];
    for (int i = littleEndian.length - 2; i >= 0; i--) {
      value = value << 8 | littleEndian[i] & 0xff;
    }
    return new Pickled.Int(value);
  }

  private static String hex(byte[] littleEndian) {
    byte[] bigEndian = new byte[littleEndian.length];
    for (int i = 0; i < bigEndian.length; i++) {
      bigEndian[i] = littleEndian[bigEndian.length - 1 - i];
    }
    return "0x" + new BigInteger(bigEndian).toString(16);
  }

  private static double real(byte[] bigEndian) {
    return ByteBuffer.wrap(bigEndian).getDouble();
  }

  private static Pickled text(byte[] bytes, boolean utf8) {
    return new Pickled.Text(new String(bytes, utf8 ? UTF_8 : ISO_8859_1));
  }

  private String quoted(String line) {
    if (line.length() < 2 || line.charAt(0) != line.charAt(line.length() - 1)) {
      throw malformed("has a string without quotes");
    }
    return line.substring(1, line.length() - 1);
  }

  private String string(Pickled value) {
    if (value instanceof Pickled.Text text) {
      return text.value();
    }
    throw malformed("has a global without a name");
  }

  private MalformedWeightsException malformed(String reason) {
    return new MalformedWeightsException(
        source, "the pickle " + reason + " (before byte " + in.position() + ")");
  }
}
