import { DatabaseSync, type SQLInputValue, type StatementSync } from "node:sqlite";
import { setTimeout as sleep } from "node:timers/promises";
import type { Shared } from "../../../../src/seam/core.ts";
import { BotError } from "../../../../src/seam/errors.ts";
import { createQueue } from "../../../../src/seam/queue.ts";
import { type Database, schema } from "../database.ts";
import { dump, tablesOf, toPlain } from "./dump.ts";
import {
  beginning,
  createJournal,
  type Entry,
  type Head,
  type Position,
  type Statement,
  writing,
} from "./journal.ts";

/** What is in no folder lies in the store in parts: which picture is which, and until when what is no picture is kept. */
const blobs = `
  CREATE TABLE blobs (id TEXT PRIMARY KEY, file TEXT, parts INTEGER NOT NULL, until INTEGER) STRICT;
  CREATE INDEX blobsByFile ON blobs (file);
  CREATE INDEX blobsByEnd ON blobs (until) WHERE until IS NOT NULL;`;

/** The tables that several processes have in common. */
export interface SharedDatabase extends Database {
  /** Takes over all of another database, with what is to be done besides. False, and nothing done, where there is a thread. */
  takeOver(all: readonly Statement[]): Promise<boolean>;
}

/** How often a change is tried when others are faster each time. */
const mostTries = 50;
const againMs = 5;

/** Entries after which all that there is takes their place. */
const mostEntries = 256;

/** Ms in which all processes reach a server again that was away, and put back what they know of. */
const puttingBackMs = 2500;

/** Entries that can be put back where a server has lost its last ones. */
const mostPutBack = 2 * mostEntries;

/**
 * The playground's tables where several processes have them in common: each process has all of them, in a database of its
 * own that SQLite keeps in memory, and what does not fit there in a file without a name, which ends with the process.
 *
 * What changes them is a list of statements, tried here and taken back; then written as the next entry of the journal; and
 * only then carried out, here as everywhere. So each process sees the same changes in the same order, and one that begins
 * anew, or finds that the server has lost some, reads all of it again.
 *
 * Rejects with BotError `storage`. `now` is Unix time in ms.
 */
