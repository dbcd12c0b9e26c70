import type { Conversation, ToldTurn } from "../openai/engine.ts";
import { readInputs } from "../pictures/inputs.ts";
import type { Address, Source, Uploads } from "../pictures/uploads.ts";
import type { Adapter } from "../seam/adapter.ts";
import { BotError } from "../seam/errors.ts";
import type { Generation, History } from "../store/history.ts";
import { recallPicked } from "./recall.ts";

/** How far back a conversation is told again: turns, and pictures among them, the newest first. */
const most = { turns: 12, pictures: 6 } as const;

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

  async function tell(generation: Generation): Promise<ToldTurn> {
    const { text, inputs, pictures } = generation;
    const prompt = generation.forgotten ? takenBack : generation.prompt;
    const drawn = await take(pictures.length > 0 ? [generation] : [], readDrawn);
    const references = inputs.filter(({ role }) => role === "reference");
    const brought = await take(references, async ({ source }) => source);
    return { prompt, brought, said: text || toWords(generation), drawn };
  }

  const turns: ToldTurn[] = [];
  let found: Generation | undefined = newest;
  while (found && turns.length < most.turns) {
    turns.unshift(await tell(found));
    found = await history.before(found);
  }
  return { turns, sources };
}

/** In place of words that were forgotten: an empty message is refused. */
const takenBack = "(I took back what I said here. What you made of it is still in view.)";

function toWords({ pictures }: Generation): string {
  const [first] = pictures;
  if (!first) return "Done.";
  return first.revisedPrompt ? `I drew this: ${first.revisedPrompt}` : "I drew the picture.";
}
