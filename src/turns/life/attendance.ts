import { z } from "zod";
import { coalesce } from "../../seam/coalesce.ts";
import type { Missed } from "../../seam/core.ts";
import type { Log } from "../../seam/log.ts";
import type { Place, ThreadKey } from "../../seam/turn.ts";
import type { Store } from "../../store/store.ts";
import { key } from "../../store/stored.ts";
import { usualWait, type Wait } from "./patience.ts";
import { throughOutage } from "./through-outage.ts";

/** Until when each platform was listened to, and where people spoke with the bot there lately. */
export interface Attendance {
  /** Begins to note that an adapter is there, every few seconds. */
  begin(adapter: string): void;
  /** Somebody speaks with the bot there. */
  spoken(adapter: string, thread: ThreadKey, place: Place): void;
  /** As of `Core`. */
  missed(adapter: string, forMs?: number): Promise<Missed | undefined>;
  /** Notes a last time that all are there, and stops. */
  end(): Promise<void>;
}

const attended = z.object({
  /** Unix time, ms. */
  until: z.number(),
  /** The latest last. */
  places: z.array(z.object({ thread: key, channel: key })).readonly(),
});

/** Places that are looked at after a restart, of one platform. */
const mostPlaces = 200;

/** Ms between two notes: what was said in between is looked at twice, and taken once. */
const beatMs = 10_000;

/** `patienceMs`: what is older is not answered any more; 0: nothing that was missed is. */
export function createAttendance(
  store: Store,
  of: {
    readonly patienceMs: number;
    readonly log: Log;
    readonly now: () => number;
    readonly wait?: Wait | undefined;
  },
): Attendance {
  const { patienceMs, log, now, wait = usualWait } = of;
  const table = store.table("attended", attended);
  /** By thread, so that none is there twice; of an adapter that has begun. */
  const places = new Map<string, Map<ThreadKey, Missed["places"][number]>>();
  /** Until when the process before was there. */
  const before = new Map<string, Promise<number | undefined>>();
  /** By adapter, of those that have begun. */
  const writeSoon = new Map<string, () => Promise<void>>();
  const ending = new AbortController();
  let beat: NodeJS.Timeout | undefined;

  /** With where people have spoken with other processes. */
  function merge(
    adapter: string,
    written: readonly Missed["places"][number][],
  ): readonly Missed["places"][number][] {
    const own = places.get(adapter) ?? new Map<ThreadKey, Missed["places"][number]>();
    return [...written.filter(({ thread }) => !own.has(thread)), ...own.values()].slice(-mostPlaces);
  }

  async function write(adapter: string): Promise<void> {
    const add = store.transact(async (within) => {
      const there = within.table("attended", attended);
      const written = (await there.get(adapter))?.places ?? [];
      await there.set(adapter, { until: now(), places: merge(adapter, written) });
    });
    await add.catch((error: unknown) => log.warn({ error }, "attendance.lost"));
  }

  async function read(adapter: string): Promise<number | undefined> {
    const patience = { onAway: () => {}, signal: ending.signal, wait, log };
    const found = await throughOutage(patience, () => table.get(adapter)).catch((error: unknown) => {
      if (!ending.signal.aborted) log.warn({ error }, "attendance.lost");
      return undefined;
    });
    places.set(adapter, new Map((found?.places ?? []).map((place) => [place.thread, place])));
    return found?.until;
  }

  /** For how long nobody was there; as long as can be, where the clock has been set back since. */
  const awayMs = (until: number) => (until <= now() ? now() - until : patienceMs);

  const writeAll = async () => void (await Promise.all([...places.keys()].map(write)));

  return {
    begin(adapter) {
      before.set(adapter, read(adapter));
      writeSoon.set(
        adapter,
        coalesce(() => write(adapter)),
      );
      beat ??= setInterval(() => void writeAll(), beatMs).unref();
    },
    spoken(adapter, thread, { channel }) {
      const known = places.get(adapter);
      if (!known) return;
      const isNew = !known.delete(thread);
      known.set(thread, { thread, channel });
      const [oldest] = known.keys();
      if (known.size > mostPlaces && oldest) known.delete(oldest);
      if (isNew) void writeSoon.get(adapter)?.();
    },
    async missed(adapter, known) {
      const until = await before.get(adapter);
      const forMs = known ?? (until === undefined ? undefined : awayMs(until));
      if (forMs === undefined || patienceMs === 0) return undefined;
      const written = (await table.get(adapter).catch(() => undefined))?.places ?? [];
      const all = merge(adapter, written).toReversed();
      return { forMs: Math.min(forMs + beatMs, patienceMs), places: all };
    },
    async end() {
      clearInterval(beat);
      ending.abort();
      await writeAll();
    },
  };
}
