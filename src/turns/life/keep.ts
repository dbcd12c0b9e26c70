import type { Ledger } from "../../fleet/ledger.ts";
import type { Spool } from "../../pictures/spool.ts";
import type { Log } from "../../seam/log.ts";
import type { View } from "../../seam/view.ts";
import type { OpenTurn } from "../../store/open-turn.ts";
import type { Last } from "./deliver.ts";
import { putAside } from "./last-view.ts";
import { usualWait, type Wait } from "./patience.ts";

/** How a turn ends, and whether whoever takes over would know of it. */
export interface Kept extends Last {
  readonly isNoted: boolean;
}

/** Keeps what is about to be shown for whoever takes over, and goes on trying where the store does not take it. */
export interface Keep {
  /** That it cannot be noted is no reason not to show it: it was paid for. Never rejects. */
  note(turn: OpenTurn, view: View, log: Log): Promise<Kept>;
  /** Tries until it is noted. Rejects with the signal's reason when that aborts. */
  insist(last: Kept, signal: AbortSignal, log: Log): Promise<Kept>;
  /**
   * Sees to what could not be noted while it is being shown. `draining` aborts when the next process is to go on with
   * what only waits, `closed` when this one ends.
   */
  hold(last: Kept, draining: AbortSignal, closed: AbortSignal, log: Log): Holding;
}

export interface Holding {
  /** Aborts when it may be left to the next process: that would know of it by then. */
  readonly handOn: AbortSignal;
  /** It is shown, or was given up; what is left to the next process is tried to be noted once more. Never rejects. */
  end(isShown: boolean): Promise<Kept>;
}

/** Ms between tries. */
const againMs = 1000;

export function createKeep(
  { ledger, spool, now }: { readonly ledger: Ledger; readonly spool: Spool; readonly now: () => number },
  wait: Wait = usualWait,
): Keep {
  async function write(turn: OpenTurn, log: Log): Promise<boolean> {
    return ledger.note(turn).then(
      () => true,
      (error: unknown) => {
        log.warn({ error }, "store.failed");
        return false;
      },
    );
  }

  async function note(turn: OpenTurn, view: View, log: Log): Promise<Kept> {
    const aside = await putAside(view, turn.user.id, spool).catch((error: unknown) => {
      log.error({ error }, "spool.failed");
      return undefined;
    });
    const ended = { ...turn, endedAt: turn.endedAt ?? now(), ...(aside && { last: aside }) };
    return { turn: ended, view, ...(aside && { aside }), isNoted: await write(ended, log) };
  }

  /** Without its pictures there is nothing to put aside: the turn is noted as it is. */
  async function noteAgain(last: Kept, log: Log): Promise<Kept> {
    const { turn, view, aside } = last;
    if (view && !aside) return note(turn, view, log);
    return { ...last, isNoted: await write(turn, log) };
  }

  return {
    note,
    async insist(last, signal, log) {
      let kept = last;
      while (!kept.isNoted) {
        await wait(againMs, signal).catch(() => {});
        signal.throwIfAborted();
        kept = await noteAgain(kept, log);
      }
      return kept;
    },
    hold(last, draining, closed, log) {
      if (last.isNoted) return { handOn: draining, end: async () => last };
      const over = new AbortController();
      const handOn = new AbortController();
      const either = AbortSignal.any([over.signal, closed]);
      let kept = last;
      const letGo = () => {
        if (draining.aborted && kept.isNoted) handOn.abort(draining.reason);
      };
      const goOn = async () => {
        while (!kept.isNoted && !either.aborted) {
          await wait(againMs, either).catch(() => {});
          if (!either.aborted) kept = await noteAgain(kept, log);
        }
        letGo();
      };
      draining.addEventListener("abort", letGo);
      const noting = goOn();
      return {
        handOn: handOn.signal,
        async end(isShown) {
          over.abort();
          draining.removeEventListener("abort", letGo);
          await noting;
          return isShown || kept.isNoted ? kept : noteAgain(kept, log);
        },
      };
    },
  };
}
