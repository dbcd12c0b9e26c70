import { type APIMessage, type APIThreadChannel, MessageFlags } from "discord.js";
import type { Spot } from "../wire/keys.ts";
import { toTrouble } from "../wire/trouble.ts";
import type { Stage, Thread } from "./stage.ts";

/** A message as far as it tells of its thread. */
export type Threaded = Pick<APIMessage, "flags" | "thread">;

/**
 * The thread on a message. What the gateway has told and what the message tells suffices mostly; `seen` is the message,
 * as newly as we have it. Rejects where Discord does not answer.
 */
export async function findThread(
  { send, threadOn }: Pick<Stage, "send" | "threadOn">,
  { messageId }: Spot,
  seen: Threaded | undefined,
): Promise<Thread | undefined> {
  const known = threadOn(messageId) ?? (seen?.thread && toThread(seen.thread));
  if (known || !((seen?.flags ?? 0) & MessageFlags.HasThread)) return known;
  try {
    return toThread(await send.fetchChannel(messageId));
  } catch (error) {
    if (toTrouble(error) === "gone") return undefined; // the flag outlives it
    throw error;
  }
}

/** The thread on a message by its id, opened if there is none. `seen`: as in `findThread`. Rejects when it is locked. */
export async function openThread(
  stage: Pick<Stage, "send" | "threadOn">,
  spot: Spot,
  name: string,
  seen: Threaded | undefined,
): Promise<string> {
  const found = await findThread(stage, spot, seen);
  if (!found) return stage.send.openThread(spot, name);
  if (found.locked) throw new Error("the thread is locked");
  return spot.messageId;
}

function toThread(channel: object): Thread {
  return { locked: (channel as Partial<APIThreadChannel>).thread_metadata?.locked === true };
}
