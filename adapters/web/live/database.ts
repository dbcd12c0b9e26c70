import { existsSync, mkdirSync, renameSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync, type SQLInputValue, type StatementSync } from "node:sqlite";
import { setTimeout as sleep } from "node:timers/promises";
import { BotError } from "../../../src/seam/errors.ts";
import { noRoom, notWritable } from "./disk.ts";

/** As of node:sqlite. */
interface Statement {
  get(...values: SQLInputValue[]): ReturnType<StatementSync["get"]>;
  all(...values: SQLInputValue[]): ReturnType<StatementSync["all"]>;
  run(...values: SQLInputValue[]): ReturnType<StatementSync["run"]>;
}

/** The playground's tables: in a file, or in a store that several processes have in common. */
export interface Database {
  /** The ending under which a damaged chat was set aside, e.g. `.damaged-2026-01-31T12:00:00.000Z`. */
  readonly aside?: string;
  /** Its calls throw BotError `storage` when the disk or the database fails. What writes runs inside `atomically` alone. */
  prepare(sql: string): Statement;
  /** Makes what turns words into others known to the statements prepared from then on. */
  define(name: string, turn: (words: string) => string): void;
  /**
   * All of it or nothing; `then` follows before anybody sees the change. It is done again where another process was faster,
   * so it does nothing beside. Rejects with BotError `storage` when the disk or the database fails, and with what it throws.
   */
  atomically<T>(change: () => T, then?: (result: T) => void): Promise<T>;
  /** Resolves when all is seen here that was written before, by whatever process. Rejects with BotError `storage`. */
  fresh(): Promise<void>;
  /** Leaves nothing behind of what was deleted, where others would find it. Rejects with BotError `storage`. */
  purge(): Promise<void>;
  readonly isOpen: boolean;
  close(): void;
}

export const fileName = "playground.db";

/**
 * What each version added. A file is brought up to the last of them when it is opened, and says so, so that an older
 * program does not write into it. The same is there where several processes have the tables in common: what is added there
 * has a value for what was there before.
 *
 * `seq` is the order in which messages came; `shown` says which message names which picture; `hash` is of what a browser
 * or an address holds. `found` is what a message is found by; `trash` what an answer was before it was deleted, and
 * `undone` how many times in a row a thread was taken back.
 */
export const schema = [
  `
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
  `,
  `
  CREATE TABLE sessions (hash TEXT PRIMARY KEY, begunAt INTEGER NOT NULL, activeAt INTEGER NOT NULL) STRICT;
  CREATE TABLE browsers (hash TEXT PRIMARY KEY, signedInAt INTEGER NOT NULL) STRICT;
  DELETE FROM settings WHERE name = 'secret';
  `,
  `
  ALTER TABLE threads ADD COLUMN undone INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE threads ADD COLUMN deletedAt INTEGER;
  CREATE TABLE found (
    message TEXT PRIMARY KEY REFERENCES messages (id) ON DELETE CASCADE,
    thread TEXT NOT NULL,
    kind TEXT NOT NULL,
    words TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX foundByKind ON found (kind, thread);
  CREATE TABLE favourites (file TEXT PRIMARY KEY REFERENCES pictures ON DELETE CASCADE, addedAt INTEGER NOT NULL) STRICT;
  CREATE TABLE trash (
    message TEXT PRIMARY KEY REFERENCES messages (id) ON DELETE CASCADE,
    body TEXT NOT NULL,
    deletedAt INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE links (
    hash TEXT PRIMARY KEY,
    message TEXT NOT NULL REFERENCES messages (id) ON DELETE CASCADE,
    file TEXT NOT NULL,
    madeAt INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX linksByMessage ON links (message, file);
  `,
  `
  DROP TABLE found;
  CREATE TABLE found (
    seq INTEGER PRIMARY KEY,
    message TEXT NOT NULL UNIQUE REFERENCES messages (id) ON DELETE CASCADE,
    thread TEXT NOT NULL,
    kind TEXT NOT NULL,
    words TEXT NOT NULL
  ) STRICT;
  CREATE INDEX foundDrawing ON found (thread) WHERE kind = 'drawing';
  `,
];

/** How long another process may take to let go of the file, in ms: one that is just being stopped. */
const patienceMs = 5000;
const againMs = 100;

