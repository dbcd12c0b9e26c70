import { setTimeout as sleep } from "node:timers/promises";
import { BotError } from "../../seam/errors.ts";

/** What is one process's alone, once it has been taken. */
export interface Lock {
  /** False when it is, or may be, another's: nothing is to be written. */
  isHeld(): boolean;
  release(): Promise<void>;
}

/** How to come by something that another process may have. */
export interface Takeover {
  /** How long to wait for the other to end, in ms. 0: not at all. */
  readonly waitMs: number;
  /** Ends the wait; it then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Hears that there is somebody to wait for, in one sentence, once. */
  readonly onWait: (words: string) => void;
  /** Another process has what was ours: whoever hears this is to stop at once. */
  readonly onLost: (error: BotError) => void;
}

/** What can be taken by one process at a time. */
export interface Latch {
  /** What is taken, and what to set so that it would be something else. */
  readonly name: string;
  readonly setting: string;
  /** How often to try while another has it, in ms. */
  readonly pollMs: number;
  /** Takes it, or keeps what was taken before. Rejects when that cannot be told. */
  take(): Promise<Taken>;
  /** Lets go of it, if it is ours. */
  release(): Promise<void>;
}

/** It is ours, anew or still; or another's, who is named as well as is known: "process 123". */
export type Taken = "anew" | "still" | { readonly by: string | undefined };

/** Takes it as soon as nobody else has it. Rejects with BotError `storage` when somebody has it for longer than one waits. */
export async function waitFor(latch: Latch, { waitMs, signal, onWait }: Takeover): Promise<void> {
  const end = performance.now() + waitMs;
  const seconds = Math.round(waitMs / 1000);
  for (let tries = 0; ; tries += 1) {
    signal?.throwIfAborted();
    const taken = await latch.take();
    if (typeof taken === "string") return;
    const who = `Another Drawbridge is at work on ${latch.name}${taken.by ? ` (${taken.by})` : ""}.`;
    if (performance.now() >= end) {
      const still = waitMs > 0 ? ` It has not ended within ${seconds} s.` : "";
      throw new BotError("storage", `${who}${still} Stop it, or set ${latch.setting}.`);
    }
    if (tries === 0) onWait(`${who} I wait for it to end, ${seconds} s at most.`);
    await sleep(latch.pollMs, undefined, signal ? { signal } : {});
  }
}
