package org.sparkrnn.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sparkrnn.RnnModel;
import org.sparkrnn.RnnSequences;

/** Types of cell that are other types under a second name give their bits. */
class OtherNamesTest {
  private static final String JUDGE = "our other types, bit for bit";

  @TempDir private Path folder;

  private void assertSame(Lab lab, int input, String type, RnnModel found, RnnModel expected) {
    RnnSequences sequences = RnnSequences.of(lab.rows(3, 6, input)).lengths(6, 0, 4);
    assertThat(Lab.results(found, sequences))
        .as("%s, seed %d", type, Lab.SEED)
        .isDeepEqualTo(Lab.results(expected, sequences));
    Conformance.record(JUDGE, type, "", "dynamic_rnn", 0, 0);
  }

  @Test
  void aDeviceWrapperIsItsCell() {
    Lab lab = new Lab(folder).gru("rnn/gru_cell", 3, 5);
    String gru = "{'type': 'GRUCell', 'num_units': 5}";
    assertSame(
        lab,
        3,
        "DeviceWrapper",
        lab.model(3, "'cell': {'type': 'DeviceWrapper', 'device': '/gpu:0', 'cell': " + gru + "}"),
        lab.model(3, "'cell': " + gru));
  }

  @Test
  void aGridOfOneBasicLstmIsAGridOfOneLstm() {
    Lab lab = new Lab(folder);
    String basic = "basic/Grid1BasicLSTMCell/";
    String full = "full/Grid1LSTMCell/";
    lab.weight(basic + "project_m_0", 3, 4).weight(basic + "project_c_0", 3, 4);
    lab.lstm(basic + "recurrent/cell_0/basic_lstm_cell", 0, 4);
    for (String name : List.of("project_m_0", "project_c_0")) {
      lab.copy(basic + name, full + name);
    }
    for (String name : List.of("/kernel", "/bias")) {
      lab.copy(
          basic + "recurrent/cell_0/basic_lstm_cell" + name,
          full + "recurrent/cell_0/lstm_cell" + name);
    }
    String options = "', 'num_units': 4, 'forget_bias': 1.0}";
    String type = "Grid1BasicLSTMCell";
    assertSame(
        lab,
        3,
        type,
        lab.model(3, "'scope': 'basic', 'cell': {'type': '" + type + options),
        lab.model(3, "'scope': 'full', 'cell': {'type': 'Grid1LSTMCell" + options));
  }

  @ParameterizedTest
  @CsvSource({
    "1, '3', '[4, 2]', 8",
    "2, '3, 2', '[3, 2, 2]', 12",
    "3, '2, 1, 3', '[2, 2, 2, 2]', 16"
  })
  void aConvolutionOfSomeDimensionsIsThatConvolution(
      int dimensions, String kernel, String shape, int input) {
    Lab lab = new Lab(folder);
    String[] sizes = kernel.split(", ", -1);
    long[] dims = new long[sizes.length + 2];
    for (int i = 0; i < sizes.length; i++) {
      dims[i] = Long.parseLong(sizes[i]);
    }
    dims[sizes.length] = 2 + 3;
    dims[sizes.length + 1] = 4 * 3;
    String scope = "rnn/conv_" + dimensions + "d_lstm_cell/";
    lab.weight(scope + "kernel", dims).weight(scope + "biases", 4 * 3);
    String options =
        "'input_shape': "
            + shape
            + ", 'output_channels': 3, 'kernel_shape': ["
            + kernel
            + "], 'forget_bias': 1.0}";
    String type = "Conv" + dimensions + "DLSTMCell";
    assertSame(
        lab,
        input,
        type,
        lab.model(input, "'cell': {'type': '" + type + "', " + options),
        lab.model(
            input,
            "'cell': {'type': 'ConvLSTMCell', 'conv_ndims': " + dimensions + ", " + options));
  }
}
