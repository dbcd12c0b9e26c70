import KeyvPostgres from "@keyv/postgres";
import pg from "pg";
import { withLimit } from "../../seam/timeout.ts";
import type { Backend, KeyPage, Row, Seen } from "./backend.ts";
import { LostClient } from "./lost-client.ts";
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

/**
 * Compares and writes in one call: nobody waits for a process that is busy, or stopped, in the middle of it. Who has seen
 * the same keys goes one after another, also where there is no row yet that could be locked; keys are locked in one order
 * by all. 1685217655 is "draw".
 */
const makeWriteIf = `
  SELECT pg_advisory_xact_lock(1685217655, 1936025966);
  CREATE OR REPLACE FUNCTION ${table}_write_if(
    seen_keys text[], seen_values text[], new_keys text[], new_values text[], gone text[]
  ) RETURNS boolean LANGUAGE plpgsql AS $body$
  BEGIN
    PERFORM pg_advisory_xact_lock(1685217655, place)
      FROM (SELECT DISTINCT hashtext(seen) AS place FROM UNNEST(seen_keys) AS seen ORDER BY place) AS places;
    PERFORM 1 FROM ${table} WHERE key = ANY(seen_keys) ORDER BY key FOR UPDATE;
    IF EXISTS (
      SELECT 1 FROM UNNEST(seen_keys, seen_values) AS seen (key, value)
      LEFT JOIN ${table} AS kept ON kept.key = seen.key
      WHERE kept.value IS DISTINCT FROM seen.value
    ) THEN RETURN false; END IF;
    DELETE FROM ${table} WHERE key = ANY(gone);
    INSERT INTO ${table} (key, value) SELECT * FROM UNNEST(new_keys, new_values)
      ON CONFLICT (key) DO UPDATE SET value = excluded.value;
    RETURN true;
  END $body$`;

/**
 * Whether it is there by now: PostgreSQL says so to one of two that make the same at once, though they say `IF NOT EXISTS`
 * or `OR REPLACE`. Source: its appendix A; XX000 is "tuple concurrently updated".
 */
function isMadeByAnother(error: unknown): boolean {
  const { code } = { code: undefined, ...(error as object) };
  return ["23505", "42710", "42P07", "42723", "XX000"].includes(String(code));
}

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
    if (!isMadeByAnother(error)) reason ??= error;
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
    lock_timeout: patience.limitMs,
    keepAlive: true,
  });
  pool.on("error", () => {});
  let made: Promise<unknown> | undefined;
  const disconnect = adapter.disconnect.bind(adapter);
  const backend = Object.assign(adapter, {
    async write(rows: readonly Row[]) {
      await adapter.query(writeAll, toValues(rows));
    },
    async writeIf(seen: readonly Seen[], rows: readonly Row[]) {
      made ??= pool.query(makeWriteIf);
      await made.catch((error: unknown) => {
        if (isMadeByAnother(error)) return;
        made = undefined;
        throw error;
      });
      const seenKeys = seen.map(({ key }) => key);
      const seenValues = seen.map(({ value = null }) => value);
      const { rows: found } = await pool.query<{ isSo: boolean }>(
        `SELECT ${table}_write_if($1, $2, $3, $4, $5) AS "isSo"`,
        [seenKeys, seenValues, ...toValues(rows)],
      );
      return found[0]?.isSo === true;
    },
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
