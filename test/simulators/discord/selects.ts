import { componentTypes } from "./component-types.ts";
import type { Form, Reader } from "./form.ts";
import { limits } from "./limits.ts";

const { stringSelect, channelSelect } = componentTypes;

/** Checks a select menu, in a message or a form, and returns its custom id. */
export function checkSelect(form: Form, reader: Reader): string | undefined {
  reader.only([
    "type",
    "id",
    "custom_id",
    "placeholder",
    "min_values",
    "max_values",
    "disabled",
    "required",
    ...(reader.fields.type === stringSelect ? ["options"] : ["default_values"]),
    ...(reader.fields.type === channelSelect ? ["channel_types"] : []),
  ]);
  reader.text("placeholder", { max: limits.selectPlaceholder });
  checkCounts(reader, limits.selectOptions, 0);
  if (reader.fields.type === stringSelect) {
    // No fewer options than may be chosen: Discord answers with a bad length of `options`.
    const least = Math.max(1, Number(reader.fields.max_values ?? 1));
    const options = reader.list("options", { min: least, max: limits.selectOptions, required: true }) ?? [];
    checkOptions(form, reader, options, ["label", "value", "description", "emoji", "default"]);
  }
  return reader.text("custom_id", { min: 1, max: limits.customId, required: true });
}

/** Checks the options of a select or group: texts of the right length, values that differ. */
export function checkOptions(
  form: Form,
  reader: Reader,
  options: readonly unknown[],
  keys: readonly string[],
): void {
  const values = new Set<string>();
  options.forEach((item, index) => {
    const option = form.read(item, [...reader.path, "options", index]);
    option?.only(keys);
    option?.text("label", { min: 1, max: limits.selectText, required: true });
    option?.text("description", { max: limits.selectText });
    option?.flag("default");
    const value = option?.text("value", { min: 1, max: limits.selectText, required: true });
    if (value === undefined) return;
    if (values.has(value))
      option?.fail(
        "value",
        "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED",
        "The specified option value is already used",
      );
    values.add(value);
  });
}

/** Checks `min_values` and `max_values` against a highest count. */
export function checkCounts(reader: Reader, most: number, least: 0 | 1): void {
  const min = reader.whole("min_values", { min: least === 1 ? 0 : least, max: most });
  const max = reader.whole("max_values", { min: 1, max: most });
  if ((min ?? 0) > (max ?? most))
    reader.fail("min_values", "BASE_TYPE_BAD_LENGTH", "min_values must not be greater than max_values.");
}
