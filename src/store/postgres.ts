import KeyvPostgres from "@keyv/postgres";
import type { KeyvStoreAdapter } from "keyv";
import pg from "pg";

/**
 * Keyv's own PostgreSQL store, made to outlive its server.
 *
 * When the server goes away, pg's pool reports the loss of each idle connection as an `error` event. Keyv's store keeps
 * the pool to itself and does not listen, so the event would end the process (node-postgres documents this under
 * pg.Pool, "error"). The pool has dropped the connection by then; the next query opens a new one or fails.
 */
export function createPostgresStore(url: string): KeyvStoreAdapter {
  return new KeyvPostgres({ uri: url, table: "drawbridge", Client: LostClient });
}

class LostClient extends pg.Client {
  override emit(event: string | symbol, ...values: unknown[]): boolean {
    if (event !== "error") return super.emit(event, ...values);
    try {
      return super.emit(event, ...values);
    } catch {
      return true;
    }
  }
}
