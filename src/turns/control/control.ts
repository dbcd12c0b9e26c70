import { z } from "zod";
import type { Ledger } from "../../fleet/ledger.ts";
import type { Bus } from "../../seam/bus.ts";
import type { Log } from "../../seam/log.ts";
import type { MessageKey } from "../../seam/turn.ts";
import type { Changed, Control } from "../../seam/watch/control.ts";
import type { Store } from "../../store/store.ts";
import { type Board, createBoard, inOrder } from "./board.ts";
import { type Cancels, createCancels, type InHand } from "./cancels.ts";
import { createElsewhere } from "./elsewhere.ts";
import { createFailures, type Failures } from "./failures.ts";

/** What turns are written down on as they go along, and the admin's view of it. */
export interface Desk {
  readonly board: Board;
  readonly failures: Failures;
  controlOf(runs: InHand, cancels: Cancels | undefined): Control;
  /** How the turns of other processes are cancelled; undefined: this one is alone. */
  cancelsOf(runs: InHand): Cancels | undefined;
  /** The other processes forget what this one has. Never rejects. */
  close(): Promise<void>;
}

/** Whether new turns are taken, told to all processes. */
const taking = z.object({ isOpen: z.boolean() });

const topic = "taking";

/** `bus`: there are other processes. `now` is Unix time, ms. */
export function createDesk(of: {
  readonly store: Store;
  readonly ledger: Pick<Ledger, "open">;
  readonly bus?: Bus | undefined;
  readonly log: Log;
  readonly now: () => number;
}): Desk {
  const { store, ledger, bus, log, now } = of;
  const listeners = new Set<(what: Changed) => void>();
  const tell = (what: Changed) => () => {
    for (const hear of listeners) hear(what);
  };
  const board: Board = createBoard({
    onChange: tell("turns"),
    onTurn: (message, turn) => elsewhere?.tell(message, turn),
    now,
  });
  const own = () => board.now().turns;
  const elsewhere = bus && createElsewhere({ bus, own, onChange: tell("turns"), log, now });
  const failures = createFailures(store, { onChange: tell("failures"), log, now });
  bus?.hear(topic, (body) => open(taking.parse(body).isOpen));

  function open(isOpen: boolean): void {
    if (board.open(isOpen)) log.warn({}, isOpen ? "admin.taking" : "admin.draining");
  }

  function openAll(isOpen: boolean): void {
    open(isOpen);
    bus?.tell(topic, { isOpen }).catch((error: unknown) => log.error({ error }, "admin.untold"));
  }

  async function textElsewhere(message: MessageKey): Promise<string | undefined> {
    if (!elsewhere?.find(message)) return undefined;
    return (await ledger.open()).find(({ turn }) => turn?.message === message)?.turn?.text;
  }

  return {
    board,
    failures,
    cancelsOf: (runs) => bus && elsewhere && createCancels({ bus, store, ledger, runs, elsewhere, log, now }),
    close: async () => elsewhere?.close(),
    controlOf: (runs, cancels) => ({
      now() {
        const here = board.now();
        const mine = new Set(here.turns.map(({ message }) => message));
        const others = elsewhere?.turns().filter(({ message }) => !mine.has(message)) ?? [];
        return { ...here, turns: inOrder([...here.turns, ...others]) };
      },
      async promptOf(message) {
        const text = board.promptOf(message) ?? (await textElsewhere(message));
        if (text !== undefined) log.info({ message }, "admin.read");
        return text;
      },
      async cancel(message) {
        const found = runs.find(message);
        const user = found?.user ?? (await cancels?.ownerOf(message));
        if (!user) return false;
        log.info({ message, user: user.id }, "admin.cancelled");
        if (found) found.cancel();
        else await cancels?.cancel(message);
        return true;
      },
      failures: failures.list,
      drain: () => openAll(false),
      takeAgain: () => openAll(true),
      listen(hear) {
        listeners.add(hear);
        return () => void listeners.delete(hear);
      },
    }),
  };
}
