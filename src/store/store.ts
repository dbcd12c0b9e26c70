import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { Keyv } from "keyv";
import type { z } from "zod";
import type { Log } from "../seam/log.ts";
import type { Backend, Row, Seen } from "./backends/backend.ts";
import type { Patience } from "./backends/patient.ts";
import { createSqliteStore } from "./backends/sqlite.ts";
import { sqlitePath } from "./backends/sqlite-file.ts";
import { createHealth, type Health, isUnreadable, toStorageError } from "./backends/trouble.ts";
import { kindOf } from "./kind.ts";
import type { Lease } from "./lock/lease.ts";
import type { Lock, Takeover } from "./lock/lock.ts";
import { lockStore } from "./lock/store-lock.ts";
import type { Change, ListedTable, Tables } from "./table.ts";
import { createTransaction } from "./transaction.ts";

/** What the core keeps: tables of JSON values by key. */
export interface Store extends Tables {
  /** `sqlite`, `redis`, `postgres` or `memory`. */
  readonly kind: string;
  /** Where the store that was there is now: it was damaged, and this one is begun anew. */
  readonly setAside?: string;
  table<Schema extends z.ZodType>(name: string, schema: Schema): ListedTable<z.output<Schema>>;
  /**
   * Writes what belongs together as one: after it, or after a crash in the middle of it, all of it is there or none. Of
   * two changes of one key the later one counts. Rejects as a table's calls do.
   */
  write(changes: readonly Change[]): Promise<void>;
  /**
   * Reads and writes as one: what `work` has read is still so when all that it has written is, whoever else writes at the
   * same time, in this process or another. Where that is not so, `work` is done again, with what is there now; so it does
   * nothing beside, and whoever has many of one key at once lets them go one after another.
   *
   * Rejects as a table's calls do, and with what `work` rejects with: then nothing is written. After a crash, or a call
   * that was given up, all of it is there or none.
   */
  transact<Result>(work: (within: Tables) => Promise<Result>): Promise<Result>;
  close(): Promise<void>;
}

export interface StoreOptions {
  /** Hears when the store begins to fail, and when it is back. */
  readonly log?: Log;
  /** How long a call may take, in ms. Less than the three seconds that Discord waits for an acknowledgement. */
  readonly limitMs?: number;
  /** How long the store may take to be connected to, in ms. */
  readonly connectMs?: number;
  /** After so many ms without an answer a connection to a server is given up for another. */
  readonly silentMs?: number;
  /** How to have the store to oneself. Absent: it is shared, by whoever knows what they do. */
  readonly alone?: Takeover;
  /** How to wait for an older version, which has a store on a server to itself, before it is shared. */
  readonly older?: Takeover;
  /** For who looks at the store of a process that runs: no value is written to see that this works. */
  readonly readsOnly?: boolean;
}

/** How often what is read and written as one is tried, and after how many ms again, times the tries so far, at most. */
const mostTries = 100;
const againMs = 5;

/**
 * Opens the store that a URL names: `sqlite:path`, `redis://…`, `postgres://…`, `memory:`.
 *
 * Writes and reads one value before it resolves, so that a wrong address is known at the start. Throws BotError `storage`.
 *
 * A call that takes longer than `limitMs` rejects. Writes of one key are carried out in the order in which they were
 * asked for, also when one of them was given up; `createPatient` says what that leaves open.
 */
export async function openStore(url: string, options: StoreOptions = {}): Promise<Store> {
  const { log, limitMs = 2000, connectMs = 5000, silentMs = 10_000, alone, older, readsOnly } = options;
  const kind = kindOf(url);
  if (older) await guarded(kind, () => waitForOlder(kind, url, older));
  const lock = alone && (await guarded(kind, () => lockStore(kind, url, alone)));
  const patience = { connectMs, limitMs, silentMs, mayWrite: () => !readsOnly && (!lock || lock.isHeld()) };
  let backend: Backend | undefined;
  try {
    backend = await guarded(kind, () => connect(kind, url, patience));
    if (backend.setAside) log?.error({ file: backend.setAside }, "store.damaged: set aside and begun anew");
    if (readsOnly) return openTables(kind, backend, log);
    return await createStore(kind, backend, { log, lock });
  } catch (error) {
    await Promise.resolve(backend?.disconnect?.()).catch(() => {});
    await lock?.release().catch(() => {});
    throw error;
  }
}

