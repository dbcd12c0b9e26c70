import type { TestContext } from "node:test";
import { z } from "zod";
import { createHearers } from "../../../../src/fleet/hearers.ts";
import { createShared } from "../../../../src/fleet/shared.ts";
import type { Bus } from "../../../../src/seam/bus.ts";
import type { Shared } from "../../../../src/seam/core.ts";
import { createLog } from "../../../../src/seam/log.ts";
import { openStore, type Store } from "../../../../src/store/store.ts";

/** A store and a bus, and what a process of the fleet on them has of both. */
export interface Ground {
  readonly store: Store;
  readonly bus: Bus;
  /** The server was away, as all hear. */
  miss(): void;
  shared(): Shared;
}

export async function createGround(t: TestContext): Promise<Ground> {
  const store = await openStore("memory:");
  t.after(() => store.close());
  const { hear, heard, onMissed, missed } = createHearers(createLog("silent"));
  const bus: Bus = {
    ...{ hear, onMissed },
    tell: async (topic, body) => queueMicrotask(() => heard(topic, body)),
    close: async () => {},
  };
  return { store, bus, miss: missed, shared: () => createShared(store, bus, "web") };
}

/** All that the store keeps of it, by key. */
export async function keptIn(store: Store): Promise<ReadonlyMap<string, string>> {
  const table = store.table("shared:web", z.unknown());
  const all = new Map<string, string>();
  for await (const keys of table.keys()) {
    for (const key of keys) {
      const value = await table.get(key);
      if (value !== undefined) all.set(key, JSON.stringify(value));
    }
  }
  return all;
}
