import { AsyncLocalStorage } from "node:async_hooks";
import { z } from "zod";
import { createBounded } from "../../seam/bounded.ts";
import type { Bus } from "../../seam/bus.ts";
import { BotError } from "../../seam/errors.ts";
import type { Log } from "../../seam/log.ts";
import { pause, withLimit } from "../../seam/timeout.ts";
import type { EventKey } from "../../seam/turn.ts";
import { openTurn } from "../../store/open-turn.ts";
import type { Store } from "../../store/store.ts";
import { StoreAway } from "../../store/store-away.ts";
import { key } from "../../store/stored.ts";
import {
  againMs,
  type Entry,
  entry,
  type Hold,
  keyOf,
  type Ledger,
  rememberedMs,
  takeLimitMs,
  takenOver,
  tooSlow,
} from "../ledger.ts";
import { takeOnce } from "../take-once.ts";
import { type Claim, createClaims, leaseMs } from "./claims.ts";
import type { Engine } from "./engine.ts";
import { createRecent } from "./recent.ts";

/**
 * An event as it came in, as its claim carries it: it is noted with it, in one step. `turn`: of one that the server has
 * forgotten, and that has come of no event.
 */
const noted = z.object({
  adapter: z.string(),
  at: z.number(),
  body: z.unknown(),
  thread: key.exactOptional(),
  turn: openTurn.exactOptional(),
});

/** What this process is seeing to. */
interface Open {
  claim: Claim | undefined;
  /** More than what any holder before has written: a claim that the server has forgotten counts anew. */
  readonly hands: number;
  isTurn: boolean;
  /** What could not be written down yet. */
  unwritten?: z.input<typeof entry>;
  /** The hold of what is only being taken. */
  readonly waiting: (() => void)[];
}

/** Events that are remembered to be another's by now. */
const mostTaken = 5000;

/** How often it is tried, in the time of a lease, to write down what is known of what another will go on with. */
const mostWords = 16;

/** What something was begun with. */
interface Beginning {
  readonly event: EventKey;
  readonly claim: Claim | undefined;
}

/** Nobody has said that it is ours, or it no longer is. */
const notOurs: Hold = { lost: AbortSignal.abort(takenOver()), isHeld: () => false, isOver: () => false };

/**
 * The ledger of several processes. Of an event that is delivered to all of them one has the claim; what has become of it
 * is in the store, as with one process, so that the first of several goes on with what that has left.
 *
 * `hands` in an entry says how often it had changed hands when it was written: what is older is not written over it.
 */
