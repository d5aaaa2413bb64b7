package org.sparkrnn.bench;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Writes a TorchScript module without weights, whose methods call PyTorch's own operations: that is
 * how they are reached that DJL does not offer, those over packed sequences.
 */
final class TorchScript {
  private static final String CODE =
      """
      class M(Module):
        __parameters__ = []
        __buffers__ = []
        training : bool
        def lstm(self: __torch__.M, x: Tensor, h: Tensor, c: Tensor, w: List[Tensor]) -> Tensor:
          y, hn, cn = torch.lstm(x, [h, c], w, True, 1, 0., False, False, False)
          return y
        def lstm_packed(self: __torch__.M, x: Tensor, sizes: Tensor, h: Tensor, c: Tensor, w: List[Tensor]) -> Tensor:
          y, hn, cn = torch.lstm(x, sizes, [h, c], w, True, 1, 0., False, False)
          return y
        def gru(self: __torch__.M, x: Tensor, h: Tensor, w: List[Tensor]) -> Tensor:
          y, hn = torch.gru(x, h, w, True, 1, 0., False, False, False)
          return y
        def gru_packed(self: __torch__.M, x: Tensor, sizes: Tensor, h: Tensor, w: List[Tensor]) -> Tensor:
          y, hn = torch.gru(x, sizes, h, w, True, 1, 0., False, False)
          return y
      """;

  private TorchScript() {}

  /** The archive: a zip of the code and of two pickles that hold nothing. */
  static byte[] archive() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      // An object of class __torch__.M whose one attribute, training, is false.
      entry(
          zip,
          "data.pkl",
          "\u0080\u0002c__torch__\nM\nq\0)\u0081}(X\u0008\0\0\0trainingq\u0001\u0089ubq\u0002.");
      entry(zip, "code/__torch__.py", CODE);
      // An empty tuple.
      entry(zip, "constants.pkl", "\u0080\u0002).");
      entry(zip, "version", "3\n");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  private static void entry(ZipOutputStream zip, String name, String content) throws IOException {
    byte[] bytes = content.getBytes(StandardCharsets.ISO_8859_1);
    ZipEntry entry = new ZipEntry("bench/" + name);
    entry.setMethod(ZipEntry.STORED);
    entry.setSize(bytes.length);
    CRC32 sum = new CRC32();
    sum.update(bytes);
    entry.setCrc(sum.getValue());
    zip.putNextEntry(entry);
    zip.write(bytes);
    zip.closeEntry();
  }
}
