import type { Stage, Token } from "../live/stage.ts";
import type { Spot } from "../wire/keys.ts";
import { type Trouble, toLogged } from "../wire/trouble.ts";
import { vanish } from "./vanish.ts";
import { toLine } from "./view.ts";

/** What is left to say in a message whose answer had to go into another. `link`: the way to that one. */
export function toMovedLine(why: Trouble, link: string | undefined): string {
  const what =
    why === "unplaced"
      ? "Discord did not take the picture in this message, so it is in one of its own"
      : "Discord did not let me change this message any more, so the answer is in one of its own";
  return link ? `${what}: ${link}` : `${what}.`;
}

/** Leaves nothing but a line where an answer was; where not even that can be said, takes the message away. */
export async function leave(
  stage: Stage,
  old: Spot,
  right: { readonly token: Token | undefined; readonly reachable: boolean },
  line: string,
): Promise<void> {
  const { send, log, now } = stage;
  const { token, reachable } = right;
  const message = toLine(line);
  try {
    if (token && token.until > now()) {
      await send.editByToken(token.value, token.target, message).catch((error: unknown) => {
        if (!reachable) throw error;
        return send.edit(old, message);
      });
    } else await send.edit(old, message);
  } catch (error) {
    const went = await vanish(stage, old, right);
    log.debug({ channel: old.channelId, went, error: toLogged(error) }, "discord.moved.left");
  }
}
