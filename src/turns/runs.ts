import { keyOf } from "../fleet/ledger.ts";
import type { Adapter } from "../seam/adapter.ts";
import { pause, withTimeout } from "../seam/timeout.ts";
import type { Attachment, MessageKey, User } from "../seam/turn.ts";
import type { Reply } from "../seam/view.ts";
import type { Meter } from "../seam/watch/meter.ts";
import type { OpenTurn } from "../store/open-turn.ts";
import type { Desk } from "./control/control.ts";
import { whileHeld } from "./life/while-held.ts";
import { createPace } from "./pace.ts";
import { cancelled, createSeeThrough, type OnUndone, type Run, type RunParts, shutdown } from "./run.ts";
import { createStory } from "./story.ts";

/** The turns in flight. */
export interface Runs {
  /**
   * Sees one turn that is noted through to its last view, whatever happens, and then forgets it in the ledger. Those of
   * a thread go in the order in which they are started. `onUndone` hears why it came to nothing, before a person does.
   * `isResumed`: it was taken on by the process before, and is never told that the line is full. `isBarred`: the bot may
   * no longer be used there, so that it is not drawn any more; what is drawn is shown.
   */
  start(
    adapter: Adapter,
    turn: OpenTurn,
    reply: Reply,
    files: readonly Attachment[],
    more?: {
      readonly onUndone?: OnUndone | undefined;
      readonly isResumed?: boolean;
      readonly isBarred?: boolean;
    },
  ): Promise<void>;
  /** Of a turn of the process before that is drawn: does what is left to be kept of it. To be called before any starts. */
  book(turn: OpenTurn): Promise<OpenTurn>;
  /** The turn whose answer that message will show; undefined when it is over, or has not begun. */
  find(message: MessageKey): { readonly user: User; cancel(): void } | undefined;
  /** Cancels the turn of a message that a person sees already and we do not know yet, once it begins. */
  cancelEarly(message: MessageKey, by: User): void;
  /**
   * Cancels all that is on its way for a person, and what they begin until `release`; how many were cancelled. Resolves
   * when those are over, or after ten seconds, and does not wait for what is drawn and only to be shown.
   */
  stop(userId: string): Promise<{ readonly cancelled: number; release(): void }>;
  /**
   * Begins nothing more: what starts from now on is left in the ledger for the next start, and the person is told so.
   * Waits up to `graceMs` for those in flight, and leaves the rest there, too; at once what waits for its platform.
   */
  drain(graceMs: number): Promise<void>;
}

interface InFlight {
  readonly user: User;
  readonly run: Run;
  readonly over: Promise<void>;
}

/** How long the turns of one who is forgotten may take to be over, in ms: a platform that is down shows nothing. */
const mostStopMs = 10_000;

/** Presses that may wait for their turn to begin. */
const mostEarly = 100;

export function createRuns(
  parts: RunParts & { readonly meter: Meter; readonly desk: Pick<Desk, "board" | "failures"> },
): Runs {
  const { ledger, meter, desk, log, now } = parts;
  const inFlight = new Map<MessageKey, InFlight>();
  const early = new Map<MessageKey, User>(); // in the order in which they were pressed
  const stopped = new Map<string, number>(); // people whose turns are cancelled, and by how many at once
  const closed = new AbortController();
  const draining = new AbortController();
  const { see, book, settled } = createSeeThrough(parts, {
    draining: draining.signal,
    closed: closed.signal,
  });

  return {
    start(adapter, turn, reply, files, { onUndone = () => {}, isResumed = false, isBarred = false } = {}) {
      const stop = new AbortController();
      const by = early.get(turn.message);
      early.delete(turn.message);
      if (turn.cancelled || stopped.has(turn.user.id) || (by && (by.moderator || by.id === turn.user.id)))
        stop.abort(cancelled);
      const hold = ledger.hold(keyOf(turn));
      if (hold.lost.aborted) stop.abort(hold.lost.reason);
      else hold.lost.addEventListener("abort", () => stop.abort(hold.lost.reason), { once: true });
      if (closed.signal.aborted) stop.abort(shutdown); // accepted in the last moment: it is noted, and goes on after the next start
      const turnLog = log.child({ adapter: adapter.name, thread: turn.thread, message: turn.message });
      const own = turn.spoiler ? hide(reply) : reply;
      const shown = { ...own, show: whileHeld(own, hold) };
      const story = createStory(turn, { desk, log: turnLog, meter, now, isResumed });
      const pace = createPace({ ...shown, show: story.watch(shown.show) }, (error) =>
        turnLog.warn({ error }, "view.lost"),
      );
      const run: Run = {
        ...{
          adapter,
          reply: shown,
          files,
          pace,
          stop,
          log: turnLog,
          story,
          onUndone,
          isResumed,
          isBarred,
          hold,
        },
        isEnded: false,
      };
      const over = see(turn, run).finally(() => {
        if (inFlight.get(turn.message)?.run === run) inFlight.delete(turn.message);
      });
      inFlight.set(turn.message, { user: turn.user, run, over });
      return over;
    },
    book,
    find(message) {
      const found = inFlight.get(message);
      if (!found || found.run.isEnded) return undefined;
      return { user: found.user, cancel: () => found.run.stop.abort(cancelled) };
    },
    cancelEarly(message, by) {
      early.set(message, by);
      const [oldest] = early.keys();
      if (oldest && early.size > mostEarly) early.delete(oldest);
    },
    async stop(userId) {
      stopped.set(userId, (stopped.get(userId) ?? 0) + 1);
      const theirs = [...inFlight.values()].filter(({ user, run }) => user.id === userId && !run.isEnded);
      for (const { run } of theirs) run.stop.abort(cancelled);
      await withTimeout(Promise.allSettled(theirs.map(({ over }) => over)), mostStopMs);
      return {
        cancelled: theirs.length,
        release() {
          const others = (stopped.get(userId) ?? 1) - 1;
          if (others > 0) stopped.set(userId, others);
          else stopped.delete(userId);
        },
      };
    },
    async drain(graceMs) {
      draining.abort(shutdown);
      const all = Promise.allSettled([...inFlight.values()].map(({ over }) => over)).then(settled);
      const grace = pause(graceMs);
      await Promise.race([all, grace]);
      closed.abort(shutdown);
      for (const { run } of inFlight.values()) run.stop.abort(shutdown);
      await Promise.allSettled([...inFlight.values()].map(({ over }) => over));
    },
  };
}

/** What is made from something hidden is hidden, too. */
function hide(reply: Reply): Reply {
  return { ...reply, show: (view) => reply.show({ ...view, spoiler: true }) };
}
