import { createBounded } from "../../../../src/seam/bounded.ts";
import type { ListedKeep, Shared } from "../../../../src/seam/core.ts";
import { whetherHeld } from "../../../../src/seam/held.ts";
import type { Log } from "../../../../src/seam/log.ts";
import { toLogged } from "../../wire/trouble.ts";
import { createRecords, type Noted, type Upload } from "./records.ts";

/**
 * The files that nobody may know of when the process ends: each is noted before its bytes are sent, until it is gone or
 * belongs to an answer that stays. Those of one answer are one record: whoever takes over goes on with it. Those that are
 * noted at the same time share a write, and that one is forgotten is written with the next, or a moment after an answer
 * is over.
 */
export interface Uploads {
  /** Rejects with BotError `storage` where that cannot be written down yet. */
  note(ids: readonly string[], of: Upload): Promise<void>;
  forget(ids: readonly string[]): void;
  /** These belong to an answer that stays: they are forgotten, and others that had it know so. */
  settle(owner: string, ids: readonly string[]): void;
  /**
   * Another process may have had that answer meanwhile: what is noted of it is read anew, and what this one noted before it
   * lost the answer is left, but for what is `own` to whoever has it now. Rejects the same.
   */
  reread(owner: string, own: ReadonlySet<string>): Promise<void>;
  /** Writes down what was forgotten, a moment later. */
  flushSoon(): void;
  /** The file of the process before with that in it, for that answer. Rejects with BotError `storage`. */
  find(owner: string, digest: string): Promise<string | undefined>;
  /** Those of that answer that nobody has noted again or forgotten, by this process or others. Rejects the same. */
  left(owner: string): Promise<ReadonlyMap<string, Upload>>;
  /** The same of all answers; where other processes may be at work, of those alone that none can be at any more. */
  allLeft(): Promise<ReadonlyMap<string, Upload>>;
  /**
   * What this process noted at least `ms` ago for an answer that it has no more, and that another has ended since without
   * it. Rejects the same.
   */
  lost(ms: number): Promise<ReadonlyMap<string, Upload>>;
  /** They stay noted, for whoever looks at all that is left; this process has nothing to do with them any more. */
  leave(ids: readonly string[]): void;
  /** Writes down what was forgotten. Never rejects. */
  close(): Promise<void>;
}

const soonMs = 1000;

/** Ms until what could not be written down is tried again. */
const againMs = 5000;

/** Whoever has an answer is done with it by then, in ms: a platform that is down is waited for for half of that. */
const longMs = 24 * 3600 * 1000;
/** An answer that nobody has ended by then is not looked at again by who has lost it, in ms. */
const endlessMs = 3600 * 1000;
/** Answers whose record is known to have been read, and those that are known to be over. */
const mostKnown = 5000;

