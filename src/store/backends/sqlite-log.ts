import { type FileHandle, open } from "node:fs/promises";
import type { DatabaseSync } from "node:sqlite";
import { coalesce } from "../../seam/coalesce.ts";
import { withLimit } from "../../seam/timeout.ts";
import { busyCode } from "./sqlite-file.ts";

/** The write-ahead log of a database, which is brought to the disk beside all else that this thread does. */
export interface SqliteLog {
  /**
   * Before anything is written: where the disk has lost a part of the log, all of it is moved into the file, or what comes
   * behind that part would be lost with it. Throws as the disk does, and while somebody reads in it.
   */
  mend(): void;
  /** Resolves when all that was written before is on the disk. Rejects as that does, and when it takes too long. */
  sync(): Promise<void>;
  /** Waits for what is under way; the database may be closed then. Never rejects. */
  close(): Promise<void>;
}

/**
 * From here on SQLite brings its log to the disk only before it moves it into the file. Undefined where there is no log,
 * and SQLite does all. `limitMs`: how long the disk may take.
 */
export function takeOverLog(database: DatabaseSync, path: string, limitMs: number): SqliteLog | undefined {
  if (database.prepare("PRAGMA journal_mode").get()?.journal_mode !== "wal") return undefined;
  database.exec("PRAGMA synchronous = NORMAL");
  const logPath = `${database.location() ?? path}-wal`; // not beside a link, but beside what it leads to
  let file: FileHandle | undefined;
  let isTorn = false;
  let last: Promise<void> | undefined;

  const bring = coalesce(async () => {
    try {
      file ??= await open(logPath, "r+"); // some systems want the right to write
      await file.datasync();
    } catch (error) {
      isTorn = true;
      throw error;
    }
  });

  function mend(): void {
    if (!isTorn) return;
    const { busy } = database.prepare("PRAGMA wal_checkpoint(TRUNCATE)").get() ?? {};
    if (busy !== 0) throw Object.assign(new Error("the log is in use"), { errcode: busyCode });
    isTorn = false;
  }

  return {
    mend,
    async sync() {
      const brought = bring();
      last = brought;
      await withLimit(
        limitMs,
        () => brought,
        () => new Error("the disk does not answer"),
      );
      mend(); // it may have lost what lies before this
    },
    async close() {
      await last?.catch(() => {});
      await file?.close().catch(() => {});
      file = undefined;
    },
  };
}
