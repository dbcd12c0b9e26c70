import { DiscordAPIError, type REST, RESTJSONErrorCodes, Routes } from "discord.js";
import type { Log } from "../../../src/seam/log.ts";
import type { Access } from "../../../src/seam/trust/access.ts";
import { toCommands } from "./commands.ts";

/** What decides whether a command is the same. Discord adds ids, versions and defaults of its own. */
const compared = [
  "type",
  "name",
  "description",
  "options",
  "choices",
  "value",
  "required",
  "autocomplete",
  "min_value",
  "max_value",
  "min_length",
  "max_length",
  "file_types",
  "contexts",
  "integration_types",
  "default_member_permissions",
];

/**
 * Registers the commands, in one server or everywhere; only when they have changed, since each change counts.
 *
 * Never rejects: without its commands the bot still answers when it is mentioned. What is wrong is one line in the log.
 */
export async function register(
  rest: REST,
  {
    appId,
    guildId,
    inviteUrl,
    access,
  }: { appId: string; guildId?: string; inviteUrl: string; access: Pick<Access, "direct" | "carried"> },
  log: Log,
): Promise<void> {
  const route = guildId ? Routes.applicationGuildCommands(appId, guildId) : Routes.applicationCommands(appId);
  const wanted = toCommands(guildId ? "guild" : "global", access);
  try {
    if (isSame(wanted, await rest.get(route))) return log.debug({}, "discord.commands.unchanged");
    await rest.put(route, { body: wanted });
    log.info(
      { commands: wanted.map(({ name }) => name), ...(guildId && { guildId }) },
      "discord.commands.registered",
    );
  } catch (error) {
    const absent = error instanceof DiscordAPIError && error.code === RESTJSONErrorCodes.MissingAccess;
    const hint = absent && guildId ? `I am not in the server ${guildId}. Invite me: ${inviteUrl}` : undefined;
    log.error({ error: toReason(error), ...(hint && { hint }) }, "discord.commands.failed");
  }
}

/** Whether what Discord has is what we would register, in any order. */
export function isSame(wanted: unknown, registered: unknown): boolean {
  if (!Array.isArray(wanted) || !Array.isArray(registered) || wanted.length !== registered.length)
    return false;
  const integrations = wanted.some((command) => "integration_types" in command);
  const sorted = (list: readonly unknown[]) =>
    list.map((one) => JSON.stringify(reduce(one, integrations))).sort();
  return sorted(wanted).join() === sorted(registered).join();
}

function reduce(value: unknown, integrations: boolean): unknown {
  if (Array.isArray(value)) return value.map((one) => reduce(one, integrations));
  if (typeof value !== "object" || value === null) return value;
  const entries = compared.flatMap((name) => {
    const one = (value as Record<string, unknown>)[name];
    const unset = one === undefined || one === null || one === false || one === "";
    const defaulted = !integrations && (name === "integration_types" || name === "contexts");
    return unset || defaulted || (Array.isArray(one) && one.length === 0)
      ? []
      : [[name, reduce(one, integrations)]];
  });
  return Object.fromEntries(entries);
}

function toReason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