/** How long several processes that start together may have to wait for one another, in ms. */
const togetherMs = 3000;

async function waitForOlder(kind: string, url: string, older: Takeover): Promise<void> {
  let said: NodeJS.Timeout | undefined;
  // Those that start together ask for it together, each for a moment.
  const patient: Takeover = {
    ...older,
    waitMs: Math.max(older.waitMs, togetherMs),
    onWait(words) {
      said = setTimeout(older.onWait, togetherMs, words);
    },
  };
  try {
    await (await lockStore(kind, url, patient))?.release();
  } finally {
    clearTimeout(said);
  }
}

/** How long what is written to see whether it can be read stays in a store that is shared, in ms. */
const tryMs = 60_000;

/** A store on a backend that is open. Rejects with BotError `storage` when what it writes cannot be read back. */
export async function createStore(
  kind: string,
  backend: Backend,
  { log, lock }: { log?: Log | undefined; lock?: (Lock & Partial<Lease>) | undefined } = {},
): Promise<Store> {
  const rows = createRows(backend);
  const mark: string = randomUUID();
  // Several that share it would read each other's mark.
  const place = lock ? "opened" : `opened:${mark}`;
  await guarded(kind, async () => {
    await rows.set(place, mark, lock ? undefined : tryMs);
    if ((await rows.get(place)) !== mark) throw new Error("what was written could not be read back");
  });
  // A store that has come back empty has no mark.
  lock?.confirmBy?.(async () => ((await rows.get("opened")) ?? mark) === mark);
  return createTables({ kind, rows, backend, lock, health: createHealth(kind, log) });
}

function openTables(kind: string, backend: Backend, log: Log | undefined): Store {
  return createTables({
    ...{ kind, rows: createRows(backend), backend, lock: undefined },
    health: createHealth(kind, log),
  });
}

/** Values as Keyv keeps them, by their whole key. */
function createRows(backend: Backend) {
  // Some of Keyv's stores report a lost connection by an event alone; the next call fails, and is reported, by itself.
  backend.on?.("error", () => {});
  // One Keyv for all tables: Keyv's stores hold one namespace each, and two Keyvs on one store would fight over it.
  const keyv = new Keyv({
    store: backend,
    namespace: "drawbridge",
    throwOnErrors: true,
    emitErrors: false,
  });

  async function toRows(changes: readonly Change[]): Promise<readonly Row[]> {
    const last = new Map(changes.map((change) => [`${change.table}:${change.key}`, change]));
    return Promise.all(Array.from(last, ([key, change]) => toRow(key, change)));
  }

  async function toRow(key: string, change: Change): Promise<Row> {
    const row = { key: keyv._getKeyPrefix(key) };
    if ("delete" in change) return row;
    const { value, lifeMs } = change;
    const expires = lifeMs ? Date.now() + lifeMs : undefined;
    // What Keyv's own `set` does with a value.
    const serialized = String(await keyv.serializeData({ value, expires }));
    return { ...row, value: serialized, ...(lifeMs && { lifeMs }) };
  }

  return {
    get: (key: string): Promise<unknown> => keyv.get(key),
    async set(key: string, value: unknown, lifeMs?: number) {
      if ((await keyv.set(key, value, lifeMs)) === false) throw new Error("the store did not take the value");
    },
    async delete(key: string) {
      await keyv.delete(key);
    },
    async keys(start: string, from?: string) {
      const { keys, next } = await backend.keys(keyv._getKeyPrefix(start), from);
      const before = keyv._getKeyPrefix("").length;
      return { keys: keys.map((key) => key.slice(before)), next };
    },
    async write(changes: readonly Change[]) {
      if (changes.length > 0) await backend.write(await toRows(changes));
    },
    /** What is there, and how it is written there: what Keyv's own `get` makes of that. */
    async see(key: string): Promise<{ readonly seen: Seen; readonly value: unknown }> {
      const row = keyv._getKeyPrefix(key);
      const raw = await backend.get<string>(row);
      if (typeof raw !== "string") return { seen: { key: row }, value: undefined };
      const found = await keyv.deserializeData<unknown>(raw);
      const isThere = found && !(typeof found.expires === "number" && Date.now() > found.expires);
      return { seen: { key: row, value: raw }, value: isThere ? found.value : undefined };
    },
    writeIf: async (seen: readonly Seen[], changes: readonly Change[]) =>
      backend.writeIf(seen, await toRows(changes)),
  };
}

