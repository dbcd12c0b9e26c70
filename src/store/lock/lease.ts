import { BotError } from "../../seam/errors.ts";
import { withLimit } from "../../seam/timeout.ts";
import { type Latch, type Lock, type Taken, type Takeover, waitFor } from "./lock.ts";

/** How long a server takes what it has not heard of for taken, in ms: as long holds a killed process others up. */
export const leaseMs = 5000;

/** How soon to ask again where there was no answer, in ms. */
const retryMs = 500;

/**
 * A latch on a server, which may lose it: by a restart, or because this process was stopped for too long. What it is
 * asked for settles within some seconds, whatever the server does.
 */
export interface ServerLatch extends Latch {
  /** Hears that it may be another's by now. */
  onDoubt(listener: () => void): void;
}

/** A lock that has to be kept. */
export interface Lease extends Lock {
  /** Is asked when it was lost and is ours again, whether nobody was at work in between. */
  confirmBy(isUntouched: () => Promise<boolean>): void;
}

/**
 * Takes it, and keeps it by asking again every third of `lifeMs`.
 *
 * Where that does not go through within `lifeMs`, counted from when it was last asked for, it is no longer held, and
 * nobody writes, until it is ours again. When another has it, or had it in between, `onLost` hears of that. Rejects as
 * `waitFor` does, and when the server does not answer.
 */
export async function holdLease(
  latch: ServerLatch,
  takeover: Takeover,
  lifeMs: number = leaseMs,
): Promise<Lease> {
  let held = { until: 0, untilDate: 0 };
  let isOver = false;
  let isUnconfirmed = false;
  let isUntouched = async () => true;
  let timer: NodeJS.Timeout | undefined;
  let isRenewing = false;
  const stepMs = lifeMs / 3;

  async function take(): Promise<Taken> {
    // A machine that sleeps stops the one clock, and who sets the time moves the other: the sooner one counts.
    const until = { until: performance.now() + lifeMs, untilDate: Date.now() + lifeMs };
    const taken = await latch.take();
    if (taken === "anew") isUnconfirmed = true;
    if (typeof taken === "object") return taken;
    if (isUnconfirmed && !(await isUntouched())) return { by: undefined };
    isUnconfirmed = false;
    held = until;
    return taken;
  }

  async function renew(): Promise<void> {
    const taken = await take();
    if (typeof taken === "object") lose(taken.by);
  }

  function lapse(): void {
    held = { until: 0, untilDate: 0 };
  }

  function lose(by: string | undefined): void {
    if (isOver) return;
    isOver = true;
    lapse();
    const who = by ? ` (${by})` : "";
    takeover.onLost(
      new BotError("storage", `Another Drawbridge${who} has taken over ${latch.name}, so I stop.`),
    );
  }

  function renewIn(delayMs: number): void {
    clearTimeout(timer);
    if (isOver) return;
    timer = setTimeout(() => {
      if (isRenewing) return;
      isRenewing = true;
      // Where the server does not answer, the lease runs out by itself, and is asked for again.
      const next = renew().then(
        () => stepMs,
        () => retryMs,
      );
      void next.then((nextMs) => {
        isRenewing = false;
        renewIn(nextMs);
      });
    }, delayMs).unref();
  }

  try {
    await waitFor({ ...latch, take }, takeover);
  } catch (error) {
    await latch.release().catch(() => {});
    throw error;
  }
  renewIn(stepMs);
  latch.onDoubt(() => {
    lapse();
    renewIn(0);
  });

  return {
    isHeld: () => performance.now() < held.until && Date.now() < held.untilDate,
    confirmBy(check) {
      isUntouched = check;
    },
    async release() {
      isOver = true;
      lapse();
      clearTimeout(timer);
      await withLimit(lifeMs, () => latch.release());
    },
  };
}
