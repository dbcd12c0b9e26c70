import type { Bus } from "../../seam/bus.ts";
import type { Log } from "../../seam/log.ts";
import { createHearers } from "../hearers.ts";

/** The bus of one process: what is told is heard in a moment, and nothing is ever missed. */
export function createBus(log: Log): Bus {
  const { hear, heard, onMissed } = createHearers(log);
  return {
    hear,
    onMissed,
    async tell(topic, body) {
      queueMicrotask(() => heard(topic, body));
    },
    async close() {},
  };
}
