import { isGood, type Stage, type Token } from "../live/stage.ts";
import { findThread } from "../live/threads.ts";
import type { Spot } from "../wire/keys.ts";
import { toLogged, toTrouble } from "../wire/trouble.ts";

/** How a message of ours can be taken away. */
interface Right {
  readonly token: Token | undefined;
  /** The bot itself can write there. */
  readonly reachable: boolean;
}

/** Takes a message of ours away, unless a thread hangs on it. False: it is still there. */
export async function vanish(stage: Stage, spot: Spot, { token, reachable }: Right): Promise<boolean> {
  const { send, log, now } = stage;
  if (reachable && (await isHeld(stage, spot))) return false;
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

/** Whether a thread hangs on a message, or may. */
async function isHeld(stage: Stage, spot: Spot): Promise<boolean> {
  const message = await stage.send.fetchMessage(spot).catch(() => undefined);
  return findThread(stage, spot, message).then(
    (thread) => thread !== undefined,
    () => true,
  );
}
