import { type Answer, type AnswerTools, answer } from "../answer/answer.ts";
import { cancelledView, failedView, forgottenView, queuedView } from "../answer/views.ts";
import type { Adapter } from "../seam/adapter.ts";
import { BotError, severity, toBotError } from "../seam/errors.ts";
import type { Log } from "../seam/log.ts";
import type { Attachment, MessageKey, User } from "../seam/turn.ts";
import type { Reply, View } from "../seam/view.ts";
import type { AccountBook } from "../store/accounts.ts";
import type { Generation } from "../store/history.ts";
import type { OpenTurn } from "../store/open-turn.ts";
import type { Lanes } from "./lanes.ts";
import type { Ledger } from "./ledger.ts";
import { createPace } from "./pace.ts";

/** The turns in flight. */
export interface Runs {
  /**
   * Sees one turn through to its last view, whatever happens, and then forgets it in the ledger. Rejects only when
   * nothing can be shown nor kept any more. `onUndone` hears why it came to nothing, before a person does.
   */
  start(
    adapter: Adapter,
    turn: OpenTurn,
    reply: Reply,
    files: readonly Attachment[],
    onUndone?: OnUndone,
  ): Promise<void>;
  /** The turn whose answer that message will show; undefined when it is over, or has not begun. */
  find(message: MessageKey): { readonly user: User; cancel(): void } | undefined;
  /** Cancels the turn of a message that a person sees already and we do not know yet, once it begins. */
  cancelEarly(message: MessageKey, by: User): void;
  /** Waits up to `graceMs` for those in flight and stops the rest; the ledger keeps them for the next start. */
  drain(graceMs: number): Promise<void>;
}

/** Hears why a turn came to nothing, and which message is about to say so. */
export type OnUndone = (error: BotError, message: MessageKey) => void;

interface InFlight {
  readonly user: User;
  readonly stop: AbortController;
  readonly over: Promise<void>;
}

/** Why a turn's signal aborts. A cancelled turn is over; one that a shutdown stops goes on after the next start. */
const cancelled = new BotError("stopped", "Cancelled.");
const shutdown = new BotError("stopped", "The bot is restarting.");

/** Presses that may wait for their turn to begin. */
const mostEarly = 100;

