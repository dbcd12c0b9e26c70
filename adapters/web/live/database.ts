import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { BotError } from "../../../src/seam/errors.ts";
import { noRoom, notWritable } from "./disk.ts";

/** The playground's tables. */
export interface Database {
  readonly prepare: DatabaseSync["prepare"];
  /** All of it or nothing. Throws BotError `storage` when the disk or the database fails. */
  atomically<T>(change: () => T): T;
  readonly isOpen: boolean;
  close(): void;
}

/** Raised with every change of the tables, so that an older version does not write into a newer one's. */
const schemaVersion = 1;

// `seq` is the order in which messages came; `shown` says which message names which picture.
const schema = `
  CREATE TABLE threads (
    id TEXT PRIMARY KEY,
    title TEXT NOT NULL,
    renamed INTEGER NOT NULL DEFAULT 0,
    head TEXT,
    updatedAt INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE messages (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    thread TEXT NOT NULL REFERENCES threads ON DELETE CASCADE,
    kind TEXT NOT NULL,
    body TEXT NOT NULL
  ) STRICT;
  CREATE INDEX messagesOfThread ON messages (thread, seq);
  CREATE TABLE pictures (
    file TEXT PRIMARY KEY,
    mediaType TEXT NOT NULL,
    width INTEGER NOT NULL,
    height INTEGER NOT NULL,
    bytes INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE shown (
    message TEXT NOT NULL REFERENCES messages (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    file TEXT NOT NULL REFERENCES pictures,
    PRIMARY KEY (message, position)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX shownByFile ON shown (file);
  CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
  PRAGMA user_version = ${schemaVersion};
`;

/**
 * Opens `playground.db` in the folder, which is made if need be, for this process alone.
 *
 * Throws BotError `storage` when the file is another process's, damaged, or of a newer version.
 */
export function openDatabase(folder: string): Database {
  let database: DatabaseSync | undefined;
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    database = new DatabaseSync(join(folder, "playground.db"), { timeout: 1000 });
    // Exclusive, since two processes would not hear of each other's messages.
    database.exec(`
      PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
      BEGIN IMMEDIATE; COMMIT;
    `);
    const version = Number(database.prepare("PRAGMA user_version").get()?.user_version);
    if (version > schemaVersion) {
      throw new BotError(
        "storage",
        `The playground's files in ${folder} are of a newer version of Drawbridge. Update, or set DATA_DIR to another folder.`,
      );
    }
    if (version === 0) database.exec(`BEGIN IMMEDIATE; ${schema} COMMIT;`);
    const damage = database.prepare("PRAGMA quick_check(1)").get()?.quick_check;
    if (damage !== "ok") throw new Error(`quick_check: ${damage}`);
  } catch (error) {
    if (database?.isOpen) database.close();
    throw error instanceof BotError ? error : toStorageError(error, folder);
  }
  const open = database;

  return {
    prepare: (sql) => open.prepare(sql),
    atomically(change) {
      try {
        open.exec("BEGIN IMMEDIATE");
        const result = change();
        open.exec("COMMIT");
        return result;
      } catch (error) {
        if (open.isTransaction) open.exec("ROLLBACK");
        throw error instanceof BotError ? error : toStorageError(error, folder);
      }
    },
    get isOpen() {
      return open.isOpen;
    },
    close() {
      if (open.isOpen) open.close();
    },
  };
}

/** Source for the numbers: https://www.sqlite.org/rescode.html */
function toStorageError(error: unknown, folder: string): BotError {
  const code = error instanceof Error && "errcode" in error ? Number(error.errcode) & 0xff : undefined;
  const fixes: Readonly<Record<number, string>> = {
    5: `Another Drawbridge uses the playground's files in ${folder}. Stop it, or set DATA_DIR to another folder.`,
    11: `The playground's file ${folder}/playground.db is damaged. Move it away to begin anew, or restore a copy.`,
    13: noRoom(folder),
    26: `${folder}/playground.db is not a playground's file. Move it away, or set DATA_DIR to another folder.`,
  };
  const message = (code !== undefined && fixes[code]) || notWritable(folder);
  return new BotError("storage", message, { cause: error });
}
