package org.sparkrnn.weights.tensorflow;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The text file {@code checkpoint} that a {@code Saver} leaves beside its checkpoints ({@code
 * python/training/checkpoint_state.proto} in text form).
 */
final class CheckpointState {
  /** The file's name. */
  static final String FILE = "checkpoint";

  private static final Pattern LATEST =
      Pattern.compile(
          "^\\s*model_checkpoint_path\\s*:\\s*\"((?:[^\"\\\\]|\\\\.)*)\"", Pattern.MULTILINE);

  private CheckpointState() {}

  /** The path of the latest checkpoint, as the file spells it. */
  static Optional<String> latestPath(byte[] text) {
    Matcher matcher = LATEST.matcher(new String(text, StandardCharsets.UTF_8));
    return matcher.find() ? Optional.of(unescape(matcher.group(1))) : Optional.empty();
  }

  /** Text format escapes: {@code \"}, {@code \\}, {@code \n} and its like, and bytes in octal. */
  private static String unescape(String text) {
    if (text.indexOf('\\') < 0) {
      return text;
    }
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    byte[] plain = new byte[bytes.length];
    int size = 0;
    int at = 0;
    while (at < bytes.length) {
      byte b = bytes[at++];
      if (b == '\\' && at < bytes.length) {
        int octal = 0;
        int digits = 0;
        while (digits < 3 && at < bytes.length && bytes[at] >= '0' && bytes[at] <= '7') {
          octal = octal * 8 + bytes[at++] - '0';
          digits++;
        }
        b = digits > 0 ? (byte) octal : unescape(bytes[at++]);
      }
      plain[size++] = b;
    }
    return new String(plain, 0, size, StandardCharsets.UTF_8);
  }

  private static byte unescape(byte letter) {
    return switch (letter) {
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      default -> letter;
    };
  }
}