export async function createFleetLedger(
  store: Store,
  engine: Engine,
  of: {
    readonly log: Log;
    readonly onUnreadable?: (key: EventKey, error: unknown) => void;
    readonly now?: () => number;
    /** Ms in which an event has to be noted. */
    readonly takeMs?: number;
    readonly lifeMs?: number;
    /** Where the server may lose its last writes: what was taken on just before, the other processes know then. */
    readonly bus?: Bus;
  },
): Promise<Ledger> {
  const { log, onUnreadable = () => {}, now = Date.now, takeMs = takeLimitMs, lifeMs = leaseMs, bus } = of;
  const entries = store.table("event", entry);
  const own = new Map<EventKey, Open>();
  const beginnings = new AsyncLocalStorage<Beginning>();
  let isClosed = false;
  /** What others have taken over: what is still to be noted of it here is old. */
  const taken = createBounded<EventKey, true>(mostTaken);
  const claims = createClaims(engine, "turns", {
    log,
    lifeMs,
    mayAnew: async (claim) => {
      const found = await entries.get(claim.key);
      return !found?.over && (found?.hands ?? 0) <= (own.get(claim.key as EventKey)?.hands ?? claim.hands);
    },
  });
  const recent =
    bus && createRecent(bus, { offer: (event, body) => claims.offer(event, body, lifeMs), lifeMs, log });

  /** What this process has of an event, unless whoever asks has begun with what it has lost since. */
  function openOf(event: EventKey): Open | undefined {
    return isLost(event) ? undefined : own.get(event);
  }

  /** What whoever asks has begun with. */
  function begunWith(event: EventKey): Beginning | undefined {
    const beginning = beginnings.getStore();
    return beginning?.event === event ? beginning : undefined;
  }

  function isLost(event: EventKey): boolean {
    const beginning = begunWith(event);
    return beginning !== undefined && beginning.claim?.lost.aborted !== false;
  }

  function settle(event: EventKey): void {
    for (const go of own.get(event)?.waiting.splice(0) ?? []) go();
  }

  async function end(event: EventKey): Promise<void> {
    const open = openOf(event);
    if (!open?.claim) return;
    settle(event);
    if (open.claim.lost.aborted) return void own.delete(event);
    const { hands } = open;
    await put(
      event,
      { key: event, adapter: "", at: now(), body: null, over: true, hands },
      { lifeMs: rememberedMs },
    );
    own.delete(event);
    recent?.over(event);
    // Where that fails, it comes due, and whoever adopts it finds that it is over.
    await claims.drop(open.claim).catch((error: unknown) => log.warn({ event, error }, "fleet.undropped"));
  }

  async function read(
    event: EventKey,
    body: unknown,
  ): Promise<(Entry & { readonly hands?: number }) | undefined> {
    try {
      const found = await entries.get(event);
      if (found) return found.over ? undefined : found;
      const first = noted.safeParse(body);
      return first.success ? { key: event, ...first.data } : undefined;
    } catch (error) {
      if (error instanceof StoreAway) throw error; // it is read when the store is back
      onUnreadable(event, error);
      return undefined;
    }
  }

  /** One that was here and has been lost lets go of what waits for it. */
  function keep(event: EventKey, claim: Claim, isTurn: boolean, last?: { readonly hands?: number }): Open {
    const hands = Math.max(claim.hands, (last?.hands ?? -1) + 1);
    const open: Open = { claim, hands, isTurn, waiting: [] };
    own.set(event, open);
    taken.delete(event);
    const forget = () => {
      if (own.get(event) !== open) return;
      taken.set(event, true);
      settle(event);
      own.delete(event);
      void leaveWord(event, open);
    };
    claim.lost.addEventListener("abort", forget, { once: true });
    return open;
  }

  async function take(event: EventKey, body: unknown, isLate: () => boolean): Promise<boolean> {
    const claim = await claims.take(event, body);
    if (!claim) return false;
    recent?.taken(event, body);
    // It is noted by now, and whoever brought it elsewhere meanwhile was told so: somebody sees to it.
    const leave = () => void claims.leave(claim);
    const found = await entries.get(event).catch((error: unknown) => {
      leave();
      throw error;
    });
    if (found?.over) await claims.drop(claim);
    // What somebody has begun with is gone on with, and not begun anew.
    else if (found || isLate()) leave();
    else {
      keep(event, claim, false);
      return true;
    }
    return false;
  }

  async function write(event: EventKey, open: Open, given: z.input<typeof entry>): Promise<void> {
    const { claim, hands } = open;
    if (!claim) throw takenOver();
    if (claim.lost.aborted) throw takenOver();
    const latest = { ...given, hands };
    open.unwritten = latest;
    if (!claim.isHeld() && !(await claims.renew(claim))) throw claim.lost.aborted ? takenOver() : tooSlow();
    await put(event, latest);
    if (open.unwritten === latest) delete open.unwritten;
  }

  /** What this process knows of one that it has lost, while the store was away, is there for whoever goes on with it. */
  async function leaveWord(event: EventKey, { unwritten }: Open): Promise<void> {
    for (let tries = 1; unwritten && !isClosed; tries += 1) {
      try {
        return await put(event, unwritten, { isLate: true });
      } catch (error) {
        // Somebody goes on with it already, or it is left as it was.
        if (!(error instanceof StoreAway) || tries === mostWords) return;
        await pause(lifeMs / mostWords);
      }
    }
  }

  /**
   * Nothing is written over what a later holder has written, whatever the clocks of this one say; what `isLate` not over
   * what is over either.
   */
  function put(
    event: EventKey,
    given: z.input<typeof entry>,
    { lifeMs, isLate = false }: { readonly lifeMs?: number; readonly isLate?: boolean } = {},
  ): Promise<void> {
    return store.transact(async (within) => {
      const table = within.table("event", entry);
      const before = await table.get(event);
      if ((before?.hands ?? 0) > (given.hands ?? 0) || (isLate && before?.over)) throw takenOver();
      await table.set(event, given, lifeMs);
    });
  }

  const ledger: Ledger = {
    take: takeOnce(async ({ key: event, body, thread }, adapter) => {
      if (own.has(event)) return false;
      const taking: Open = { claim: undefined, hands: 0, isTurn: false, waiting: [] };
      own.set(event, taking);
      const noting: z.input<typeof noted> = { adapter, at: now(), body, ...(thread && { thread }) };
      const work = (isLate: () => boolean) => take(event, noting, isLate);
      try {
        return await withLimit(takeMs, work, tooSlow);
      } catch (cause) {
        throw cause instanceof BotError ? cause : unreached(cause);
      } finally {
        if (own.get(event) === taking) own.delete(event);
      }
    }),
    async note(turn) {
      const event = keyOf(turn);
      const given = { key: event, adapter: turn.adapter, at: turn.acceptedAt, body: null, turn };
      if (isLost(event)) throw takenOver();
      const open = own.get(event);
      if (open?.claim) {
        await write(event, open, given);
        open.isTurn = true;
        return settle(event);
      }
      if (taken.get(event)) throw takenOver();
      // It comes from no event, or from one that was over: what had to wait for somebody to let it through.
      const body = { adapter: turn.adapter, at: turn.acceptedAt, body: null };
      const claim = await claims
        .take(event, body)
        .catch((cause: unknown) => Promise.reject(unreached(cause)));
      if (!claim) throw takenOver();
      try {
        await write(event, keep(event, claim, true, await entries.get(event)), given);
      } catch (error) {
        own.delete(event);
        void claims.drop(claim).catch(() => {});
        throw error;
      }
      recent?.taken(event, { ...body, turn });
    },
    async over(event) {
      if (!ledger.waits(event)) return;
      try {
        await end(event);
      } catch (error) {
        setTimeout(() => void ledger.over(event).catch(() => {}), againMs).unref();
        throw error;
      }
    },
    forget: (turn) => end(keyOf(turn)),
    async open() {
      const all = await claims.all();
      const found = await Promise.all(all.map((one) => read(one.key as EventKey, one.body)));
      return found.filter((one) => one !== undefined).sort((one, other) => one.at - other.at);
    },
    left: async () => [],
    isShared: true,
    get size() {
      return own.size;
    },
    waits(event) {
      const open = openOf(event);
      return open?.claim !== undefined && !open.isTurn;
    },
    settled(event) {
      const open = openOf(event);
      if (!open || !ledger.waits(event)) return Promise.resolve();
      const { promise, resolve } = Promise.withResolvers<void>();
      open.waiting.push(resolve);
      return promise;
    },
    hold: (event) => openOf(event)?.claim ?? begunWith(event)?.claim ?? notOurs,
    bind(event) {
      const beginning = { event, claim: own.get(event)?.claim };
      return (begin) => beginnings.run(beginning, begin);
    },
    adopt(goOn) {
      claims.adopt(async (claim) => {
        const event = key.parse(claim.key);
        const found = await read(event, claim.body);
        if (!found) {
          recent?.over(event);
          return claims.drop(claim);
        }
        keep(event, claim, found.turn !== undefined, found);
        try {
          await ledger.bind(event)(async () => {
            // From now on what its last holder writes is older.
            if (found.turn) await ledger.note(found.turn);
            await goOn(found);
          });
        } catch (error) {
          if (own.get(event)?.claim === claim) own.delete(event); // it is put off, and seen to anew
          throw error;
        }
      });
    },
    async handOn(event) {
      const claim = openOf(event)?.claim;
      if (claim && !claim.lost.aborted) await claims.handOn(claim);
    },
    spare: claims.spare,
    rest: () => claims.rest(),
    async close() {
      await recent?.close();
      await claims.close();
      isClosed = true;
      own.clear();
    },
  };
  await adoptEmbedded(store, (event) => claims.offer(event, null));
  return ledger;
}

function unreached(cause: unknown): BotError {
  const message =
    "My memory (the queues) does not answer, so I could not take this on. Try again in a minute; if it stays, tell the admin.";
  return new StoreAway(message, { cause });
}

/** What one process alone has left: whoever starts first leaves it to all. */
async function adoptEmbedded(store: Store, offer: (event: EventKey) => Promise<void>): Promise<void> {
  const index = store.table("events", z.object({ open: z.array(key) }));
  const found = await index.get("open");
  if (!found) return;
  for (const event of found.open) await offer(event);
  await index.delete("open");
}
