import { refuse } from "./api-error.ts";
import type { Clock } from "./clock.ts";
import { checkCommand } from "./command-check.ts";
import { createForm, type Fields, isFields } from "./form.ts";
import { limits } from "./limits.ts";

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
