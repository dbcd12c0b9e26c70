import KeyvPostgres from "@keyv/postgres";
import pg from "pg";
import { withLimit } from "../../seam/timeout.ts";
import type { Backend, KeyPage, Row, Seen } from "./backend.ts";
import { createPatient, type Patience } from "./patient.ts";

const table = "drawbridge";

/** All in one statement, which PostgreSQL carries out whole or not at all. */
const writeAll = `
  WITH gone AS (DELETE FROM ${table} WHERE key = ANY($3::text[]))
  INSERT INTO ${table} (key, value) SELECT * FROM UNNEST($1::text[], $2::text[])
  ON CONFLICT (key) DO UPDATE SET value = excluded.value`;

/** In whatever order the database has for words: only that it is the same for each page counts. */
const listKeys = `
  SELECT key FROM ${table} WHERE key > $1 AND starts_with(key, $2) ORDER BY key LIMIT $3`;

/** Keys that are listed at once. */
const pageSize = 500;

/** What is compared and written goes one after another, also where there is no row yet that could be locked: "draw", "seen". */
const oneByOne = "BEGIN; SELECT pg_advisory_xact_lock(1685217655, 1936025966)";

/**
 * Keyv's own PostgreSQL store, made to outlive its server. Rejects when that lets nobody in within `connectMs`, or has no
 * table to give.
 *
 * When the server goes away, pg's pool reports the loss of each idle connection as an `error` event. Keyv's store keeps
 * the pool to itself and does not listen, so the event would end the process (node-postgres documents this under
 * pg.Pool, "error"). The pool has dropped the connection by then; the next query opens a new one or fails.
 */
export async function createPostgresStore(
  url: string,
  { connectMs, ...patience }: Omit<Patience, "reconnect"> & { connectMs: number },
): Promise<Backend> {
  const adapter = new KeyvPostgres({
    uri: url,
    table,
    Client: LostClient,
    connectionTimeoutMillis: connectMs,
    // Ends the connection too.
    query_timeout: patience.silentMs,
    keepAlive: true,
  });
  let reason: unknown;
  adapter.on("error", (error) => {
    reason ??= error;
  });
  try {
    await withLimit(connectMs, () => adapter.query("SELECT 1"));
    if (reason) throw reason;
  } catch (error) {
    adapter.disconnect().catch(() => {});
    throw reason ?? error;
  }
  const pool = new pg.Pool({
    connectionString: url,
    Client: LostClient,
    max: 2,
    connectionTimeoutMillis: connectMs,
    query_timeout: patience.silentMs,
    // A process that is stopped in mid-transaction holds nobody up for longer.
    idle_in_transaction_session_timeout: patience.limitMs,
    lock_timeout: patience.limitMs,
    keepAlive: true,
  });
  pool.on("error", () => {});
  const disconnect = adapter.disconnect.bind(adapter);
  const backend = Object.assign(adapter, {
    async write(rows: readonly Row[]) {
      await adapter.query(writeAll, toValues(rows));
    },
    writeIf: (seen: readonly Seen[], rows: readonly Row[]) => writeIf(pool, seen, rows),
    async disconnect() {
      await Promise.all([disconnect(), pool.end()]);
    },
    async keys(start: string, from = ""): Promise<KeyPage> {
      const found: { readonly key: string }[] = await adapter.query(listKeys, [from, start, pageSize]);
      const last = found.length === pageSize ? found.at(-1)?.key : undefined;
      return { keys: found.map(({ key }) => key), ...(last !== undefined && { next: last }) };
    },
  });
  return createPatient(backend as unknown as Backend, patience);
}

function toValues(rows: readonly Row[]): unknown[] {
  const kept = rows.filter(({ value }) => value !== undefined);
  const gone = rows.filter(({ value }) => value === undefined);
  const keysOf = (some: readonly Row[]) => some.map(({ key }) => key);
  return [keysOf(kept), kept.map(({ value }) => value), keysOf(gone)];
}

async function writeIf(pool: pg.Pool, seen: readonly Seen[], rows: readonly Row[]): Promise<boolean> {
  const client = await pool.connect();
  let isOver = false;
  try {
    await client.query(oneByOne);
    const keys = seen.map(({ key }) => key);
    const { rows: found } = await client.query<{ key: string; value: string }>(
      `SELECT key, value FROM ${table} WHERE key = ANY($1::text[]) ORDER BY key FOR UPDATE`,
      [keys],
    );
    const values = new Map(found.map(({ key, value }) => [key, value]));
    const isSo = seen.every(({ key, value }) => values.get(key) === value);
    if (isSo) await client.query(writeAll, toValues(rows));
    await client.query("COMMIT");
    isOver = true;
    return isSo;
  } finally {
    // One that is in the middle of something ends with its connection, and is undone.
    client.release(!isOver);
  }
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
