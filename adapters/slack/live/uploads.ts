import { z } from "zod";
import { createBounded } from "../../../src/seam/bounded.ts";
import type { ListedKeep } from "../../../src/seam/core.ts";
import type { Log } from "../../../src/seam/log.ts";
import { toLogged } from "../wire/trouble.ts";

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

/**
 * The files that nobody may know of when the process ends: each is noted before its bytes are sent, until it is gone or
 * belongs to an answer that stays. Those of one answer are one record, since one process at a time sees to that: whoever
 * takes over goes on with it. Those that are noted at the same time share a write, and that one is forgotten is written
 * with the next, or a moment after an answer is over.
 */
export interface Uploads {
  /** Rejects with BotError `storage`. */
  note(ids: readonly string[], of: Upload): Promise<void>;
  forget(ids: readonly string[]): void;
  /**
   * Another process may have had that answer meanwhile: what is noted of it is read anew, and what this one noted before it
   * lost the answer is left, but for what is `own` to whoever has it now. Rejects the same.
   */
  reread(owner: string, own: ReadonlySet<string>): Promise<void>;
  /** Writes down what was forgotten, a moment later. */
  flushSoon(): void;
  /** The file of the process before with that in it, for that answer. Rejects with BotError `storage`. */
  find(owner: string, digest: string): Promise<string | undefined>;
  /** Those of that answer, or of all that were read, that nobody has noted again or forgotten. Rejects the same. */
  left(owner: string): Promise<ReadonlyMap<string, Upload>>;
  /** The same of all answers; where other processes may be at work, of those alone that none can be at any more. */
  allLeft(): Promise<ReadonlyMap<string, Upload>>;
  /** Writes down what was forgotten. Never rejects. */
  close(): Promise<void>;
}

const soonMs = 1000;

/** Whoever has an answer is done with it by then, in ms: a platform that is down is waited for for half of that. */
const longMs = 24 * 3600 * 1000;
/** What nobody can look at goes by itself, in ms. */
const keptMs = 30 * 24 * 3600 * 1000;
/** Answers whose record is known to have been read. */
const mostRead = 5000;

const start = "uploads:";

/** `now`: Unix time, ms. `isShared`: other processes may be at work. */
export function createUploads(
  keep: ListedKeep,
  { log, now, isShared }: { readonly log: Log; readonly now: () => number; readonly isShared: boolean },
): Uploads {
  const before = new Map<string, Upload>();
  const open = new Map<string, Upload>();
  const reads = createBounded<string, Promise<void>>(mostRead);
  const writes = new Map<string, { readonly running: Promise<void>; next?: Promise<void> }>();
  const changed = new Set<string>();
  let timer: NodeJS.Timeout | undefined;

  async function readOnce(owner: string): Promise<void> {
    const found = await keep.get(start + owner);
    const parsed = z.record(z.string(), upload).safeParse(found ?? {});
    if (!parsed.success) log.warn({ error: toLogged(parsed.error) }, "slack.uploads.unread");
    for (const [id, one] of Object.entries(parsed.data ?? {})) if (!open.has(id)) before.set(id, one);
  }

  function read(owner: string): Promise<void> {
    const known = reads.get(owner);
    if (known) return known;
    const reading = readOnce(owner);
    reads.set(owner, reading);
    reading.catch(() => reads.delete(owner)); // it is asked for again
    return reading;
  }

  const of = (owner: string) => [...before, ...open].filter(([, one]) => one.owner === owner);

  async function put(owner: string): Promise<void> {
    changed.delete(owner);
    const all = of(owner);
    try {
      if (all.length === 0) await keep.delete(start + owner);
      else await keep.set(start + owner, Object.fromEntries(all), keptMs);
    } catch (error) {
      changed.add(owner);
      throw error;
    }
  }

  /** After the one that runs, with all that is asked for until then. */
  function write(owner: string): Promise<void> {
    const one = writes.get(owner);
    if (one?.next) return one.next;
    const running = (one?.running ?? Promise.resolve())
      .catch(() => {})
      .then(() => {
        writes.set(owner, { running });
        return put(owner);
      });
    writes.set(owner, one ? { running: one.running, next: running } : { running });
    const forget = () => {
      if (writes.get(owner)?.running === running && !writes.get(owner)?.next) writes.delete(owner);
    };
    running.then(forget, forget);
    return running;
  }

  async function flush(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    await Promise.all(
      [...changed].map((owner) =>
        write(owner).catch((error: unknown) => {
          log.warn({ error: toLogged(error) }, "slack.uploads.unwritten");
        }),
      ),
    );
  }

  function drop(id: string): void {
    const owner = (before.get(id) ?? open.get(id))?.owner;
    if (owner === undefined) return;
    before.delete(id);
    open.delete(id);
    changed.add(owner);
  }

  const left = (isWanted: (one: Upload) => boolean) =>
    new Map([...before].filter(([, one]) => isWanted(one)));

  return {
    async note(ids, upload) {
      const { owner, spot } = upload;
      await read(owner);
      const isKnown = ids.every((id) => open.has(id) && open.get(id)?.spot?.ts === spot?.ts);
      for (const id of ids) {
        before.delete(id);
        open.set(id, upload);
      }
      changed.add(owner);
      if (!isKnown) await write(owner);
    },
    forget(ids) {
      for (const id of ids) drop(id);
    },
    async reread(owner, own) {
      if (!isShared) return;
      for (const [id, one] of open) {
        if (one.owner !== owner || own.has(id)) continue;
        open.delete(id);
        before.set(id, one);
      }
      reads.delete(owner);
      await read(owner);
    },
    flushSoon() {
      if (changed.size > 0) timer ??= setTimeout(() => void flush(), soonMs).unref();
    },
    async find(owner, digest) {
      await read(owner);
      return [...before].find(([, one]) => one.owner === owner && one.digest === digest)?.[0];
    },
    async left(owner) {
      await read(owner);
      return left((one) => one.owner === owner);
    },
    async allLeft() {
      for await (const keys of keep.keys(start)) {
        for (const key of keys) await read(key.slice(start.length));
      }
      return left(({ at }) => !isShared || now() - at > longMs);
    },
    close: flush,
  };
}
