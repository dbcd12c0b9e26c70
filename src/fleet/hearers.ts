import type { Bus } from "../seam/bus.ts";
import type { Log } from "../seam/log.ts";

/** Those of this process who hear what is told. */
export interface Hearers extends Pick<Bus, "hear" | "onMissed"> {
  heard(topic: string, body: unknown): void;
  missed(): void;
}

/** What one throws is logged: the others hear it, too. */
export function createHearers(log: Log): Hearers {
  const byTopic = new Map<string, Set<(body: unknown) => void>>();
  const ofGaps = new Set<(body: unknown) => void>();

  function callAll(topic: string, all: ReadonlySet<(body: unknown) => void>, body?: unknown): void {
    for (const hear of [...all]) {
      try {
        hear(body);
      } catch (error) {
        log.error({ topic, error }, "bus.failed");
      }
    }
  }

  return {
    hear(topic, hear) {
      const all = byTopic.get(topic) ?? new Set();
      byTopic.set(topic, all);
      const own = (body: unknown) => hear(body); // the same function may hear twice
      all.add(own);
      return () => void all.delete(own);
    },
    onMissed(hear) {
      const own = () => hear();
      ofGaps.add(own);
      return () => void ofGaps.delete(own);
    },
    heard: (topic, body) => callAll(topic, byTopic.get(topic) ?? new Set(), body),
    missed: () => callAll("missed", ofGaps),
  };
}
