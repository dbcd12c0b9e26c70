import { Keyv, type KeyvStoreAdapter } from "keyv";
import type { z } from "zod";
import { BotError } from "../seam/errors.ts";
import { createSqliteStore } from "./sqlite.ts";

/** What the core keeps: tables of JSON values by key. */
export interface Store {
  /** `sqlite`, `redis`, `postgres` or `memory`. */
  readonly kind: string;
  /** Values are checked against the schema when they are read: another version may have written them. */
  table<Schema extends z.ZodType>(name: string, schema: Schema): Table<z.output<Schema>>;
  close(): Promise<void>;
}

/** Every call rejects with BotError `storage` when the store fails: nothing is forgotten in silence. */
export interface Table<Value> {
  get(key: string): Promise<Value | undefined>;
  /** `lifeMs`: it is forgotten after so many ms; kept for good unless said. */
  set(key: string, value: Value, lifeMs?: number): Promise<void>;
  delete(key: string): Promise<void>;
}

/** How long a store may take to be connected to, in ms. */
const patienceMs = 5000;

/** A lost server is tried again for ever, ever more slowly; calls in the meantime fail and are reported. */
const reconnectStrategy = (retries: number) => Math.min(100 * 2 ** retries, 5000);

/**
 * Opens the store that a URL names: `sqlite:path`, `redis://…`, `postgres://…`, `memory:`.
 *
 * Writes and reads one value before it resolves, so that a wrong address is known at the start. Throws BotError `storage`.
 */
export async function openStore(url: string): Promise<Store> {
  const kind = url.slice(0, url.indexOf(":")).replace(/^(redis|postgres).*/, "$1");
  const guard = <T>(work: () => Promise<T>) => guarded(kind, work);
  const backend = await guard(() => connect(kind, url));
  // Some of Keyv's stores report a lost connection by an event alone; the next call fails, and is reported, by itself.
  backend.on?.("error", () => {});

  // One Keyv for all tables: Keyv's stores hold one namespace each, and two Keyvs on one store would fight over it.
  const keyv = new Keyv({ store: backend, namespace: "drawbridge", throwOnErrors: true, emitErrors: false });
  const read = (key: string): Promise<unknown> => keyv.get(key);
  const write = async (key: string, value: unknown, lifeMs?: number) => {
    if ((await keyv.set(key, value, lifeMs)) === false) throw new Error("the store did not take the value");
  };

  const store: Store = {
    kind,
    table(name, schema) {
      return {
        get: (key) =>
          guard(async () => {
            const value = await read(`${name}:${key}`);
            return value === undefined ? undefined : schema.parse(value);
          }),
        set: (key, value, lifeMs) => guard(() => write(`${name}:${key}`, value, lifeMs)),
        delete: (key) =>
          guard(async () => {
            await keyv.delete(`${name}:${key}`);
          }),
      };
    },
    close: () => guard(async () => backend.disconnect?.()),
  };
  await guard(async () => {
    await write("opened", Date.now());
    if ((await read("opened")) === undefined) throw new Error("what was written could not be read back");
  });
  return store;
}

async function connect(kind: string, url: string): Promise<KeyvStoreAdapter> {
  switch (kind) {
    case "sqlite":
      return createSqliteStore(url.slice("sqlite:".length).replace(/^\/\/(?=\/)/, ""));
    case "memory":
      return createSqliteStore(":memory:");
    case "redis": {
      const { default: KeyvRedis } = await import("@keyv/redis");
      return new KeyvRedis(
        { url, disableOfflineQueue: true, socket: { connectTimeout: patienceMs, reconnectStrategy } },
        { connectionTimeout: patienceMs, throwOnConnectError: true, throwOnErrors: true },
      );
    }
    case "postgres": {
      const { createPostgresStore } = await import("./postgres.ts");
      return createPostgresStore(url);
    }
    default:
      throw new Error(`no store is called ${kind}`);
  }
}

async function guarded<T>(kind: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw new BotError(
      "storage",
      `My memory (${kind}) does not answer, so I cannot keep track of this. Try again in a minute; if it stays, tell the admin.`,
      { cause },
    );
  }
}
