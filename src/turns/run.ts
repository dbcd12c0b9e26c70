import { type Answer, type AnswerTools, answer, type Display } from "../answer/answer.ts";
import { toTurnBill } from "../answer/bill.ts";
import {
  awayView,
  cancelledView,
  failedView,
  forgottenView,
  parkedView,
  queuedView,
  unsavedView,
} from "../answer/views.ts";
import { type Lanes, toAsker } from "../fleet/lanes.ts";
import { type Hold, keyOf, type Ledger, LetGo } from "../fleet/ledger.ts";
import type { Spool } from "../pictures/spool.ts";
import type { Adapter } from "../seam/adapter.ts";
import { BotError, toBotError } from "../seam/errors.ts";
import type { Log } from "../seam/log.ts";
import { letGo } from "../seam/spare.ts";
import { orAborted } from "../seam/timeout.ts";
import type { Attachment, MessageKey } from "../seam/turn.ts";
import type { Reply, View } from "../seam/view.ts";
import type { AccountBook } from "../store/accounts.ts";
import type { OpenTurn } from "../store/open-turn.ts";
import type { Desk } from "./control/control.ts";
import { createBooks } from "./life/books.ts";
import { createDeliver } from "./life/deliver.ts";
import { createKeep, type Kept } from "./life/keep.ts";
import { isThere, throwAway } from "./life/last-view.ts";
import { insist, usualWait, type Wait } from "./life/patience.ts";
import { type Patience, throughOutage } from "./life/through-outage.ts";
import { untilHeld } from "./life/while-held.ts";
import type { Pace } from "./pace.ts";
import type { Paying } from "./paying/paying.ts";
import type { Story } from "./story.ts";

/** Hears why a turn came to nothing, and which message is about to say so. */
export type OnUndone = (error: BotError, message: MessageKey) => void;

type Stopped = ReadonlyMap<string, Awaited<ReturnType<AnswerTools["painter"]["cancel"]>>>;

/** One turn, as it is seen through. */
export interface Run {
  readonly adapter: Adapter;
  readonly reply: Reply;
  readonly files: readonly Attachment[];
  readonly pace: Pace;
  readonly stop: AbortController;
  readonly log: Log;
  readonly story: Story;
  readonly onUndone: OnUndone;
  readonly isResumed: boolean;
  readonly isBarred: boolean;
  readonly hold: Hold;
  /** What is there to be shown is no longer cancelled. */
  isEnded: boolean;
  /** What it has taken, once those who draw it have been stopped. */
  stopped?: Promise<OpenTurn["bill"]>;
}

/** Why a turn's signal aborts. A cancelled turn is over; one that a shutdown stops goes on after the next start. */
export const cancelled = new BotError("stopped", "Cancelled.");
export const shutdown = new LetGo("The bot is restarting.");

/** Of a turn, and of a page, whose place was closed to the bot since. */
export function barred(): BotError {
  return new BotError(
    "forbidden",
    "I may no longer be used there, so nothing was drawn. Whoever runs me decides where I draw; ask them.",
  );
}

/** What it takes to see a turn through. */
export type RunParts = Omit<AnswerTools, "adapter" | "note" | "mayAsk"> & {
  readonly ledger: Ledger;
  readonly lanes: Lanes;
  readonly accounts: AccountBook;
  readonly paying: Paying;
  readonly spool: Spool;
  readonly desk: Pick<Desk, "board">;
  readonly wait?: Wait;
};

/** Sees turns through, each from its line to its last view. */
export interface SeeThrough {
  see(turn: OpenTurn, run: Run): Promise<void>;
  /** As of `Runs`. */
  book(turn: OpenTurn): Promise<OpenTurn>;
  /** Resolves when it is written down of all turns that are shown by now that they are over. */
  settled(): Promise<void>;
}

/** How long it takes to say of what is given away that it goes on, in ms. */
const partingMs = 300;

