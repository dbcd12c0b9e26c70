import type { DatabaseSync, SQLInputValue } from "node:sqlite";
import { BotError } from "../../../../src/seam/errors.ts";
import type { Statement } from "./journal.ts";

interface TableName {
  readonly name: string;
  readonly hasRowid: boolean;
}

/** Those of ours. */
export function tablesOf(database: DatabaseSync): readonly TableName[] {
  const listed = database.prepare(
    "SELECT name, wr FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite_%'",
  );
  return listed.all().map(({ name, wr }) => ({ name: String(name), hasRowid: wr === 0 }));
}

/** All that there is, as statements that another database can run; with the rows' own numbers, by which some are in order. */
export function dump(database: DatabaseSync): readonly Statement[] {
  return tablesOf(database).flatMap(({ name, hasRowid }) => {
    const columns = database.prepare("SELECT name, type, pk FROM pragma_table_info(?)").all(name);
    const isNumbered = columns.some(({ type, pk }) => type === "INTEGER" && pk === 1);
    const names = [...(hasRowid && !isNumbered ? ["rowid"] : []), ...columns.map((column) => column.name)];
    const sql = `INSERT INTO ${name} (${names.join(", ")}) VALUES (${names.map(() => "?").join(", ")})`;
    const rows = database.prepare(`SELECT ${names.join(", ")} FROM ${name}`).all();
    return rows.map(
      (row): Statement => [sql, ...names.map((column) => toPlain(row[String(column)] ?? null))],
    );
  });
}

/** As JSON has it. */
export function toPlain(value: SQLInputValue): string | number | null {
  if (value === null || typeof value === "string" || typeof value === "number") return value;
  throw new BotError("internal", "Words and numbers alone are kept here.");
}