export async function openSharedDatabase(shared: Shared, now: () => number): Promise<SharedDatabase> {
  const journal = createJournal(shared, schema.length, now);
  const inOrder = createQueue();
  const own = new DatabaseSync("");
  own.exec(schema.join("") + blobs);
  const known = new Map<string, StatementSync>();
  /** What is carried out here. */
  let at: Position = beginning;
  /** The newest of that, the last of which is `at`. */
  let newest: readonly Entry[] = [];
  /** What a change that is being tried does; undefined: none is. */
  let tried: Statement[] | undefined;
  let coming: Promise<void> | undefined;
  /** Until when others may still put back what a server has lost, by the clock that nobody sets. */
  let settledAt = 0;
  const stop = shared.bus.onMissed(() => {
    settledAt = performance.now() + puttingBackMs;
  });

  const find = (sql: string): StatementSync => {
    const statement = known.get(sql) ?? own.prepare(sql);
    known.set(sql, statement);
    return statement;
  };

  function carryOut(statements: readonly Statement[], end: "COMMIT" | "ROLLBACK" = "COMMIT"): void {
    own.exec("BEGIN");
    try {
      for (const [sql, ...values] of statements) find(sql).all(...values);
      own.exec(end);
    } finally {
      if (own.isTransaction) own.exec("ROLLBACK");
    }
  }

  /** Throws what the change throws. */
  function attempt<T>(change: () => T): { readonly result: T; readonly statements: readonly Statement[] } {
    const statements: Statement[] = [];
    own.exec("BEGIN");
    tried = statements;
    try {
      return { result: change(), statements };
    } finally {
      tried = undefined;
      own.exec("ROLLBACK");
    }
  }

  function goOn(entry: Entry): void {
    carryOut(entry.statements);
    at = { seq: at.seq + 1, id: entry.id };
    newest = [...newest, entry].slice(-mostPutBack);
  }

  /**
   * What the server has lost of what is here, as one does that is cut off from power before it has written its last
   * second down, is put back by its own names, whoever is the first to do it. True: all of it follows what is there.
   */
  async function putBack(head: Head): Promise<boolean> {
    const first = at.seq - newest.length + 1;
    let there: Position = head;
    while (there.seq < at.seq) {
      const entry = newest[there.seq + 1 - first];
      if (entry?.before !== there.id) return false;
      const put = await journal.append(there, entry.statements, entry.id);
      there = put ? { seq: there.seq + 1, id: put.id } : await journal.head();
    }
    return follow(await journal.head());
  }

  /** The same where something else has come in its place meanwhile: behind that, if it still fits. */
  async function putBehind(lost: readonly Entry[]): Promise<void> {
    for (const { id, statements } of lost) {
      if (newest.some((entry) => entry.id === id) || !fits(statements)) continue;
      const entry = await journal.append(at, statements, id);
      if (entry) goOn(entry);
      else if (!(await follow(await journal.head()))) return;
    }
  }

  function fits(statements: readonly Statement[]): boolean {
    try {
      carryOut(statements, "ROLLBACK");
      return true;
    } catch {
      return false;
    }
  }

  /** False where what is here is no beginning of what is there. */
  async function follow(head: Head): Promise<boolean> {
    if (head.seq < at.seq || head.oldest > at.seq + 1) return false;
    const entries = await journal.after(at, head.seq);
    if (!entries) return false;
    for (const entry of entries) goOn(entry);
    return at.id === head.id;
  }

  async function readAll(): Promise<void> {
    for (let tries = 1; ; tries += 1) {
      const head = await journal.head();
      const all = head.base ? await journal.read(head.base) : [];
      if (all) {
        replaceAll(all);
        at = head.base ? { seq: head.base.seq, id: head.base.last } : beginning;
        newest = [];
        if (await follow(head)) return;
      }
      // Another has thrown away what was in the way meanwhile.
      if (tries === mostTries) throw unreadable();
      await sleep(againMs * tries);
    }
  }

  function replaceAll(statements: readonly Statement[]): void {
    const clear = tablesOf(own).map(({ name }): Statement => [`DELETE FROM ${name}`]);
    // All of it is there, in whatever order.
    own.exec("PRAGMA foreign_keys = OFF");
    try {
      carryOut([...clear, ...statements]);
    } finally {
      own.exec("PRAGMA foreign_keys = ON");
    }
  }

  async function catchUp(): Promise<void> {
    const head = await journal.head();
    if (head.schema > schema.length) throw newer();
    if (head.seq === at.seq && head.id === at.id) return;
    if (head.seq < at.seq && (await putBack(head))) return;
    if (await follow(head)) return;
    const [before, known] = [at, newest];
    await readAll();
    // What it was put together from is there, whatever came next.
    const since = before.seq - (head.base?.seq ?? 0);
    if (since > 0) await putBehind(known.slice(-Math.min(since, known.length)));
  }

  /** Who asks while another is about to look sees what that one finds; who asks while it looks, what comes after. */
  async function fresh(): Promise<void> {
    coming ??= inTurn(async () => {
      coming = undefined;
      await catchUp();
    });
    await coming;
    const ms = settledAt - performance.now();
    if (ms <= 0 || !own.isOpen) return;
    // Nobody goes back to what is there now, and is told the rest a moment later.
    await sleep(ms);
    await fresh();
  }

  /** One after another: what is read in the store is what the next change is made on. */
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    return inOrder("", async () => {
      try {
        return await work();
      } catch (error) {
        throw error instanceof BotError ? error : toError(error, own.isOpen);
      }
    });
  }

  async function atomically<T>(change: () => T, then?: (result: T) => void): Promise<T> {
    for (let tries = 1; ; tries += 1) {
      await catchUp();
      const { result, statements } = attempt(change);
      const entry = statements.length > 0 ? await journal.append(at, statements) : undefined;
      if (entry) {
        goOn(entry);
        if (at.seq % mostEntries === 0) void purge().catch(() => {}); // the next one will do it, too
      }
      if (entry || statements.length === 0) {
        then?.(result);
        return result;
      }
      if (tries === mostTries) throw tooMany();
      await sleep(againMs * Math.min(tries, 10));
    }
  }

  async function takeOver(all: readonly Statement[]): Promise<boolean> {
    await catchUp();
    if (own.prepare("SELECT 1 FROM threads").get()) return false;
    own.exec("PRAGMA foreign_keys = OFF; BEGIN");
    try {
      for (const [sql, ...values] of all) find(sql).run(...values);
      const isDone = journal.replace(at, dump(own));
      own.exec("ROLLBACK");
      return await isDone;
    } finally {
      if (own.isTransaction) own.exec("ROLLBACK");
      own.exec("PRAGMA foreign_keys = ON");
    }
  }

  const purge = () => journal.compact(at, dump(own));

  try {
    await fresh();
  } catch (error) {
    stop();
    own.close();
    throw error;
  }
  return {
    prepare(sql) {
      const statement = own.prepare(sql);
      const isWriting = writing.test(sql);
      const note = (values: readonly SQLInputValue[], changed: number | bigint) => {
        if (!tried)
          throw new BotError("internal", "The playground's tables are changed as one, or not at all.");
        if (changed > 0) tried.push([sql, ...values.map(toPlain)]);
      };
      return {
        get: (...values) => statement.get(...values),
        all(...values) {
          const rows = statement.all(...values);
          if (isWriting) note(values, rows.length);
          return rows;
        },
        run(...values) {
          const ran = statement.run(...values);
          note(values, ran.changes);
          return ran;
        },
      };
    },
    define(name, turn) {
      own.function(name, { deterministic: true }, (words) => turn(String(words)));
    },
    atomically: (change, then) => inTurn(() => atomically(change, then)),
    fresh,
    purge,
    takeOver: (all) => inTurn(() => takeOver(all)),
    get isOpen() {
      return own.isOpen;
    },
    close() {
      stop();
      if (own.isOpen) own.close();
    },
  };
}

function toError(cause: unknown, isOpen: boolean): BotError {
  if (!isOpen) return new BotError("stopped", "The playground has been stopped.", { cause });
  return new BotError(
    "storage",
    "The playground cannot work with what is in the store. Try again in a minute.",
    {
      cause,
    },
  );
}

function newer(): BotError {
  return new BotError(
    "storage",
    "The playground in the store is of a newer version of Drawbridge. Update this process, too.",
  );
}

function unreadable(): BotError {
  return new BotError("storage", "The playground in the store could not be read. Try again in a minute.");
}

function tooMany(): BotError {
  return new BotError("storage", "Too much is changed at once. Try again in a moment.");
}
