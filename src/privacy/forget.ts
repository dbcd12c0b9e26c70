import { z } from "zod";
import type { StyleBook } from "../options/styles.ts";
import { toBotError } from "../seam/errors.ts";
import type { Log } from "../seam/log.ts";
import { createQueue } from "../seam/queue.ts";
import type { AccountBook } from "../store/accounts.ts";
import { listOwned, type Owned } from "../store/owned.ts";
import type { Store } from "../store/store.ts";
import type { Change } from "../store/table.ts";
import type { AtOpenAi, Erase, Tally } from "./erase.ts";
import { type Counts, countedNames, type KeptName } from "./kept.ts";

/** What has come of it: what was deleted, and what is still to be. */
export interface Report {
  readonly counts: Counts;
  /** Files and responses that OpenAI has not deleted yet: it is asked again, for 30 days at most, when they end there. */
  readonly left: number;
  /** Something of theirs is drawn and waits for its platform: it is shown, and goes then. */
  readonly waits: boolean;
}

/** *Forget me*: a person is asked once more, and then all goes that is kept of them. */
export interface ForgetMe {
  /** What there is. Who says it once more within the hour means it, also after a restart. Rejects with BotError `storage`. */
  ask(user: string): Promise<Counts>;
  /**
   * Deletes all of it; undefined where it was not asked for within the hour. A person of whom all is deleted is told the
   * same again for a day. Where this process ends in the middle of it, the next one goes on: `goOn`. Rejects with BotError
   * `storage`, and with the signal's reason.
   */
  begin(user: string, adapter: string, signal: AbortSignal): Promise<Report | undefined>;
  /** Goes on with all that was begun and is not over. Never rejects. */
  goOn(signal: AbortSignal): Promise<void>;
}

/** What is theirs beside what the store lists. */
export interface Holders {
  readonly accounts: Pick<AccountBook, "of" | "forget">;
  readonly styles: Pick<StyleBook, "countOf" | "forget">;
  /** Resolves when all that there is of people is listed. Rejects with BotError `storage`. */
  listed(signal: AbortSignal): Promise<void>;
  /** Cancels what is on its way, and takes nothing of theirs on, until `release`; how many were cancelled. */
  stop(user: string): Promise<{ readonly cancelled: number; release(): void }>;
  /** Deletes what an adapter keeps; how many threads. */
  forgetAt(adapter: string, user: string): Promise<number>;
  /** Takes away what is neither counted nor found by their id. Rejects with BotError `storage`. */
  forgetBeside(user: string): Promise<void>;
  /** Something of theirs is noted and not over. */
  isAtWork(user: string): Promise<boolean>;
}

const record = z.object({
  phase: z.enum(["asked", "begun", "done"]),
  adapter: z.string(),
  /** When it came to this. Unix time, ms. */
  at: z.number(),
  counts: z.record(z.string(), z.number()),
  left: z.array(z.object({ what: z.enum(["file", "response"]), id: z.string() })).readonly(),
  /** All but `left` is gone. */
  waits: z.boolean(),
});

type Kept = Readonly<z.output<typeof record>>;

const table = "forgetting";

/** How long one may think it over, in ms. */
const askedMs = 3600 * 1000;

/** How long the answer can be read again, in ms. */
const doneMs = 24 * 3600 * 1000;

/** How long OpenAI is asked, in ms: it keeps nothing longer by itself. */
const patienceMs = 30 * 24 * 3600 * 1000;

/** Things that are deleted side by side. */
const atOnce = 4;

