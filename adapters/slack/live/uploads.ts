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
  /** Those of the process before that nobody has noted again or forgotten. */
  left(): ReadonlyMap<string, Upload>;
  /** Writes down what was forgotten. Never rejects. */
  close(): Promise<void>;
}

const place = "uploads";
const soonMs = 1000;

/** Rejects with BotError `storage`. */
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
    close: flush,
  };
}
