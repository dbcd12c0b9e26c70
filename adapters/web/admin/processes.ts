import { randomUUID } from "node:crypto";
import { z } from "zod";
import type { Shared } from "../../../src/seam/core.ts";
import type { Log } from "../../../src/seam/log.ts";
import { withTimeout } from "../../../src/seam/timeout.ts";
import type { Admin, Health } from "../../../src/seam/watch/admin.ts";

/** How the other processes are. */
export interface Processes {
  /** Those that answer in a moment. Never rejects. */
  others(): Promise<readonly Health[]>;
  close(): void;
}

/** How long the others are waited for, in ms: who is asked for longer has trouble of its own. */
const waitMs = 600;

const asked = z.object({ ask: z.string(), from: z.string() });

const health = z.object({
  ...{ process: z.string(), version: z.string(), upSince: z.number(), store: z.string() },
  parts: z.record(z.string(), z.boolean()),
  painter: z.object({ name: z.string(), standIn: z.boolean() }),
  memory: z.object({ residentBytes: z.number(), heapBytes: z.number() }),
  lag: z.object({ medianMs: z.number(), mostMs: z.number() }),
}) satisfies z.ZodType<Health>;

const answered = z.object({ ask: z.string(), health });

/** Asks the others by the bus, and answers them. */
export function createProcesses(
  bus: Shared["bus"],
  { health: own }: Pick<Admin, "health">,
  { log, forMs = waitMs }: { readonly log: Log; readonly forMs?: number },
): Processes {
  const name = randomUUID();
  const waiting = new Map<string, Health[]>();
  const tell = (topic: string, body: unknown) =>
    bus.tell(topic, body).catch((error: unknown) => log.debug({ error }, "processes.untold"));
  const stops = [
    bus.hear("health?", (body) => {
      const { ask, from } = asked.parse(body);
      if (from === name) return;
      void own().then((found) => tell("health", { ask, health: found } satisfies z.input<typeof answered>));
    }),
    bus.hear("health", (body) => {
      const { ask, health } = answered.parse(body);
      waiting.get(ask)?.push(health);
    }),
  ];
  return {
    async others() {
      const ask = randomUUID();
      const found: Health[] = [];
      waiting.set(ask, found);
      await tell("health?", { ask, from: name });
      await withTimeout(new Promise(() => {}), forMs);
      waiting.delete(ask);
      return found;
    },
    close() {
      for (const stop of stops) stop();
    },
  };
}
