import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as sleep } from "node:timers/promises";
import type { Ground } from "./ground.ts";

/** One process alone, with its own file in that folder. */
export function createSqliteGround(folder: string): Ground {
  const file = join(folder, "drawbridge.db");
  return {
    envFor: () => ({ DATA_DIR: folder }),
    /** Another process holds the store: every write waits. */
    async hold(ms) {
      const database = new DatabaseSync(file, { timeout: 1000 });
      try {
        database.exec("BEGIN IMMEDIATE");
        await sleep(ms);
        database.exec("ROLLBACK");
        return true;
      } finally {
        database.close();
      }
    },
    outage: async () => false,
    async open() {
      const database = new DatabaseSync(file, { readOnly: true });
      try {
        const rows = database.prepare("SELECT key, value FROM keyv WHERE key LIKE '%events:open'").all();
        return rows.flatMap(({ value }) => {
          const kept = JSON.parse(String(value)) as { value?: { open?: readonly string[] } };
          return kept.value?.open ?? [];
        });
      } finally {
        database.close();
      }
    },
    close: async () => {},
  };
}
