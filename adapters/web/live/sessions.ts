import { createHash, randomBytes } from "node:crypto";
import { browserMs, longestSessionMs, type Sessions } from "../wire/door/sessions.ts";
import type { Database } from "./database.ts";

/** Ms between two notes of the last time that somebody did something. */
const noteMs = 60_000;

/** Browsers that are remembered; beyond them the one that signed in longest ago is not. */
const mostBrowsers = 50;

/** Sessions in the playground's database. `idleMs` is how long one may lie idle, `now` Unix time in ms. */
export function createSessions(
  database: Database,
  { idleMs, now }: { idleMs: number; now: () => number },
): Sessions {
  const sql = {
    verifier: database.prepare("SELECT value FROM settings WHERE name = 'password'"),
    setVerifier: database.prepare(
      "INSERT INTO settings (name, value) VALUES ('password', ?) ON CONFLICT DO UPDATE SET value = excluded.value",
    ),
    begin: database.prepare("INSERT INTO sessions (hash, begunAt, activeAt) VALUES (?1, ?2, ?2)"),
    find: database.prepare("SELECT activeAt FROM sessions WHERE hash = ? AND begunAt > ? AND activeAt > ?"),
    note: database.prepare("UPDATE sessions SET activeAt = ?2 WHERE hash = ?1"),
    end: database.prepare("DELETE FROM sessions WHERE hash = ?"),
    endAll: database.prepare("DELETE FROM sessions"),
    endOld: database.prepare("DELETE FROM sessions WHERE begunAt <= ? OR activeAt <= ?"),
    browser: database.prepare("SELECT 1 FROM browsers WHERE hash = ? AND signedInAt > ?"),
    remember: database.prepare("INSERT INTO browsers (hash, signedInAt) VALUES (?, ?)"),
    forget: database.prepare("DELETE FROM browsers WHERE hash = ?"),
    forgetOld: database.prepare(
      "DELETE FROM browsers WHERE hash NOT IN (SELECT hash FROM browsers ORDER BY signedInAt DESC LIMIT ?)",
    ),
  };
  /** What is not known here may have begun a moment ago at another process. */
  async function find<T>(look: () => T | undefined): Promise<T | undefined> {
    const found = look();
    if (found !== undefined) return found;
    await database.fresh();
    return look();
  }

  return {
    async verifier() {
      const row = sql.verifier.get();
      return row && String(row.value);
    },
    async setVerifier(value) {
      await database.atomically(() => {
        sql.setVerifier.run(value);
        sql.endAll.run();
      });
    },
    async begin() {
      const id = toId();
      await database.atomically(() => {
        sql.endOld.run(now() - longestSessionMs, now() - idleMs);
        sql.begin.run(toHash(id), now());
      });
      return id;
    },
    async isOpen(id, active) {
      const found = await find(() => sql.find.get(toHash(id), now() - longestSessionMs, now() - idleMs));
      if (!found) return false;
      if (active && now() - Number(found.activeAt) >= noteMs) {
        await database.atomically(() => sql.note.run(toHash(id), now()));
      }
      return true;
    },
    async end(id) {
      await database.atomically(() => sql.end.run(toHash(id)));
    },
    knowsBrowser: async (id) =>
      (await find(() => sql.browser.get(toHash(id), now() - browserMs))) !== undefined,
    async rememberBrowser(before) {
      const id = toId();
      await database.atomically(() => {
        if (before !== undefined) sql.forget.run(toHash(before));
        sql.remember.run(toHash(id), now());
        sql.forgetOld.run(mostBrowsers);
      });
      return id;
    },
  };
}

function toId(): string {
  return randomBytes(32).toString("base64url");
}

/** Ids are random and long, so that a plain hash of them cannot be turned back. */
function toHash(id: string): string {
  return createHash("sha256").update(id).digest("base64url");
}
