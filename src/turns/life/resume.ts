import type { Entry, Ledger } from "../../fleet/ledger.ts";
import type { Spool } from "../../pictures/spool.ts";
import type { Adapter } from "../../seam/adapter.ts";
import type { Log } from "../../seam/log.ts";
import { withTimeout } from "../../seam/timeout.ts";
import type { Attachment, EventKey } from "../../seam/turn.ts";
import type { OpenTurn, StoredFile } from "../../store/open-turn.ts";
import type { UnfinishedRequests } from "../prompts/unfinished.ts";
import type { OnUndone } from "../run.ts";
import type { Runs } from "../runs.ts";
import type { Events } from "./events.ts";
import { unlessLost } from "./while-held.ts";

/**
 * Goes on with all that the process before has left, and from then on with what others let fall. `onEvent` hears of each event before anything is done. Resolves when
 * each has its place in line, or after ten seconds: others wait for that.
 */
export type Resume = (onEvent: (event: EventKey) => void) => Promise<void>;

/** How long others may have to wait for what is to be finished first after a start, in ms. */
const othersWaitMs = 10_000;

export function createResume(of: {
  readonly ledger: Ledger;
  readonly runs: Runs;
  readonly events: Events;
  readonly unfinished: UnfinishedRequests;
  readonly spool: Spool;
  /** What is done where nothing comes of a turn. */
  readonly onUndone: (turn: OpenTurn, files: readonly Attachment[]) => OnUndone;
  readonly reread: (adapter: Adapter, files: readonly StoredFile[]) => readonly Attachment[];
  readonly adapterOf: (name: string) => Adapter | undefined;
  /** Whether it may no longer be drawn for who asked, where they did. */
  readonly isBarred: (adapter: string, turn: OpenTurn) => Promise<boolean>;
  /** Whether it was cancelled while nobody saw to it. Rejects with BotError `storage`. */
  readonly isCancelled: (turn: OpenTurn) => Promise<boolean>;
  readonly log: Log;
}): Resume {
  const { ledger, runs, events, unfinished, spool, onUndone, reread, adapterOf, log } = of;

  /** What a crash may have left undone of a turn, and others rely on: it comes before all of them. */
  async function mend(entry: Entry): Promise<Entry> {
    const { turn } = entry;
    if (!turn) return entry;
    if (turn.taken) {
      await unfinished
        .letGo(turn, turn.taken)
        .catch((error: unknown) => log.error({ event: entry.key, error }, "store.failed"));
    }
    return { ...entry, turn: await runs.book(turn) };
  }

  async function goOn(entry: Entry): Promise<void> {
    const { turn } = entry;
    const adapter = adapterOf(entry.adapter);
    log.info({ adapter: entry.adapter, event: entry.key, on: adapter !== undefined }, "turn.resumed");
    if (!adapter) return;
    if (!turn) return events.replay(adapter, entry);
    const files = reread(adapter, turn.files ?? []);
    const isBarred = await of.isBarred(entry.adapter, turn);
    const isCancelled = await of.isCancelled(turn);
    const known = isCancelled ? { ...turn, cancelled: true as const } : turn;
    await unlessLost(ledger.hold(entry.key), async () => {
      const reply = adapter.reopen(turn.message, turn.venue);
      runs
        .start(adapter, known, reply, files, { isResumed: true, isBarred, onUndone: onUndone(turn, files) })
        .catch((error: unknown) => {
          log.error({ message: turn.message, error }, "turn.lost");
        });
    });
  }

  return async (onEvent) => {
    const entries = await ledger.left();
    for (const { key } of entries) onEvent(key);
    // Of what cannot be read nobody knows which pictures are its own.
    void spool.sweep(entries.flatMap(waitingPictures), entries.length === ledger.size);
    const mended: Entry[] = [];
    for (const entry of entries) mended.push(await mend(entry));
    await withTimeout(Promise.all(mended.map(goOn)), othersWaitMs);
    ledger.adopt(async (entry) => goOn(await mend(entry)));
  };
}

/** Those that are to be shown, in the spool. */
function waitingPictures({ turn }: Entry): readonly string[] {
  return [...(turn?.last?.images ?? []), ...(turn?.last?.files ?? [])].map(({ id }) => id);
}
