import { EventEmitter } from "node:events";
import { type Stats, statSync } from "node:fs";
import type { DatabaseSync } from "node:sqlite";
import { setTimeout as sleep } from "node:timers/promises";
import type { Backend, KeyPage, Row, Seen } from "./backend.ts";
import { isBusy, openSqliteFile, retryMs, sweepSql } from "./sqlite-file.ts";
import { type SqliteLog, takeOverLog } from "./sqlite-log.ts";

/** Keys that are listed at once. */
const pageSize = 500;

/** SQLite orders keys by their bytes, and no character has greater ones. */
const lastCharacter = "\u{10ffff}";

/** Rows that are written as one, and who waits for them. */
interface Group {
  readonly rows: readonly Row[];
  /** They are written only if this is still so. */
  readonly seen?: readonly Seen[];
  /** When who waits gives up, in ms on the process's own clock. */
  readonly until: number;
  /** Hears how many rows there were to delete; undefined: what was seen is not so any more. */
  resolve(deleted: number | undefined): void;
  reject(error: unknown): void;
}

/**
 * A Keyv store on Node's own SQLite: the embedded default. `path` may be `:memory:`.
 *
 * Throws as `openSqliteFile` does, which says what is done about a damaged one.
 */
export async function createSqliteStore(
  path: string,
  { limitMs = 2000, patienceMs = 5000 }: { limitMs?: number; patienceMs?: number } = {},
): Promise<Backend> {
  const { database, setAside } = await openSqliteFile(path, patienceMs);
  const store = createStoreOn(database, path, limitMs);
  return setAside === undefined ? store : Object.assign(store, { setAside });
}

/**
 * The same on a database that `openSqliteFile` has opened.
 *
 * Write-ahead logging: what `set` has resolved survives a killed process and a power cut. What is set within one tick is
 * written as one; should that fail, each is tried by itself. A file that somebody else has locked is waited for, up to
 * `limitMs`, and what was given up is never written later.
 *
 * SQLite works in this thread, and would wait for the disk in it. It leaves that to us, but for the moments in which it
 * moves its log into the file: what is written is brought to the disk beside all else, and who set it hears of it then.
 * What the disk does not take, or not in ten times `limitMs`, rejects, and may be there all the same.
 *
 * A file that is taken away while it is open can be read and takes nothing more, until it is back in its place.
 */