/**
 * Opens `playground.db` in the folder, which is made if need be, for this process alone. One that is damaged is set
 * aside, and a new one begun: `aside` is what to add to a name to find what was there.
 *
 * Rejects with BotError `storage` when the file is another process's for longer than a moment, or of a newer version.
 */
export async function openDatabase(folder: string): Promise<Database> {
  let aside: string | undefined;
  for (const since = Date.now(); ; ) {
    try {
      return toDatabase(open(folder), folder, aside);
    } catch (error) {
      if (error instanceof BotError) throw error;
      const code = toCode(error);
      if (code === busy && Date.now() - since < patienceMs) await sleep(againMs);
      else if (aside === undefined && (code === corrupt || code === notDatabase)) aside = setAside(folder);
      else throw toStorageError(error, folder);
    }
  }
}

/** Throws what SQLite throws, and BotError `storage` for a newer version's. */
function open(folder: string): DatabaseSync {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const database = new DatabaseSync(join(folder, fileName));
  try {
    // Exclusive, since two processes would not hear of each other's messages.
    database.exec(`
      PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
      BEGIN IMMEDIATE; COMMIT;
    `);
    const version = Number(database.prepare("PRAGMA user_version").get()?.user_version);
    if (version > schema.length) {
      throw new BotError(
        "storage",
        `The playground's files in ${folder} are of a newer version of Drawbridge. Update, or set DATA_DIR to another folder.`,
      );
    }
    const damage = database.prepare("PRAGMA quick_check(1)").get()?.quick_check;
    if (damage !== "ok") throw Object.assign(new Error(`quick_check: ${damage}`), { errcode: corrupt });
    if (version < schema.length) {
      const added = schema.slice(version).join("");
      database.exec(`BEGIN IMMEDIATE; ${added} PRAGMA user_version = ${schema.length}; COMMIT;`);
    }
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** Moves the chat to other names, with the pictures, which nobody could find in a new one. Throws as `rename` does. */
function setAside(folder: string): string {
  const ending = `.damaged-${new Date().toISOString()}`;
  for (const name of [fileName, `${fileName}-wal`, `${fileName}-shm`, "pictures", "thumbnails"]) {
    const path = join(folder, name);
    if (existsSync(path)) renameSync(path, `${path}${ending}`);
  }
  return ending;
}

function toDatabase(open: DatabaseSync, folder: string, aside: string | undefined): Database {
  function attempt<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw error instanceof BotError ? error : toStorageError(error, folder);
    }
  }
  return {
    ...(aside && { aside }),
    prepare(sql) {
      const statement = open.prepare(sql);
      return {
        get: (...values) => attempt(() => statement.get(...values)),
        all: (...values) => attempt(() => statement.all(...values)),
        run: (...values) => attempt(() => statement.run(...values)),
      };
    },
    define(name, turn) {
      open.function(name, { deterministic: true }, (words) => turn(String(words)));
    },
    // Up to its end at once: nothing else of this process comes between.
    async atomically(change, then) {
      try {
        open.exec("BEGIN IMMEDIATE");
        const result = change();
        open.exec("COMMIT");
        then?.(result);
        return result;
      } catch (error) {
        if (open.isTransaction) open.exec("ROLLBACK");
        throw error instanceof BotError ? error : toStorageError(error, folder);
      }
    },
    fresh: async () => {},
    // The file's free pages are nobody's but this process's.
    purge: async () => {},
    get isOpen() {
      return open.isOpen;
    },
    close() {
      if (open.isOpen) open.close();
    },
  };
}

/** Source for the numbers: https://www.sqlite.org/rescode.html */
const [busy, corrupt, full, notDatabase] = [5, 11, 13, 26];

function toCode(error: unknown): number | undefined {
  return error instanceof Error && "errcode" in error ? Number(error.errcode) & 0xff : undefined;
}

function toStorageError(error: unknown, folder: string): BotError {
  const fixes: Readonly<Record<number, string>> = {
    [busy]: `Another Drawbridge uses the playground's files in ${folder}. Stop it, or set DATA_DIR to another folder.`,
    [corrupt]: `The playground's file ${folder}/${fileName} is damaged. Restart Drawbridge: it sets the file aside and begins anew.`,
    [full]: noRoom(folder),
  };
  const message = fixes[toCode(error) ?? 0] ?? notWritable(folder);
  return new BotError("storage", message, { cause: error });
}