/** `now`: Unix time, ms. `bus`: other processes may be at work. */
export function createUploads(
  keep: ListedKeep,
  of: { readonly log: Log; readonly now: () => number; readonly bus?: Shared["bus"] | undefined },
): Uploads {
  const { log, now, bus } = of;
  const isShared = bus !== undefined;
  const records = createRecords(keep, { log, now, bus });
  const before = new Map<string, Upload>();
  const open = new Map<string, Upload>();
  /** Whether this process has the answer still for which it noted that, as far as that is known. */
  const held = new Map<string, () => boolean>();
  /** By answer, what is shown of one that is over. */
  const over = createBounded<string, Noted["shown"]>(mostKnown);
  /** By answer, what its record is not to name any more, and whether the answer is over, once it has been written. */
  const dropped = new Map<string, Set<string>>();
  const turned = new Map<string, { readonly shown: Noted["shown"] }>();
  const reads = createBounded<string, Promise<void>>(mostKnown);
  const writes = new Map<string, { readonly running: Promise<void>; next?: Promise<void> }>();
  const changed = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  let isClosed = false;

  const isOf =
    (owner: string) =>
    ([, one]: readonly [string, Upload]): boolean =>
      one.owner === owner;

  async function readOnce(owner: string): Promise<void> {
    const found = await records.read(owner);
    const turn = turned.get(owner);
    const gone = dropped.get(owner);
    const files = { ...(turn && without(found?.shown, turn.shown)), ...found?.files };
    for (const [id, one] of Object.entries(files)) if (!open.has(id) && !gone?.has(id)) before.set(id, one);
    if (turn) return;
    if (found?.shown) over.set(owner, found.shown);
    else over.delete(owner);
  }

  function read(owner: string): Promise<void> {
    return reads.get(owner) ?? readAnew(owner);
  }

  function readAnew(owner: string): Promise<void> {
    const reading = readOnce(owner);
    reads.set(owner, reading);
    reading.catch(() => reads.delete(owner)); // it is asked for again
    return reading;
  }

  /** Others may note something of the same answer. */
  async function merge(owner: string, found: Noted | undefined): Promise<Noted> {
    const own = Object.fromEntries([...open].filter(isOf(owner)));
    if (!isShared) {
      await read(owner);
      return { files: { ...Object.fromEntries([...before].filter(isOf(owner))), ...own } };
    }
    const turn = turned.get(owner);
    const { shown } = turn ?? found ?? {};
    const more = turn && without(found?.shown, shown);
    const files = without({ ...more, ...found?.files, ...own }, shown);
    for (const id of dropped.get(owner) ?? []) delete files[id];
    return { files, ...(shown && { shown }) };
  }

  async function put(owner: string): Promise<void> {
    changed.delete(owner);
    const [gone, turn] = [[...(dropped.get(owner) ?? [])], turned.get(owner)];
    try {
      const found = isShared ? await records.read(owner) : undefined;
      await records.write(owner, await merge(owner, found), found?.at);
    } catch (error) {
      changed.add(owner);
      throw error;
    }
    if (turned.get(owner) === turn) turned.delete(owner);
    const more = dropped.get(owner);
    for (const id of gone) more?.delete(id);
    if (more?.size === 0) dropped.delete(owner);
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
          flushIn(againMs);
        }),
      ),
    );
  }

  function flushIn(ms: number): void {
    if (changed.size > 0 && !isClosed) timer ??= setTimeout(() => void flush(), ms).unref();
  }

  /** It is in nobody's hands here. */
  function shut(id: string): void {
    open.delete(id);
    held.delete(id);
  }

  function drop(id: string): void {
    const owner = (before.get(id) ?? open.get(id))?.owner;
    if (owner === undefined) return;
    before.delete(id);
    shut(id);
    dropped.set(owner, (dropped.get(owner) ?? new Set()).add(id));
    changed.add(owner);
  }

  /** Whoever notes something of an answer that is over has it again: nothing is known to belong to it. */
  function takeAgain(owner: string): void {
    const shown = over.get(owner);
    if (!shown) return;
    over.delete(owner);
    for (const [id, one] of Object.entries(shown)) {
      dropped.get(owner)?.delete(id);
      if (!open.has(id)) before.set(id, one);
    }
    turned.set(owner, { shown: undefined });
  }

  function leftOf(owner: string): Map<string, Upload> {
    const shown = Object.entries(over.get(owner) ?? {}).filter(([id]) => !open.has(id));
    return new Map([...[...before].filter(isOf(owner)), ...shown]);
  }

  function leave(ids: readonly string[]): void {
    for (const id of ids) {
      const one = open.get(id);
      if (!one) continue;
      shut(id);
      before.set(id, one);
    }
  }

  // What a server has lost is read anew, and what could not be written is written.
  const stop = bus?.onMissed(() => {
    reads.clear();
    void flush();
  });

  return {
    async note(ids, upload) {
      const { owner, spot } = upload;
      const isKnown = ids.every((id) => open.has(id) && open.get(id)?.spot?.ts === spot?.ts);
      const isHeld = whetherHeld();
      for (const id of ids) {
        if (isHeld) held.set(id, isHeld);
        before.delete(id);
        dropped.get(owner)?.delete(id);
        open.set(id, upload);
      }
      changed.add(owner);
      await read(owner);
      takeAgain(owner);
      if (!isKnown) await write(owner);
    },
    forget(ids) {
      for (const id of ids) drop(id);
    },
    settle(owner, ids) {
      const all = [...before, ...open, ...Object.entries(over.get(owner) ?? {})];
      const shown = Object.fromEntries(all.filter(([id, one]) => one.owner === owner && ids.includes(id)));
      for (const id of ids) drop(id);
      if (!isShared) return;
      over.set(owner, shown);
      turned.set(owner, { shown });
      changed.add(owner);
      // Others may be at it again before long.
      void flush();
    },
    async reread(owner, own) {
      if (!isShared) return;
      await readAnew(owner);
      leave([...open].filter(isOf(owner)).flatMap(([id]) => (own.has(id) ? [] : [id])));
    },
    flushSoon: () => flushIn(soonMs),
    async find(owner, digest) {
      await read(owner);
      return [...leftOf(owner)].find(([, one]) => one.digest === digest)?.[0];
    },
    async left(owner) {
      await (isShared ? readAnew(owner) : read(owner));
      return leftOf(owner);
    },
    async allLeft() {
      for await (const owners of records.owners()) {
        for (const owner of owners) await read(owner);
      }
      return new Map([...before].filter(([, { at }]) => !isShared || now() - at > longMs));
    },
    async lost(ms) {
      if (!isShared) return new Map();
      const old = [...open].filter(([id, { at }]) => now() - at >= ms && held.get(id)?.() === false);
      const all = new Map<string, Upload>();
      for (const owner of new Set(old.map(([, one]) => one.owner))) {
        await readAnew(owner);
        const shown = over.get(owner);
        for (const [id, one] of old.filter(isOf(owner))) {
          if (open.get(id) !== one || turned.has(owner)) continue;
          if (shown?.[id]) drop(id);
          else if (shown) all.set(id, one);
          else if (now() - one.at > endlessMs) leave([id]);
        }
      }
      return all;
    },
    leave,
    async close() {
      isClosed = true;
      stop?.();
      records.close();
      await flush();
    },
  };
}

function without(files: Noted["shown"], others: Noted["shown"]): Record<string, Upload> {
  return Object.fromEntries(Object.entries(files ?? {}).filter(([id]) => !others?.[id]));
}
