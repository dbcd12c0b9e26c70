import type { Adapter } from "../seam/adapter.ts";
import { BotError } from "../seam/errors.ts";
import { orAborted } from "../seam/timeout.ts";
import type { Attachment, MessageKey } from "../seam/turn.ts";
import type { Generation, History } from "../store/history.ts";

/** The pictures a message shows; a platform that does not answer holds up neither a cancel nor a shutdown. */
export function recall(
  adapter: Adapter,
  message: MessageKey,
  signal: AbortSignal,
): Promise<readonly Attachment[]> {
  signal.throwIfAborted();
  return orAborted(adapter.recall(message), signal);
}

/** The pictures of any message. Rejects with BotError `unknown_message` when it has none. */
export async function recallAll(
  adapter: Adapter,
  message: MessageKey,
  signal: AbortSignal,
): Promise<readonly Attachment[]> {
  const found = await recall(adapter, message, signal);
  if (found.length > 0) return found;
  throw new BotError(
    "unknown_message",
    "I cannot find a picture in the message you answered. Attach the picture to your message instead.",
  );
}

/** The one picture of a generation to go on from: the one that was picked, or the first; none when it is gone. */
export async function recallPicked(
  { message, picked = 0 }: Pick<Generation, "message" | "picked">,
  adapter: Adapter,
  signal: AbortSignal,
): Promise<readonly Attachment[]> {
  const shown = await recall(adapter, message, signal);
  return shown.slice(picked, picked + 1);
}

/** An answer of several pictures of which none was picked, and no one response holds all that the words may mean. */
export function isUnpicked({ pictures, picked }: Generation): boolean {
  if (picked !== undefined || pictures.length < 2) return false;
  return pictures.some(({ responseId }) => responseId === "" || responseId !== pictures[0]?.responseId);
}

/** A question about a picture is answered in words: the picture is further up. */
export async function nearestPictured(
  generation: Generation,
  history: History,
): Promise<Generation | undefined> {
  let found: Generation | undefined = generation;
  while (found && found.pictures.length === 0) found = await history.before(found);
  return found;
}

/** Whether there is a picture in the conversation up to a generation: one that was drawn, or one that was sent. */
export async function hasPicture(generation: Generation, history: History): Promise<boolean> {
  let found: Generation | undefined = generation;
  while (found && found.pictures.length === 0 && !found.inputs.some(({ role }) => role === "reference")) {
    found = await history.before(found);
  }
  return found !== undefined;
}
