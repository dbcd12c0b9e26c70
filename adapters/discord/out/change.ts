import type { APIMessage } from "discord.js";
import type { Answer } from "../live/answer.ts";
import { isGood, type Stage } from "../live/stage.ts";
import type { How, Message } from "../wire/send.ts";
import { toTrouble } from "../wire/trouble.ts";

/** By the freshest token, else by the bot's own right. `expired`: neither is there. Rejects as Discord does. */
export async function change(
  { send, tokens, now }: Stage,
  { spot, key, standIn, venue }: Answer,
  message: Message,
  how: How,
): Promise<APIMessage | "expired"> {
  if (!spot || !key) throw new TypeError("there is no message to change");
  const token = tokens.get(key);
  if (isGood(token, now()) && !standIn) {
    try {
      return await send.editByToken(token.value, token.target, message, how);
    } catch (error) {
      if (toTrouble(error) !== "expired") throw error;
    }
    if (tokens.get(key) === token) tokens.delete(key);
  }
  return venue.reachable ? send.edit(standIn ?? spot, message, how) : "expired";
}

/** What stands there now, by the same rights. Rejects as Discord does. */
export async function lookAt(
  { send, tokens, now }: Stage,
  { spot, key, standIn, venue }: Answer,
): Promise<APIMessage | undefined> {
  if (!spot || !key) return undefined;
  const token = tokens.get(key);
  if (venue.reachable) return send.fetchMessage(standIn ?? spot);
  return isGood(token, now()) ? send.fetchByToken(token.value, token.target) : undefined;
}
