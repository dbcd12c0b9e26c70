import { z } from "zod";
import type { Keep } from "../../../src/seam/core.ts";
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
 * belongs to an answer that stays. Those that are noted at the same time share a write, and that one is forgotten is
 * written with the next, or a moment after an answer is over.
 */
export interface Uploads {
  /** Rejects with BotError `storage`. */
  note(ids: readonly string[], of: Upload): Promise<void>;
  forget(ids: readonly string[]): void;
  /** Writes down what was forgotten, a moment later. */
  flushSoon(): void;
  /** The file of the process before with that in it, for that answer. */
  find(owner: string, digest: string): string | undefined;
  /** Those of the process before that nobody has noted again or forgotten; none of others that may still be there. */
  left(): ReadonlyMap<string, Upload>;
  /** Makes known what another process has noted for that answer, which this one goes on with. Rejects as `note`. */
  recall(owner: string): Promise<void>;
  /** What of that nobody has noted again or forgotten. */
  recalled(owner: string): readonly string[];
  /** Writes down what was forgotten. Never rejects. */
  close(): Promise<void>;
}

const place = "uploads";
const soonMs = 1000;

/** How long it is known what was noted for an answer, in ms: longer than that can be drawn and shown. */
const ownerMs = 7 * 24 * 3600 * 1000;

/**
 * Those of several processes: each answer's by themselves, for whoever goes on with it. What is left of one that is over
 * nobody else sees to.
 */
export function shareUploads(keep: Keep, log: Log): Uploads {
  const before = new Map<string, Upload>();
  const open = new Map<string, Upload>();
  const asked = new Map<string, Promise<void>>();
  const changed = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  let written: Promise<void> = Promise.resolve();

  /** Those of one answer, as they are by then; writes come one after another. */
  function write(owner: string): Promise<void> {
    const writing = written
      .catch(() => {})
      .then(async () => {
        const own = [...before, ...open].filter(([, one]) => one.owner === owner);
        changed.delete(owner);
        await (own.length > 0
          ? keep.set(`upload:${owner}`, Object.fromEntries(own), ownerMs)
          : keep.delete(`upload:${owner}`));
      });
    written = writing;
    return writing;
  }

  async function flush(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    for (const owner of [...changed]) {
      await write(owner).catch((error: unknown) => {
        log.warn({ error: toLogged(error) }, "slack.uploads.unwritten");
      });
    }
  }

  async function read(owner: string): Promise<void> {
    const parsed = z.record(z.string(), upload).safeParse((await keep.get(`upload:${owner}`)) ?? {});
    for (const [id, one] of Object.entries(parsed.data ?? {})) if (!open.has(id)) before.set(id, one);
  }

  return {
    async note(ids, of) {
      const isKnown = ids.every((id) => open.has(id) && open.get(id)?.spot?.ts === of.spot?.ts);
      for (const id of ids) {
        before.delete(id);
        open.set(id, of);
      }
      changed.add(of.owner);
      if (!isKnown) await write(of.owner);
    },
    forget(ids) {
      for (const id of ids) {
        const owner = (open.get(id) ?? before.get(id))?.owner;
        open.delete(id);
        before.delete(id);
        if (owner !== undefined) changed.add(owner);
      }
    },
    flushSoon() {
      asked.clear(); // what is over is not asked for again
      if (changed.size > 0) timer ??= setTimeout(() => void flush(), soonMs).unref();
    },
    find: (owner, digest) =>
      before.entries().find(([, one]) => one.owner === owner && one.digest === digest)?.[0],
    left: () => new Map(),
    recall(owner) {
      const found = asked.get(owner) ?? read(owner);
      asked.set(owner, found);
      found.catch(() => asked.delete(owner));
      return found;
    },
    recalled: (owner) => [...before].flatMap(([id, one]) => (one.owner === owner ? [id] : [])),
    close: flush,
  };
}

/** Those of one process after another. Rejects with BotError `storage`. */
export async function readUploads(keep: Keep, log: Log): Promise<Uploads> {
  const parsed = z.record(z.string(), upload).safeParse((await keep.get(place)) ?? {});
  if (!parsed.success) log.warn({ error: toLogged(parsed.error) }, "slack.uploads.unread");
  const before = new Map(Object.entries(parsed.data ?? {}));
  const open = new Map<string, Upload>();
  let isChanged = false;
  let timer: NodeJS.Timeout | undefined;
  let written: Promise<void> = Promise.resolve();
  let next: Promise<void> | undefined;

  function write(): Promise<void> {
    next ??= written
      .catch(() => {})
      .then(() => {
        next = undefined;
        isChanged = false;
        written = keep.set(place, Object.fromEntries([...before, ...open])).catch((error: unknown) => {
          isChanged = true;
          throw error;
        });
        return written;
      });
    return next;
  }

  async function flush(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    if (!isChanged) return;
    await write().catch((error: unknown) => {
      log.warn({ error: toLogged(error) }, "slack.uploads.unwritten");
    });
  }

  return {
    async note(ids, of) {
      const isKnown = ids.every((id) => open.has(id) && open.get(id)?.spot?.ts === of.spot?.ts);
      for (const id of ids) {
        before.delete(id);
        open.set(id, of);
      }
      isChanged = true;
      if (!isKnown) await write();
    },
    forget(ids) {
      for (const id of ids) isChanged = before.delete(id) || open.delete(id) || isChanged;
    },
    flushSoon() {
      if (isChanged) timer ??= setTimeout(() => void flush(), soonMs).unref();
    },
    find: (owner, digest) =>
      before.entries().find(([, one]) => one.owner === owner && one.digest === digest)?.[0],
    left: () => before,
    recall: async () => {}, // they are known
    recalled: () => [], // they are swept
    close: flush,
  };
}