export function createStoreOn(database: DatabaseSync, path: string, limitMs: number): Backend {
  const checkPlace = createPlaceCheck(path);
  const log = takeOverLog(database, path, 10 * limitMs);
  const sweep = database.prepare(sweepSql);
  const select = database.prepare("SELECT value FROM keyv WHERE key = ?");
  const upsert = database.prepare(
    "INSERT INTO keyv (key, value, expires) VALUES (?, ?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value, expires = excluded.expires",
  );
  const remove = database.prepare("DELETE FROM keyv WHERE key = ?");
  const list = database.prepare(
    "SELECT key FROM keyv WHERE key >= ? AND key < ? AND key > ? ORDER BY key LIMIT ?",
  );
  let isClosed = false;
  const waiting: Group[] = [];
  const waitingKeys = new Set<string>();
  let isScheduled = false;

  function put({ key, value, lifeMs }: Row): number {
    if (value === undefined) return Number(remove.run(key).changes);
    if (lifeMs) sweep.run(Date.now());
    upsert.run(key, value, lifeMs ? Date.now() + lifeMs : null);
    return 0;
  }

  function commit(groups: readonly Group[]): void {
    checkPlace();
    log?.mend();
    const deleted = atomically(database, () =>
      groups.map(({ rows, seen = [] }) =>
        seen.every(isSo) ? rows.reduce((sum, row) => sum + put(row), 0) : undefined,
      ),
    );
    if (log) void tellWhenSafe(log, groups, deleted);
    else tell(groups, deleted);
  }

  async function tellWhenSafe(
    { sync }: SqliteLog,
    groups: readonly Group[],
    deleted: readonly (number | undefined)[],
  ): Promise<void> {
    try {
      await sync();
    } catch (error) {
      for (const { reject } of groups) reject(error);
      return;
    }
    tell(groups, deleted);
  }

  /** One after the other, the loop's other work in between: each goes on at once, and all of them would hold it up. */
  function tell(
    [group, ...others]: readonly Group[],
    [deleted, ...rest]: readonly (number | undefined)[],
  ): void {
    group?.resolve(deleted);
    if (others.length > 0) setImmediate(tell, others, rest);
  }

  function isSo({ key, value }: Seen): boolean {
    return select.get(key)?.value === value;
  }

  function flush(): void {
    const groups = waiting.splice(0);
    waitingKeys.clear();
    if (groups.length === 0) return;
    try {
      commit(groups);
    } catch (error) {
      if (groups.length === 1 || isBusy(error)) fail(groups, error);
      else commitEach(groups);
    }
  }

  function commitEach(groups: readonly Group[]): void {
    for (const [index, group] of groups.entries()) {
      try {
        commit([group]);
      } catch (error) {
        // Those behind it wait too: of two that set the same key the later one wins.
        if (isBusy(error)) {
          fail(groups.slice(index), error);
          return;
        }
        group.reject(error);
      }
    }
  }

  /** A file that is locked is tried again, as long as somebody waits for it. */
  function fail(groups: readonly Group[], error: unknown): void {
    for (const group of groups) {
      if (isBusy(error) && performance.now() < group.until) wait(group);
      else group.reject(error);
    }
    if (waiting.length > 0) schedule((work) => setTimeout(work, retryMs));
  }

  function wait(group: Group): void {
    waiting.push(group);
    for (const { key } of group.rows) waitingKeys.add(key);
  }

  function schedule(at: (work: () => void) => void): void {
    if (isScheduled) return;
    isScheduled = true;
    at(() => {
      isScheduled = false;
      flush();
    });
  }

  async function write(rows: readonly Row[], seen?: readonly Seen[]): Promise<number | undefined> {
    const { promise, resolve, reject } = Promise.withResolvers<number | undefined>();
    if (isClosed) throw new Error("the store was closed");
    wait({ rows, ...(seen && { seen }), until: performance.now() + limitMs, resolve, reject });
    schedule(setImmediate);
    return promise;
  }

  async function read<T>(look: () => T, until = performance.now() + limitMs): Promise<T> {
    try {
      return look();
    } catch (error) {
      if (!isBusy(error) || performance.now() > until) throw error;
      await sleep(retryMs);
      return read(look, until);
    }
  }

  const store = {
    opts: { dialect: "sqlite", url: `sqlite:${path}` },
    async get(key: string) {
      // Who reads finds what was set before, also when it was a moment ago.
      if (waitingKeys.has(key)) flush();
      return read(() => select.get(key)?.value);
    },
    async set(key: string, value: string, lifeMs?: number) {
      await write([{ key, value, ...(lifeMs && { lifeMs }) }]);
      return true;
    },
    delete: async (key: string) => ((await write([{ key }])) ?? 0) > 0,
    async write(rows: readonly Row[]) {
      await write(rows);
    },
    async keys(start: string, from = ""): Promise<KeyPage> {
      flush();
      const found = await read(() => list.all(start, `${start}${lastCharacter}`, from, pageSize));
      const keys = found.map(({ key }) => String(key));
      const last = keys.length === pageSize ? keys.at(-1) : undefined;
      return { keys, ...(last !== undefined && { next: last }) };
    },
    writeIf: async (seen: readonly Seen[], rows: readonly Row[]) => (await write(rows, seen)) !== undefined,
    async clear() {
      flush();
      database.exec("DELETE FROM keyv");
      await log?.sync();
    },
    async disconnect() {
      flush();
      isClosed = true;
      for (const { reject } of waiting.splice(0)) reject(new Error("the store was closed"));
      await log?.close();
      if (database.isOpen) database.close();
    },
  };
  // Keyv's adapter type wants an emitter for errors that no call carries; here every error is thrown by its call.
  return Object.assign(new EventEmitter(), store) as unknown as Backend;
}

function atomically<T>(database: DatabaseSync, change: () => T): T {
  database.exec("BEGIN IMMEDIATE");
  try {
    const result = change();
    database.exec("COMMIT");
    return result;
  } catch (error) {
    if (database.isTransaction) database.exec("ROLLBACK");
    throw error;
  }
}

/** Throws where the file that was opened is not what lies there now: SQLite would write on into what nobody finds. */
function createPlaceCheck(path: string): () => void {
  if (path === ":memory:") return () => {};
  const look = (): Stats | undefined => statSync(path, { throwIfNoEntry: false });
  const opened = look();
  return () => {
    const found = look();
    if (!found) throw new Error(`${path} is gone; it is to be put back`);
    if (found.ino !== opened?.ino || found.dev !== opened.dev) {
      throw new Error(`${path} is another file than at the start; Drawbridge is to be started anew`);
    }
  };
}
