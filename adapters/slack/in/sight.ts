import type { Me } from "../live/where.ts";
import type { Word } from "../live/word.ts";
import { parseButtonId, toMessageKey } from "../wire/keys.ts";
import { filesOf, isBy, type Picture, picturesOf } from "../wire/pictures.ts";
import type { Found } from "../wire/send.ts";

/**
 * The pictures in view below these messages, oldest first: the newest, whoever posted them, be it in the message that the
 * thread hangs on. None where the newest is the bot's own, or still to come from it: the thread goes on from that one.
 */
export function newestPictures(
  messages: readonly Found[],
  me: Me,
  isComing: (ts: string) => boolean,
): readonly Picture[] {
  for (const message of messages.toReversed()) {
    const pictures = picturesOf(message, me);
    if (isBy(message, me)) {
      if (isComing(message.ts) || isAnswer(message, pictures)) return [];
    } else if (pictures.length > 0) return pictures;
  }
  return [];
}

/**
 * What the bot said last, where that was neither a picture nor an answer to go on from: a question, a refusal, help.
 * Undefined where it was, or where nothing in the thread is the bot's.
 */
export function lastWord(messages: readonly Found[], me: Me, channelId: string): Word | undefined {
  const at = messages.findLastIndex((message) => isBy(message, me) && !isFileOnly(message));
  const word = messages[at];
  if (!word || buttonsOf(word).length > 0 || picturesOf(word, me).length > 0) return undefined;
  const asker = messages.slice(0, at).findLast(({ user, bot_id: botId }) => user && !botId);
  return { message: toMessageKey({ channelId, ts: word.ts }), ...(asker?.user && { userId: asker.user }) };
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
