import { randomUUID } from "node:crypto";
import { noticeView, turnedDownView, waitingView } from "../../answer/views.ts";
import type { Ledger } from "../../fleet/ledger.ts";
import type { Waiting } from "../../rules/waiting.ts";
import type { Adapter } from "../../seam/adapter.ts";
import { BotError } from "../../seam/errors.ts";
import type { Log } from "../../seam/log.ts";
import type { Attachment, MessageKey, Press, User } from "../../seam/turn.ts";
import type { Reply, View } from "../../seam/view.ts";
import type { OpenTurn, StoredFile } from "../../store/open-turn.ts";
import type { Runs } from "../runs.ts";

/** Wishes that wait until a moderator lets them through: kept in the store, so that a restart changes nothing. */
export interface Approvals {
  /** Shows that it waits, and for whom. Rejects with BotError `storage`, and as showing does. */
  hold(
    reply: Reply,
    toTurn: (message: MessageKey) => OpenTurn,
    waiting: {
      readonly why: string;
      readonly days: number;
      /** What it is likely to cost, in a few words. */
      readonly expected?: string | undefined;
      readonly spoiler?: boolean | undefined;
    },
  ): Promise<void>;
  /**
   * Has what waits in that message drawn, in its place; resolves when that is shown. Rejects with BotError `forbidden` for
   * who does not moderate, `unknown_message` where nothing waits, and `storage`.
   */
  approve(adapter: Adapter, turn: Press, reply: Reply): Promise<void>;
  /** Says there that it is not drawn. Rejects as `approve`. */
  decline(adapter: Adapter, turn: Press, reply: Reply): Promise<void>;
  /** Takes back what waits there. False: nothing does. Rejects with BotError `forbidden` for who may not. */
  cancel(adapter: Adapter, turn: Press): Promise<boolean>;
  /** Says of what nobody has let through in its days that it is forgotten. Never rejects. */
  sweep(): Promise<void>;
}

const dayMs = 24 * 3600 * 1000;

export function createApprovals(of: {
  readonly waiting: Waiting;
  readonly runs: Runs;
  readonly ledger: Ledger;
  readonly reread: (adapter: Adapter, files: readonly StoredFile[]) => readonly Attachment[];
  readonly adapterOf: (name: string) => Adapter | undefined;
  /** Whether it may no longer be drawn for who asked, where they did. */
  readonly isBarred: (adapter: string, turn: OpenTurn) => Promise<boolean>;
  readonly log: Log;
  readonly now: () => number;
}): Approvals {
  const { waiting, runs, ledger, reread, adapterOf, isBarred, log, now } = of;

  /** Takes it out in the name of that press: once, however many press, and again after a crash. */
  async function take({ message, user, event }: Press): Promise<OpenTurn> {
    if (!user.moderator) {
      throw new BotError("forbidden", "Only a moderator can decide that. It stays, and waits for one.");
    }
    const found = await waiting.take(message, event ?? randomUUID());
    if (found) return found;
    throw new BotError(
      "unknown_message",
      "Nothing waits there any more: somebody else has decided, or it was taken back.",
    );
  }

  async function endWith(adapter: Adapter, { message, venue }: OpenTurn, words: string): Promise<void> {
    try {
      await adapter.reopen(message, venue).show(turnedDownView(words));
    } catch (error) {
      log.warn({ message, error }, "view.lost");
    }
  }

  return {
    async hold(reply, toTurn, { why, days, expected, spoiler }) {
      const view: View = {
        ...waitingView(why, { days, ...(expected && { expected }) }),
        ...(spoiler && { spoiler: true }),
      };
      const isKnown = reply.message !== undefined;
      const turn = toTurn(reply.message ?? (await reply.show(view)));
      await waiting.add(turn, now() + days * dayMs);
      if (isKnown) await reply.show(view);
      // What did not come from a platform is noted by nobody else: it counts once, too.
      const { event } = turn;
      if (event && (await ledger.take({ key: event, body: null }, turn.adapter))) await ledger.over(event);
    },

    async approve(adapter, press, reply) {
      const found = await take(press);
      const turn: OpenTurn = {
        ...found,
        ...(press.event && { event: press.event }),
        notes: [...found.notes, `Approved by ${press.user.name}.`],
        acceptedAt: now(),
      };
      const files = reread(adapter, turn.files ?? []);
      await ledger.note(turn);
      await reply.show(noticeView("Approved: it is being drawn.")).catch((error: unknown) => {
        log.debug({ error }, "view.lost");
      });
      const isNow = await isBarred(adapter.name, turn);
      await runs.start(adapter, turn, adapter.reopen(turn.message, turn.venue), files, { isBarred: isNow });
    },

    async decline(adapter, press, reply) {
      const found = await take(press);
      await endWith(
        adapter,
        found,
        `${press.user.name} has declined this, so it is not drawn. Ask for less, or ask them.`,
      );
      await reply.show(noticeView("Declined: it is not drawn."));
    },

    async cancel(adapter, { message, user, event }) {
      const found = await waiting.find(message);
      if (!found) return false;
      demandOwn(user, found.user.id);
      const taken = await waiting.take(message, event ?? randomUUID());
      if (taken) await endWith(adapter, taken, "Taken back, so it is not drawn.");
      return taken !== undefined;
    },

    async sweep() {
      try {
        for (const message of await waiting.over(now())) {
          const adapter = adapterOf((await waiting.find(message))?.adapter ?? "");
          const found = adapter && (await waiting.take(message, "time"));
          if (found) await endWith(adapter, found, forgotten);
        }
      } catch (error) {
        log.warn({ error }, "approvals.unswept");
      }
    },
  };
}

const forgotten =
  "No moderator has approved this in time, so I have forgotten it. Ask again if you still want it.";

function demandOwn(user: User, owner: string): void {
  if (user.id === owner || user.moderator) return;
  throw new BotError(
    "forbidden",
    "Only the one who asked for this picture, or a moderator, can take it back.",
  );
}
