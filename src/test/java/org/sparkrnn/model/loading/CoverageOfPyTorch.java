package org.sparkrnn.model.loading;

import static org.sparkrnn.model.loading.Coverage.contents;
import static org.sparkrnn.model.loading.Coverage.fixture;
import static org.sparkrnn.model.loading.Coverage.tensor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.sparkrnn.tensor.Tensor;
import org.sparkrnn.weights.pytorch.PyTorchFile;
import org.sparkrnn.weights.pytorch.StateDictBytes;

/** Files of PyTorch, most of them its own. */
final class CoverageOfPyTorch {
  private static final String LSTM = "{'type': 'torch.LSTMCell', 'hidden_size': 2}";
  private static final String GRU = "{'type': 'torch.GRUCell', 'hidden_size': 2}";

  private CoverageOfPyTorch() {}

  static Coverage rows() {
    Coverage rows = new Coverage("PyTorch");
    rows.with("a state dict, as an archive", dir -> net(dir, "lstm.pth", LSTM))
        .with("a state dict, as the older stream", dir -> bidirectional(dir, "stream.pth"))
        .with("a whole module", dir -> bidirectional(dir, "module.pt"))
        .with("a TorchScript archive", dir -> bidirectional(dir, "script.pt"))
        .with("a checkpoint with an optimizer's state", dir -> bidirectional(dir, "checkpoint.pt"))
        .with("a tar file, as before 0.1.10", CoverageOfPyTorch::tar)
        .with("nn.GRU", dir -> net(dir, "gru.pth", GRU))
        .with("nn.GRU of two layers", dir -> net(dir, "gru2.pth", stack(GRU)))
        .with("nn.GRU of two layers, of which the spec lists one", dir -> net(dir, "gru2.pth", GRU))
        .with("nn.LSTM with two directions and layers", dir -> bidirectional(dir, "lstm2bi.pth"))
        .with("nn.LSTM with proj_size", dir -> net(dir, "lstm_proj.pth", projected(2)))
        .with(
            "nn.LSTM with proj_size that the spec leaves out",
            dir -> net(dir, "lstm_proj.pth", projected(0)))
        .with("nn.RNN with relu and no bias", dir -> net(dir, "rnn_relu_nobias.pth", relu()))
        .with("nn.LSTM and nn.Linear", dir -> Coverage.model(Encoding.PYTORCH.write(1, dir)));
    for (String name : new String[] {"plain", "double", "half", "bfloat16", "long"}) {
      rows.with(name.equals("plain") ? "float" : name, dir -> types(dir, name));
    }
    return rows.with("views: rows, columns, transposed", dir -> types(dir, "transposed"))
        .with("an expanded view", dir -> types(dir, "expanded"))
        .with("a pickle that calls os.system", dir -> tensor(file("evil.pt", dir), "good"))
        .with("a file cut short", CoverageOfPyTorch::cut);
  }

  private static Path file(String name, Path folder) throws IOException {
    return fixture(PyTorchFile.class, name, folder);
  }

  private static String types(Path folder, String name) throws IOException {
    return tensor(file("types.pt", folder), name);
  }

  private static String projected(int size) {
    return "{'type': 'torch.LSTMCell', 'hidden_size': 4"
        + (size == 0 ? "" : ", 'proj_size': " + size)
        + "}";
  }

  private static String relu() {
    return "{'type': 'torch.RNNCell', 'hidden_size': 2, 'nonlinearity': 'relu', 'bias': false}";
  }

  private static String stack(String cell) {
    return "{'type': 'MultiRNNCell', 'cells': [" + cell + ", " + cell + "]}";
  }

  private static String net(Path folder, String weights, String cell) throws IOException {
    file(weights, folder);
    return Coverage.model(
        Coverage.spec(folder, weights, 3, "{'type': 'rnn', 'cell': " + cell + "}"));
  }

  private static String bidirectional(Path folder, String weights) throws IOException {
    file(weights, folder);
    String cells = "[" + LSTM + ", " + LSTM + "]";
    return Coverage.model(
        Coverage.spec(
            folder,
            weights,
            3,
            "{'type': 'rnn', 'loop': 'stack_bidirectional_dynamic_rnn', 'cells_fw': "
                + cells
                + ", 'cells_bw': "
                + cells
                + "}"));
  }

  private static String tar(Path folder) throws IOException {
    byte[] tar = new byte[1024];
    System.arraycopy("ustar".getBytes(java.nio.charset.StandardCharsets.US_ASCII), 0, tar, 257, 5);
    return contents(Files.write(folder.resolve("net.pt"), tar));
  }

  private static String cut(Path folder) throws IOException {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    tensors.put("weight", Tensor.zeros(4, 4));
    byte[] whole = StateDictBytes.stream(tensors);
    return contents(
        Files.write(folder.resolve("net.pt"), java.util.Arrays.copyOf(whole, whole.length - 4)));
  }
}