export function createRuns(
  parts: Omit<AnswerTools, "adapter" | "note"> & {
    readonly ledger: Ledger;
    readonly lanes: Lanes;
    readonly accounts: AccountBook;
  },
): Runs {
  const { painter, history, ledger, lanes, accounts, log, now } = parts;
  const inFlight = new Map<MessageKey, InFlight>();
  const startedAt = now();
  const early = new Map<MessageKey, User>(); // in the order in which they were pressed
  let closed = false;

  async function see(
    adapter: Adapter,
    turn: OpenTurn,
    reply: Reply,
    files: readonly Attachment[],
    stop: AbortController,
    turnLog: Log,
    onUndone: OnUndone,
  ): Promise<void> {
    const pace = createPace(reply, (error) => turnLog.warn({ error }, "view.lost"));
    const state: Answer = { turn, notes: [...turn.notes], drawings: [] };
    const tools = { ...parts, adapter, note: ledger.note, log: turnLog, now };
    let leave: (() => void) | undefined;
    let last: View;
    try {
      await ledger.note(turn);
      const asker = { thread: turn.thread, user: turn.user.id, ...communityOf(turn) };
      const onPlace = (ahead: number, hasGrown: boolean) => pace.offer(queuedView(ahead, hasGrown));
      leave = await lanes.enter(asker, stop.signal, onPlace, { resumed: turn.acceptedAt < startedAt });
      const { generation, view } = await answer(state, files, tools, reply.limits, pace.offer, stop.signal);
      // Saved before it is shown: who sees the picture may answer it at once.
      last = await keep(generation, turn).then(
        () => view,
        (error: unknown) => {
          turnLog.error({ error }, "store.failed");
          return forgottenView(view);
        },
      );
    } catch (error) {
      if (stop.signal.reason === shutdown) return leave?.();
      last = await undone(state, error, stop.signal.reason === cancelled, turnLog);
      onUndone(toBotError(error), turn.message);
    }
    await pace
      .finish(last)
      .catch((error: unknown) => {
        turnLog.warn({ error }, "view.lost");
        return reply.show(last); // it was paid for, and changing the message twice harms nothing
      })
      .catch((error: unknown) => turnLog.error({ error }, "answer.lost"));
    leave?.();
    await ledger.forget(turn.message).catch((error: unknown) => turnLog.error({ error }, "store.failed"));
  }

  async function keep(generation: Generation, { place }: OpenTurn): Promise<void> {
    const { thread, message, user, pictures, details } = generation;
    await history.save(generation);
    await history.moveHead(thread, message);
    const answer = { pictures: pictures.length, cost: details?.cost };
    for (const owner of [user, ...(place ? [place.channel] : [])]) {
      await accounts
        .add(owner, answer, now())
        .catch((error: unknown) => log.error({ error }, "store.failed"));
    }
  }

  /** What a turn that came to nothing leaves: a line in the log, a generation to run again, and its last view. */
  async function undone(state: Answer, error: unknown, wasCancelled: boolean, turnLog: Log): Promise<View> {
    const { turn } = state;
    // What nobody will see need not be drawn on, nor paid for; a response that is over is left as it is.
    for (const id of turn.responseIds ?? []) if (id) void painter.cancel(id);
    const known = toBotError(error);
    turnLog[severity(known)](
      { code: known.code, error: known },
      wasCancelled ? "turn.cancelled" : "turn.failed",
    );
    const haveAll = turn.attachments === 0 || turn.inputs !== undefined;
    const again = haveAll && (await keepUndone(state, wasCancelled ? "cancelled" : "failed"));
    return wasCancelled ? cancelledView(again, state) : failedView(known, again, state);
  }

  /** Whether redo and edit prompt will find it. */
  async function keepUndone({ turn }: Answer, outcome: "failed" | "cancelled"): Promise<boolean> {
    try {
      const parent = turn.from === undefined ? await history.head(turn.thread) : turn.from;
      await history.save({
        message: turn.message,
        thread: turn.thread,
        ...(parent && { parent }),
        user: turn.user.id,
        prompt: turn.text,
        options: turn.options,
        inputs: turn.inputs ?? turn.brought ?? [],
        ...(turn.style && { style: turn.style }),
        ...(turn.stylePictures && !turn.inputs && { stylePictures: turn.stylePictures }),
        mustDraw: turn.mustDraw,
        ...(turn.under && { under: turn.under }),
        ...(turn.like && { like: turn.like }),
        ...(turn.linksFrom !== undefined && { linksFrom: turn.linksFrom }),
        outcome,
        pictures: [],
        createdAt: now(),
      });
      return true;
    } catch {
      return false; // the person is being told of what failed first
    }
  }

  return {
    start(adapter, turn, reply, files, onUndone = () => {}) {
      const stop = new AbortController();
      const by = early.get(turn.message);
      early.delete(turn.message);
      if (by && (by.moderator || by.id === turn.user.id)) stop.abort(cancelled);
      if (closed) stop.abort(shutdown); // accepted in the last moment: it is noted, and goes on after the next start
      const turnLog = log.child({ adapter: adapter.name, thread: turn.thread, message: turn.message });
      const shown = turn.spoiler ? hide(reply) : reply;
      const over = see(adapter, turn, shown, files, stop, turnLog, onUndone).finally(() =>
        inFlight.delete(turn.message),
      );
      inFlight.set(turn.message, { user: turn.user, stop, over });
      return over;
    },
    find(message) {
      const found = inFlight.get(message);
      return found && { user: found.user, cancel: () => found.stop.abort(cancelled) };
    },
    cancelEarly(message, by) {
      early.set(message, by);
      const [oldest] = early.keys();
      if (oldest && early.size > mostEarly) early.delete(oldest);
    },
    async drain(graceMs) {
      const all = Promise.allSettled([...inFlight.values()].map(({ over }) => over));
      const grace = new Promise((resolve) => setTimeout(resolve, graceMs).unref());
      await Promise.race([all, grace]);
      closed = true;
      for (const { stop } of inFlight.values()) stop.abort(shutdown);
      await all;
    },
  };
}

/** Those it shares the bot with. */
function communityOf({ place }: OpenTurn) {
  return place && { community: place.community ?? place.channel };
}

/** What is made from something hidden is hidden, too. */
function hide(reply: Reply): Reply {
  return { ...reply, show: (view) => reply.show({ ...view, spoiler: true }) };
}
