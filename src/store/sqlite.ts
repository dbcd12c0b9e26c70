import { EventEmitter } from "node:events";
import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { KeyvStoreAdapter } from "keyv";

/**
 * A Keyv store on Node's own SQLite: the embedded default.
 *
 * Write-ahead logging with full synchronisation: what `set` has resolved survives a killed process and a power cut.
 * `path` may be `:memory:`.
 * Throws what node:sqlite throws when the file cannot be opened.
 */
export function createSqliteStore(path: string): KeyvStoreAdapter {
  if (path !== ":memory:") mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const database = new DatabaseSync(path, { timeout: 5000 });
  database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;");
  database.exec(
    "CREATE TABLE IF NOT EXISTS keyv (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID",
  );
  const columns = database.prepare("SELECT name FROM pragma_table_info('keyv')").all();
  // Version 0.1 had no such column, and no values that run out.
  if (!columns.some(({ name }) => name === "expires"))
    database.exec("ALTER TABLE keyv ADD COLUMN expires INTEGER");
  database.exec("CREATE INDEX IF NOT EXISTS keyv_expires ON keyv (expires) WHERE expires IS NOT NULL");
  // Keyv notices that a value has run out only when it is asked for: what nobody asks for again is swept.
  const sweep = database.prepare("DELETE FROM keyv WHERE expires < ?");
  sweep.run(Date.now());
  const select = database.prepare("SELECT value FROM keyv WHERE key = ?");
  const upsert = database.prepare(
    "INSERT INTO keyv (key, value, expires) VALUES (?, ?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value, expires = excluded.expires",
  );
  const remove = database.prepare("DELETE FROM keyv WHERE key = ?");

  const store = {
    opts: { dialect: "sqlite", url: `sqlite:${path}` },
    async get(key: string) {
      return select.get(key)?.value;
    },
    async set(key: string, value: string, lifeMs?: number) {
      if (lifeMs) sweep.run(Date.now());
      upsert.run(key, value, lifeMs ? Date.now() + lifeMs : null);
      return true;
    },
    async delete(key: string) {
      return remove.run(key).changes > 0;
    },
    async clear() {
      database.exec("DELETE FROM keyv");
    },
    async disconnect() {
      if (database.isOpen) database.close();
    },
  };
  // Keyv's adapter type wants an emitter for errors that no call carries; here every error is thrown by its call.
  return Object.assign(new EventEmitter(), store) as unknown as KeyvStoreAdapter;
}
