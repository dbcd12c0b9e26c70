import { type REST, Routes } from "discord.js";
import type { Log } from "../../../src/seam/log.ts";
import { toCommands } from "./commands.ts";

/** Servers that are looked through, at most: each is a request at every start. */
const mostServers = 20;

/**
 * Takes away what an earlier start registered where commands are no longer wanted: everywhere, or in some servers. People
 * would see each command twice. Commands that are not ours by name stay.
 *
 * Never rejects. A server that the bot has left cannot be looked into, and keeps nothing that people could see.
 */
export async function clearStaleCommands(
  rest: REST,
  { appId, servers, guildIds }: { appId: string; servers?: readonly string[]; guildIds: readonly string[] },
  log: Log,
): Promise<void> {
  const others = guildIds.filter((id) => !servers?.includes(id));
  if (others.length > mostServers) {
    const hint = `I am in more than ${mostServers} servers and looked through those only. Where commands show twice, start me once with that server in DISCORD_SERVERS, then without.`;
    log.info({ servers: others.length, hint }, "discord.leftovers.unknown");
  }
  if (servers) await clear(rest, Routes.applicationCommands(appId), "everywhere", log);
  for (const id of others.slice(0, mostServers)) {
    await clear(rest, Routes.applicationGuildCommands(appId, id), id, log);
  }
}

async function clear(rest: REST, route: `/${string}`, where: string, log: Log): Promise<void> {
  const ours = toCommands("guild").map(({ type, name }) => `${type} ${name}`);
  try {
    const registered = (await rest.get(route)) as readonly { id: string; type: number; name: string }[];
    const stale = registered.filter(({ type, name }) => ours.includes(`${type} ${name}`));
    for (const { id } of stale) await rest.delete(`${route}/${id}`);
    if (stale.length === 0) return;
    log.info({ where, commands: stale.map(({ name }) => name) }, "discord.leftovers.cleared");
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    log.warn({ where, error: reason }, "discord.leftovers.failed: commands may show twice");
  }
}
