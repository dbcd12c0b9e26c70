import { randomUUID } from "node:crypto";
import type { Admin } from "../../../src/seam/watch/admin.ts";
import type { Now } from "../../../src/seam/watch/control.ts";
import { createEvents, type Events } from "../live/events.ts";
import type { AdminEvent, WireNow } from "./messages.ts";
import { withWhere } from "./names.ts";

/** Turns that a page is shown; of the others it is told how many there are. */
const mostTurns = 100;

/** Ms between two words on what goes on: people read no faster. */
const paceMs = 250;

/** What goes on, as it goes along, for every open page. */
export interface Live extends Pick<Events<AdminEvent>, "open" | "close"> {
  now(): WireNow;
}

/** `now` is Unix time, ms. */
export function createLive({ control, nameOf }: Pick<Admin, "control" | "nameOf">, now: () => number): Live {
  const events = createEvents<AdminEvent>({ boot: randomUUID() });
  let due: NodeJS.Timeout | undefined;

  const look = () => toWire(control.now(), now(), nameOf);
  const end = control.listen((what) => {
    if (!events.isHeard) return;
    if (what === "failures") return events.emit({ type: "failures" });
    due ??= setTimeout(() => {
      due = undefined;
      events.emit({ type: "now", now: look() });
    }, paceMs);
  });

  return {
    now: look,
    open: events.open,
    close() {
      end();
      clearTimeout(due);
      events.close();
    },
  };
}

function toWire({ turns, ...rest }: Now, at: number, nameOf: Admin["nameOf"]): WireNow {
  const counts = { waiting: 0, drawing: 0, showing: 0 };
  for (const { phase } of turns) counts[phase] += 1;
  return { ...rest, turns: turns.slice(0, mostTurns).map((turn) => withWhere(turn, nameOf)), counts, at };
}
