import type { KeyvStoreAdapter } from "keyv";

/** A row as Keyv writes it: the key with its namespace, the value serialised. Without a value: it is deleted. */
export interface Row {
  readonly key: string;
  readonly value?: string;
  /** It is forgotten after so many ms. */
  readonly lifeMs?: number;
}

/** Some of the keys there are, and where the next ones begin; absent: these were the last. */
export interface KeyPage {
  readonly keys: readonly string[];
  readonly next?: string;
}

/** A row as somebody has read it, the value serialised; without one, there was none. */
export interface Seen {
  readonly key: string;
  readonly value?: string | undefined;
}

/** One of Keyv's stores, and what Keyv asks of none: to write several rows as one, and to list keys. */
export type Backend = KeyvStoreAdapter & {
  /** All of them or none. Each key comes once. */
  write(rows: readonly Row[]): Promise<void>;
  /** The same, if what was seen is still so: false where it is not, and then nothing is written. */
  writeIf(seen: readonly Seen[], rows: readonly Row[]): Promise<boolean>;
  /**
   * Keys that begin so, from the start or from where a page said that the next one begins. What is there all the while
   * comes once at least, in any order; what has run out may come, too.
   */
  keys(start: string, from?: string): Promise<KeyPage>;
  /** Where a damaged file was moved to before a new one was begun. */
  readonly setAside?: string;
};
