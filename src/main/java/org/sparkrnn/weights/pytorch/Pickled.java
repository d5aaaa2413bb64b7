package org.sparkrnn.weights.pytorch;

import java.util.ArrayList;
import java.util.List;

/**
 * A value of a pickle. Containers can be changed while the pickle is read, and may hold themselves;
 * none of them is ever hashed or compared, so that a pickle cannot make that expensive.
 */
sealed interface Pickled {

  /** A string; bytes become a string of as many characters. */
  record Text(String value) implements Pickled {}

  /** An integer of at most 64 bits. */
  record Int(long value) implements Pickled {}

  /** Anything that is of no use here: {@code None}, a boolean, a float, a longer integer. */
  record Other(String shown) implements Pickled {}

  /** A list, tuple or set. */
  final class Items implements Pickled {
    final List<Pickled> values = new ArrayList<>(0);
  }

  /** A dictionary, in its order. */
  final class Dict implements Pickled {
    final List<Pickled> keys = new ArrayList<>(0);
    final List<Pickled> values = new ArrayList<>(0);

    /** The value of a key that is a string; null where there is none. */
    Pickled value(String key) {
      for (int i = 0; i < keys.size(); i++) {
        if (keys.get(i) instanceof Text text && text.value().equals(key)) {
          return values.get(i);
        }
      }
      return null;
    }

    void put(Pickled key, Pickled value) {
      keys.add(key);
      values.add(value);
    }
  }

  /** A name of Python's: {@code torch.FloatStorage}, {@code os.system}. It is never called. */
  record Global(String module, String name) implements Pickled {
    String full() {
      return module + "." + name;
    }
  }

  /** What a program's own class or function would have made: its state, if it has one. */
  final class Opaque implements Pickled {
    final String type;
    Pickled state;
    final Dict items = new Dict();

    Opaque(String type) {
      this.type = type;
    }
  }

  /**
   * Where a tensor's elements are.
   *
   * @param type the type of the elements; null where the tensor says it
   * @param key the storage's name in the file
   * @param elements how many it has, or bytes where it has no type
   * @param offset where the used part starts
   */
  record Storage(ElementType type, String key, long elements, long offset) implements Pickled {}

  /**
   * A tensor: a view of a storage.
   *
   * @param storage its elements
   * @param type their type
   * @param offset the first element's place in the storage
   * @param sizes its shape
   * @param strides how many elements lie between neighbours of each dimension
   */
  record View(Storage storage, ElementType type, long offset, List<Long> sizes, List<Long> strides)
      implements Pickled {}
}
