import type { z } from "zod";
import type { Seen } from "./backends/backend.ts";
import type { Change, Table, Tables } from "./table.ts";

/** A value, and how it is written in the store. */
interface Look {
  readonly seen: Seen;
  readonly value: unknown;
}

/**
 * Tables that read each key once, and keep what is to be written until it is asked for. `see` looks into the store; `call`
 * is what every reading goes through.
 */
export function createTransaction(
  see: (key: string) => Promise<Look>,
  call: <T>(read: () => Promise<T>) => Promise<T>,
): {
  readonly tables: Tables;
  /** What has been read. */
  readonly seen: readonly Seen[];
  /** What is to be written, by its table and key. */
  readonly changes: ReadonlyMap<string, Change>;
} {
  const looks = new Map<string, Promise<unknown>>();
  const seen: Seen[] = [];
  const changes = new Map<string, Change>();

  async function look(whole: string): Promise<unknown> {
    const found = await see(whole);
    seen.push(found.seen);
    return found.value;
  }

  function read(whole: string): Promise<unknown> {
    const change = changes.get(whole);
    if (change) return Promise.resolve("delete" in change ? undefined : change.value);
    const before = looks.get(whole) ?? look(whole);
    looks.set(whole, before);
    return before;
  }

  function table<Schema extends z.ZodType>(name: string, schema: Schema): Table<z.output<Schema>> {
    const change = (one: Change) => void changes.set(`${name}:${one.key}`, one);
    return {
      get: (key) =>
        call(async () => {
          const value = await read(`${name}:${key}`);
          return value === undefined ? undefined : schema.parse(value);
        }),
      set: async (key, value, lifeMs) =>
        change({ table: name, key, value, ...(lifeMs !== undefined && { lifeMs }) }),
      delete: async (key) => change({ table: name, key, delete: true }),
    };
  }

  return { tables: { table }, seen, changes };
}
