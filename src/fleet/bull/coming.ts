import { createBounded } from "../../seam/bounded.ts";
import type { Log } from "../../seam/log.ts";
import { type Alarm, setAlarm } from "../../seam/timeout.ts";
import type { EventKey } from "../../seam/turn.ts";
import type { Expected } from "../lanes.ts";
import type { Gate, Reservation } from "../line/gate.ts";
import type { LaneExpected } from "./lane-words.ts";

/** What is about to come to the line, and has its place in its thread until then. */
export interface Coming {
  /** When it was taken on, by this clock. What is new goes by when it is heard: nobody's clock and no delay decides. */
  timed(one: LaneExpected & { readonly isNew?: boolean }): Expected;
  /** Nobody of its thread goes before it, for half a minute: not where it is here or past. */
  expect(one: Expected): void;
  /** Its place. */
  reservedFor(id: EventKey): Reservation | undefined;
  /** It has come: its place is given up. */
  unexpect(id: EventKey): void;
  /** It is over, or comes to nothing, also where who does not know that yet says once more that it is about to come. */
  pass(id: EventKey): void;
  close(): void;
}

/** How much of what has been is remembered. */
const mostPast = 5000;

/**
 * How long a thread waits for what was taken on and does not come, in ms: longer than it takes to be taken over from a
 * process that is gone, and to be begun with anew.
 */
const mostExpectedMs = 30_000;

/** `isHere`: it has come already. */
export function createComing(
  gate: Pick<Gate, "reserve" | "unreserve">,
  isHere: (id: EventKey) => boolean,
  log: Log,
): Coming {
  const coming = new Map<EventKey, { readonly reserved: Reservation; readonly alarm: Alarm }>();
  const past = createBounded<EventKey, true>(mostPast);
  /** When the newest of what was taken on was heard of. */
  let newest = 0;

  function unexpect(id: EventKey): void {
    const one = coming.get(id);
    if (!one) return;
    one.alarm.clear();
    coming.delete(id);
    gate.unreserve(one.reserved);
  }

  function pass(id: EventKey): void {
    past.set(id, true);
    unexpect(id);
  }

  return {
    timed({ id, thread, agoMs, isNew = false }) {
      const now = Date.now();
      newest = Math.max(now, newest + 0.001);
      return { key: id, thread, at: isNew ? newest : now - agoMs };
    },
    expect({ key, thread, at }) {
      if (past.has(key) || isHere(key) || coming.has(key)) return;
      const isLate = () => {
        log.warn({ event: key }, "lanes.unclaimed");
        pass(key);
      };
      const alarm = setAlarm(mostExpectedMs, isLate, { isIdle: true });
      coming.set(key, { reserved: gate.reserve(thread, at), alarm });
    },
    reservedFor: (id) => coming.get(id)?.reserved,
    unexpect,
    pass,
    close() {
      for (const { alarm } of coming.values()) alarm.clear();
    },
  };
}
