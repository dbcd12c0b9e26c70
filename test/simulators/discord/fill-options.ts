import { componentTypes } from "./component-types.ts";
import { type Fields, isFields } from "./form.ts";
import { limits } from "./limits.ts";
import { optionsOf } from "./offer.ts";
import { checkChoosable, isFile, type PersonFile } from "./person-file.ts";

/** What a person put into one option of a command. */
export type OptionValue = string | number | boolean | PersonFile;

/** Fills the options of a command or subcommand as Discord's apps do. Throws an Error that says why not. */
export async function fillOptions(
  command: Fields,
  given: Readonly<Record<string, OptionValue>>,
  upload: (file: PersonFile) => Promise<Fields & { id: string }>,
  /** What the id of a user or a role stands for, as of `fillForm`. */
  resolve: (input: Fields, id: string) => { readonly kind: string; readonly value: Fields },
): Promise<{ readonly options: readonly Fields[]; readonly resolved?: Fields }> {
  const attachments: Record<string, Fields> = {};
  const resolved: Record<string, Record<string, Fields>> = {};
  const options: Fields[] = [];
  for (const option of optionsOf(command)) {
    const { name, type } = option;
    const value = given[String(name)];
    if (value === undefined) {
      if (option.required === true) throw new Error(`/${command.name} needs “${name}”.`);
    } else if (isFile(value)) {
      if (type !== 11) throw new Error(`“${name}” takes no file.`);
      checkChoosable(option, value);
      const attachment = await upload(value);
      attachments[attachment.id] = attachment;
      options.push({ name, type, value: attachment.id });
    } else {
      checkValue(option, value);
      const select = idOptions[Number(type)];
      if (select !== undefined) {
        const { kind, value: found } = resolve({ type: select }, String(value));
        resolved[kind] = { ...resolved[kind], [String(value)]: found };
      }
      options.push({ name, type, value });
    }
  }
  for (const key of Object.keys(given))
    if (!optionsOf(command).some(({ name }) => name === key))
      throw new Error(`/${command.name} has no “${key}”.`);
  const all = { ...resolved, ...(Object.keys(attachments).length > 0 ? { attachments } : {}) };
  return { options, ...(Object.keys(all).length > 0 ? { resolved: all } : {}) };
}

/** Options whose values are ids, and the select that offers the same. */
const idOptions: Readonly<Record<number, number>> = {
  6: componentTypes.userSelect,
  8: componentTypes.roleSelect,
};

function checkValue(option: Fields, value: string | number | boolean): void {
  const wanted =
    option.type === 3
      ? "string"
      : option.type === 5
        ? "boolean"
        : option.type === 4 || option.type === 10
          ? "number"
          : "string";
  if (typeof value !== wanted) throw new Error(`“${option.name}” takes a ${wanted}.`);
  const choices = Array.isArray(option.choices) ? option.choices.filter(isFields) : [];
  if (choices.length > 0 && !choices.some((choice) => choice.value === value))
    throw new Error(`“${option.name}” does not offer “${value}”.`);
  const size = typeof value === "string" ? value.length : Number(value);
  const [min, max] =
    typeof value === "string"
      ? [option.min_length, option.max_length ?? limits.stringOption]
      : [option.min_value, option.max_value];
  if (size < Number(min ?? -Infinity) || size > Number(max ?? Infinity))
    throw new Error(`“${option.name}” takes ${min ?? "any"} to ${max ?? "any"}, not ${size}.`);
}
