import { type Fields, isFields } from "./form.ts";
import { intents } from "./limits.ts";

/** What the developer portal allows the app to ask for. */
export interface Portal {
  readonly messageContent: boolean;
  readonly guildMembers: boolean;
  readonly presences: boolean;
}

/** An IDENTIFY that was let in. */
export interface Identified {
  readonly intents: number;
  readonly shard: readonly [id: number, count: number];
}

/** How the gateway is divided. */
export interface Sharding {
  /** Shards that GET /gateway/bot recommends, and the fewest that are let in. */
  recommended: number;
  least: number;
  /** Shards that may identify themselves at the same time, and how often. */
  readonly maxConcurrency: number;
  readonly identifyMs: number;
  /** How many came too soon. */
  tooSoon: number;
}

/** The shard that hears of a guild; what is outside of guilds, the first does. docs: events/gateway, "Sharding". */
export function shardOf(guild: { readonly id: string } | undefined, count: number): number {
  return guild ? Number((BigInt(guild.id) >> 22n) % BigInt(count)) : 0;
}

/** Why a connection is closed. docs: topics/opcodes-and-status-codes, "Gateway Close Event Codes". */
export interface Closing {
  readonly code: number;
  readonly reason: string;
}

const knownIntents = (1 << 26) - 1;

/** Checks an IDENTIFY. docs: events/gateway-events, "Identify". */
export function parseIdentify(
  data: unknown,
  token: string,
  portal: Portal,
  fewestShards: number,
): Identified | Closing {
  const asked: Fields = isFields(data) ? data : {};
  if (asked.token !== token) return { code: 4004, reason: "Authentication failed." };
  const { intents: wanted, shard = [0, 1] } = asked;
  if (typeof wanted !== "number" || !Number.isInteger(wanted) || wanted & ~knownIntents)
    return { code: 4013, reason: "Invalid intent(s)." };
  const forbidden =
    (portal.messageContent ? 0 : intents.messageContent) |
    (portal.guildMembers ? 0 : intents.guildMembers) |
    (portal.presences ? 0 : intents.guildPresences);
  if (wanted & forbidden) return { code: 4014, reason: "Disallowed intent(s)." };
  const [id, count, ...more] = Array.isArray(shard) ? shard.map(Number) : [];
  const isShard = Number.isInteger(id) && Number.isInteger(count) && more.length === 0;
  if (!isShard || id === undefined || count === undefined || id < 0 || id >= count)
    return { code: 4010, reason: "Invalid shard." };
  if (count < fewestShards) return { code: 4011, reason: "Sharding required." };
  if (!isFields(asked.properties)) return { code: 4002, reason: "Error while decoding payload." };
  return { intents: wanted, shard: [id, count] };
}
