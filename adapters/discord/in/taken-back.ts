import type { GatewayMessageCreateDispatchData } from "discord.js";
import type { Handle } from "../../../src/seam/core.ts";
import type { MessageKey } from "../../../src/seam/turn.ts";
import type { Reply } from "../../../src/seam/view.ts";
import type { Stage } from "../live/stage.ts";
import { findMadeFor } from "../wire/found.ts";
import { parseMessageKey, type Spot, toMessageKey, toPlace } from "../wire/keys.ts";
import { toImageLimits } from "../wire/limits.ts";
import { toLogged, toTrouble } from "../wire/trouble.ts";

/** A request that is taken back, or an answer that is taken away: nobody waits for what is being drawn. */
export function forget(stage: Stage, spot: Spot): void {
  const key = toMessageKey(spot);
  if (!stage.live.has(key) && !stage.moved.has(key)) void stage.removed(key);
  forgetHere(stage, spot);
}

/** The same for what this process is at. */
export function forgetHere(stage: Stage, spot: Spot): void {
  const key = toMessageKey(spot);
  if (stage.live.has(key)) stage.gone(key);
  for (const [answer, { request }] of stage.live) if (request === spot.messageId) stage.gone(answer);
}

/** Cancels what that message is to show. */
export function withdraw(message: MessageKey, handle: Handle): Promise<void> {
  const nobody: Reply = { pace: 0, limits: toImageLimits(undefined), show: async () => message };
  const user = { id: "discord:deleted", name: "whoever deleted the message", moderator: true };
  const place = toPlace(parseMessageKey(message)?.channelId ?? "");
  return handle({ kind: "press", thread: message, user, place, action: "cancel", message }, nobody);
}

/**
 * Whether a message that asked was deleted while nobody listened. What the bot may not see is there. Rejects as Discord
 * does while it is away.
 */
export async function isTakenBack({ send }: Pick<Stage, "send">, spot: Spot): Promise<boolean> {
  try {
    await send.fetchMessage(spot);
    return false;
  } catch (error) {
    const trouble = toTrouble(error);
    if (trouble === "failed") throw error;
    return trouble === "gone";
  }
}

/** Takes away what was begun below a message that is deleted: there, or in the thread below the picture it answered. */
export async function takeAway(
  { send, me, log }: Stage,
  { channel_id: channelId, id, message_reference: answers }: GatewayMessageCreateDispatchData,
): Promise<void> {
  for (const where of [channelId, ...(answers?.message_id ? [answers.message_id] : [])]) {
    const found = await findMadeFor(send, me, where, id);
    if (!found) continue;
    await send.remove({ channelId: where, messageId: found.id }).catch((error: unknown) => {
      log.debug({ channel: where, error: toLogged(error) }, "discord.begun.left");
    });
  }
}
