import { z } from "zod";
import type { Store } from "./store.ts";
import type { Change } from "./table.ts";

/** What is kept of people beside what is found by their own id, each by the table that it is in. */
export const ownedKinds = ["generation", "file", "kept", "unfinished", "unfinished-file", "spool"] as const;

export type OwnedKind = (typeof ownedKinds)[number];

/** Something that is kept of a person: whose, what, since when, and its key there. */
export interface Owned {
  /** A `User.id`: it has no spaces. */
  readonly owner: string;
  readonly kind: OwnedKind;
  /** Unix time, ms. */
  readonly at: number;
  readonly id: string;
}

const table = "owned";
const known = new RegExp(`^(\\S+) (${ownedKinds.join("|")}) ([0-9a-z]{9}) (\\S+)$`);

/**
 * That it is theirs, to be written together with what it is: no crash leaves the one without the other. `lifeMs`: as
 * long as that is kept.
 */
export function toOwnedChange(owned: Owned, lifeMs?: number): Change {
  return { table, key: toKey(owned), value: 1, ...(lifeMs && { lifeMs }) };
}

/** That it is theirs no more, to be written as it goes. */
export function toDisownedChange(owned: Owned): Change {
  return { table, key: toKey(owned), delete: true };
}

/** What is kept of a person, or of everybody, some at a time and in no order. What has run out may come, too. */
export async function* listOwned(
  store: Store,
  owner?: string,
  kind?: OwnedKind,
): AsyncGenerator<readonly Owned[]> {
  const start = owner === undefined ? "" : `${owner} ${kind ? `${kind} ` : ""}`;
  for await (const keys of store.table(table, z.unknown()).keys(start)) {
    yield keys.flatMap((key) => parse(key) ?? []);
  }
}

/** The key alone says it all, and is ordered by time: whoever looks for what is old reads nothing else. */
function toKey({ owner, kind, at, id }: Owned): string {
  return `${owner} ${kind} ${Math.max(0, Math.floor(at)).toString(36).padStart(9, "0")} ${id}`;
}

function parse(key: string): Owned | undefined {
  const [, owner = "", kind = "", at = "", id = ""] = known.exec(key) ?? [];
  return id === "" ? undefined : { owner, kind: kind as OwnedKind, at: Number.parseInt(at, 36), id }; // as the pattern has it
}
