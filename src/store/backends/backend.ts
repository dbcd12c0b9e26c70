import type { KeyvStoreAdapter } from "keyv";

/** A row as Keyv writes it: the key with its namespace, the value serialised. Without a value: it is deleted. */
export interface Row {
  readonly key: string;
  readonly value?: string;
  /** It is forgotten after so many ms. */
  readonly lifeMs?: number;
}

/** A row as somebody has read it, the value serialised; without one, there was none. */
export interface Seen {
  readonly key: string;
  readonly value?: string | undefined;
}

/** One of Keyv's stores, and what Keyv asks of none: to write several rows as one. */
export type Backend = KeyvStoreAdapter & {
  /** All of them or none. Each key comes once. */
  write(rows: readonly Row[]): Promise<void>;
  /** The same, if what was seen is still so: false where it is not, and then nothing is written. */
  writeIf(seen: readonly Seen[], rows: readonly Row[]): Promise<boolean>;
  /** Where a damaged file was moved to before a new one was begun. */
  readonly setAside?: string;
};
