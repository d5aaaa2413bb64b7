package org.sparkrnn.spark;

import java.io.Serializable;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.sparkrnn.model.Generated.Padding;
import org.sparkrnn.model.InputColumns;
import org.sparkrnn.model.Layout;
import org.sparkrnn.model.OnBadRow;
import org.sparkrnn.model.OutputColumns;
import org.sparkrnn.rnn.Sharing;
import org.sparkrnn.spark.task.TaskPlan.Running;

/**
 * The settings of one run of the operator. Made on the driver, once, in one order: what the program
 * says, then the session's configuration, then the default. Immutable.
 *
 * @param input the columns that are read
 * @param output the columns that are added
 * @param running how tasks run
 * @param broadcastLimit bytes of weights up to which a model travels with the job
 */
public record RnnConf(
    InputColumns input, OutputColumns output, Running running, long broadcastLimit)
    implements Serializable {

  /**
   * Brings the settings together.
   *
   * @param given what the program says
   * @param session all of the session's configuration, of which keys that begin with {@code
   *     spark.rnn.} count
   * @throws SettingException for an unknown key or a value that cannot be
   */
  public static RnnConf resolve(Map<RnnKey, String> given, Map<String, String> session) {
    Map<RnnKey, String> values = new EnumMap<>(RnnKey.class);
    Map<String, String> ours = new HashMap<>(session);
    ours.keySet().removeIf(key -> !key.startsWith(RnnKey.PREFIX));
    ours.forEach((key, value) -> values.put(RnnKey.ofKey(key), value.strip()));
    values.putAll(given);
    for (RnnKey key : RnnKey.values()) {
      values.putIfAbsent(key, key.defaultValue());
      key.check(values.get(key));
    }
    return new RnnConf(
        new InputColumns(
            values.get(RnnKey.SEQUENCE),
            values.get(RnnKey.LENGTH),
            values.get(RnnKey.INITIAL_STATE),
            NameList.parse(values.get(RnnKey.DROP))),
        new OutputColumns(
            NameList.parse(values.get(RnnKey.SELECT)),
            values.get(RnnKey.OUTPUT_PREFIX),
            values.get(RnnKey.ERROR_COLUMN),
            Padding.valueOf(upper(values.get(RnnKey.OUTPUTS))),
            Layout.valueOf(upper(values.get(RnnKey.LAYOUT)))),
        new Running(
            values.get(RnnKey.OPS),
            RnnKey.WINDOW_BYTES.bytes(values.get(RnnKey.WINDOW_BYTES)),
            RnnKey.GROUP_ROWS.count(values.get(RnnKey.GROUP_ROWS)),
            Sharing.valueOf(upper(values.get(RnnKey.SHARED_STEPS))),
            OnBadRow.valueOf(upper(values.get(RnnKey.ON_BAD_ROW)))),
        RnnKey.BROADCAST_LIMIT.bytes(values.get(RnnKey.BROADCAST_LIMIT)));
  }

  private static String upper(String word) {
    return word.toUpperCase(Locale.ROOT);
  }
}
