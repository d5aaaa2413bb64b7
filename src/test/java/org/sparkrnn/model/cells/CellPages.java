package org.sparkrnn.model.cells;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.sparkrnn.cell.Activation;
import org.sparkrnn.model.json.ActivationWords;
import org.sparkrnn.model.spec.CellParser;
import org.sparkrnn.model.spec.SpecParser;
import org.sparkrnn.model.spec.SpecWriter;

/**
 * Makes from {@link CellTypes} what must say the same: the cells in the spec's JSON schema, and the
 * page that lists every type of cell. {@link CellPagesTest} holds that both are up to date; {@code
 * mvn test -Dtest=CellPagesTest -Dsparkrnn.write=true} writes them.
 */
public final class CellPages {
  static final Path SCHEMA =
      Path.of("src/main/resources/org/sparkrnn/model/spec/model-spec.schema.json");
  public static final Path PAGE = Path.of("src/site/markdown/cells.md");
  private static final String BEGIN = "<!-- generated from the registry: begin -->\n";
  private static final String END = "<!-- generated from the registry: end -->";

  private CellPages() {}

  /** The schema with its cells made anew. */
  static String schema() throws IOException {
    ObjectNode schema = (ObjectNode) SpecParser.json(Files.readAllBytes(SCHEMA), "schema");
    ((ObjectNode) schema.get("$defs")).set("cell", cells());
    return SpecWriter.json(schema);
  }

  private static ObjectNode cells() {
    ObjectNode cell = JsonNodeFactory.instance.objectNode();
    ArrayNode types = cell.putArray("oneOf");
    CellTypes.ALL.forEach(type -> types.add(schema(type)));
    ObjectNode multi = object(CellParser.MULTI);
    ((ObjectNode) multi.get("properties")).set("cells", listOfCells());
    multi.putArray("required").add("type").add("cells");
    types.add(multi.put("additionalProperties", false));
    return cell;
  }

  private static ObjectNode object(String type) {
    ObjectNode node = JsonNodeFactory.instance.objectNode().put("type", "object");
    ObjectNode properties = node.putObject("properties");
    properties.putObject("type").put("const", type);
    properties.putObject(CellParser.STATE_IS_TUPLE).put("type", "boolean");
    return node;
  }

  private static ObjectNode reference(String name) {
    return JsonNodeFactory.instance.objectNode().put("$ref", "#/$defs/" + name);
  }

  private static ObjectNode listOfCells() {
    ObjectNode list = JsonNodeFactory.instance.objectNode().put("type", "array");
    list.set("items", reference("cell"));
    return list.put("minItems", 1);
  }

  private static ObjectNode schema(CellType<?> type) {
    ObjectNode node = object(type.word());
    ObjectNode properties = (ObjectNode) node.get("properties");
    ArrayNode required = node.putArray("required").add("type");
    for (CellOption<?> option : type.options()) {
      properties.set(option.key(), SpecParser.json(option.schema().getBytes(UTF_8), "option"));
      if (option.otherwise() == null) {
        required.add(option.key());
      }
    }
    if (!type.variables().isEmpty()) {
      properties.set("scope", reference("scope"));
      ObjectNode variables = properties.putObject("variables").put("type", "object");
      ObjectNode roles = variables.putObject("properties");
      type.variables().stream()
          .filter(variable -> variable.condition().kind() != CellVariable.Kind.NEVER)
          .forEach(
              variable ->
                  (variable.numbered() ? variables.withObjectProperty("patternProperties") : roles)
                      .set(pattern(variable.role()), reference("variable")));
      ArrayNode anchors = variables.putArray("required");
      type.anchors().forEach(anchors::add);
      variables.put("additionalProperties", false);
      node.putObject("not").putArray("required").add("scope").add("variables");
      conditions(type, node);
    }
    if (properties.has("proj_clip")) {
      node.putObject("dependentRequired").putArray("proj_clip").add("num_proj");
    }
    if (type.inner() == CellType.Inner.ONE) {
      properties.set("cell", reference("cell"));
      required.add("cell");
    } else if (type.inner() == CellType.Inner.MANY) {
      properties.set("cells", listOfCells());
      required.add("cells");
    }
    return node.put("additionalProperties", false);
  }

