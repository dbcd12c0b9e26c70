import pg from "pg";
import { withLimit } from "../../seam/timeout.ts";
import { type Finding, ill, well } from "../../seam/watch/finding.ts";
import { openRedisLink } from "../backends/redis-link.ts";

/** Ms that a server may take. */
const limitMs = 5000;

/** PostgreSQL's major versions that are still looked after. Source: postgresql.org/support/versioning, 2026-11. */
const oldestPostgres = 14;

/** Redis's first version that has all that is asked of it. */
const oldestRedis = 6;

/** Which version a server is, and whether it keeps what it is given. Nothing of a file. Rejects when it does not answer. */
export async function sayServer(url: string): Promise<readonly Finding[]> {
  if (/^rediss?:/.test(url)) return sayRedis(await askRedis(url));
  if (/^postgres(?:ql)?:/.test(url)) return [sayPostgres(await askPostgres(url))];
  return [];
}

async function askRedis(url: string): Promise<ReadonlyMap<string, string>> {
  const link = await openRedisLink(url, { connectMs: limitMs, silentMs: limitMs });
  try {
    const info = String(await withLimit(limitMs, () => link.client().info()));
    return new Map(
      info.split(/\r?\n/).flatMap((line) => {
        const [name, value] = line.split(":", 2);
        return name && value !== undefined ? [[name, value] as const] : [];
      }),
    );
  } finally {
    await link.close();
  }
}

function sayRedis(info: ReadonlyMap<string, string>): readonly Finding[] {
  const version = info.get("redis_version") ?? "?";
  const isOld = Number.parseInt(version, 10) < oldestRedis;
  const policy = info.get("maxmemory_policy") ?? "noeviction";
  const evicts = policy !== "noeviction" && info.get("maxmemory") !== "0";
  const saves = info.get("aof_enabled") === "1";
  return [
    isOld
      ? ill("store.version", "warning", `Redis ${version} is old`, `Update it to ${oldestRedis} or newer.`)
      : well("store.version", `Redis ${version}`),
    ...(evicts
      ? [
          ill(
            "store.eviction",
            "error",
            `Redis throws away what it was given when its memory is full (${policy})`,
            "Set maxmemory-policy to noeviction in redis.conf, or CONFIG SET maxmemory-policy noeviction.",
          ),
        ]
      : []),
    saves
      ? well("store.persistence", "Redis writes each change to its disk")
      : ill(
          "store.persistence",
          "warning",
          "Redis does not write each change to its disk, so its restart loses the latest",
          "Set appendonly yes in redis.conf, or CONFIG SET appendonly yes.",
        ),
  ];
}

async function askPostgres(url: string): Promise<string> {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: limitMs,
    query_timeout: limitMs,
  });
  client.on("error", () => {});
  await client.connect();
  try {
    const { rows } = await client.query("SHOW server_version");
    return String(rows[0]?.server_version ?? "?");
  } finally {
    await client.end();
  }
}

function sayPostgres(version: string): Finding {
  if (Number.parseInt(version, 10) >= oldestPostgres) return well("store.version", `PostgreSQL ${version}`);
  const words = `PostgreSQL ${version} is no longer looked after`;
  return ill("store.version", "warning", words, `Update it to ${oldestPostgres} or newer.`);
}