export function createForgetMe(
  of: Holders & {
    readonly store: Store;
    readonly erase: Erase;
    readonly log: Log;
    readonly now: () => number;
  },
): ForgetMe {
  const { store, erase, accounts, styles, log, now } = of;
  const records = store.table(table, record);
  const inOrder = createQueue();

  /** What has run out may be listed still, so what was asked for is looked at anew. */
  async function ask(user: string): Promise<Counts> {
    const counts: Partial<Record<KeptName, number>> = {};
    const add = (name: KeptName, count = 1) => {
      if (count > 0) counts[name] = (counts[name] ?? 0) + count;
    };
    for await (const page of listOwned(store, user)) {
      for (const { kind } of page) if (kind !== "spool") add(nameOf[kind]);
    }
    const { defaults, pictures } = await accounts.of(user);
    add("account", Object.keys(defaults).length + pictures > 0 ? 1 : 0);
    add("styles", await styles.countOf(user));
    const before = await records.get(user);
    if (before?.phase !== "begun") {
      const asked: Kept = { phase: "asked", adapter: "", at: now(), counts: {}, left: [], waits: false };
      await records.set(user, asked, askedMs);
    }
    return counts;
  }

  /** Deletes all that is there. What is asked for meanwhile is cancelled; what comes later is new. */
  async function eraseAll(user: string, before: Kept, signal: AbortSignal): Promise<Kept> {
    await of.listed(signal);
    const book = createBook(user, before);
    const { cancelled, release } = await of.stop(user);

    async function eraseListed(isMeant: (owned: Owned) => boolean): Promise<void> {
      for await (const page of listOwned(store, user)) {
        for (const some of chunksOf(page.filter(isMeant), atOnce)) {
          signal.throwIfAborted();
          await Promise.all(some.map((owned) => erase.one(owned, book.tally, signal)));
        }
      }
    }

    try {
      book.tally.add("inFlight", cancelled);
      await eraseListed(({ kind }) => kind !== "spool");
      const counted = (name: KeptName, count = 1) => {
        book.tally.add(name, count);
        return book.tally.along();
      };
      await styles.forget(user, (count) => counted("styles", count));
      await accounts.forget(user, () => counted("account"));
      await of.forgetBeside(user);
      book.tally.add("playground", await of.forgetAt(before.adapter, user));
      const waits = await of.isAtWork(user);
      // What is drawn and not shown yet is shown; what nobody will show any more goes.
      if (!waits) await eraseListed(({ kind }) => kind === "spool");
      return { ...book.now(), waits };
    } finally {
      release();
    }
  }

  /** What OpenAI did not delete is asked for again. */
  async function eraseLeft(before: Kept, signal: AbortSignal): Promise<Kept> {
    const left: AtOpenAi[] = [];
    const counts: Record<string, number> = { ...before.counts };
    for (const one of before.left) {
      if (!(await erase.atOpenAi(one, signal))) left.push(one);
      else {
        const name = one.what === "file" ? "files" : "responses";
        counts[name] = (counts[name] ?? 0) + 1;
      }
    }
    return { ...before, counts, left };
  }

  function goOnWith(user: string, begun: Kept, isFirst: boolean, signal: AbortSignal): Promise<Kept> {
    return inOrder(user, async () => {
      const before = (await records.get(user)) ?? begun;
      if (before.phase === "done") return before;
      const again = isFirst ? before : await eraseLeft(before, signal);
      // Also where all was deleted: a crash may have come before the last of it, and nothing is deleted twice.
      const after = await eraseAll(user, again, signal);
      const isOver = after.left.length === 0 && !after.waits;
      const isGivenUp = !after.waits && now() - after.at > patienceMs;
      const kept: Kept = isOver || isGivenUp ? { ...after, phase: "done", at: now() } : after;
      await records.set(user, kept, kept.phase === "done" ? doneMs : undefined);
      log.info({ counts: kept.counts, left: kept.left.length, waits: kept.waits }, "person.forgotten");
      return kept;
    });
  }

  return {
    ask,
    async begin(user, adapter, signal) {
      const before = await records.get(user);
      if (!before) return undefined;
      if (before.phase === "done") return toReport(before);
      const begun: Kept =
        before.phase === "begun" ? before : { ...before, phase: "begun", adapter, at: now() };
      if (before.phase === "asked") await records.set(user, begun);
      return toReport(await goOnWith(user, begun, before.phase === "asked", signal));
    },
    async goOn(signal) {
      try {
        for await (const users of records.keys()) {
          for (const user of users) {
            signal.throwIfAborted();
            const found = await records.get(user);
            if (found?.phase === "begun") await goOnWith(user, found, false, signal);
          }
        }
      } catch (error) {
        if (!signal.aborted) log.error({ error: toBotError(error) }, "forgetting.failed");
      }
    },
  };

  /** How far it has come: written together with each thing that goes, so that a crash counts nothing twice. */
  function createBook(user: string, before: Kept) {
    const counts: Record<string, number> = { ...before.counts };
    const left: AtOpenAi[] = [...before.left];
    const current = (): Kept => ({ ...before, counts: { ...counts }, left: [...left] });
    const tally: Tally = {
      add(name, count = 1) {
        if (count > 0) counts[name] = (counts[name] ?? 0) + count;
      },
      leave(one) {
        if (!left.some(({ id }) => id === one.id)) left.push(one);
      },
      along: (): readonly Change[] => [{ table, key: user, value: current() }],
    };
    return { tally, now: current };
  }
}

/** By which row of the list a thing is counted. */
const nameOf = {
  generation: "answers",
  file: "files",
  kept: "pictures",
  unfinished: "unfinished",
  "unfinished-file": "pictures",
} as const satisfies Record<Exclude<Owned["kind"], "spool">, KeptName>;

function toReport({ counts, left, waits }: Kept): Report {
  const known = countedNames.flatMap((name) => (counts[name] ? [[name, counts[name]] as const] : []));
  return { counts: Object.fromEntries(known), left: left.length, waits };
}

function chunksOf<T>(all: readonly T[], size: number): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, at) =>
    all.slice(at * size, (at + 1) * size),
  );
}
