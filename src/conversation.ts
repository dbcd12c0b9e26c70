import type { Adapter } from "./adapter.ts";
import type { Generation, History } from "./history.ts";
import { readInputs } from "./inputs.ts";
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
 * Tells a conversation from what we and the platform know of it. A picture that neither has any more is left out.
 *
 * Rejects with the signal's reason, and as uploading does.
 */
export async function toConversation(
  newest: Generation,
  tools: { readonly adapter: Adapter; readonly history: History; readonly uploads: Uploads },
  signal: AbortSignal,
): Promise<Conversation> {
  const { adapter, history, uploads } = tools;
  const turns: PaintItem[][] = [];
  let pictures = 0;
  let found: Generation | undefined = newest;
  while (found && turns.length < most.turns) {
    const turn: PaintItem[] = [
      { role: "user", content: found.prompt },
      { role: "assistant", content: found.text || toWords(found) },
    ];
    if (found.pictures.length > 0 && pictures < most.pictures) {
      const shown = await recallPicked(found, adapter, signal);
      const { pictures: read } = await readInputs(shown, signal);
      for (const picture of read) {
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
