import type { BotError } from "../../../src/seam/errors.ts";
import type { Log } from "../../../src/seam/log.ts";
import type { Events } from "./events.ts";

/** Why answers cannot be stored: said once to the page and once to the log, however often it is tried. */
export interface Trouble {
  begin(error: BotError, thread: string): void;
  end(): void;
}

export function createTrouble(events: Events, log: Log): Trouble {
  /** The sentence, and the threads that have been told. */
  let now: { readonly text: string; readonly told: Set<string> } | undefined;

  return {
    begin(error, thread) {
      const text = error.message;
      if (now?.text !== text) {
        now = { text, told: new Set() };
        log.error({ error }, "chat.failed");
      }
      if (now.told.has(thread)) return;
      now.told.add(thread);
      events.emit({ type: "notice", thread, text, failed: true });
    },
    end() {
      if (now) log.info({}, "chat.stores");
      now = undefined;
    },
  };
}
