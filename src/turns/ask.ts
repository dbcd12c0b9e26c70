import { awayView, failedView, startingStatus, workingView } from "../answer/views.ts";
import { type Ledger, takenOver } from "../fleet/ledger.ts";
import { promptLimit } from "../openai/engine.ts";
import type { Adapter } from "../seam/adapter.ts";
import { BotError, toBotError } from "../seam/errors.ts";
import type { Log } from "../seam/log.ts";
import type { Attachment, EventKey, MessageKey } from "../seam/turn.ts";
import type { Reply, View } from "../seam/view.ts";
import type { OpenTurn, Wish } from "../store/open-turn.ts";
import { StoreAway } from "../store/store-away.ts";
import type { ExpectedCost } from "./expected-cost.ts";
import { isNotedFirst } from "./life/noted-first.ts";
import { insist, usualWait, type Wait } from "./life/patience.ts";
import { toStored } from "./life/sources.ts";
import { throughOutage } from "./life/through-outage.ts";
import { whileHeld } from "./life/while-held.ts";
import type { Approvals } from "./rules/approvals.ts";
import type { Judge } from "./rules/judge.ts";
import type { OnUndone } from "./run.ts";
import type { Runs } from "./runs.ts";

/** What a person wants drawn, before it has a message and an order. */
export type Wanted = Wish & { readonly files: readonly Attachment[] };

export interface Hear {
  /** It is noted, and has its place in line. */
  readonly onTaken?: () => void;
  /** As of `Runs`. */
  readonly onUndone?: OnUndone;
}

/**
 * Takes what is wanted on as a turn and sees it through: the one way to a picture. Throws BotError `bad_prompt`,
 * `bad_option` and `forbidden`, and what the platform throws.
 */
export type Ask = (adapter: Adapter, reply: Reply, wanted: Wanted, hear?: Hear) => Promise<void>;

/** How often it is tried to note what a person sees taken, before they are told that it came to nothing. */
const mostNotes = 3;

/** `stopped` aborts when the process lets go. */
export function createAsk(
  of: {
    readonly runs: Runs;
    readonly ledger: Ledger;
    readonly judge: Judge;
    readonly approvals: Pick<Approvals, "hold">;
    /** As of `Events`. */
    readonly notedAt: (event: EventKey) => number | undefined;
    /** Somebody sees that it was taken. */
    readonly onTaken: (adapter: Adapter, reply: Reply) => void;
    readonly stopped: AbortSignal;
    readonly log: Log;
  },
  estimate: ExpectedCost["of"],
  now: () => number,
  wait: Wait = usualWait,
): Ask {
  const { runs, ledger, judge, notedAt, stopped, log } = of;

  /**
   * The turn is noted before anybody sees it taken, where the message is known; a platform that is down is waited for.
   * Undefined: it could not be noted, and the message in which people saw it taken says so.
   */
  async function begin(
    toTurn: (message: MessageKey) => OpenTurn,
    reply: Reply,
    { event, first }: { readonly event: EventKey | undefined; readonly first: View },
    onUndone?: OnUndone,
  ): Promise<OpenTurn | undefined> {
    const hold = event !== undefined && isNotedFirst(event) ? ledger.hold(event) : undefined;
    if (hold?.isHeld() === false) throw takenOver();
    const isSeen = reply.message === undefined;
    const show = hold ? whileHeld(reply, hold) : reply.show;
    const turn = toTurn(reply.message ?? (await show(first)));
    const over = hold ? AbortSignal.any([stopped, hold.lost]) : stopped;
    const patiently = { signal: over, log, wait, most: mostNotes };
    const onAway = () => show(awayView({ notes: [], drawings: [] })).catch(() => {});
    try {
      await (hold
        ? throughOutage({ onAway, signal: over, wait, log }, ledger.note, turn)
        : insist(() => ledger.note(turn), patiently));
    } catch (error) {
      // Who has seen nothing yet is told by whoever asked; what was noted as an event comes back after the next start.
      if (!isSeen || over.aborted || hold?.isHeld() === false) throw error;
      onUndone?.(toBotError(error), turn.message);
      await show(failedView(toBotError(error), false));
      return undefined;
    }
    if (isSeen) return turn;
    try {
      await show(first);
    } catch (error) {
      // It is noted: another has it by then, or it is begun with, whatever it takes to show that.
      if (over.aborted) throw error;
      const { code } = toBotError(error);
      const mayPass = error instanceof StoreAway || code === "unreachable";
      if (mayPass || hold?.isHeld() === false) return turn;
      // Where its platform has been stopped this process is about to end, and the next one goes on with it.
      if (code !== "stopped") await insist(() => ledger.forget(turn), patiently).catch(() => {});
      throw error;
    }
    return turn;
  }

  return async (adapter, reply, { files, ...rest }, { onTaken, onUndone } = {}) => {
    checkWords(rest.text, files.length + (rest.brought?.length ?? 0) + (rest.from ? 1 : 0));
    const models = await judge.allow(rest);
    const allowed = { ...rest, ...(models && { models }) };
    const expected = await estimate({ ...allowed, files });
    const { words, hold } = expected;
    const wanted = { ...allowed, ...(words && { expected: words }), hold };
    const waiting = await judge.waits(wanted, expected);
    if (waiting && (reply.private || wanted.place?.kind !== undefined)) throw unseen(waiting.why);
    await judge.take(wanted);
    const toTurn = (message: MessageKey): OpenTurn => ({
      ...wanted,
      message,
      adapter: adapter.name,
      ...(reply.venue !== undefined && { venue: reply.venue }),
      attachments: files.length,
      ...(files.length > 0 && { files: toStored(files) }),
      // Those of a thread go one after another by when they were asked for, however long it takes to begin with each.
      acceptedAt: (wanted.event && notedAt(wanted.event)) ?? now(),
    });
    if (waiting) {
      of.onTaken(adapter, reply);
      onTaken?.();
      const { spoiler } = wanted;
      return of.approvals.hold(reply, toTurn, { ...waiting, expected: words, spoiler });
    }
    const first = {
      ...workingView({ notes: rest.notes, drawings: [] }, startingStatus(wanted)),
      ...(rest.spoiler && { spoiler: true as const }),
    };
    const turn = await begin(toTurn, reply, { event: rest.event, first }, onUndone);
    if (!turn) return;
    of.onTaken(adapter, reply);
    const over = runs.start(adapter, turn, reply, files, { onUndone });
    onTaken?.();
    await over;
  };
}

/** What waits where no moderator sees it would wait in vain. */
function unseen(why: string): BotError {
  return new BotError(
    "forbidden",
    `A moderator has to approve this, because ${why}. Ask for it in a channel, where they see it, and not for you alone.`,
  );
}

function checkWords(text: string, pictures: number): void {
  if (text.length > promptLimit) {
    throw new BotError(
      "bad_prompt",
      `That is ${text.length.toLocaleString("en")} characters; ${promptLimit.toLocaleString("en")} is the most. Shorten it and send it again.`,
    );
  }
  if (text.trim() === "") {
    throw new BotError(
      "bad_prompt",
      pictures > 0
        ? "Say what to do with the picture, for example “make it night” or “what is written here?”."
        : "Say what to draw, for example “a lighthouse in a storm”.",
    );
  }
}
