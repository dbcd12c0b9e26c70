import type { Command, Commands } from "./commands.ts";
import { type Fields, isFields } from "./form.ts";
import { toContext } from "./interaction-wire.ts";
import { permissionsIn } from "./permissions.ts";
import type { Channel, User, World } from "./world.ts";

/** The command of that name which Discord's apps offer a user in a channel. Throws an Error when they do not. */
export function findOffered(
  { world, commands }: { world: World; commands: Commands },
  { channel, user }: { channel: Channel; user: User },
  type: number,
  name: string,
): Command {
  const joined = channel.guild?.joined ?? false;
  if (!canSee(channel, user)) throw new Error(`${user.name} is not here.`);
  const own = joined ? commands.list(channel.guild?.id) : [];
  const found = [...own, ...commands.list()].find(
    (command) => command.type === type && command.name === name,
  );
  if (!found) throw new Error(`No command “${name}” is registered.`);
  const { default_member_permissions: needed } = found;
  if (channel.guild && typeof needed === "string" && !hasAll(permissionsIn(channel, user), BigInt(needed)))
    throw new Error(`“${name}” is not offered to ${user.name}, who lacks the permissions that it asks for.`);
  if (own.includes(found)) return found;
  const context = toContext(world, channel);
  const { contexts, integration_types: installs } = found;
  if (Array.isArray(contexts) && !contexts.includes(context))
    throw new Error(`“${name}” is not offered in context ${context}.`);
  const takes = (install: number) => Array.isArray(installs) && installs.includes(install);
  const byGuild = takes(0) && (joined || context === 1);
  const byUser = takes(1) && user.installed;
  if (!byGuild && !byUser)
    throw new Error(`“${name}” is not offered: the app is installed neither here nor for ${user.name}.`);
  return found;
}

function hasAll(held: bigint, needed: bigint): boolean {
  return (held & needed) === needed;
}

/** Whether a user takes part in a channel. */
export function canSee(channel: Channel, user: User): boolean {
  return channel.guild ? channel.guild.members.has(user.id) : channel.recipients.includes(user);
}

/** The options of a command or subcommand. */
export function optionsOf(command: Fields): readonly Fields[] {
  return Array.isArray(command.options) ? command.options.filter(isFields) : [];
}

/** The type of an option; text when there is none of that name. */
export function typeOf(command: Fields, name: string): unknown {
  return optionsOf(command).find((option) => option.name === name)?.type ?? 3;
}

/**
 * What a person picks from the list as `/name`, or as `/name sub` where a command has subcommands: such a command cannot
 * be used by itself (docs: interactions/application-commands, "Subcommands and Subcommand Groups"). Throws an Error.
 */
export function findChosen(
  parts: { world: World; commands: Commands },
  where: { channel: Channel; user: User },
  words: string,
): {
  readonly command: Command;
  readonly chosen: Fields;
  wrap(options: readonly Fields[]): readonly Fields[];
} {
  const [name = "", sub] = words.split(" ");
  const command = findOffered(parts, where, 1, name);
  const subs = optionsOf(command).filter(({ type }) => type === 1);
  if (subs.length === 0 && sub === undefined) return { command, chosen: command, wrap: (options) => options };
  const chosen = subs.find((one) => one.name === sub);
  if (!chosen)
    throw new Error(`There is no “/${words}”: pick one of ${subs.map((one) => one.name).join(", ")}.`);
  return { command, chosen, wrap: (options) => [{ type: 1, name: sub, options }] };
}
