import { closeSync, existsSync, mkdirSync, openSync, readSync, renameSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as sleep } from "node:timers/promises";
import { BotError } from "../../seam/errors.ts";

/** Raised when the table changes, so that an older version does not write into a newer one's file. */
const schemaVersion = 1;

/** How long to wait before a file that somebody else has locked is tried again, in ms. */
export const retryMs = 20;

/** Keyv notices that a value has run out only when it is asked for: what nobody asks for again is swept. */
export const sweepSql = "DELETE FROM keyv WHERE expires < ?";

/** Where `sqlite:path` leads. */
export function sqlitePath(url: string): string {
  return url.slice("sqlite:".length).replace(/^\/\/(?=\/)/, "");
}

interface SqliteFile {
  readonly database: DatabaseSync;
  /** Where a damaged file was moved to. */
  readonly setAside?: string;
}

/**
 * Opens the file, made if need be, after a look at every page of it.
 *
 * A damaged one is never written to: it is moved aside with its journal, as `<path>.damaged-<time>`, and a new one is
 * begun. One that somebody else has locked is waited for, up to `patienceMs`. Throws BotError `storage`, and leaves the
 * file as it is, when it may not be opened or written to, is of a newer version, or another program's.
 */
export async function openSqliteFile(path: string, patienceMs: number): Promise<SqliteFile> {
  const end = performance.now() + patienceMs;
  for (;;) {
    try {
      return openOnce(path);
    } catch (error) {
      if (!isBusy(error) || performance.now() > end) throw toOpenError(path, error);
      await sleep(retryMs);
    }
  }
}

/** Where the header of a file has `PRAGMA user_version`. Source: https://www.sqlite.org/fileformat.html, 1.3. */
const versionAt = 60;

/**
 * Looks at a file that nobody has open, and leaves it as it is; undefined where there is none yet. Throws BotError
 * `storage` as `openSqliteFile` does, and also where it is damaged.
 *
 * Of another user's file the header alone is read: SQLite leaves a journal beside what it has looked at, and that would
 * be ours and not theirs.
 */
export function lookAtSqliteFile(path: string): { readonly version: number } | undefined {
  if (path === ":memory:" || !existsSync(path)) return undefined;
  let database: DatabaseSync | undefined;
  try {
    if (statSync(path).uid !== process.getuid?.()) return { version: readHeader(path) };
    checkUntouched(path);
    database = new DatabaseSync(path, { readOnly: true, timeout: 1000 });
    return { version: versionOf(database) };
  } catch (error) {
    if (!(error instanceof Damage) && ![11, 26].includes(codeOf(error) ?? 0)) throw toOpenError(path, error);
    const message = `${path} is damaged. Put a copy of it back, or start: it is then set aside and a new one begun.`;
    throw new BotError("storage", message, { cause: error });
  } finally {
    if (database?.isOpen) database.close();
  }
}

function readHeader(path: string): number {
  const header = Buffer.alloc(100);
  const file = openSync(path, "r");
  try {
    const length = readSync(file, header);
    if (length > 0 && !header.toString("latin1").startsWith("SQLite format 3\0"))
      throw new Damage("no database");
  } finally {
    closeSync(file);
  }
  return header.readUInt32BE(versionAt);
}

/** Another connection has the file. Source: https://www.sqlite.org/rescode.html */
export const busyCode = 5;

/** Somebody else has the file, for a moment. */
export function isBusy(error: unknown): boolean {
  return [busyCode, 6].includes(codeOf(error) ?? 0);
}

/** SQLite's primary result code. Source: https://www.sqlite.org/rescode.html */
export function codeOf(error: unknown): number | undefined {
  return error instanceof Error && "errcode" in error ? Number(error.errcode) & 0xff : undefined;
}

class Damage extends Error {}

function openOnce(path: string): SqliteFile {
  if (path === ":memory:") return { database: prepare(new DatabaseSync(path)) };
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  try {
    const isChecked = checkUntouched(path);
    return { database: openToWrite(path, isChecked) };
  } catch (error) {
    if (!(error instanceof Damage) && ![11, 26].includes(codeOf(error) ?? 0)) throw error;
    const setAside = moveAside(path);
    return { database: openToWrite(path, true), setAside };
  }
}

