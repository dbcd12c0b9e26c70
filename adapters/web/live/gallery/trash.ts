import type { WireAnswer } from "../../wire/messages.ts";
import type { Database } from "../database.ts";

/** Answers and threads that were deleted a while ago at most: what was there can be brought back. */
export interface Trash {
  /** Keeps what an answer was. To be called inside the transaction that takes it away. */
  put(answer: WireAnswer): void;
  /** Takes an answer out again, as it was; undefined: it is not there, or no longer. The same for transactions. */
  take(message: string): WireAnswer | undefined;
  holds(message: string): boolean;
  /** Throws away for good what has been there for long enough. True: there was something. The same for transactions. */
  empty(): boolean;
}

/** How long what was deleted can be brought back, in ms. */
export const trashMs = 60 * 60_000;

/** `now` is Unix time in ms. */
export function createTrash(database: Database, now: () => number): Trash {
  const sql = {
    put: database.prepare("INSERT OR REPLACE INTO trash (message, body, deletedAt) VALUES (?, ?, ?)"),
    find: database.prepare("SELECT body FROM trash WHERE message = ? AND deletedAt > ?"),
    drop: database.prepare("DELETE FROM trash WHERE message = ?"),
    unshow: database.prepare(
      "DELETE FROM shown WHERE message IN (SELECT message FROM trash WHERE deletedAt <= ?)",
    ),
    empty: database.prepare("DELETE FROM trash WHERE deletedAt <= ?"),
    emptyThreads: database.prepare("DELETE FROM threads WHERE deletedAt <= ?"),
  };
  const find = (message: string) => sql.find.get(message, now() - trashMs);
  return {
    put(answer) {
      sql.put.run(answer.id, JSON.stringify(answer), now());
    },
    take(message) {
      const found = find(message);
      // What is too old stays, by which it is known when it is thrown away.
      if (found) sql.drop.run(message);
      return found && (JSON.parse(String(found.body)) as WireAnswer);
    },
    holds: (message) => find(message) !== undefined,
    empty() {
      const before = now() - trashMs;
      sql.unshow.run(before);
      const answers = sql.empty.run(before).changes;
      return Number(answers) + Number(sql.emptyThreads.run(before).changes) > 0;
    },
  };
}
