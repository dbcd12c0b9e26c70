import { createClient } from "@keyv/redis";
import pg from "pg";

/** What a server has done so far, and holds. */
export interface Meter {
  /** Commands on Redis, transactions on PostgreSQL. */
  calls(): Promise<number>;
  /** Bytes of what is kept for good, and of what goes by itself. */
  kept(): Promise<{ readonly lasting: number; readonly passing: number }>;
  close(): Promise<void>;
}

export async function openMeter(url: string): Promise<Meter> {
  return url.startsWith("redis") ? openRedisMeter(url) : openPostgresMeter(url);
}

async function openRedisMeter(url: string): Promise<Meter> {
  const client = createClient({ url });
  client.on("error", () => {});
  await client.connect();
  return {
    async calls() {
      const stats = await client.info("commandstats");
      // Each line is one command: its calls, and how long they took.
      return [...stats.matchAll(/^cmdstat_(?!info)\S+:calls=(\d+)/gm)].reduce(
        (sum, [, calls]) => sum + Number(calls),
        0,
      );
    },
    async kept() {
      const sum = { lasting: 0, passing: 0 };
      let cursor = "0";
      do {
        const page = await client.scan(cursor, { COUNT: 1000 });
        cursor = page.cursor;
        for (const key of page.keys) {
          const [bytes, lifeMs] = await Promise.all([
            client.memoryUsage(key, { SAMPLES: 0 }),
            client.pTTL(key),
          ]);
          sum[lifeMs >= 0 ? "passing" : "lasting"] += bytes ?? 0;
        }
      } while (cursor !== "0");
      return sum;
    },
    async close() {
      client.destroy();
    },
  };
}

async function openPostgresMeter(url: string): Promise<Meter> {
  const client = new pg.Client({ connectionString: url });
  client.on("error", () => {});
  await client.connect();
  return {
    async calls() {
      await client.query("SELECT pg_stat_clear_snapshot()");
      const { rows } = await client.query<{ all: string }>(
        `SELECT xact_commit + xact_rollback AS "all" FROM pg_stat_database WHERE datname = current_database()`,
      );
      return Number(rows[0]?.all ?? 0);
    },
    async kept() {
      const { rows } = await client.query<{ passing: boolean; bytes: string }>(
        `SELECT (value::jsonb -> 'expires') IS NOT NULL AS passing, SUM(pg_column_size(drawbridge.*)) AS bytes
         FROM drawbridge GROUP BY passing`,
      );
      const of = (passing: boolean) => Number(rows.find((row) => row.passing === passing)?.bytes ?? 0);
      return { lasting: of(false), passing: of(true) };
    },
    async close() {
      await client.end();
    },
  };
}
