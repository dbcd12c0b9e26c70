import type { MessageKey } from "../../../src/seam/turn.ts";
import type { Stage } from "../live/stage.ts";
import { parseMessageKey } from "../wire/keys.ts";
import { isSpoiler } from "../wire/pictures.ts";

/** Whether the answer in a message hides its pictures; it is looked at where that is not known and can be seen. */
export async function isHidden(
  { covers, send }: Stage,
  message: MessageKey,
  reachable: boolean,
): Promise<boolean> {
  const spot = parseMessageKey(message);
  const known = covers.get(message);
  if (known !== undefined || !spot || !reachable) return known === true;
  const hides = isSpoiler(await send.fetchMessage(spot).catch(() => undefined));
  covers.set(message, hides);
  return hides;
}
