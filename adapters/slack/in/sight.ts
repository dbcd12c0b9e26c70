import type { Me } from "../live/where.ts";
import type { Word } from "../live/word.ts";
import { parseButtonId, toMessageKey } from "../wire/keys.ts";
import { filesOf, isBy, type Picture, picturesOf } from "../wire/pictures.ts";
import type { Found } from "../wire/send/reads.ts";

/** A message that shows pictures. */
export interface Sight {
  /** None where the message is the bot's own answer, or one that is to come from it: the thread goes on from that one. */
  readonly pictures: readonly Picture[];
  /** How many messages are above it. */
  readonly above: number;
}

/**
 * The newest that shows pictures, or may show some, of these messages, oldest first: whoever posted it, be it the one that
 * the thread hangs on.
 */
export function findSight(
  messages: readonly Found[],
  me: Me,
  isComing: (ts: string) => boolean,
): Sight | undefined {
  for (const [above, message] of [...messages.entries()].reverse()) {
    const pictures = picturesOf(message, me);
    if (isBy(message, me)) {
      if (isComing(message.ts) || isAnswer(message, pictures)) return { pictures: [], above };
    } else if (pictures.length > 0) return { pictures, above };
  }
  return undefined;
}

/**
 * What the bot said last, where nothing was drawn. Undefined where there is an answer to go on from or one is to come, and
 * where nothing in the thread is the bot's.
 */
export function lastWord(messages: readonly Found[], me: Me, channelId: string): Word | undefined {
  const at = messages.findLastIndex((message) => isBy(message, me) && !isFileOnly(message));
  const word = messages[at];
  if (!word) return undefined;
  const buttons = buttonsOf(word);
  if (buttons.some((name) => ["delete", "edit", "cancel"].includes(name))) return undefined;
  const isBare = buttons.length === 0;
  if (isBare && picturesOf(word, me).length > 0) return undefined;
  const asker = messages.slice(0, at).findLast(({ user, bot_id: botId }) => user && !botId);
  return {
    ...(isBare && { message: toMessageKey({ channelId, ts: word.ts }) }),
    ...(asker?.user && { userId: asker.user }),
  };
}

/** A failed drawing keeps its sketch, which nothing goes on from; a picture that was moved has no buttons of its own. */
function isAnswer(message: Found, pictures: readonly Picture[]): boolean {
  return pictures.length > 0 && (filesOf(message).length > 0 || buttonsOf(message).includes("edit"));
}

/** What belongs to an answer and does not hang on it. */
function isFileOnly(message: Found): boolean {
  return filesOf(message).length > 0 && buttonsOf(message).length === 0;
}

function buttonsOf({ blocks = [] }: Found): readonly string[] {
  return blocks.flatMap((block) => {
    if (typeof block !== "object" || block === null || !("elements" in block)) return [];
    const { elements } = block;
    if (!Array.isArray(elements)) return [];
    return elements.flatMap((one: { readonly action_id?: unknown }) =>
      typeof one.action_id === "string" ? (parseButtonId(one.action_id) ?? []) : [],
    );
  });
}
