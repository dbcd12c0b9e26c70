import { createSeldom } from "../../../src/seam/bounded.ts";
import type { Log } from "../../../src/seam/log.ts";
import { type Access, type Barrier, barrierAt } from "../../../src/seam/trust/access.ts";
import type { Place } from "../../../src/seam/turn.ts";
import { channelIdOf, guildIdOf } from "../wire/keys.ts";
import { toTrouble } from "../wire/trouble.ts";
import type { Guilds } from "./guilds.ts";

/** Who may use the bot: asked of everything that people do, before anything else is done of it. */
export interface Door {
  /** What to tell those who may not; undefined: they may. */
  refusalAt(place: Place): string | undefined;
  /** Whether a refusal can be said aloud in that channel: seldom, for nobody is to make the bot speak at will. */
  maySay(channelId: string): boolean;
}

/** Ms for which one refusal is enough in a channel, and how many there may be in that time everywhere. */
const quietMs = 3600 * 1000;
const mostRefusals = 100;

/** Channels that a refusal names, at most. */
const mostNamed = 5;

export function createDoor(
  access: Access,
  of: {
    /** The server a channel is in, where it is known. */
    serverOf(channelId: string): string | undefined;
    readonly now: () => number;
  },
): Door {
  const words: Readonly<Record<Barrier, (place: Place) => string>> = {
    community: () => "I am not set up for this server. Whoever runs me decides where I draw; ask them.",
    channel: (place) => {
      const ids = (access.channels ?? []).flatMap((key) => channelIdOf(key) ?? []);
      const here = ids.filter((id) => of.serverOf(id) === guildIdOf(place)).slice(0, mostNamed);
      const where = here.map((id) => `<#${id}>`).join(", ");
      return where
        ? `I do not draw in this channel. Ask me in ${where}.`
        : "I do not draw in this channel. Whoever runs me decides where I do; ask them.";
    },
    direct: () => "I do not draw in direct messages. Ask me in a server that has let me in.",
    carried: () => "I draw only in servers that have let me in, not by an installation of your own.",
  };
  return {
    refusalAt(place) {
      const barrier = barrierAt(access, place);
      return barrier && words[barrier](place);
    },
    maySay: createSeldom({ everyMs: quietMs, most: mostRefusals, now: of.now }),
  };
}

/** Names in the log what the operator has set and Discord does not know. Never rejects. */
export async function nameUnknown(
  guilds: Pick<Guilds, "fetch" | "has">,
  { communities = [], channels = [] }: Access,
  log: Log,
): Promise<void> {
  for (const community of communities) {
    const server = guildIdOf({ community }) ?? community;
    if (await guilds.has(server).catch(() => true)) continue;
    const hint = "I am in no server with that id. Invite me there, or correct DISCORD_SERVERS.";
    log.warn({ server, hint }, "discord.server.unknown");
  }
  for (const key of channels) {
    const id = channelIdOf(key) ?? key;
    const hint = await faultOf(guilds, id, communities).catch(() => undefined);
    if (hint) log.warn({ channel: id, hint }, "discord.channel.unknown");
  }
}

async function faultOf(
  guilds: Pick<Guilds, "fetch">,
  id: string,
  communities: readonly string[],
): Promise<string | undefined> {
  const channel = await guilds.fetch(id).catch((error: unknown) => {
    if (toTrouble(error) === "failed") throw error;
    return undefined;
  });
  if (channel?.guildId === undefined)
    return "DISCORD_CHANNELS names a channel that I cannot see. Let me view it, or correct the id.";
  if (channel.isThread)
    return "DISCORD_CHANNELS names a thread. Name the channel it stands in: its threads belong to it.";
  if (communities.length > 0 && !communities.includes(`discord:guild:${channel.guildId}`))
    return "DISCORD_CHANNELS names a channel of a server that is not among those I am kept to.";
  return undefined;
}
