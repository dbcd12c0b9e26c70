import { type APIMessage, ComponentType } from "discord.js";
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

/** Where the line says that the answer went; undefined for any other message. */
export function movedTo({ components }: Pick<APIMessage, "components">): Spot | undefined {
  for (const one of components ?? []) {
    const line = one.type === ComponentType.TextDisplay ? one.content : "";
    const [, channelId, messageId] = /^Discord did not .+\/channels\/[^/]+\/(\d+)\/(\d+)$/.exec(line) ?? [];
    if (channelId && messageId) return { channelId, messageId };
  }
  return undefined;
}

/** Leaves nothing but a line where an answer was; where not even that can be said, takes the message away. */
export async function leave(
  stage: Stage,
  old: Spot,
  right: { readonly token: Token | undefined; readonly reachable: boolean; readonly movedTo: string },
  line: string,
): Promise<void> {
  const { send, log, now } = stage;
  const { token, reachable } = right;
  const message = toLine(line);
  const isGood = token && token.until > now();
  try {
    const byToken = isGood ? send.editByToken(token.value, token.target, message) : undefined;
    const changed = await byToken?.catch((error: unknown) => {
      if (!reachable) throw error;
    });
    if (!changed) await send.edit(old, message);
  } catch (error) {
    const went = await vanish(stage, old, right);
    log.debug({ channel: old.channelId, went, error: toLogged(error) }, "discord.moved.left");
  }
}
