import { toWordsAlone, type Unpictured } from "../../answer/words-alone.ts";
import { BotError } from "../../seam/errors.ts";
import type { Attachment, Prompt } from "../../seam/turn.ts";
import type { History } from "../../store/history.ts";

/** What words that bring no picture find in view. */
export interface InView {
  readonly files: readonly Attachment[];
  /** What could not be used, a plain sentence each. */
  readonly notes: readonly string[];
  /** There is a picture of somebody else's: the thread's own is not gone on from, whether that one can be used or not. */
  readonly fromView?: true;
}

export const nothingInView: InView = { files: [], notes: [] };

/** Of several pictures of one answer the picked one is gone on from, or else the first, there as everywhere. */
async function toPicked(files: readonly Attachment[], history: History): Promise<readonly Attachment[]> {
  const [{ shownBy } = {}] = files;
  if (!shownBy) return files;
  const { picked = 0 } = (await history.find(shownBy)) ?? {};
  return files.slice(picked, picked + 1);
}

/** Looks. Rejects with a BotError for what is in view, cannot be had and matters, and with the signal's reason. */
export async function lookAround(
  turn: Prompt,
  wish: Unpictured,
  history: History,
  signal: AbortSignal,
): Promise<InView> {
  try {
    const files = await toPicked((await turn.inView?.(signal)) ?? [], history);
    return files.length > 0 ? { files, notes: [], fromView: true } : nothingInView;
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof BotError)) throw error;
    const { code, message } = error;
    const isPictureAsked = wish.masked || wish.options.action === "edit";
    if (code === "unseen" && !isPictureAsked) return { files: [], notes: [message] };
    const known = code === "unseen" ? new BotError("bad_attachment", message, { cause: error }) : error;
    return { files: [], notes: toWordsAlone(wish, known), fromView: true };
  }
}
