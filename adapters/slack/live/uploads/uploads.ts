import type { ListedKeep, Shared } from "../../../../src/seam/core.ts";
import type { Log } from "../../../../src/seam/log.ts";
import { toLogged } from "../../wire/trouble.ts";
import { type Answer, createAnswer } from "./answer-files.ts";
import { createRecords, type Upload } from "./records.ts";

/**
 * The files that nobody may know of when the process ends: each is noted before its bytes are sent, until it is gone or
 * belongs to an answer that stays. Those of one answer are one record: whoever takes over goes on with it. Those that are
 * noted at the same time share a write, and that one is forgotten is written with the next, or a moment after an answer
 * is over.
 */
export interface Uploads {
  /** Rejects with BotError `storage` where that cannot be written down yet. */
  note(ids: readonly string[], of: Upload): Promise<void>;
  forget(owner: string, ids: readonly string[]): void;
  /** These belong to an answer that stays: they are forgotten, and others that had it know so. */
  settle(owner: string, ids: readonly string[]): void;
  /**
   * Another process may have had that answer meanwhile: what is noted of it is read anew, and what this one noted before it
   * lost the answer is left, but for what is `own` to whoever has it now. Rejects the same.
   */
  reread(owner: string, own: ReadonlySet<string>): Promise<void>;
  /** Writes down what was forgotten, a moment later. */
  flushSoon(): void;
  /** The file of the process before with that in it, for that answer. Rejects with BotError `storage`. */
  find(owner: string, digest: string): Promise<string | undefined>;
  /** Those of that answer that nobody has noted again or forgotten, by this process or others. Rejects the same. */
  left(owner: string): Promise<ReadonlyMap<string, Upload>>;
  /** The same of all answers; where other processes may be at work, of those alone that none can be at any more. */
  allLeft(): Promise<ReadonlyMap<string, Upload>>;
  /**
   * What this process noted at least `ms` ago for an answer that it has no more, and that another has ended since without
   * it. Rejects the same.
   */
  lost(ms: number): Promise<ReadonlyMap<string, Upload>>;
  /** They stay noted, for whoever looks at all that is left; this process has nothing to do with them any more. */
  leave(owner: string, ids: readonly string[]): void;
  /** Writes down what was forgotten. Never rejects. */
  close(): Promise<void>;
}

const soonMs = 1000;

/** Ms until what could not be written down is tried again. */
const againMs = 5000;

/** Whoever has an answer is done with it by then, in ms: a platform that is down is waited for for half of that. */
const longMs = 24 * 3600 * 1000;
/** Answers of which something is known beside what is still to be done for them. */
const mostKnown = 5000;

/** `now`: Unix time, ms. `bus`: other processes may be at work. */
export function createUploads(
  keep: ListedKeep,
  of: { readonly log: Log; readonly now: () => number; readonly bus?: Shared["bus"] | undefined },
): Uploads {
  const { log, now, bus } = of;
  const isShared = bus !== undefined;
  const records = createRecords(keep, { log, now, bus });
  /** By their owners, those that were asked for last at the end. */
  const answers = new Map<string, Answer>();
  let timer: NodeJS.Timeout | undefined;
  let isClosed = false;

  function answerOf(owner: string): Answer {
    const answer = answers.get(owner) ?? createAnswer(owner, { records, isShared, now });
    answers.delete(owner);
    for (const [one, { isIdle }] of answers) {
      if (answers.size < mostKnown) break;
      if (isIdle()) answers.delete(one);
    }
    answers.set(owner, answer);
    return answer;
  }

  function changed(): readonly Answer[] {
    return [...answers.values()].filter((answer) => answer.isChanged());
  }

  async function flush(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    await Promise.all(
      changed().map((answer) =>
        answer.write().catch((error: unknown) => {
          log.warn({ error: toLogged(error) }, "slack.uploads.unwritten");
          flushIn(againMs);
        }),
      ),
    );
  }

  function flushIn(ms: number): void {
    if (!isClosed && changed().length > 0) timer ??= setTimeout(() => void flush(), ms).unref();
  }

  // What a server has lost is read anew, and what could not be written is written.
  const stop = bus?.onMissed(() => {
    for (const answer of answers.values()) answer.doubt();
    void flush();
  });

  return {
    note: (ids, upload) => answerOf(upload.owner).note(ids, upload),
    forget: (owner, ids) => answerOf(owner).drop(ids),
    settle(owner, ids) {
      answerOf(owner).settle(ids);
      // Others may be at it again before long.
      if (isShared) void flush();
    },
    async reread(owner, own) {
      if (!isShared) return;
      const answer = answerOf(owner);
      await answer.read({ anew: true });
      answer.leave(answer.open().filter((id) => !own.has(id)));
    },
    flushSoon: () => flushIn(soonMs),
    async find(owner, digest) {
      const answer = answerOf(owner);
      await answer.read();
      return [...answer.left()].find(([, one]) => one.digest === digest)?.[0];
    },
    async left(owner) {
      const answer = answerOf(owner);
      await answer.read({ anew: isShared });
      return answer.left();
    },
    async allLeft() {
      const all = new Map<string, Upload>();
      for await (const owners of records.owners()) {
        for (const owner of owners) {
          const answer = answerOf(owner);
          await answer.read();
          for (const [id, one] of answer.unshown())
            if (!isShared || now() - one.at > longMs) all.set(id, one);
        }
      }
      return all;
    },
    async lost(ms) {
      const all = new Map<string, Upload>();
      if (!isShared) return all;
      for (const answer of [...answers.values()])
        for (const [id, one] of await answer.lost(ms)) all.set(id, one);
      return all;
    },
    leave: (owner, ids) => answerOf(owner).leave(ids),
    async close() {
      isClosed = true;
      stop?.();
      records.close();
      await flush();
    },
  };
}
