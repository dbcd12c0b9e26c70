import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { BotError } from "../../seam/errors.ts";
import type { Held, Leases, Share } from "../../seam/leases.ts";
import type { Log } from "../../seam/log.ts";
import { withTimeout } from "../../seam/timeout.ts";
import type { Store } from "../../store/store.ts";
import { createPaced } from "./paced.ts";
import { nextStep, type Parts, parts } from "./parts.ts";
import { createWitness } from "./witness.ts";

/** How long a process may be silent before others take over what it has, in ms. */
const leaseMs = 8000;

/** How long a message to the store may take, in ms: so much earlier a holder is in doubt. */
const doubtMs = 2000;

/** How long it may take to let go of something, in ms. */
const leaveMs = 5000;

/** Something that this process has. */
interface Own {
  readonly held: Held;
  readonly leaving: AbortController;
  readonly over: Promise<void>;
  until: { readonly clock: number; readonly date: number };
  isLost: boolean;
  /** It has been let go of here, and is free once that is written down. */
  isOver: boolean;
}

/**
 * What several processes on one store share out: one record by name, which each of them reads and writes as one several
 * times a lease. Nobody's clock is believed: a process is gone when the number by its name has not grown for as long as a
 * lease is, by the clock of who looks. Source: `client-go`, “leaderelection”, which sees to Kubernetes' leases so.
 *
 * `lifeMs` and `againMs`, until what has failed is seen to again, are for tests.
 */
export function createSharedLeases(
  store: Store,
  {
    log,
    lifeMs = leaseMs,
    leave,
    againMs = lifeMs,
  }: {
    readonly log: Log;
    /** When it aborts, what is held is let go of, and nothing more is taken. */
    readonly leave?: AbortSignal;
    readonly lifeMs?: number;
    readonly againMs?: number;
  },
): Leases {
  return {
    isShared: true,
    share: (name, count, seeTo) => {
      const share = takePart(store, { name, count, seeTo, log, lifeMs, againMs });
      leave?.addEventListener("abort", share.leave, { once: true });
      if (leave?.aborted) share.leave();
      return share;
    },
    turn: createPaced(store, log),
  };
}

function takePart(
  store: Store,
  of: {
    readonly name: string;
    readonly count: number;
    readonly seeTo: Parameters<Leases["share"]>[2];
    readonly log: Log;
    readonly lifeMs: number;
    readonly againMs: number;
  },
): Share & { leave(): void } {
  const { name, count, seeTo, log, lifeMs, againMs } = of;
  const me = randomUUID();
  const own = new Map<number, Own>();
  const others = createWitness(lifeMs);
  const marginMs = Math.min(doubtMs, lifeMs / 4);
  let beat = 0;
  /** It takes nothing more, and is then there no longer. */
  let isClosing = false;
  let isGone = false;
  let timer: NodeJS.Timeout | undefined;
  let going: Promise<void> = Promise.resolve();

  /** A machine that sleeps stops the one clock, and who sets the time moves the other: the sooner one counts. */
  function lease(): Own["until"] {
    return { clock: performance.now() + lifeMs - marginMs, date: Date.now() + lifeMs - marginMs };
  }

  function begin(index: number, until: Own["until"]): void {
    const leaving = new AbortController();
    const isHeld = () =>
      !mine.isLost && !mine.isOver && performance.now() < mine.until.clock && Date.now() < mine.until.date;
    const held = { leave: leaving.signal, isHeld };
    const { promise: over, resolve } = Promise.withResolvers<void>();
    const mine: Own = { leaving, until, isLost: false, isOver: false, held, over };
    own.set(index, mine);
    log.debug({ share: name, index }, "fleet.gained");
    void see(index, mine).finally(resolve);
  }

  async function see(index: number, mine: Own): Promise<void> {
    try {
      await seeTo(index, mine.held);
    } catch (error) {
      log.error({ share: name, index, error }, "fleet.failed");
      await sleep(againMs, undefined, { signal: mine.leaving.signal }).catch(() => {});
    }
    if (mine.isLost) return;
    mine.isOver = true;
    void tick(); // others have it at once
  }

  function lose(index: number, mine: Own): void {
    log.warn({ share: name, index }, "fleet.lost: another process has taken it over");
    mine.isLost = true;
    own.delete(index);
    mine.leaving.abort(new BotError("stopped", "Another process has this now."));
  }

  /** What is there once this process has said that it is, and what it has to do next. */
  function advance(found: Parts | undefined, over: ReadonlySet<number>): Parts {
    const members = others.alive(found?.members ?? {}, me);
    if (!isGone) members[me] = { beat, ...(isClosing && { leaving: true }) };
    const all = Object.entries(found?.held ?? {});
    const isFree = (index: string) => isGone || over.has(Number(index));
    const held = Object.fromEntries(
      all.filter(([index, { by }]) => by in members && !(by === me && isFree(index))),
    );
    if (isClosing) return { members, held };
    // What the store has forgotten, as one does that loses its last writes, is this process's still.
    for (const index of own.keys()) if (!over.has(index)) held[index] ??= { by: me };
    const { take, leave } = nextStep({ members, held }, me, count);
    for (const index of take) held[index] = { by: me };
    for (const index of leave) held[index] = { by: me, leaving: true };
    return { members, held };
  }

  async function step(): Promise<void> {
    const until = lease();
    beat += 1;
    const over = new Set([...own].flatMap(([index, { isOver }]) => (isOver ? [index] : [])));
    const { held } = await store.transact(async (within) => {
      const table = within.table("lease", parts);
      const next = advance(await table.get(name), over);
      await table.set(name, next);
      return next;
    });
    others.looked();
    for (const [index, mine] of own) {
      const now = held[index];
      if (over.has(index)) own.delete(index);
      else if (now?.by !== me) lose(index, mine);
      else {
        mine.until = until;
        if (now.leaving) mine.leaving.abort(new BotError("stopped", "Another process is to have this."));
      }
    }
    if (isClosing) return;
    for (const [index, { by }] of Object.entries(held))
      if (by === me && !own.has(Number(index))) begin(Number(index), until);
  }

  /** One after another; what fails is tried again the next time. */
  function tick(): Promise<void> {
    going = going
      .then(step)
      .catch((error: unknown) => log.debug({ share: name, error }, "fleet.share.failed"))
      .finally(() => {
        clearTimeout(timer);
        if (!isGone) timer = setTimeout(() => void tick(), lifeMs / 8).unref();
      });
    return going;
  }
  void tick();

  function letGo(): void {
    isClosing = true;
    for (const { leaving } of own.values()) leaving.abort(new BotError("stopped", "This process ends."));
    void tick(); // others know at once that it takes nothing more
  }

  return {
    leave: letGo,
    async close() {
      letGo();
      await withTimeout(Promise.all([...own.values()].map(({ over }) => over)), leaveMs);
      isGone = true;
      await withTimeout(tick(), leaveMs);
      clearTimeout(timer);
    },
  };
}
