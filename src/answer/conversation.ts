import type { PaintContent, PaintItem } from "../openai/painter.ts";
import { toPicture } from "../openai/request.ts";
import { readInputs } from "../pictures/inputs.ts";
import type { Address, Source, Uploads } from "../pictures/uploads.ts";
import type { Adapter } from "../seam/adapter.ts";
import { BotError } from "../seam/errors.ts";
import type { Generation, History } from "../store/history.ts";
import { recallPicked } from "./recall.ts";

/** How far back a conversation is told again: turns, and pictures among them, the newest first. */
const most = { turns: 12, pictures: 6 } as const;

/** What was said, sent and drawn up to a generation, told anew: for where OpenAI does not have it. */
export interface Conversation {
  /** Oldest first. */
  readonly items: readonly PaintItem[];
  /** The pictures among them. */
  readonly sources: readonly Source[];
}

/**
 * Tells a conversation from what we and the platform know of it. An older picture that neither has any more is left out.
 * `mostPictures`: the newest so many come along, the one that was drawn before those it was drawn from; none under a
 * mask, which lies on the first picture there is.
 *
 * Rejects with BotError `unknown_message` or `inputs_gone` when the newest picture is gone, for another would be drawn in
 * place of an edit; with the signal's reason; and as uploading does.
 */
export async function toConversation(
  newest: Generation,
  tools: { readonly adapter: Adapter; readonly history: History; readonly uploads: Uploads },
  signal: AbortSignal,
  mostPictures: number = most.pictures,
): Promise<Conversation> {
  const { adapter, history, uploads } = tools;
  const sources: Source[] = [];

  /** As many of them as may still come along; only the newest picture of all must not be missing. */
  async function take<From>(
    pictures: readonly From[],
    read: (picture: From) => Promise<Source>,
  ): Promise<readonly Address[]> {
    const taken: Address[] = [];
    for (const picture of pictures) {
      if (sources.length >= mostPictures) break;
      try {
        const source = await read(picture);
        taken.push(await uploads.address(source));
        sources.push(source);
      } catch (error) {
        signal.throwIfAborted();
        if (sources.length === 0) throw error;
      }
    }
    return taken;
  }

  async function readDrawn(generation: Generation): Promise<Source> {
    const { pictures: found } = await readInputs(await recallPicked(generation, adapter, signal), signal);
    const [picture] = found;
    if (picture) return uploads.store(picture, signal);
    throw new BotError(
      "unknown_message",
      "The picture to go on from is no longer there. Attach it to your message and say what to do.",
    );
  }

  async function tell(generation: Generation): Promise<PaintItem[]> {
    const { prompt, text, inputs, pictures: drawn } = generation;
    const shown = await take(drawn.length > 0 ? [generation] : [], readDrawn);
    const references = inputs.filter(({ role }) => role === "reference");
    const brought = await take(references, async ({ source }) => source);
    return [
      { role: "user", content: brought.length > 0 ? toContent(brought, prompt) : prompt },
      { role: "assistant", content: text || toWords(generation) },
      ...shown.map((address): PaintItem => {
        const label = { type: "input_text", text: "The picture you drew then:" } as const;
        return { role: "user", content: [label, toPicture(address)] };
      }),
    ];
  }

  const turns: PaintItem[][] = [];
  let found: Generation | undefined = newest;
  while (found && turns.length < most.turns) {
    turns.unshift(await tell(found));
    found = await history.before(found);
  }
  return { items: turns.flat(), sources };
}

function toContent(brought: readonly Address[], prompt: string): PaintContent {
  return [...brought.map((address) => toPicture(address)), { type: "input_text", text: prompt }];
}

function toWords({ pictures }: Generation): string {
  const [first] = pictures;
  if (!first) return "Done.";
  return first.revisedPrompt ? `I drew this: ${first.revisedPrompt}` : "I drew the picture.";
}
