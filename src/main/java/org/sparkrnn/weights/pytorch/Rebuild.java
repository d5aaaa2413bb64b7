package org.sparkrnn.weights.pytorch;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.sparkrnn.weights.MalformedWeightsException;

/**
 * What the names in a pickle mean, as far as tensors need it. A call of a name that is not known
 * here gives an {@link Pickled.Opaque}, which holds what was said about it; nothing is executed.
 */
final class Rebuild {
  private static final Set<String> DICTS =
      Set.of(
          "collections.OrderedDict",
          "builtins.dict",
          "__builtin__.dict",
          "collections.defaultdict");
  private static final Set<String> LISTS =
      Set.of(
          "torch.jit._pickle.build_intlist",
          "torch.jit._pickle.build_tensorlist",
          "torch.jit._pickle.build_doublelist",
          "torch.jit._pickle.build_boollist",
          "torch.jit._pickle.restore_type_tag",
          "torch.Size",
          "builtins.set",
          "builtins.list",
          "builtins.tuple",
          "__builtin__.set");
  private static final String FROM_TYPE = "torch._tensor._rebuild_from_type_v2";
  private static final int MOST_DIMENSIONS = 64;

  /** A pickle can name one long list many times; only so much of such lists is copied. */
  private static final int MOST_COPIED = 1 << 20;

  private final String source;
  private final SortedSet<String> unknown = new TreeSet<>();
  private final SortedMap<String, Pickled.Storage> storages = new TreeMap<>();
  private int copied;

  Rebuild(String source) {
    this.source = source;
  }

  /** The names that a call or an object used and that mean nothing here. */
  SortedSet<String> unknown() {
    return unknown;
  }

  /** The storages by key. */
  SortedMap<String, Pickled.Storage> storages() {
    return storages;
  }

  Pickled global(String module, String name) {
    return new Pickled.Global(module, name);
  }

  /** What {@code function(*arguments)} stands for. */
  Pickled call(Pickled function, Pickled arguments) {
    if (!(function instanceof Pickled.Global global)) {
      unknown.add("a call of what is no name");
      return new Pickled.Opaque("an object");
    }
    List<Pickled> given =
        arguments instanceof Pickled.Items items ? items.values : List.of(arguments);
    String name = global.full();
    if (DICTS.contains(name)) {
      return dict(given);
    }
    if (LISTS.contains(name)) {
      return given.isEmpty() ? new Pickled.Items() : given.get(0);
    }
    switch (name) {
      case "torch._utils._rebuild_tensor", "torch._utils._rebuild_tensor_v2" -> {
        return view(given, name, null);
      }
      case "torch._utils._rebuild_tensor_v3" -> {
        return view(
            given,
            name,
            given.size() > 6 && given.get(6) instanceof Pickled.Global dtype
                ? ElementType.of(dtype)
                : null);
      }
      case "torch._utils._rebuild_parameter",
          "torch._utils._rebuild_parameter_with_state",
          "torch.nn.parameter.Parameter",
          "torch.nn.parameter.Buffer" -> {
        return argument(given, 0, name);
      }
      case FROM_TYPE -> {
        Pickled inner = argument(given, 0, name);
        // One level only: arguments that hold themselves would never end.
        return inner instanceof Pickled.Global made && !made.full().equals(FROM_TYPE)
            ? call(inner, argument(given, 2, name))
            : opaque(name);
      }
      default -> {
        return opaque(name);
      }
    }
  }

  private Pickled opaque(String name) {
    if (name.equals("copyreg._reconstructor") || name.equals("copy_reg._reconstructor")) {
      return new Pickled.Opaque(name);
    }
    unknown.add(name);
    return new Pickled.Opaque(name);
  }

  /** Takes note of an object's state. */
  void state(Pickled object, Pickled state) {
    if (object instanceof Pickled.Opaque opaque) {
      opaque.state = state;
    } else if (object instanceof Pickled.Dict || object instanceof Pickled.View) {
      // An OrderedDict's attributes, such as a state dict's _metadata; a tensor's own.
      return;
    } else {
      unknown.add("the state of what has none");
    }
  }

