import { createHash } from "node:crypto";
import { z } from "zod";
import { createBounded } from "../../../../src/seam/bounded.ts";
import type { Shared } from "../../../../src/seam/core.ts";

/** What tries are counted for, e.g. an address; `free` tries need no waiting. */
export interface Lane {
  readonly name: string;
  readonly free: number;
}

/**
 * Lets tries through, after waits that grow with each that was in vain. Nobody is ever shut out for good. Calls reject with
 * BotError `storage` where it is counted in the store.
 */
export interface Waits {
  /**
   * Takes a try, which counts as in vain until `forgive`, so that many at once are no way around. Where one has to wait,
   * it is none, and the wait does not become longer.
   */
  take(lanes: readonly Lane[]): Taken | Promise<Taken>;
  /** The try was right. */
  forgive(lanes: readonly Lane[]): Promise<void>;
}

export interface Taken {
  /** Ms until it may be tried; 0: now. */
  readonly waitMs: number;
  /** Ms that the next try has to wait if this one is in vain. */
  readonly nextMs: number;
  /** Tries in vain, this one included. */
  readonly tries: number;
  /** Whether it is the first time since the last try that somebody is told to wait. */
  readonly isNews: boolean;
}

/** The first wait, in ms; each doubles the one before. */
const firstMs = 1000;
/** Four tries an hour: no password worth the name is found by that, and no owner is kept out for long. */
const longestMs = 15 * 60_000;
/** Ms after which tries are forgotten. */
const rememberedMs = 24 * 60 * 60_000;
const mostLanes = 20_000;

/** What is known of a lane: tries in vain, when the last was, and until when the next has to wait. Unix time in ms. */
const known = z.object({ tries: z.number(), at: z.number(), until: z.number(), told: z.boolean() });

type Known = Readonly<z.output<typeof known>>;

/** In memory. `now` is Unix time in ms. */
export function createWaits(now: () => number): Waits {
  const lanesKnown = createBounded<string, Known>(mostLanes);
  return {
    take(lanes) {
      const { taken, after } = decide(lanes, (name) => lanesKnown.get(name), now());
      for (const [name, one] of after) lanesKnown.set(name, one);
      return taken;
    },
    async forgive(lanes) {
      for (const { name } of lanes) lanesKnown.delete(name);
    },
  };
}

/** Where several processes count together, each by a name of its `door`. A lane's own name is not kept, but its hash. */
export function createSharedWaits(
  { keep, transact }: Pick<Shared, "keep" | "transact">,
  door: string,
  now: () => number,
): Waits {
  const keyOf = (name: string) => `tries:${door}:${createHash("sha256").update(name).digest("base64url")}`;
  return {
    take: (lanes) =>
      transact(async (within) => {
        const before = new Map<string, Known>();
        for (const { name } of lanes) {
          const { data } = known.safeParse(await within.get(keyOf(name)));
          if (data) before.set(name, data);
        }
        const { taken, after } = decide(lanes, (name) => before.get(name), now());
        for (const [name, one] of after) await within.set(keyOf(name), one, rememberedMs);
        return taken;
      }),
    async forgive(lanes) {
      for (const { name } of lanes) await keep.delete(keyOf(name));
    },
  };
}

/** Whether a try is let through, and what is to be known of its lanes from then on. */
function decide(
  lanes: readonly Lane[],
  find: (name: string) => Known | undefined,
  now: number,
): { readonly taken: Taken; readonly after: ReadonlyMap<string, Known> } {
  const after = new Map<string, Known>();
  const all = lanes.map((lane) => {
    const found = find(lane.name);
    return { lane, before: found && now - found.at < rememberedMs ? found : undefined };
  });
  const waiting = Math.max(0, ...all.map(({ before }) => (before?.until ?? 0) - now));
  if (waiting > 0) {
    const isNews = all.every(({ before }) => !before?.told);
    for (const { lane, before } of all) {
      if (before && !before.told) after.set(lane.name, { ...before, told: true });
    }
    const tries = Math.max(...all.map(({ before }) => before?.tries ?? 0));
    return { taken: { waitMs: waiting, nextMs: waiting, tries, isNews }, after };
  }
  let nextMs = 0;
  for (const { lane, before } of all) {
    const tries = (before?.tries ?? 0) + 1;
    const waitMs = tries < lane.free ? 0 : Math.min(firstMs * 2 ** (tries - lane.free), longestMs);
    after.set(lane.name, { tries, at: now, until: now + waitMs, told: false });
    nextMs = Math.max(nextMs, waitMs);
  }
  const tries = Math.max(...all.map(({ before }) => (before?.tries ?? 0) + 1));
  return { taken: { waitMs: 0, nextMs, tries, isNews: false }, after };
}
