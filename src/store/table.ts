import type { z } from "zod";

/**
 * Tables of JSON values by key: all of the store's, or those of one who reads and writes as one, where what is written is
 * seen by that one alone until the end.
 */
export interface Tables {
  /** Values are checked against the schema when they are read: another version may have written them. */
  table<Schema extends z.ZodType>(name: string, schema: Schema): Table<z.output<Schema>>;
}

/** Every call rejects with BotError `storage` when the store fails: nothing is forgotten in silence. */
export interface Table<Value> {
  get(key: string): Promise<Value | undefined>;
  /** `lifeMs`: it is forgotten after so many ms; kept for good unless said. */
  set(key: string, value: Value, lifeMs?: number): Promise<void>;
  delete(key: string): Promise<void>;
}

/** A table that can be looked through. */
export interface ListedTable<Value> extends Table<Value> {
  /**
   * The keys that begin so, a few hundred at a time. What is there all the while comes once at least, in any order; what
   * has run out may come, too. A store on a server may have to look at all that it keeps. What is in a table whose name
   * goes on from this one's behind a colon comes, too.
   */
  keys(start?: string): AsyncIterable<readonly string[]>;
}

/** What `Table` does to one key, as a part of something more. */
export type Change =
  | { readonly table: string; readonly key: string; readonly value: unknown; readonly lifeMs?: number }
  | { readonly table: string; readonly key: string; readonly delete: true };