/** `draining` aborts when nothing more is begun, `closed` when this process lets go of all. */
export function createSeeThrough(
  parts: RunParts,
  { draining, closed }: { readonly draining: AbortSignal; readonly closed: AbortSignal },
): SeeThrough {
  const { wait = usualWait } = parts;
  const { painter, history, ledger, lanes, accounts, paying, spool, desk, log, now } = parts;
  const books = createBooks({ history, accounts, now });
  const deliver = createDeliver(spool, now, wait);
  const keep = createKeep({ ledger, spool, now }, wait);
  /** What is still to be written down of turns that are shown. */
  const settling = new Set<Promise<unknown>>();

  async function see(turn: OpenTurn, run: Run): Promise<void> {
    const come = await toLast(turn, run);
    // Whatever it took to draw is let go of by now: to be shown may take hours.
    if (come) await end(come.last, run, come.leave);
    run.story.tell(come?.last.turn ?? turn);
  }

  /** What is to be shown in the end, and how to make room for others then; undefined when this process ends before it. */
  async function toLast(
    turn: OpenTurn,
    run: Run,
  ): Promise<{ readonly last: Kept; readonly leave: () => void } | undefined> {
    const { adapter, stop } = run;
    const state: Answer = { turn, notes: [...turn.notes], drawings: [] };
    let leave: (() => void) | undefined;
    let last: Kept;
    try {
      // What was about to be shown is shown, and nothing before it. What came to nothing may have been shown, and is
      // not drawn because its last sketch is gone.
      if (turn.last && (!turn.drawn || (await isThere(turn.last, spool)))) {
        const view = { ...turn.last.view, images: [] };
        last = { turn, view, aside: turn.last, isWaiting: true, isNoted: true };
      } else {
        const display = toDisplay(turn, run);
        if (run.isBarred) throw barred();
        if (draining.aborted) await giveAway(turn, run, display);
        if (!run.isResumed) desk.board.checkOpen();
        await throughOutage(toAway(state, run), paying.reserve, turn);
        const onPlace = (ahead: number, hasGrown: boolean, startsInMs?: number) => {
          run.story.placed(ahead);
          display.offer(queuedView(ahead, hasGrown, startsInMs));
        };
        leave = await lanes.enter(toAsker(turn), stop.signal, onPlace, { resumed: run.isResumed });
        run.story.entered();
        last = await draw(state, run);
      }
    } catch (error) {
      if (run.hold.lost.aborted) {
        leave?.(); // another has it, and has noted more than is known here
        return undefined;
      }
      if (stop.signal.reason === shutdown) {
        leave?.();
        // A disk that was full a moment ago may not know under which id OpenAI draws it.
        await ledger.note(state.turn).catch((failure: unknown) => {
          run.log.error({ error: failure }, "store.failed");
        });
        return undefined;
      }
      if (turn.drawn && (await shows(adapter, turn.message))) last = { turn, isNoted: true };
      else last = await fail(state, error, run);
    }
    // Another process may have had it in line.
    return { last, leave: leave ?? (() => lanes.skip(keyOf(turn))) };
  }

  /**
   * This process begins with nothing more: another goes on with it at once, before what is asked there later, or the next
   * after the start.
   */
  async function giveAway(turn: OpenTurn, { stop }: Run, display: Display): Promise<never> {
    display.offer(parkedView());
    if (ledger.isShared) {
      await wait(partingMs, stop.signal).catch(() => {}); // until that is seen
      await ledger.handOn(keyOf(turn));
    }
    return orAborted(new Promise<never>(() => {}), stop.signal);
  }

  /** Draws, and writes down what came of it before anybody sees it. */
  async function draw(state: Answer, run: Run): Promise<Kept> {
    const { adapter, reply, files, stop, log: turnLog } = run;
    const tools = { ...parts, adapter, note: ledger.note, mayAsk: toMayAsk(run), log: turnLog, now };
    const display = toDisplay(state.turn, run);
    const asked = [state, files, tools, reply.limits, display, stop.signal] as const;
    const { generation, view } = await throughOutage(toAway(state, run), answer, ...asked);
    stop.signal.throwIfAborted();
    run.isEnded = true;
    run.story.drawn(generation);
    // What it is, and that it is to be shown, is one record. The rest is done again where a crash cuts it off.
    const bill = toBill(state);
    const turn = { ...state.turn, drawn: generation, ...(bill && { bill }) };
    const kept = await keep.note(turn, view, turnLog);
    // Who takes over what could not be noted would show another picture in its place.
    if (ledger.isShared && !kept.isNoted) display.offer(unsavedView(state));
    const last = ledger.isShared ? await keep.insist(kept, stop.signal, turnLog) : kept;
    run.hold.lost.throwIfAborted();
    const [isBooked] = await Promise.all([books.book(generation, turnLog), pay(last.turn, turnLog)]);
    return isBooked
      ? { ...last, turn: { ...last.turn, booked: true } }
      : { ...last, view: forgottenView(view) };
  }

  /** Apart from all else: a function keeps whatever is around it, and what asked OpenAI may outlive the answer. */
  function toMayAsk({ hold, stop }: Run): AnswerTools["mayAsk"] {
    return () => untilHeld(hold, stop.signal, wait);
  }

  /** It is noted: while the store is away it waits, and says so. */
  function toAway(state: Answer, run: Run): Patience {
    const onAway = () => toDisplay(state.turn, run).offer(awayView(state));
    return { onAway, signal: run.stop.signal, wait, log: run.log };
  }

  /** What is left to be said of a turn that came to nothing. */
  async function fail(state: Answer, error: unknown, run: Run): Promise<Kept> {
    const wasCancelled = run.stop.signal.reason === cancelled;
    if (wasCancelled) {
      state.turn = { ...state.turn, cancelled: true };
      // Before OpenAI hears of it: else the next process would say that OpenAI has stopped it.
      await ledger.note(state.turn).catch((failure: unknown) => {
        run.log.error({ error: failure }, "store.failed");
      });
    }
    run.story.failed(toBotError(error), wasCancelled, state.turn);
    const view = await undone(state, error, wasCancelled, run);
    run.onUndone(toBotError(error), state.turn.message);
    // What was stopped may tell in a moment what it has taken.
    const bill = run.stopped ? undefined : toBill(state);
    const last = await keep.note({ ...state.turn, ...(bill && { bill }) }, view, run.log);
    if (!run.stopped) await pay(last.turn, run.log);
    return last;
  }

  /** What it has taken; undefined where nothing was asked for. */
  function toBill({ drawings, by, turn }: Answer, stopped?: Stopped): OpenTurn["bill"] {
    if (!by) return undefined;
    const { least = 0 } = turn.hold ?? {};
    return toTurnBill(drawings, by, { prices: parts.prices, least, ...(stopped && { stopped }) });
  }

  /** What could not be written down is tried again when it is over. */
  async function pay(turn: OpenTurn, turnLog: Log): Promise<void> {
    await paying.settle(turn).catch((error: unknown) => turnLog.error({ error }, "store.failed"));
  }

  /** Shows the last view, and forgets the turn when it is there. `leave`: others wait no longer than for the first try. */
  async function end(last: Kept, run: Run, leave: () => void): Promise<void> {
    const { pace, reply, log: turnLog } = run;
    const { turn } = last;
    run.isEnded = true;
    const first = (view: View) =>
      pace.finish(view).catch(async (error: unknown) => {
        // It may wait for long, and be counted by others by then.
        if (turn.booked) {
          await ledger
            .note(turn)
            .catch((failure: unknown) => turnLog.error({ error: failure }, "store.failed"));
        }
        throw error;
      });
    const holding = keep.hold(last, draining, closed, turnLog);
    let isShown = false;
    try {
      const { handOn } = holding;
      const over = AbortSignal.any([closed, run.hold.lost]);
      await deliver(last, { first, again: reply.show, leave, handOn }, over, turnLog);
      isShown = true;
      run.story.shown();
    } catch (error) {
      if (run.hold.lost.aborted) return void (await holding.end(true));
      if (draining.aborted) {
        await holding.end(false); // it is shown after the next start
        return;
      }
      turnLog.error({ error }, "answer.lost");
      run.story.lost(toBotError(error));
    } finally {
      leave();
    }
    const kept = await holding.end(true);
    // What has waited is without its pictures: they were not held for that long.
    if (isShown && reply.letsGo) for (const { bytes } of last.view?.images ?? []) letGo(bytes);
    // Who ends before OpenAI has answered counts the least.
    const bill = await orAborted(run.stopped ?? Promise.resolve(undefined), closed).catch(() => undefined);
    await settle(bill ? { ...kept, turn: { ...kept.turn, bill } } : kept, turnLog);
  }

  /** It is over. Where the store does not take that in, this process does not end before it does, or has to. */
  async function settle({ turn, aside }: Kept, turnLog: Log): Promise<void> {
    // Not before: what comes back after a start shows them again.
    const throwPictures = () => aside && throwAway(aside, spool);
    // What it cost comes first: who is forgotten is not seen to again.
    const forget = async () => {
      await paying.settle(turn);
      await ledger.forget(turn);
    };
    try {
      await forget();
      await throwPictures();
    } catch (error) {
      turnLog.error({ error }, "store.failed");
      const settled = insist(forget, { signal: closed, log: turnLog, wait })
        .then(throwPictures)
        .catch(() => {}) // it is the next start's
        .finally(() => settling.delete(settled));
      settling.add(settled);
    }
  }

  /** What a turn that came to nothing leaves: a generation to run again, and its last view. */
  async function undone(state: Answer, error: unknown, wasCancelled: boolean, run: Run): Promise<View> {
    const { turn } = state;
    // What nobody will see need not be drawn on, nor paid for; a response that is over is left as it is.
    const ids = (turn.responseIds ?? []).filter((id) => id !== null);
    const told = ids.map(async (id) => [id, await painter.cancel(id)] as const);
    if (state.drawings.some(({ isUntold }) => isUntold)) {
      run.stopped = Promise.all(told).then((all) => toBill(state, new Map(all)));
    }
    // It is all there is. Who has taken it back has seen what they saw.
    if (!wasCancelled) await Promise.all(state.drawings.map((drawing) => drawing.catchUp()));
    const known = toBotError(error);
    const haveAll = turn.attachments === 0 || turn.inputs !== undefined;
    const again = haveAll && (await books.keepUndone(turn, wasCancelled ? "cancelled" : "failed"));
    return wasCancelled ? cancelledView(again, state) : failedView(known, again, state);
  }

  return {
    see,
    async book(turn) {
      if (!turn.drawn || turn.booked) return turn;
      const turnLog = log.child({ adapter: turn.adapter, thread: turn.thread, message: turn.message });
      await pay(turn, turnLog);
      return (await books.book(turn.drawn, turnLog)) ? { ...turn, booked: true } : turn;
    },
    settled: async () => void (await Promise.all(settling)),
  };
}

/**
 * Where views on the way are shown. A picture that may be shown already is not gone back from: that it was could not be
 * noted where the disk was full, or the process killed in that moment.
 */
function toDisplay({ drawn, responseIds }: OpenTurn, { isResumed, pace }: Run): Display {
  const mayBeShown = drawn !== undefined || (isResumed && responseIds?.every((id) => id !== null) === true);
  return mayBeShown ? { offer: () => {}, ready: async () => false } : pace;
}

/** Whether there are pictures in that message; a platform that does not say has none. */
async function shows(adapter: Adapter, message: MessageKey): Promise<boolean> {
  return (await adapter.recall(message).catch(() => [])).length > 0;
}
