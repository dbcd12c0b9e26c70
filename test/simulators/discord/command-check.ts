import { type Fields, type Form, isFields, lengthOf, type Path, type Reader } from "./form.ts";
import { limits } from "./limits.ts";
import { checkFileTypes } from "./modals.ts";

/** docs: interactions/application-commands, "Application Command Naming". */
const namePattern = /^[-_'\p{L}\p{N}\p{sc=Deva}\p{sc=Thai}]{1,32}$/u;
const types = { subcommand: 1, group: 2, text: 3, whole: 4, number: 10, attachment: 11 } as const;

/** Checks one command as it is registered, options and translations included. */
export function checkCommand(form: Form, item: unknown, path: Path, guildId?: string): void {
  const reader = form.read(item, path);
  if (!reader) return;
  reader.only([
    "id",
    "type",
    "name",
    "name_localizations",
    "description",
    "description_localizations",
    "options",
    "default_member_permissions",
    "dm_permission",
    "default_permission",
    "nsfw",
    "integration_types",
    "contexts",
    "handler",
  ]);
  const type = reader.whole("type", { oneOf: [1, 2, 3, 4] }) ?? 1;
  checkLists(reader, guildId);
  reader.flag("nsfw");
  if (type !== 1) {
    reader.text("name", { min: 1, max: 32, required: true });
    if (reader.fields.description)
      reader.fail(
        "description",
        "APPLICATION_COMMAND_CONTEXT_MENU_DESCRIPTION_INVALID",
        "Context menu commands cannot have description",
      );
    if (Array.isArray(reader.fields.options) && reader.fields.options.length > 0)
      reader.fail(
        "options",
        "APPLICATION_COMMAND_CONTEXT_MENU_OPTIONS_INVALID",
        "Context menu commands cannot have options",
      );
    return;
  }
  checkName(reader);
  reader.text("description", { min: 1, max: limits.commandDescription, required: true });
  checkLocales(reader, "description_localizations", limits.commandDescription);
  checkOptions(form, reader, 0);
  if (sumOf(reader.fields) > limits.commandSum)
    reader.fail(
      undefined,
      "APPLICATION_COMMAND_TOO_LARGE",
      `Command exceeds maximum size (${limits.commandSum})`,
    );
}

/** docs: interactions/application-commands, "Contexts". Both are for global commands only. */
function checkLists(reader: Reader, guildId: string | undefined): void {
  const contexts = reader.list("contexts") ?? [];
  const installs = reader.list("integration_types", { min: 1 });
  for (const context of contexts)
    if (context !== 0 && context !== 1 && context !== 2)
      reader.fail("contexts", "BASE_TYPE_CHOICES", "Value must be one of {0, 1, 2}.");
  for (const install of installs ?? [])
    if (install !== 0 && install !== 1)
      reader.fail("integration_types", "BASE_TYPE_CHOICES", "Value must be one of {0, 1}.");
  if (new Set(contexts).size < contexts.length)
    reader.fail("contexts", "LIST_ITEM_VALUE_DUPLICATED", "List values must be unique.");
  if (contexts.includes(2) && !(installs ?? [0]).includes(1))
    reader.fail(
      "contexts",
      "APPLICATION_COMMAND_INVALID_CONTEXT",
      "PRIVATE_CHANNEL needs the USER_INSTALL integration type",
    );
  if (guildId !== undefined)
    reader.forbid(
      ["contexts", "integration_types", "dm_permission"],
      "APPLICATION_COMMAND_GLOBAL_ONLY",
      "This field is for global commands only",
    );
}

function checkOptions(form: Form, parent: Reader, depth: number): void {
  const options = parent.list("options", { max: limits.commandOptions }) ?? [];
  const names = new Set<unknown>();
  let optionalSeen = false;
  checkKinds(parent, options);
  for (const [index, item] of options.entries()) {
    const option = form.read(item, [...parent.path, "options", index]);
    if (!option) continue;
    option.only([
      "type",
      "name",
      "name_localizations",
      "description",
      "description_localizations",
      "required",
      "choices",
      "options",
      "channel_types",
      "min_value",
      "max_value",
      "min_length",
      "max_length",
      "autocomplete",
      "file_types",
    ]);
    const nested = depth === 0 ? [1, 2] : depth === 1 && parent.fields.type === types.group ? [1] : [];
    const type = option.whole("type", { oneOf: [...nested, 3, 4, 5, 6, 7, 8, 9, 10, 11], required: true });
    checkName(option);
    option.text("description", { min: 1, max: limits.commandDescription, required: true });
    checkLocales(option, "description_localizations", limits.commandDescription);
    if (names.has(option.fields.name))
      option.fail("name", "APPLICATION_COMMAND_OPTIONS_NAME_INVALID", "Option names must be unique");
    names.add(option.fields.name);
    if (type === types.subcommand || type === types.group) {
      // docs: the same page, "Application Command Option Structure": each of these is said to be for other types.
      option.forbid(
        ["choices", "autocomplete", "min_value", "max_value", "min_length", "max_length", "file_types"],
        "APPLICATION_COMMAND_OPTION_TYPE_INVALID",
        "Subcommands hold options, and no value of their own",
      );
      checkOptions(form, option, depth + 1);
      continue;
    }
    if (option.flag("required")) {
      if (optionalSeen)
        option.fail(
          undefined,
          "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID",
          "Required options must be placed before non-required options",
        );
    } else optionalSeen = true;
    checkChoices(form, option, type);
    if (type === types.text) {
      const min = option.whole("min_length", { min: 0, max: limits.stringOption }) ?? 0;
      const max = option.whole("max_length", { min: 1, max: limits.stringOption }) ?? limits.stringOption;
      if (min > max) option.fail("min_length", "NUMBER_TYPE_MAX", "min_length must not exceed max_length.");
    } else
      option.forbid(
        ["min_length", "max_length"],
        "APPLICATION_COMMAND_OPTION_TYPE_INVALID",
        "Only STRING options have a length",
      );
    if (type === types.attachment) checkFileTypes(option);
  }
}

/** Who has subcommands has no fields of its own. From Discord's own answer; the docs say that the base cannot be used. */
function checkKinds(parent: Reader, options: readonly unknown[]): void {
  const nested = options
    .filter(isFields)
    .filter(({ type }) => type === types.subcommand || type === types.group);
  if (nested.length > 0 && nested.length < options.length)
    parent.fail(
      "options",
      "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID",
      "Sub-command and sub-command group option types are mutually exclusive to all other types",
    );
}

function checkChoices(form: Form, option: Reader, type: number | undefined): void {
  const choices = option.list("choices", { max: limits.commandChoices }) ?? [];
  const autocomplete = option.flag("autocomplete") ?? false;
  const takes = type === types.text || type === types.whole || type === types.number;
  if ((choices.length > 0 || autocomplete) && !takes)
    option.fail(
      choices.length > 0 ? "choices" : "autocomplete",
      "APPLICATION_COMMAND_OPTION_TYPE_INVALID",
      "Only STRING, INTEGER and NUMBER options have choices",
    );
  if (choices.length > 0 && autocomplete)
    option.fail(
      "autocomplete",
      "APPLICATION_COMMAND_OPTIONS_AUTOCOMPLETE_CHOICES",
      "Autocomplete and choices cannot both be used",
    );
  const [names, values] = [new Set<unknown>(), new Set<unknown>()];
  choices.forEach((item, index) => {
    const choice = form.read(item, [...option.path, "choices", index]);
    choice?.text("name", { min: 1, max: limits.choiceText, required: true });
    checkLocales(choice, "name_localizations", limits.choiceText);
    const value = choice?.fields.value;
    if (type === types.text) choice?.text("value", { max: limits.choiceText, required: true });
    else if (typeof value !== "number")
      choice?.fail("value", "NUMBER_TYPE_COERCE", `Value "${String(value)}" is not a number.`);
    if (names.has(choice?.fields.name) || values.has(value))
      choice?.fail(
        undefined,
        "APPLICATION_COMMAND_OPTIONS_CHOICES_DUPLICATE",
        "Choice names and values must be unique",
      );
    names.add(choice?.fields.name);
    values.add(value);
  });
}

function checkName(reader: Reader): void {
  const name = reader.text("name", { min: 1, max: 32, required: true });
  const check = (value: string, key: string) => {
    if (!namePattern.test(value) || value !== value.toLowerCase())
      reader.fail(key, "APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid");
  };
  if (name) check(name, "name");
  checkLocales(reader, "name_localizations", 32);
  const locales = reader.object("name_localizations");
  for (const value of Object.values(locales?.fields ?? {}))
    if (typeof value === "string") check(value, "name_localizations");
}

/** docs: reference, "Locales". */
const knownLocales =
  "id da de en-GB en-US es-ES es-419 fr hr it lt hu nl no pl pt-BR ro fi sv-SE vi tr cs el bg ru uk hi th zh-CN ja zh-TW ko".split(
    " ",
  );

function checkLocales(reader: Reader | undefined, key: string, max: number): void {
  const texts = reader?.object(key);
  for (const locale of Object.keys(texts?.fields ?? {})) {
    if (!knownLocales.includes(locale))
      texts?.fail(locale, "BASE_TYPE_CHOICES", "Value must be one of the known locales.");
    texts?.text(locale, { min: 1, max });
  }
}

/** Names, descriptions and values; of translations the longest counts. docs: the same page, 8000 characters. */
function sumOf(node: Fields): number {
  const longest = (key: string) => {
    const own = typeof node[key] === "string" ? lengthOf(node[key]) : 0;
    const texts = node[`${key}_localizations`];
    const others = isFields(texts) ? Object.values(texts).map((text) => lengthOf(String(text))) : [];
    return Math.max(own, ...others);
  };
  const value = typeof node.value === "string" ? lengthOf(node.value) : 0;
  const inner = [node.options, node.choices].flatMap((list) =>
    Array.isArray(list) ? list.filter(isFields) : [],
  );
  return inner.reduce((sum, child) => sum + sumOf(child), longest("name") + longest("description") + value);
}
