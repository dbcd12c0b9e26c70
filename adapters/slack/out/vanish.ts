import type { Stage } from "../live/stage.ts";
import type { Spot } from "../wire/keys.ts";
import { toLogged, toTrouble } from "../wire/trouble.ts";

/**
 * Takes a message of ours away, where nothing hangs on it: of a thread's first message a gravestone would stay. False:
 * it is still there.
 */
export async function vanish({ send, log }: Stage, spot: Spot): Promise<boolean> {
  try {
    const found = await send.fetchMessage(spot);
    if (found && (found.reply_count ?? 0) > 0) return false;
    if (found) await send.take(spot);
    return true;
  } catch (error) {
    const trouble = toTrouble(error);
    log.debug({ channel: spot.channelId, trouble, error: toLogged(error) }, "slack.message.left");
    return trouble === "gone";
  }
}