function createTables(parts: {
  kind: string;
  rows: ReturnType<typeof createRows>;
  backend: Backend;
  lock: Lock | undefined;
  health: Health;
}): Store {
  const { kind, rows, backend, lock, health } = parts;

  function call<T>(sort: "read" | "write", work: () => Promise<T>): Promise<T> {
    return guarded(kind, async () => {
      try {
        const result = await work();
        health.worked(sort);
        return result;
      } catch (error) {
        if (!isUnreadable(error)) health.failed(sort, error);
        throw error;
      }
    });
  }

  return {
    kind,
    ...(backend.setAside !== undefined && { setAside: backend.setAside }),
    table(name, schema) {
      return {
        get: (key) =>
          call("read", async () => {
            const value = await rows.get(`${name}:${key}`);
            return value === undefined ? undefined : schema.parse(value);
          }),
        set: (key, value, lifeMs) => call("write", () => rows.set(`${name}:${key}`, value, lifeMs)),
        delete: (key) => call("write", () => rows.delete(`${name}:${key}`)),
        async *keys(start = "") {
          let from: string | undefined;
          do {
            const { keys, next } = await call("read", () => rows.keys(`${name}:${start}`, from));
            yield keys.map((key) => key.slice(name.length + 1));
            from = next;
          } while (from !== undefined);
        },
      };
    },
    write: (changes) => call("write", () => rows.write(changes)),
    async transact(work) {
      for (let tries = 1; ; tries += 1) {
        const read = <T>(look: () => Promise<T>) => call("read", look);
        const { tables, seen, changes } = createTransaction(rows.see, read);
        const result = await work(tables);
        if (changes.size === 0) return result;
        if (await call("write", () => rows.writeIf(seen, [...changes.values()]))) return result;
        if (tries === mostTries) throw toStorageError(kind, new Error("others were faster each time"));
        await sleep(Math.random() * Math.min(tries, 10) * againMs);
      }
    },
    async close() {
      try {
        await guarded(kind, async () => backend.disconnect?.());
      } finally {
        await lock?.release();
      }
    },
  };
}

async function connect(
  kind: string,
  url: string,
  patience: Omit<Patience, "reconnect"> & { connectMs: number },
): Promise<Backend> {
  switch (kind) {
    case "sqlite":
      return createSqliteStore(sqlitePath(url), {
        limitMs: patience.limitMs,
        patienceMs: patience.connectMs,
      });
    case "memory":
      return createSqliteStore(":memory:");
    case "redis": {
      const { createRedisStore } = await import("./backends/redis.ts");
      return createRedisStore(url, patience);
    }
    case "postgres": {
      const { createPostgresStore } = await import("./backends/postgres.ts");
      return createPostgresStore(url, patience);
    }
    default:
      throw new Error(`no store is called ${kind}`);
  }
}

async function guarded<T>(kind: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw toStorageError(kind, cause);
  }
}
