import { setTimeout as sleep } from "node:timers/promises";
import type { Lanes } from "../../fleet/lanes.ts";
import { type Entry, type Hold, type Ledger, LetGo, takeLimitMs, tooSlow } from "../../fleet/ledger.ts";
import type { Adapter } from "../../seam/adapter.ts";
import type { Attend, Note } from "../../seam/core.ts";
import { BotError, toBotError } from "../../seam/errors.ts";
import type { Log } from "../../seam/log.ts";
import { createQueue } from "../../seam/queue.ts";
import { withLimit, withTimeout } from "../../seam/timeout.ts";
import type { Click, EventKey, PlatformEvent } from "../../seam/turn.ts";
import type { Arrivals } from "./arrivals.ts";
import type { Clicks } from "./clicks.ts";
import { patienceMs, waitMsAfter } from "./patience.ts";
import { lookMs, unlessLost, untilHeld } from "./while-held.ts";

/** What comes in from the platforms, each once. */
export interface Events {
  /** As of `Core`. */
  note(adapter: Adapter): Note;
  /**
   * Sees to what the process before has noted and not made a turn of. Resolves when it is one, or over: a platform that
   * is down is waited for as long as for showing what is finished.
   */
  replay(adapter: Adapter, entry: Entry): Promise<void>;
  /** When what is being seen to was noted: Unix time, ms. */
  notedAt(event: EventKey): number | undefined;
}

type Noted = Pick<Entry, "key" | "body" | "at" | "thread">;

/** Ms in which a second click is the first one's. */
const clickMs = 2000;

/** Ms that an event waits for the other processes to be told of it. */
const mostExpectMs = 500;

/** How often what fails for another reason than that the platform is down is tried again. */
const mostOfOurs = 5;

/**
 * `stopped` aborts when the process lets go: what is not over then comes back after the next start. `wait` is the clock
 * between tries; it rejects when that aborts.
 */
export function createEvents(
  ledger: Ledger,
  {
    lanes,
    clicks,
    arrivals,
  }: {
    readonly lanes: Pick<Lanes, "expect" | "unexpect">;
    readonly clicks: Clicks;
    readonly arrivals: Arrivals;
  },
  of: { readonly stopped: AbortSignal; readonly log: Log; readonly now: () => number },
  wait: (ms: number) => Promise<unknown> = (ms) => sleep(ms, null, { signal: of.stopped, ref: false }),
): Events {
  const { stopped, log, now } = of;
  /** What is being seen to. */
  const open = new Map<EventKey, Noted>();
  const inThread = createQueue();

  /** Whether it is worth another try, after so many. */
  function mayGoBetter({ key, at }: Noted, error: unknown, tries: number): boolean {
    if (!ledger.waits(key)) return false; // it is a turn by now
    // What is no BotError comes from the platform's own library.
    const mayPass = ["unreachable", "storage"].includes(toBotError(error).code) || error instanceof LetGo;
    return mayPass || !(error instanceof BotError) ? now() - at < patienceMs : tries < mostOfOurs;
  }

  /** Whose it is is known soon after a stop, or when the store is back: not in so many minutes. */
  async function untilCertain(hold: Hold): Promise<void> {
    await wait(lookMs);
    await untilHeld(hold, stopped, wait);
  }

  function isSecond(click: Click, event: EventKey): Promise<boolean> {
    return withLimit(takeLimitMs, () => clicks.isSecond(click, event, clickMs), tooSlow);
  }

  async function attend(adapter: Adapter, event: Noted, first: () => Promise<void>): Promise<void> {
    const { key } = event;
    open.set(key, event);
    await see(adapter, event, first).finally(() => open.get(key) === event && open.delete(key));
  }

  async function see(adapter: Adapter, event: Noted, first: () => Promise<void>): Promise<void> {
    const { key, body } = event;
    const hold = ledger.hold(key);
    let isDone = false;
    let isBegun = false;
    const begin = () => {
      isBegun = true;
      return first();
    };
    for (let tries = 0; !isDone && !stopped.aborted; tries += 1) {
      try {
        await unlessLost(hold, isBegun ? () => adapter.replay({ key, body }) : begin);
        isDone = true;
      } catch (error) {
        if (stopped.aborted || hold.lost.aborted) return;
        const isWorth = mayGoBetter(event, error, tries);
        log[isWorth ? "warn" : "error"]({ event: key, error, tries }, "event.failed");
        if (!isWorth) break;
        await (error instanceof LetGo ? untilCertain(hold) : wait(waitMsAfter(tries))).catch(() => {});
      }
    }
    if (!isDone && stopped.aborted) return;
    await ledger.over(key).catch((error: unknown) => log.error({ event: key, error }, "store.failed"));
    if (!hold.lost.aborted) lanes.unexpect(key);
  }

  /** Where it was said all else waits for what comes of it. */
  async function expect({ key, thread, at }: Noted, isNew: boolean): Promise<void> {
    if (thread) await lanes.expect({ key, thread, at }, ledger.hold(key), { isNew });
  }

  async function take(adapter: Adapter, event: PlatformEvent): Promise<boolean> {
    const click = event.click && { ...event.click, of: `${adapter.name} ${event.click.of}` };
    try {
      if (click && (await isSecond(click, event.key))) return false;
      return await ledger.take(event, adapter.name);
    } catch (error) {
      if (click) void clicks.forget(click, event.key); // who is told to try again may
      throw error;
    }
  }

  async function note(adapter: Adapter, event: PlatformEvent, at: number): Promise<Attend | undefined> {
    const { key, body, thread } = event;
    const noted = { key, body, at, ...(thread && { thread }) };
    const began = performance.now();
    arrivals.came(key);
    let isTaken = false;
    try {
      isTaken = await take(adapter, event);
    } finally {
      if (!isTaken) arrivals.went(key);
    }
    if (!isTaken) return undefined;
    const bound = ledger.bind(key);
    // Its acknowledgement waits no longer for that than it may for all.
    const leftMs = began + takeLimitMs - performance.now();
    const expecting = bound(() => expect(noted, true));
    await withTimeout(expecting, Math.max(0, Math.min(leftMs, mostExpectMs)));
    return async (work, { isAcknowledged = false } = {}) => {
      if (isAcknowledged) {
        arrivals.went(key);
        await arrivals.calm();
      }
      await bound(() => attend(adapter, noted, work)).finally(() => arrivals.went(key));
    };
  }

  return {
    note: (adapter) => (event) => {
      const at = now();
      const work = () => note(adapter, event, at);
      // What is said in one thread is told to the others as it came, however long it takes to note each.
      return ledger.isShared && event.thread ? inThread(event.thread, work) : work();
    },
    async replay(adapter, event) {
      const { key, body } = event;
      log.info({ adapter: adapter.name, event: key }, "event.replayed");
      void expect(event, false);
      void attend(adapter, event, () => adapter.replay({ key, body }));
      await ledger.settled(key);
    },
    notedAt: (event) => open.get(event)?.at,
  };
}
