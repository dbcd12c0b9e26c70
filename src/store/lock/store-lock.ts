import { redact } from "../../seam/log.ts";
import { sqlitePath } from "../backends/sqlite-file.ts";
import { lockFile } from "./file.ts";
import { holdLease, type Lease } from "./lease.ts";
import type { Lock, Takeover } from "./lock.ts";

/** How long a server may take to answer who has the store, in ms. */
const patienceMs = 5000;

/**
 * Takes the store that a URL names for this process alone. Undefined for one in memory, which nobody else can have.
 * Rejects with BotError `storage` when another process has it for longer than one waits, or with why that cannot be told.
 */
export async function lockStore(
  kind: string,
  url: string,
  takeover: Takeover,
): Promise<(Lock & Partial<Lease>) | undefined> {
  const about = { name: redact(url), setting: "STORE_URL to another store" };
  const patience = { connectMs: patienceMs, silentMs: patienceMs };
  switch (kind) {
    case "sqlite":
      return lockFile(`${sqlitePath(url)}.lock`, about, takeover);
    case "redis": {
      const { openRedisLatch } = await import("./redis.ts");
      return holdLease(await openRedisLatch(url, about, patience), takeover);
    }
    case "postgres": {
      const { createPostgresLatch } = await import("./postgres.ts");
      return holdLease(createPostgresLatch(url, about, patienceMs), takeover);
    }
    default:
      return undefined;
  }
}
