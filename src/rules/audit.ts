import { z } from "zod";
import { createQueue } from "../seam/queue.ts";
import type { AuditEntry } from "../seam/rules.ts";
import type { CommunityKey } from "../seam/turn.ts";
import type { Store } from "../store/store.ts";
import { key } from "../store/stored.ts";
import type { Tables } from "../store/table.ts";

/** The changes that were made, a community at a time. Calls reject with BotError `storage` when the store fails. */
export interface Audit {
  /** `within`: what is changed and that it was are written as one. */
  record(entry: AuditEntry, within?: Tables): Promise<void>;
  /** The newest first. */
  list(community: CommunityKey, limit: number): Promise<readonly AuditEntry[]>;
}

/** How long an entry is kept, in ms: a year. */
const keptMs = 365 * 24 * 3600 * 1000;

const stored = z.object({
  at: z.number(),
  who: z.object({ id: z.string(), name: z.string() }),
  where: z.object({ community: key, channel: key.exactOptional() }),
  what: z.string(),
  from: z.string().exactOptional(),
  to: z.string().exactOptional(),
});

export function createAudit(store: Store): Audit {
  const entries = store.table("audit", stored);
  const inOrder = createQueue();
  /** How many there have been of a community. */
  const countsOf = (tables: Tables) => tables.table("audit:count", z.number());
  const toKey = (community: CommunityKey, index: number) => `${community}:${index}`;

  return {
    record(entry, within) {
      const { community } = entry.where;
      const { id, name } = entry.who;
      const write = async (tables: Tables) => {
        const counts = countsOf(tables);
        const count = (await counts.get(community)) ?? 0;
        await tables
          .table("audit", stored)
          .set(toKey(community, count), { ...entry, who: { id, name } }, keptMs);
        await counts.set(community, count + 1);
      };
      return within ? write(within) : inOrder(community, () => store.transact(write));
    },
    async list(community, limit) {
      const count = (await countsOf(store).get(community)) ?? 0;
      const newest = Array.from({ length: Math.min(limit, count) }, (_, back) => count - 1 - back);
      const found = await Promise.all(newest.map((index) => entries.get(toKey(community, index))));
      return found.filter((entry) => entry !== undefined);
    },
  };
}
