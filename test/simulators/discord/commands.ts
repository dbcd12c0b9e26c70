import { refuse } from "./api-error.ts";
import type { Clock } from "./clock.ts";
import { createForm, type Fields, type Form, isFields, lengthOf, type Reader } from "./form.ts";
import { limits } from "./limits.ts";
import { checkFileTypes } from "./modals.ts";

/** A registered command, in Discord's own words. */
export interface Command extends Fields {
  readonly id: string;
  /** 1 slash, 2 on a user, 3 on a message. */
  readonly type: number;
  readonly name: string;
  readonly version: string;
}

/** The commands an application has registered: globally, and for each guild. */
export interface Commands {
  list(guildId?: string): readonly Command[];
  /** Replaces all of them. Throws ApiError. */
  replace(body: unknown, guildId?: string): readonly Command[];
  /** Adds one, or overwrites the one of that type and name. Throws ApiError. */
  create(body: unknown, guildId?: string): Command;
  find(id: string, guildId?: string): Command;
  edit(id: string, body: unknown, guildId?: string): Command;
  remove(id: string, guildId?: string): void;
}

/** docs: interactions/application-commands, "Application Command Naming". */
const namePattern = /^[-_'\p{L}\p{N}\p{sc=Deva}\p{sc=Thai}]{1,32}$/u;
const types = { subcommand: 1, group: 2, text: 3, whole: 4, number: 10, attachment: 11 } as const;
const dayMs = 24 * 60 * 60_000;

/** docs: interactions/application-commands. */
export function createCommands(options: {
  applicationId: string;
  clock: Clock;
  newId: () => string;
  strict: boolean;
}): Commands {
  const { applicationId, clock, newId, strict } = options;
  const scopes = new Map<string | undefined, Command[]>();
  let creates: { atMs: number; guildId: string | undefined }[] = [];
  const listOf = (guildId?: string) => scopes.get(guildId) ?? [];

  function make(fields: Fields, guildId: string | undefined, before?: Command): Command {
    if (!before) {
      creates = creates.filter(({ atMs }) => atMs > clock.now() - dayMs);
      if (creates.filter((one) => one.guildId === guildId).length >= limits.dailyCreates)
        throw refuse("tooManyCreates");
      creates.push({ atMs: clock.now(), guildId });
    }
    const type = Number(fields.type ?? 1);
    const options = Array.isArray(fields.options) ? fields.options.filter(isFields) : [];
    return {
      id: before?.id ?? newId(),
      application_id: applicationId,
      version: newId(),
      type,
      name: String(fields.name),
      name_localizations: fields.name_localizations ?? null,
      description: type === 1 ? fields.description : "",
      description_localizations: fields.description_localizations ?? null,
      default_member_permissions: fields.default_member_permissions ?? null,
      nsfw: fields.nsfw ?? false,
      ...(options.length > 0 ? { options } : {}),
      ...(guildId === undefined
        ? {
            contexts: fields.contexts ?? null,
            integration_types: fields.integration_types ?? [0],
            dm_permission: fields.dm_permission ?? true,
          }
        : { guild_id: guildId }),
    };
  }

  function same(guildId: string | undefined, fields: Fields): Command | undefined {
    return listOf(guildId).find(
      ({ type, name }) => type === Number(fields.type ?? 1) && name === fields.name,
    );
  }

  const commands: Commands = {
    list: listOf,
    replace(body, guildId) {
      const form = createForm(strict);
      const items = Array.isArray(body) ? body : [];
      if (!Array.isArray(body)) form.add([], "LIST_TYPE_CONVERT", "Only iterables may be used in a ListType");
      items.forEach((item, index) => {
        checkCommand(form, item, [index], guildId);
      });
      const seen = new Set<string>();
      items.filter(isFields).forEach(({ type = 1, name }, index) => {
        const key = `${type} ${name}`;
        if (seen.has(key))
          form.add(
            [index, "name"],
            "APPLICATION_COMMANDS_DUPLICATE_NAME",
            "Application command names must be unique",
          );
        seen.add(key);
      });
      form.check();
      const fields = items.filter(isFields);
      checkCount(fields);
      const made = fields.map((one) => make(one, guildId, same(guildId, one)));
      scopes.set(guildId, made);
      return made;
    },
    create(body, guildId) {
      const form = createForm(strict);
      checkCommand(form, body, [], guildId);
      form.check();
      const fields = isFields(body) ? body : {};
      const before = same(guildId, fields);
      const others = listOf(guildId).filter((command) => command !== before);
      checkCount([...others, fields]);
      const made = make(fields, guildId, before);
      scopes.set(guildId, [...others, made]);
      return made;
    },
    find(id, guildId) {
      const found = listOf(guildId).find((command) => command.id === id);
      if (!found) throw refuse("unknownCommand");
      return found;
    },
    edit(id, body, guildId) {
      const before = commands.find(id, guildId);
      const merged: Fields = { ...before, ...(isFields(body) ? body : {}), type: before.type };
      const form = createForm(false);
      checkCommand(form, before.type === 1 ? merged : { ...merged, description: undefined }, [], guildId);
      form.check();
      const made = make(merged, guildId, before);
      scopes.set(
        guildId,
        listOf(guildId).map((command) => (command === before ? made : command)),
      );
      return made;
    },
    remove(id, guildId) {
      const gone = commands.find(id, guildId);
      scopes.set(
        guildId,
        listOf(guildId).filter((command) => command !== gone),
      );
    },
  };
  return commands;
}

function checkCount(commands: readonly Fields[]): void {
  for (const [type, most] of [
    [1, limits.slashCommands],
    [2, limits.menuCommands],
    [3, limits.menuCommands],
  ])
    if (commands.filter((command) => Number(command.type ?? 1) === type).length > (most ?? 0))
      throw refuse("tooManyCommands");
}

function checkCommand(form: Form, item: unknown, path: readonly (string | number)[], guildId?: string): void {
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