  /** The names of numbered variables; any other name itself. */
  private static String pattern(String role) {
    return role.contains("%d") ? "^" + role.replace("%d", "\\d+") + "$" : role;
  }

  /** Which variables may be named follows from the options. */
  private static void conditions(CellType<?> type, ObjectNode node) {
    Map<CellVariable.Condition, List<String>> roles = new LinkedHashMap<>();
    for (CellVariable<?> variable : type.variables()) {
      if (!variable.always() && variable.condition().kind() != CellVariable.Kind.NEVER) {
        roles.computeIfAbsent(variable.condition(), c -> new ArrayList<>()).add(variable.role(0));
      }
    }
    roles.forEach(
        (condition, names) -> {
          ObjectNode rule = node.withArray("allOf").addObject();
          rule.set("if", test(type, condition));
          ArrayNode wanted = variables(rule.putObject("then")).putArray("required");
          ObjectNode refused = variables(rule.putObject("else")).putObject("properties");
          names.forEach(
              name -> {
                wanted.add(name);
                refused.put(name, false);
              });
        });
  }

  private static ObjectNode variables(ObjectNode node) {
    return node.putObject("properties").putObject("variables");
  }

  private static ObjectNode test(CellType<?> type, CellVariable.Condition condition) {
    ObjectNode test = JsonNodeFactory.instance.objectNode();
    String key = condition.option();
    boolean given = condition.kind() == CellVariable.Kind.GIVEN;
    if (condition.kind() == CellVariable.Kind.ABSENT) {
      test.putObject("not").putArray("required").add(key);
    } else if (!given) {
      boolean value = condition.kind() == CellVariable.Kind.TRUE;
      test.putObject("properties").putObject(key).put("const", value);
      given =
          type.options().stream()
              .noneMatch(o -> o.key().equals(key) && Boolean.valueOf(value).equals(o.otherwise()));
    }
    if (given) {
      test.putArray("required").add(key);
    }
    condition.also().forEach(other -> test.withArray("allOf").add(test(type, other)));
    return test;
  }

  /** The page with its tables made anew. */
  static String page() throws IOException {
    String page = Files.readString(PAGE);
    String before = page.substring(0, page.indexOf(BEGIN) + BEGIN.length());
    String after = page.substring(page.indexOf(END));
    return before
        + CellTypes.ALL.stream().map(CellPages::section).collect(Collectors.joining("\n"))
        + after;
  }

  private static String section(CellType<?> type) {
    StringBuilder text = new StringBuilder("### `").append(type.word()).append("`\n\n");
    if (!type.options().isEmpty()) {
      text.append("| option | default |\n|---|---|\n");
      for (CellOption<?> option : type.options()) {
        text.append("| `").append(option.key()).append("` | ");
        text.append(shown(option.otherwise())).append(" |\n");
      }
      text.append('\n');
    }
    if (type.inner() != CellType.Inner.NONE) {
      text.append(
          type.inner() == CellType.Inner.ONE
              ? "Wraps a `cell`.\n\n"
              : "Has a list of `cells`.\n\n");
    }
    if (!type.variables().isEmpty()) {
      text.append("| variable | shape | when |\n|---|---|---|\n");
      for (CellVariable<?> variable : type.variables()) {
        if (variable.condition().kind() != CellVariable.Kind.NEVER) {
          text.append("| `")
              .append(variable.role().replace("%d", "0"))
              .append(variable.numbered() ? "`, ... | `" : "` | `")
              .append(variable.shape());
          text.append("` | ").append(variable.always() ? "" : when(variable)).append(" |\n");
        }
      }
      text.append('\n');
    }
    return text.toString();
  }

  private static String when(CellVariable<?> variable) {
    return "`" + variable.condition().advice().replace("'", "") + "`";
  }

  private static String shown(Object value) {
    if (value == null) {
      return "required";
    }
    if (value.equals(CellOption.IGNORED)) {
      return "accepted, of no effect";
    }
    if (value instanceof Activation activation) {
      return ActivationWords.text(activation);
    }
    boolean none =
        value.equals(List.of())
            || value.equals(Optional.empty())
            || value.equals(Float.POSITIVE_INFINITY)
            || value instanceof Integer size && size == 0;
    return none ? "none" : value.toString();
  }
}