/**
 * Looks without the right to write, since whoever closes a file that may be written to tidies it up. False where that
 * cannot be done.
 */
function checkUntouched(path: string): boolean {
  const size = statSync(path, { throwIfNoEntry: false })?.size;
  if (size === undefined) return true;
  if (size === 0) {
    // SQLite takes an empty file for a new one, and throws away the journal of what was in it.
    if ((statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0) > 0) throw new Damage("it is empty");
    return true;
  }
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(path, { readOnly: true, timeout: 0 });
    check(database, path);
    return true;
  } catch (error) {
    // As where a journal is to be rolled back before anything can be read.
    if ([8, 14].includes(codeOf(error) ?? 0)) return false;
    throw error;
  } finally {
    if (database?.isOpen) database.close();
  }
}

function check(database: DatabaseSync, path: string): void {
  if (versionOf(database) > schemaVersion) {
    throw new BotError(
      "storage",
      `${path} is of a newer version of Drawbridge. Update, or set STORE_URL to another file.`,
    );
  }
  const tables = database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").all();
  if (tables.length > 0 && !tables.some(({ name }) => name === "keyv")) {
    throw new BotError(
      "storage",
      `${path} is another program's database. Set STORE_URL to a file of its own.`,
    );
  }
  const damage = database.prepare("PRAGMA quick_check(1)").get()?.quick_check;
  if (damage !== "ok") throw new Damage(`quick_check: ${damage}`);
}

function versionOf(database: DatabaseSync): number {
  return Number(database.prepare("PRAGMA user_version").get()?.user_version);
}

function openToWrite(path: string, isChecked: boolean): DatabaseSync {
  const database = new DatabaseSync(path, { timeout: 0 });
  try {
    if (!isChecked) check(database, path);
    return prepare(database);
  } catch (error) {
    database.close();
    throw error;
  }
}

function prepare(database: DatabaseSync): DatabaseSync {
  database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;");
  database.exec(
    "CREATE TABLE IF NOT EXISTS keyv (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID",
  );
  const columns = database.prepare("SELECT name FROM pragma_table_info('keyv')").all();
  // Version 0.1 had no such column, and no values that run out.
  if (!columns.some(({ name }) => name === "expires"))
    database.exec("ALTER TABLE keyv ADD COLUMN expires INTEGER");
  database.exec("CREATE INDEX IF NOT EXISTS keyv_expires ON keyv (expires) WHERE expires IS NOT NULL");
  if (versionOf(database) < schemaVersion) database.exec(`PRAGMA user_version = ${schemaVersion}`);
  database.prepare(sweepSql).run(Date.now());
  return database;
}

/** The journal goes first: whatever ends the process in between, the file itself is found damaged again. */
function moveAside(path: string): string {
  const aside = `${path}.damaged-${new Date().toISOString().replaceAll(":", "-")}`;
  for (const part of ["-wal", "-shm", ""]) {
    if (existsSync(path + part)) renameSync(path + part, aside + part);
  }
  return aside;
}

function toOpenError(path: string, error: unknown): BotError {
  if (error instanceof BotError) return error;
  const right = `Drawbridge may not write to ${path}. Let it, or set STORE_URL to another file.`;
  const fixes: Readonly<Record<number, string>> = {
    3: right,
    5: `${path} is locked by another program. Close that, then start again.`,
    6: `${path} is locked by another program. Close that, then start again.`,
    8: right,
    13: `There is no room left on the disk that holds ${path}. Make some, then start again.`,
  };
  const code = error instanceof Error && "code" in error && error.code === "EACCES" ? 3 : codeOf(error);
  const usual = `${path} cannot be opened. See that it is a file that Drawbridge may read and write, or set STORE_URL to another.`;
  const message = (code !== undefined && fixes[code]) || usual;
  return new BotError("storage", message, { cause: error });
}
