import { parseSetting } from "../../../src/seam/words/setting-words.ts";
import type { Stage } from "../live/stage.ts";
import type { WireAsk } from "../wire/messages.ts";
import { you } from "./turn.ts";

/**
 * Deletes all of the playground but the words that ask for it, whose answer is about to be shown; how many threads. Pages
 * that are open load anew.
 */
export async function forget({ chat, uploads, events }: Stage, userId: string): Promise<number> {
  if (userId !== you.id) return 0;
  const gone = await chat.forget(asksForIt);
  await uploads.clear();
  await chat.purge();
  events.renew();
  return gone.length;
}

function asksForIt({ text }: WireAsk): boolean {
  try {
    return parseSetting(text)?.name === "forgetMe";
  } catch {
    return false; // flags that are wrong belong to another wish
  }
}
