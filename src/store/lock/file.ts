import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { BotError } from "../../seam/errors.ts";
import { codeOf, isBusy } from "../backends/sqlite-file.ts";
import { type Latch, type Lock, type Taken, type Takeover, waitFor } from "./lock.ts";

/**
 * Takes what the file stands for, for as long as this process lives: the operating system frees it also after
 * `kill -9`. Rejects with BotError `storage` when another process has it for longer than one waits, or when the file
 * cannot be had. `name` and `setting` are as a `Latch` has them.
 */
export async function lockFile(
  path: string,
  about: Pick<Latch, "name" | "setting">,
  takeover: Takeover,
): Promise<Lock> {
  const latch = openLatch(path, about);
  try {
    await waitFor(latch, takeover);
  } catch (error) {
    await latch.release();
    throw error;
  }
  let isHeld = true;
  return {
    isHeld: () => isHeld,
    async release() {
      isHeld = false;
      await latch.release();
    },
  };
}

/**
 * The file is a SQLite database, and who has it is in the middle of a transaction that changes nothing. (Node has no
 * other way to a lock of the operating system.) The others can still read who that is.
 *
 * Nothing else may open the file: on Unix, a process that closes it gives up its lock.
 */
function openLatch(path: string, about: Pick<Latch, "name" | "setting">): Latch {
  let database: DatabaseSync | undefined;

  function tryToTake(): Taken {
    if (!database) {
      mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
      database = new DatabaseSync(path, { timeout: 0 });
    }
    if (database.isTransaction) return "still";
    // Somebody who only looks who has it, meanwhile, is gone in a moment.
    database.exec(`
      PRAGMA busy_timeout = 0; BEGIN IMMEDIATE; PRAGMA busy_timeout = 1000;
      CREATE TABLE IF NOT EXISTS holder (pid INTEGER NOT NULL);
      DELETE FROM holder; INSERT INTO holder VALUES (${process.pid}); COMMIT;
      PRAGMA busy_timeout = 0; BEGIN IMMEDIATE`);
    return "anew";
  }

  function holder(): string | undefined {
    try {
      const pid = database?.prepare("SELECT pid FROM holder").get()?.pid;
      return pid === undefined || pid === process.pid ? undefined : `process ${pid}`;
    } catch {
      return undefined;
    }
  }

  return {
    ...about,
    pollMs: 50,
    async take() {
      try {
        return tryToTake();
      } catch (error) {
        if (database?.isTransaction) database.exec("ROLLBACK");
        if (isBusy(error)) return { by: holder() };
        throw toLockError(path, error);
      }
    },
    async release() {
      if (database?.isOpen) database.close();
      database = undefined;
    },
  };
}

function toLockError(path: string, cause: unknown): BotError {
  const isDamaged = [11, 26].includes(codeOf(cause) ?? 0);
  const message = isDamaged
    ? `${path} is damaged. Delete it, if no other Drawbridge is at work here.`
    : `${path} cannot be written to. See that Drawbridge may, and that there is room on the disk.`;
  return new BotError("storage", message, { cause });
}
