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
  readonly shard: readonly unknown[];
}

/** Why a connection is closed. docs: topics/opcodes-and-status-codes, "Gateway Close Event Codes". */
export interface Closing {
  readonly code: number;
  readonly reason: string;
}

const knownIntents = (1 << 26) - 1;

/** Checks an IDENTIFY. docs: events/gateway-events, "Identify". */
export function parseIdentify(data: unknown, token: string, portal: Portal): Identified | Closing {
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
  if (!Array.isArray(shard) || shard.length !== 2 || Number(shard[0]) >= Number(shard[1]))
    return { code: 4010, reason: "Invalid shard." };
  if (!isFields(asked.properties)) return { code: 4002, reason: "Error while decoding payload." };
  return { intents: wanted, shard };
}
