import type { Place } from "../../../src/seam/turn.ts";
import type { Admin } from "../../../src/seam/watch/admin.ts";

type NameOf = Admin["nameOf"];

/** The same, with where it was asked in people's own words: "The Quay, #pictures". Absent where that is not known. */
export function withWhere<Thing extends { readonly place?: Place }>(
  thing: Thing,
  nameOf: NameOf,
): Thing & { readonly where?: string } {
  const { community, channel } = thing.place ?? {};
  const names = [community, channel].flatMap((key) => (key && nameOf(key)) || []);
  return names.length > 0 ? { ...thing, where: names.join(", ") } : thing;
}

/** Rows with the names of what they are of, where those are not with them. */
export function withNames<Row extends { readonly of: string; readonly name?: string }>(
  rows: readonly Row[],
  nameOf: NameOf,
): readonly Row[] {
  return rows.map((row) => {
    const name = row.name ?? nameOf(row.of);
    return name === undefined ? row : { ...row, name };
  });
}
