import type { Adapter } from "./adapter.ts";
import { BotError } from "./errors.ts";
import type { Generation, History } from "./history.ts";
import { type Picture, readInputs } from "./inputs.ts";
import type { PaintContent, PaintItem } from "./painter.ts";
import { recallPicked } from "./recall.ts";
import { toPicture } from "./request.ts";
import type { Uploads } from "./uploads.ts";

/** How far back a conversation is told again: turns, and pictures among them, the newest first. */
const most = { turns: 12, pictures: 4 } as const;

/** What was said and drawn up to a generation, told anew: for where OpenAI does not have it. */
export interface Conversation {
  /** Oldest first. */
  readonly items: readonly PaintItem[];
  /** How many pictures are among them. */
  readonly pictures: number;
}

/**
 * Tells a conversation from what we and the platform know of it. An older picture that neither has any more is left out.
 * `mostPictures`: the newest so many come along; none under a mask, which lies on the first picture there is.
 *
 * Rejects with BotError `unknown_message` when the newest picture is gone, for another would be drawn in place of an
 * edit; with the signal's reason; and as uploading does.
 */
export async function toConversation(
  newest: Generation,
  tools: { readonly adapter: Adapter; readonly history: History; readonly uploads: Uploads },
  signal: AbortSignal,
  mostPictures: number = most.pictures,
): Promise<Conversation> {
  const { adapter, history, uploads } = tools;

  async function read(generation: Generation): Promise<readonly Picture[]> {
    const isNewest = pictures === 0;
    try {
      const { pictures: found } = await readInputs(await recallPicked(generation, adapter, signal), signal);
      if (found.length > 0 || !isNewest) return found;
    } catch (error) {
      signal.throwIfAborted();
      if (isNewest) throw error;
      return [];
    }
    throw new BotError(
      "unknown_message",
      "The picture to go on from is no longer there. Attach it to your message and say what to do.",
    );
  }

  const turns: PaintItem[][] = [];
  let pictures = 0;
  let found: Generation | undefined = newest;
  while (found && turns.length < most.turns) {
    const turn: PaintItem[] = [
      { role: "user", content: found.prompt },
      { role: "assistant", content: found.text || toWords(found) },
    ];
    if (found.pictures.length > 0 && pictures < mostPictures) {
      for (const picture of await read(found)) {
        const address = await uploads.address(await uploads.store(picture, signal));
        const content: PaintContent = [
          { type: "input_text", text: "The picture you drew then:" },
          toPicture(address),
        ];
        turn.push({ role: "user", content });
        pictures += 1;
      }
    }
    turns.unshift(turn);
    found = found.parent && (await history.base(found.parent));
  }
  return { items: turns.flat(), pictures };
}

function toWords({ pictures }: Generation): string {
  const [first] = pictures;
  if (!first) return "Done.";
  return first.revisedPrompt ? `I drew this: ${first.revisedPrompt}` : "I drew the picture.";
}
