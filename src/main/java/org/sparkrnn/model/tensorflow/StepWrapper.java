package org.sparkrnn.model.tensorflow;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.sparkrnn.cell.Activation;
import org.sparkrnn.cell.InputProjectionWrapper;
import org.sparkrnn.cell.OutputProjectionWrapper;
import org.sparkrnn.cell.ResidualWrapper;
import org.sparkrnn.cell.RnnCell;
import org.sparkrnn.model.tensorflow.StepTerm.Block;
import org.sparkrnn.tensor.Tensor;

/** A cell with something around it, which was found in a TensorFlow graph. */
sealed interface StepWrapper extends StepCell {

  /** The cell inside. */
  StepCell cell();

  /**
   * {@code ResidualWrapper}: its input is added to its output.
   *
   * @param cell the cell inside
   */
  record Residual(StepCell cell) implements StepWrapper {
    @Override
    public RnnCell build(GraphConstants constants) throws IOException {
      return new ResidualWrapper(cell.build(constants));
    }

    @Override
    public int outputSize() {
      return cell.outputSize();
    }

    @Override
    public List<Block> blocks() {
      return cell.blocks();
    }
  }

  /**
   * A product with a matrix, and what is done with it.
   *
   * @param kernel the matrix
   * @param biases vectors to add, any number
   * @param activation its function
   */
  record Dense(Block kernel, List<Block> biases, Activation activation) {
    /** Takes a copy of the list. */
    public Dense {
      biases = List.copyOf(biases);
    }

    private Tensor kernel(GraphConstants constants) throws IOException {
      return StepCell.matrix(kernel, constants);
    }

    private Tensor bias(GraphConstants constants) throws IOException {
      return StepCell.sum(biases, kernel.columns(), constants);
    }

    private List<Block> with(List<Block> others) {
      List<Block> all = new ArrayList<>(biases);
      all.add(kernel);
      all.addAll(others);
      return all;
    }
  }

  /**
   * {@code InputProjectionWrapper}.
   *
   * @param cell the cell inside
   * @param dense what its input goes through
   */
  record InputProjection(StepCell cell, Dense dense) implements StepWrapper {
    @Override
    public RnnCell build(GraphConstants constants) throws IOException {
      return new InputProjectionWrapper(
          cell.build(constants),
          dense.kernel(constants),
          dense.bias(constants),
          dense.activation());
    }

    @Override
    public int outputSize() {
      return cell.outputSize();
    }

    @Override
    public List<Block> blocks() {
      return dense.with(cell.blocks());
    }
  }

  /**
   * {@code OutputProjectionWrapper}.
   *
   * @param cell the cell inside
   * @param dense what its output goes through
   */
  record OutputProjection(StepCell cell, Dense dense) implements StepWrapper {
    @Override
    public RnnCell build(GraphConstants constants) throws IOException {
      return new OutputProjectionWrapper(
          cell.build(constants),
          dense.kernel(constants),
          dense.bias(constants),
          dense.activation());
    }

    @Override
    public int outputSize() {
      return dense.kernel().columns();
    }

    @Override
    public List<Block> blocks() {
      return dense.with(cell.blocks());
    }
  }
}
