import { z } from "zod";
import type { Bus } from "../seam/bus.ts";
import type { Shared } from "../seam/core.ts";
import type { Store } from "../store/store.ts";

/** What an adapter of that name has in common with itself in the other processes on a store. */
export function createShared(store: Store, bus: Bus, adapter: string): Shared {
  const topicOf = (topic: string) => `${adapter}:${topic}`;
  return {
    keep: store.table(`shared:${adapter}`, z.unknown()),
    transact: (work) => store.transact((within) => work(within.table(`shared:${adapter}`, z.unknown()))),
    bus: {
      tell: (topic, body) => bus.tell(topicOf(topic), body),
      hear: (topic, hear) => bus.hear(topicOf(topic), hear),
      onMissed: bus.onMissed,
    },
  };
}
