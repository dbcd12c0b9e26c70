import { z } from "zod";
import { coalesce } from "../../seam/coalesce.ts";
import { withLimit } from "../../seam/timeout.ts";
import type { EventKey } from "../../seam/turn.ts";
import { openTurn } from "../../store/open-turn.ts";
import type { Store } from "../../store/store.ts";
import { key } from "../../store/stored.ts";
import {
  againMs,
  type Entry,
  entry,
  keptMs,
  keyOf,
  type Ledger,
  rememberedMs,
  takeLimitMs,
  tooSlow,
} from "../ledger.ts";
import { takeOnce } from "../take-once.ts";

/** How often a store is asked for what is to be finished. */
const mostReads = 3;

/**
 * All calls reject with BotError `storage` when the store fails. `onUnreadable` hears of what another version wrote, or
 * what is damaged: it is left where it is, and the others go on.
 *
 * The order of writes: an entry before it is in the index, and out of the index after it is over. So whatever a crash
 * cuts off, what is in the index and not over is what is to be finished.
 */
export async function createLedger(
  store: Store,
  {
    onUnreadable = () => {},
    now = Date.now,
    takeMs = takeLimitMs,
  }: {
    readonly onUnreadable?: (key: EventKey, error: unknown) => void;
    readonly now?: () => number;
    /** Ms in which an event has to be noted. */
    readonly takeMs?: number;
  } = {},
): Promise<Ledger> {
  const entries = store.table("event", entry);
  const index = store.table("events", z.object({ open: z.array(key) }));
  /** Whether each has become a turn. Keyv's stores do not all list their keys, so a list is kept beside them. */
  const open = new Map<EventKey, boolean>();
  const waiting = new Map<EventKey, (() => void)[]>();
  for (const one of (await index.get("open"))?.open ?? []) open.set(one, false);

  const before = new Set(open.keys());

  const writeIndex = coalesce(() => index.set("open", { open: [...open.keys()] }));

  function settle(event: EventKey): void {
    for (const go of waiting.get(event) ?? []) go();
    waiting.delete(event);
  }

  async function end(event: EventKey): Promise<void> {
    if (!open.has(event)) return;
    settle(event);
    await entries.set(event, { key: event, adapter: "", at: now(), body: null, over: true }, rememberedMs);
    open.delete(event);
    await writeIndex();
  }

  /** A store that is slow at the start is asked more than once: what it does not give is not gone on with. */
  async function insist(event: EventKey, tries = mostReads): ReturnType<typeof entries.get> {
    return entries.get(event).catch((error: unknown) => {
      if (tries === 1) throw error;
      return insist(event, tries - 1);
    });
  }

  async function read(event: EventKey): Promise<Entry | undefined> {
    try {
      const found = await insist(event);
      if (!found || found.over) {
        open.delete(event); // a crash came between the two writes
        return undefined;
      }
      open.set(event, found.turn !== undefined);
      return found;
    } catch (error) {
      onUnreadable(event, error);
      return undefined;
    }
  }

  /** In the order of the list: the clock may have been set back since. */
  async function readAll(events: readonly EventKey[]): Promise<readonly Entry[]> {
    const found = await Promise.all(events.map(read));
    return found.filter((one) => one !== undefined);
  }

  const ledger: Ledger = {
    take: takeOnce(async ({ key: event, body }, adapter) => {
      if (open.has(event)) return false;
      open.set(event, false);
      const take = async (isLate: () => boolean) => {
        const isOver = (await entries.get(event))?.over === true;
        if (isLate()) return false; // it may have come again, and be a turn by now
        if (isOver) open.delete(event);
        else {
          await entries.set(event, { key: event, adapter, at: now(), body }, keptMs);
          await writeIndex();
        }
        return !isOver;
      };
      try {
        return await withLimit(takeMs, take, tooSlow);
      } catch (error) {
        open.delete(event);
        throw error;
      }
    }),
    async note(turn) {
      const event = keyOf(turn);
      await entries.set(event, {
        ...{ key: event, adapter: turn.adapter, at: turn.acceptedAt, body: null },
        turn,
      });
      const isNew = !open.has(event);
      open.set(event, true);
      settle(event);
      if (!isNew) return;
      try {
        await writeIndex();
      } catch (error) {
        open.delete(event); // whoever notes it again is to list it, too
        throw error;
      }
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
    open: () => readAll([...open.keys()]),
    left: () => readAll([...open.keys()].filter((event) => before.has(event))),
    isShared: false,
    get size() {
      return open.size;
    },
    waits: (event) => open.get(event) === false,
    settled(event) {
      if (!ledger.waits(event)) return Promise.resolve();
      const { promise, resolve } = Promise.withResolvers<void>();
      waiting.set(event, [...(waiting.get(event) ?? []), resolve]);
      return promise;
    },
    // There is no other process that could take anything over.
    hold: () => ({ lost: new AbortController().signal, isHeld: () => true, isOver: () => false }),
    bind: () => (begin) => begin(),
    adopt: () => {},
    handOn: async () => {},
    spare: () => {},
    rest: async () => {},
    close: async () => {},
  };
  await adopt(store, ledger, onUnreadable);
  for (const event of open.keys()) before.add(event);
  return ledger;
}

/** Version 0.1 kept turns by their message. */
async function adopt(
  store: Store,
  ledger: Ledger,
  onUnreadable: (key: EventKey, error: unknown) => void,
): Promise<void> {
  const turns = store.table("turn", openTurn);
  const index = store.table("ledger", z.object({ open: z.array(key) }));
  const before = await index.get("open");
  if (!before) return;
  const found = await Promise.all(
    before.open.map((message) => turns.get(message).catch((error: unknown) => onUnreadable(message, error))),
  );
  const readable = found.filter((turn) => turn !== undefined);
  for (const turn of readable) await ledger.note(turn);
  await index.delete("open");
  for (const { message } of readable) await turns.delete(message);
}
