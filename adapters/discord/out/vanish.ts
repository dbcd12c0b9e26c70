import { MessageFlags, MessageReferenceType } from "discord.js";
import { isGood, type Stage, type Token } from "../live/stage.ts";
import type { Spot } from "../wire/keys.ts";
import { toLogged, toTrouble } from "../wire/trouble.ts";

/** How a message of ours can be taken away. */
interface Right {
  readonly token: Token | undefined;
  /** The bot itself can write there. */
  readonly reachable: boolean;
  /** The message that the answer was moved to: it answers the old one, and does not hang on it. */
  readonly movedTo?: string;
}

/**
 * Takes a message of ours away, where nothing hangs on it: no thread, and no answer to it that we know of. False: it
 * is still there.
 */
export async function vanish(
  stage: Stage,
  spot: Spot,
  { token, reachable, movedTo }: Right,
): Promise<boolean> {
  const { send, log, now } = stage;
  if (reachable && (await isHeld(stage, spot, movedTo))) return false;
  try {
    if (isGood(token, now())) {
      try {
        await send.deleteByToken(token.value, token.target);
        return true;
      } catch (error) {
        if (!reachable) throw error;
      }
    }
    if (!reachable) return false;
    await send.remove(spot);
    return true;
  } catch (error) {
    const trouble = toTrouble(error);
    log.debug({ channel: spot.channelId, trouble, error: toLogged(error) }, "discord.vanish.failed");
    return false;
  }
}

/** Whether a thread or an answer hangs on a message. What we may not see, we do not know of. */
async function isHeld(
  { send }: Stage,
  { channelId, messageId }: Spot,
  movedTo: string | undefined,
): Promise<boolean> {
  const [message, later] = await Promise.all([
    send.fetchMessage({ channelId, messageId }).catch(() => undefined),
    send.fetchMessages(channelId, { after: messageId }).catch(() => []),
  ]);
  const hasThread = message?.thread !== undefined || ((message?.flags ?? 0) & MessageFlags.HasThread) !== 0;
  return (
    hasThread ||
    later.some(
      ({ id, message_reference: reference }) =>
        id !== movedTo &&
        reference?.message_id === messageId &&
        reference.type !== MessageReferenceType.Forward,
    )
  );
}
