import type { WireAsk } from "../../wire/messages.ts";
import type { Mask } from "../mask/history.ts";
import { type Draft, toReuse } from "./drafts.ts";
import { answerOf, type State } from "./store.ts";

/**
 * What was asked, as a draft to be put right and sent again. A file that was refused is not among its pictures.
 *
 * Rejects when its mask cannot be fetched.
 */
export async function toRetry(ask: WireAsk, state: State): Promise<Draft> {
  const { text, options, replyTo, action } = ask;
  const pictures = ask.pictures.filter(({ role }) => role !== "mask").map(toReuse);
  const answer = answerOf(state, replyTo);
  const target = answer && {
    answer: answer.id,
    ...((action === "edit" || action === "rephrase") && { action }),
  };
  const painted = ask.pictures.find(({ role }) => role === "mask");
  const under = pictures[0] ?? answer?.view.images[0];
  const mask = painted && under && (await toMask(painted.src, under.src));
  return { text, options, pictures, target, mask };
}

/** Its strokes are not known any more, so who paints again begins anew. */
async function toMask(address: string, src: string): Promise<Mask> {
  const response = await fetch(address);
  if (!response.ok) throw new Error("The painted area is no longer here. Paint it again.");
  return { file: await response.blob(), preview: src, src, strokes: [] };
}
