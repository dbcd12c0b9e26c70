import type { Log } from "../../seam/log.ts";
import type { MessageKey, User } from "../../seam/turn.ts";
import type { Changed, Control } from "../../seam/watch/control.ts";
import type { Store } from "../../store/store.ts";
import { type Board, createBoard } from "./board.ts";
import { createFailures, type Failures } from "./failures.ts";

/** What turns are written down on as they go along, and the admin's view of it. */
export interface Desk {
  readonly board: Board;
  readonly failures: Failures;
  controlOf(runs: Findable): Control;
}

/** Where a turn is found that can still be cancelled. */
interface Findable {
  find(message: MessageKey): { readonly user: User; cancel(): void } | undefined;
}

/** `now` is Unix time, ms. */
export function createDesk({ store, log, now }: { store: Store; log: Log; now: () => number }): Desk {
  const listeners = new Set<(what: Changed) => void>();
  const tell = (what: Changed) => () => {
    for (const hear of listeners) hear(what);
  };
  const board = createBoard({ onChange: tell("turns"), now });
  const failures = createFailures(store, { onChange: tell("failures"), log, now });

  function open(isOpen: boolean): void {
    if (board.open(isOpen)) log.warn({}, isOpen ? "admin.taking" : "admin.draining");
  }

  return {
    board,
    failures,
    controlOf: (runs) => ({
      now: board.now,
      promptOf(message) {
        const text = board.promptOf(message);
        if (text !== undefined) log.info({ message }, "admin.read");
        return text;
      },
      cancel(message) {
        const found = runs.find(message);
        if (!found) return false;
        log.info({ message, user: found.user.id }, "admin.cancelled");
        found.cancel();
        return true;
      },
      failures: failures.list,
      drain: () => open(false),
      takeAgain: () => open(true),
      listen(hear) {
        listeners.add(hear);
        return () => void listeners.delete(hear);
      },
    }),
  };
}