  /** What a name outside the pickle stands for: a storage, or a module's class. */
  Pickled persistent(Pickled id) {
    if (!(id instanceof Pickled.Items items) || items.values.isEmpty()) {
      throw malformed("has a persistent id that is no tuple");
    }
    List<Pickled> parts = items.values;
    if (parts.get(0) instanceof Pickled.Text text && text.value().equals("module")) {
      return argument(parts, 1, "a module");
    }
    if (parts.size() < 5
        || !(parts.get(0) instanceof Pickled.Text kind && kind.value().equals("storage"))
        || !(parts.get(1) instanceof Pickled.Global type)
        || !(parts.get(4) instanceof Pickled.Int elements)
        || elements.value() < 0) {
      throw malformed("has a persistent id that is not ('storage', type, key, location, elements)");
    }
    String key = key(parts.get(2));
    long offset = 0;
    // Before 1.6 a part of a storage had a name of its own: (name, offset, size).
    if (parts.size() > 5
        && parts.get(5) instanceof Pickled.Items view
        && view.values.size() == 3
        && view.values.get(1) instanceof Pickled.Int start) {
      offset = start.value();
    }
    ElementType element = ElementType.of(type);
    if (element == null && !type.name().equals("UntypedStorage")) {
      throw malformed("has a storage of the unknown type " + type.full());
    }
    Pickled.Storage storage = new Pickled.Storage(element, key, elements.value(), offset);
    storages.putIfAbsent(key, storage);
    return storage;
  }

  private String key(Pickled key) {
    if (key instanceof Pickled.Text text) {
      return text.value();
    }
    if (key instanceof Pickled.Int number) {
      return String.valueOf(number.value());
    }
    throw malformed("has a storage without a key");
  }

  private Pickled dict(List<Pickled> given) {
    Pickled.Dict dict = new Pickled.Dict();
    for (Pickled argument : given) {
      if (argument instanceof Pickled.Dict other) {
        return other;
      }
      if (argument instanceof Pickled.Items pairs) {
        copied += Math.min(MOST_COPIED, pairs.values.size());
        if (copied >= MOST_COPIED) {
          throw malformed("makes dicts of " + copied + " pairs, more than any network has");
        }
        for (Pickled pair : pairs.values) {
          if (pair instanceof Pickled.Items two && two.values.size() == 2) {
            dict.put(two.values.get(0), two.values.get(1));
          }
        }
      }
    }
    return dict;
  }

  private Pickled view(List<Pickled> given, String name, ElementType dtype) {
    if (!(argument(given, 0, name) instanceof Pickled.Storage storage)
        || !(argument(given, 1, name) instanceof Pickled.Int offset)) {
      throw malformed("has a tensor without a storage and an offset");
    }
    ElementType type = dtype == null ? storage.type() : dtype;
    if (type == null) {
      throw malformed("has a tensor of storage " + storage.key() + " without a known type");
    }
    List<Long> sizes = numbers(argument(given, 2, name));
    List<Long> strides = numbers(argument(given, 3, name));
    if (sizes.size() != strides.size()) {
      throw malformed(
          "has a tensor with " + sizes.size() + " sizes, " + strides.size() + " strides");
    }
    return new Pickled.View(storage, type, offset.value(), sizes, strides);
  }

  private List<Long> numbers(Pickled value) {
    List<Long> numbers = new ArrayList<>();
    if (value instanceof Pickled.Items items && items.values.size() <= MOST_DIMENSIONS) {
      for (Pickled item : items.values) {
        if (item instanceof Pickled.Int number && number.value() >= 0) {
          numbers.add(number.value());
        } else {
          throw malformed("has a tensor with a size or stride that is no number from 0 on");
        }
      }
      return numbers;
    }
    throw malformed("has a tensor without a list of at most " + MOST_DIMENSIONS + " sizes");
  }

  private Pickled argument(List<Pickled> given, int index, String name) {
    if (index >= given.size()) {
      throw malformed("calls " + name + " with " + given.size() + " arguments only");
    }
    return given.get(index);
  }

  private MalformedWeightsException malformed(String reason) {
    return new MalformedWeightsException(source, "the pickle " + reason);
  }
}
