package org.sparkrnn.weights.numpy;

import java.util.ArrayList;
import java.util.List;
import org.sparkrnn.tensor.Shape;
import org.sparkrnn.weights.MalformedWeightsException;

/**
 * Parses the header of an array: a Python literal such as {@code {'descr': '<f4', 'fortran_order':
 * False, 'shape': (2, 3), }}. The three keys come once each, and no others.
 */
final class HeaderParser {
  private final String source;
  private final String text;
  private int at;

  HeaderParser(String source, String text) {
    this.source = source;
    this.text = text;
  }

  NpyHeader parse(long dataStart) {
    String descr = null;
    Boolean fortran = null;
    Shape shape = null;
    expect('{');
    while (!taken('}')) {
      String key = string();
      expect(':');
      switch (key) {
        case "descr" -> descr = once(descr, descr(), key);
        case "fortran_order" -> fortran = once(fortran, bool(), key);
        case "shape" -> shape = once(shape, shape(), key);
        default ->
            throw malformed("has a key '" + key + "'; known are descr, fortran_order and shape");
      }
      if (!taken(',')) {
        expect('}');
        break;
      }
    }
    skipSpaces();
    if (at < text.length()) {
      throw malformed("goes on after its last '}'");
    }
    if (descr == null || fortran == null || shape == null) {
      throw malformed("needs all of descr, fortran_order and shape");
    }
    return new NpyHeader(descr, fortran, shape, dataStart);
  }

  private <T> T once(T before, T now, String key) {
    if (before != null) {
      throw malformed("has '" + key + "' twice");
    }
    return now;
  }

  /** A type: a string, or the list of a structured one, as text. */
  private String descr() {
    skipSpaces();
    if (at < text.length() && text.charAt(at) == '[') {
      int start = at;
      int depth = 0;
      do {
        if (at == text.length()) {
          throw malformed("ends in the middle of descr");
        }
        char c = text.charAt(at++);
        depth += c == '[' ? 1 : c == ']' ? -1 : 0;
      } while (depth > 0);
      return text.substring(start, at);
    }
    return string();
  }

  private boolean bool() {
    skipSpaces();
    for (String word : List.of("True", "False")) {
      if (text.startsWith(word, at)) {
        at += word.length();
        return word.equals("True");
      }
    }
    throw malformed("has a fortran_order that is neither True nor False");
  }

  private Shape shape() {
    expect('(');
    List<Long> dims = new ArrayList<>();
    while (!taken(')')) {
      dims.add(number());
      if (!taken(',')) {
        expect(')');
        break;
      }
    }
    try {
      return new Shape(dims);
    } catch (IllegalArgumentException e) {
      throw new MalformedWeightsException(source, "the header's shape: " + e.getMessage(), e);
    }
  }

  private long number() {
    skipSpaces();
    int start = at;
    if (at < text.length() && text.charAt(at) == '-') {
      at++;
    }
    while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
      at++;
    }
    String digits = text.substring(start, at);
    // Python 2 wrote long integers so.
    if (at < text.length() && text.charAt(at) == 'L') {
      at++;
    }
    try {
      return Long.parseLong(digits);
    } catch (NumberFormatException e) {
      throw new MalformedWeightsException(
          source, "the header's shape has '" + digits + "', expected a number of 64 bits", e);
    }
  }

  private String string() {
    skipSpaces();
    char quote = at < text.length() ? text.charAt(at) : 0;
    if (quote != '\'' && quote != '"') {
      throw malformed("has no quoted string at its character " + at);
    }
    int end = text.indexOf(quote, at + 1);
    if (end < 0) {
      throw malformed("ends in the middle of a string");
    }
    String value = text.substring(at + 1, end);
    at = end + 1;
    return value;
  }

  private boolean taken(char c) {
    skipSpaces();
    if (at < text.length() && text.charAt(at) == c) {
      at++;
      return true;
    }
    return false;
  }

  private void expect(char c) {
    if (!taken(c)) {
      throw malformed("has no '" + c + "' at its character " + at);
    }
  }

  private void skipSpaces() {
    while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
  }

  private MalformedWeightsException malformed(String reason) {
    return new MalformedWeightsException(source, "the header " + reason);
  }
}
