import { randomUUID } from "node:crypto";
import { z } from "zod";
import type { Shared } from "../../../../src/seam/core.ts";

/** SQL that changes rows, and nothing else: whoever can write to the store is not to open files here. */
export const writing = /^\s*(?:INSERT|UPDATE|DELETE)\b/;

/** SQL, and the values that it is run with. */
const statement = z
  .tuple([z.string().regex(writing)])
  .rest(z.union([z.string(), z.number(), z.null()]))
  .readonly();

export type Statement = z.output<typeof statement>;

/** How far a journal goes: the number of its last entry, and that entry's name. */
export interface Position {
  readonly seq: number;
  readonly id: string;
}

export const beginning: Position = { seq: 0, id: "" };

/** Where one is on its way to be thrown away: its name, how many parts it has, and when it may go (Unix time, ms). */
const left = z.object({ id: z.string(), parts: z.number(), until: z.number() });

const base = z.object({
  id: z.string(),
  parts: z.number(),
  at: z.number(),
  seq: z.number(),
  last: z.string(),
});

/** All that there was up to `seq`, whose entry's name is `last`, in so many parts; written at `at`. */
type Base = Readonly<z.output<typeof base>>;

const head = z.object({
  seq: z.number(),
  id: z.string(),
  /** The number of the first entry that is still there. */
  oldest: z.number(),
  base: base.exactOptional(),
  left: z.array(left).readonly(),
  /** The version of the tables that it is written for. */
  schema: z.number(),
});

export type Head = Readonly<z.output<typeof head>>;

const entry = z.object({ id: z.string(), before: z.string(), statements: z.array(statement).readonly() });

export type Entry = Readonly<z.output<typeof entry>>;

/**
 * What changes the playground's tables, in one order for all processes, and from time to time all that is in them: who
 * has read all of it has them, too. Each entry names the one before, so that it is known when a server has lost some.
 * Calls reject with BotError `storage`.
 */
export interface Journal {
  head(): Promise<Head>;
  /** Those after that position, up to that number; undefined where one of them is no longer there, or follows another. */
  after(from: Position, upTo: number): Promise<readonly Entry[] | undefined>;
  /**
   * Writes the next one, by a new name or by the one that it had before the server lost it. Undefined, and nothing
   * written, where that position is not the last any more.
   */
  append(last: Position, statements: readonly Statement[], id?: string): Promise<Entry | undefined>;
  /** What was all; undefined where it is no longer there. */
  read(base: Base): Promise<readonly Statement[] | undefined>;
  /**
   * Puts all that there is in place of the entries up to that position, and throws those away: of what was deleted nothing
   * is left behind.
   */
  compact(at: Position, all: readonly Statement[]): Promise<void>;
  /** Puts all that there is to be from now on in place of what is there. False, and nothing done, where that is not `at`. */
  replace(at: Position, all: readonly Statement[]): Promise<boolean>;
}

/** Entries that are fetched at once. */
const mostAtOnce = 50;

/** Characters of a part of all that there is. */
const partSize = 500_000;

/** How long it may take to write all that there is, in ms: what is older was left by a process that was killed. */
const writingMs = 10 * 60_000;

/** `schema`: the version of the tables. `now` is Unix time in ms. */
export function createJournal({ keep, transact }: Shared, schema: number, now: () => number): Journal {
  const parse = (found: unknown): Head =>
    found === undefined ? { ...beginning, oldest: 1, left: [], schema } : head.parse(found);
  const readHead = async () => parse(await keep.get("head"));

  function change(to: (head: Head) => Head | undefined): Promise<boolean> {
    return transact(async (within) => {
      const after = to(parse(await within.get("head")));
      if (after) await within.set("head", after);
      return after !== undefined;
    });
  }

  async function readEntry(seq: number): Promise<Entry | undefined> {
    const found = await keep.get(`entry:${seq}`);
    return found === undefined ? undefined : entry.parse(found);
  }

  /** What is in place of something else is not looked for any more, and goes. */
  async function clear(): Promise<void> {
    const { oldest, base, left } = await readHead();
    const over = left.filter(({ until }) => until <= now());
    const upTo = base?.seq ?? 0;
    for (const { id, parts } of over) {
      for (let part = 0; part < parts; part += 1) await keep.delete(`base:${id}:${part}`);
    }
    for (let seq = oldest; seq <= upTo; seq += 1) await keep.delete(`entry:${seq}`);
    await change((head) => ({
      ...head,
      oldest: Math.max(head.oldest, upTo + 1),
      left: head.left.filter(({ id }) => !over.some((one) => one.id === id)),
    }));
  }

  /** Writes it in parts, and lets `to` put it in its place. */
  async function put(
    all: readonly Statement[],
    to: (head: Head, written: Pick<Base, "id" | "parts">) => Head | undefined,
  ): Promise<boolean> {
    const parts = toParts(all);
    const written = { id: randomUUID(), parts: parts.length };
    // Listed before it is there, so that it is found again whatever comes between.
    await change((head) => ({ ...head, left: [...head.left, { ...written, until: now() + writingMs }] }));
    for (const [part, some] of parts.entries()) await keep.set(`base:${written.id}:${part}`, some);
    const isDone = await change((head) => {
      const after = to(head, written);
      if (!after) return undefined;
      const others = head.left.filter((one) => one.id !== written.id);
      const old = head.base ? [{ id: head.base.id, parts: head.base.parts, until: now() }] : [];
      return { ...after, left: [...others, ...old] };
    });
    await clear();
    return isDone;
  }

  return {
    head: readHead,
    async after(from, upTo) {
      const entries: Entry[] = [];
      let { seq, id } = from;
      while (seq < upTo) {
        const count = Math.min(mostAtOnce, upTo - seq);
        const numbers = Array.from({ length: count }, (_, index) => seq + 1 + index);
        for (const next of await Promise.all(numbers.map(readEntry))) {
          if (next?.before !== id) return undefined;
          entries.push(next);
          id = next.id;
        }
        seq += count;
      }
      return entries;
    },
    append: (last, statements, id = randomUUID()) =>
      transact(async (within) => {
        const head = parse(await within.get("head"));
        if (head.seq !== last.seq || head.id !== last.id) return undefined;
        const next: Entry = { id, before: head.id, statements };
        await within.set(`entry:${head.seq + 1}`, next);
        await within.set("head", { ...head, seq: head.seq + 1, id: next.id, schema } satisfies Head);
        return next;
      }),
    async read({ id, parts }) {
      const all: Statement[] = [];
      for (let part = 0; part < parts; part += 1) {
        const found = await keep.get(`base:${id}:${part}`);
        if (found === undefined) return undefined;
        for (const one of z.array(statement).parse(found)) all.push(one);
      }
      return all;
    },
    async compact(at, all) {
      await put(all, (head, written) => {
        if ((head.base?.seq ?? 0) >= at.seq || head.seq < at.seq) return undefined;
        return { ...head, base: { ...written, at: now(), seq: at.seq, last: at.id } };
      });
    },
    replace: (at, all) =>
      put(all, (head, written) => {
        if (head.seq !== at.seq || head.id !== at.id) return undefined;
        const [seq, id] = [at.seq + 1, randomUUID()];
        return { ...head, seq, id, schema, base: { ...written, at: now(), seq, last: id } };
      }),
  };
}

function toParts(all: readonly Statement[]): readonly (readonly Statement[])[] {
  const parts: Statement[][] = [[]];
  let size = 0;
  for (const one of all) {
    if (size > partSize) {
      parts.push([]);
      size = 0;
    }
    parts.at(-1)?.push(one);
    size += JSON.stringify(one).length;
  }
  return parts;
}
