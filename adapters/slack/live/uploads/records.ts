import { z } from "zod";
import { createBounded } from "../../../../src/seam/bounded.ts";
import type { ListedKeep, Shared } from "../../../../src/seam/core.ts";
import type { Log } from "../../../../src/seam/log.ts";
import { toLogged } from "../../wire/trouble.ts";

const upload = z.object({
  /** The answer it is for, by its mark. */
  owner: z.string(),
  /** What is in it. */
  digest: z.string(),
  /** Unix time, ms. */
  at: z.number(),
  /** The message that is to show it, where there is one that can be looked at. */
  spot: z.object({ channelId: z.string(), ts: z.string() }).exactOptional(),
});

/** A file that was uploaded, or is about to be. */
export type Upload = Readonly<z.output<typeof upload>>;

const uploads = z.record(z.string(), upload);

const record = z.object({
  files: uploads,
  shown: uploads.exactOptional(),
  /** When it was written, Unix time in ms. */
  at: z.number(),
});

/** What is noted of one answer: its files by their ids. */
export interface Noted {
  /** What is to be shown, or to be taken away. */
  readonly files: Readonly<Record<string, Upload>>;
  /** Of an answer that is over, among several processes: what belongs to it. All else is nobody's. */
  readonly shown?: Readonly<Record<string, Upload>> | undefined;
}

/** As it was written. */
export interface Dated extends Noted {
  /** Unix time, ms. */
  readonly at: number;
}

/** The answers' records, as all processes have them. */
export interface Records {
  /** Undefined where there is none, or none that can be read. Rejects with BotError `storage`. */
  read(owner: string): Promise<Dated | undefined>;
  /** In place of what was written then, if that was read. Rejects the same. */
  write(owner: string, noted: Noted, after?: number): Promise<void>;
  /** Some at a time. Rejects the same. */
  owners(): AsyncIterable<readonly string[]>;
  close(): void;
}

/** What nobody can look at goes by itself, in ms. */
const keptMs = 30 * 24 * 3600 * 1000;

/** For how many ms it is known of an answer that is over what it shows: whoever was at it, too, has heard of that by then. */
const shownMs = 10 * 60 * 1000;

/** Records that are known by heart at once, and for how many ms: a server loses less than that. */
const mostKnown = 1000;
const knownMs = 60_000;

/** Ms until a server that was not there is given them again. */
const againMs = 1000;

const start = "uploads:";
const topic = "uploads";

const told = z.object({ owner: z.string(), record });

/** Before there were several processes. */
const oldest = uploads.transform((files) => ({ files, at: 0 }));

/**
 * `bus`: of several processes. Each knows by heart what all have written lately, and writes it again where the server was
 * away and has lost it: who wrote it may be gone by then. `now`: Unix time, ms.
 */
export function createRecords(
  keep: ListedKeep,
  of: { readonly bus: Shared["bus"] | undefined; readonly log: Log; readonly now: () => number },
): Records {
  const { bus, log, now } = of;
  /** The oldest first. */
  const known = createBounded<string, Dated>(mostKnown);
  let lastAt = 0;
  let again: NodeJS.Timeout | undefined;
  let isClosed = false;

  async function read(owner: string): Promise<Dated | undefined> {
    const found = await keep.get(start + owner);
    if (found === undefined) return undefined;
    const parsed = z.union([record, oldest]).safeParse(found);
    if (!parsed.success) log.warn({ error: toLogged(parsed.error) }, "slack.uploads.unread");
    return parsed.data;
  }

  async function save(owner: string, one: Dated): Promise<void> {
    if (Object.keys(one.files).length > 0) await keep.set(start + owner, one, keptMs);
    else if (one.shown) await keep.set(start + owner, one, shownMs);
    else await keep.delete(start + owner);
  }

  function know(owner: string, one: Dated): void {
    if ((known.get(owner)?.at ?? 0) > one.at) return;
    for (const [owner, { at }] of known) {
      if (one.at - at < knownMs) break;
      known.delete(owner);
    }
    known.set(owner, one);
  }

  async function giveAgain(): Promise<void> {
    for (const [owner, one] of [...known]) {
      const found = await read(owner);
      if (known.get(owner) !== one || (found && found.at >= one.at)) continue;
      await save(owner, one);
      // What was written meanwhile may lie below it now.
      for (let last = one, next = known.get(owner); next && next !== last; next = known.get(owner)) {
        last = next;
        await save(owner, next);
      }
    }
  }

  function missed(): void {
    clearTimeout(again);
    giveAgain().catch((error: unknown) => {
      log.debug({ error: toLogged(error) }, "slack.uploads.unwritten");
      if (!isClosed) again = setTimeout(missed, againMs).unref();
    });
  }

  const stops = bus
    ? [
        bus.hear(topic, (body) => {
          const { owner, record } = told.parse(body);
          know(owner, record);
        }),
        bus.onMissed(missed),
      ]
    : [];

  return {
    read,
    async write(owner, noted, after = 0) {
      lastAt = Math.max(now(), lastAt + 1, after + 1);
      const one = { ...noted, at: lastAt };
      await save(owner, one);
      if (!bus) return;
      know(owner, one);
      // Who does not hear it only knows less.
      bus.tell(topic, { owner, record: one }).catch(() => {});
    },
    async *owners() {
      for await (const keys of keep.keys(start)) yield keys.map((key) => key.slice(start.length));
    },
    close() {
      isClosed = true;
      clearTimeout(again);
      for (const stop of stops) stop();
    },
  };
}
