import { randomUUID } from "node:crypto";
import { z } from "zod";
import type { Shared } from "../../../../src/seam/core.ts";
import { BotError } from "../../../../src/seam/errors.ts";
import type { Database } from "../database.ts";

/** Bytes in the store, in parts: listed before the first part is there, so that none is left behind by whatever end. */
export interface Blobs {
  /**
   * Keeps bytes until then (Unix time, ms), or until they are bound to a file; their id. What a server loses of them in the
   * next seconds it is given again. Rejects with BotError `storage`.
   */
  put(bytes: Uint8Array, until: number, id?: string): Promise<string>;
  /**
   * They are that file's, for good, in place of what was: a server that has lost its last writes may have lost that. To be
   * called in a change. Throws BotError `storage` where they are gone.
   */
  bind(id: string, file: string): void;
  /** Nobody needs that file's any more. The same. */
  unbind(file: string): void;
  /** Nobody needs those any more that are no file's: these, or all. Never rejects: what stays goes when its time is over. */
  drop(ids?: readonly string[]): Promise<void>;
  /** Undefined where there is none. */
  idOf(file: string): string | undefined;
  /** Rejects where they are gone. */
  read(id: string, signal?: AbortSignal): Promise<Uint8Array>;
  /** Something that is made of them, and goes with them; undefined where it is not there. */
  readAside(id: string, name: string): Promise<Uint8Array | undefined>;
  keepAside(id: string, name: string, bytes: Uint8Array): Promise<void>;
  /** Deletes those that nobody needs any more. Rejects with BotError `storage`. */
  sweep(): Promise<void>;
}

/** Bytes of a part: what a server takes and gives in one go without holding up others. */
const partBytes = 1024 * 1024;

/** How long who has begun to read what is replaced may go on with that, in ms. */
const readingMs = 60_000;

/** Ms after which a server has on its disk what it was given: before, it may lose that. */
const lookMs = 5000;

/** Bytes that are held at most until then. */
const mostHeld = 64 * 1024 * 1024;

const base64 = z.string();

/** `asides`: the names of all that may be made of some. `now` is Unix time in ms. */
export function createBlobs(
  { keep, transact }: Shared,
  database: Database,
  { asides, now }: { readonly asides: readonly string[]; readonly now: () => number },
): Blobs {
  const sql = {
    list: database.prepare("INSERT INTO blobs (id, parts, until) VALUES (?, ?, ?)"),
    bind: database.prepare("UPDATE blobs SET file = ?2, until = NULL WHERE id = ?1 AND until > ?3"),
    replace: database.prepare("UPDATE blobs SET file = NULL, until = ?3 WHERE file = ?2 AND id <> ?1"),
    unbind: database.prepare("UPDATE blobs SET file = NULL, until = ?2 WHERE file = ?1"),
    drop: database.prepare("UPDATE blobs SET until = ?2 WHERE id = ?1 AND file IS NULL AND until > ?2"),
    dropAll: database.prepare("UPDATE blobs SET until = ?1 WHERE file IS NULL AND until > ?1"),
    idOf: database.prepare("SELECT id FROM blobs WHERE file = ?"),
    parts: database.prepare("SELECT parts FROM blobs WHERE id = ? AND (until IS NULL OR until > ?)"),
    isDraft: database.prepare("SELECT 1 FROM blobs WHERE id = ? AND file IS NULL"),
    over: database.prepare("SELECT id, parts FROM blobs WHERE until <= ?"),
    unlist: database.prepare("DELETE FROM blobs WHERE id = ? AND until IS NOT NULL"),
  };
  const key = (id: string, part: number | string) => `blob:${id}:${part}`;
  /** What was put a moment ago, the oldest first. */
  const held = new Map<string, Uint8Array>();

  async function write(id: string, bytes: Uint8Array): Promise<void> {
    for (let part = 0; part < partsOf(bytes); part += 1) {
      const some = bytes.subarray(part * partBytes, (part + 1) * partBytes);
      await keep.set(key(id, part), Buffer.from(some).toString("base64"));
    }
    // Who makes something of it sees by this that it is there.
    await keep.set(key(id, "there"), true);
  }

  function hold(id: string, bytes: Uint8Array): void {
    held.set(id, bytes);
    let size = [...held.values()].reduce((sum, { byteLength }) => sum + byteLength, 0);
    for (const [oldest, { byteLength }] of held) {
      if (size <= mostHeld) break;
      held.delete(oldest);
      size -= byteLength;
    }
    lookIn(id);
  }

  /** It is looked for until the server answers. */
  function lookIn(id: string): void {
    setTimeout(() => {
      const bytes = held.get(id);
      if (!bytes || !database.isOpen) return void held.delete(id);
      giveAgain(id, bytes).then(
        () => held.delete(id),
        () => lookIn(id),
      );
    }, lookMs).unref();
  }

  async function giveAgain(id: string, bytes: Uint8Array): Promise<void> {
    if ((await keep.get(key(id, "there"))) !== undefined) return;
    await database.fresh();
    if (sql.parts.get(id, now())) await write(id, bytes);
  }

  async function readOne(name: string): Promise<Buffer | undefined> {
    const found = await keep.get(name);
    return found === undefined ? undefined : Buffer.from(base64.parse(found), "base64");
  }

  return {
    async put(bytes, until, id = randomUUID()) {
      await database.atomically(() => sql.list.run(id, partsOf(bytes), until));
      await write(id, bytes);
      hold(id, bytes);
      return id;
    },
    bind(id, file) {
      if (sql.bind.run(id, file, now()).changes === 0)
        throw new BotError("storage", "That picture took too long to be kept. Try again.");
      sql.replace.run(id, file, now() + readingMs);
    },
    unbind: (file) => void sql.unbind.run(file, now()),
    async drop(ids) {
      const drafts = ids?.filter((id) => sql.isDraft.get(id));
      if (drafts?.length === 0) return;
      const change = () => {
        if (!drafts) sql.dropAll.run(now());
        else for (const id of drafts) sql.drop.run(id, now());
      };
      await database.atomically(change).catch(() => {});
    },
    idOf(file) {
      const found = sql.idOf.get(file);
      return found && String(found.id);
    },
    async read(id, signal) {
      if (!sql.parts.get(id, now())) await database.fresh();
      const count = Number(sql.parts.get(id, now())?.parts ?? 0);
      const parts: Buffer[] = [];
      while (parts.length < Math.max(1, count)) {
        const part = await readOne(key(id, parts.length));
        signal?.throwIfAborted();
        if (!part || count === 0) throw new BotError("storage", "That file is no longer here.");
        parts.push(part);
      }
      return Buffer.concat(parts);
    },
    readAside: (id, name) => readOne(key(id, name)),
    keepAside: (id, name, bytes) =>
      transact(async (within) => {
        if ((await within.get(key(id, "there"))) === undefined) return;
        await within.set(key(id, name), Buffer.from(bytes).toString("base64"));
      }),
    async sweep() {
      const over = sql.over.all(now()).map(({ id, parts }) => ({ id: String(id), parts: Number(parts) }));
      for (const { id, parts } of over) {
        const numbers = Array.from({ length: parts }, (_, part) => part);
        for (const part of ["there", ...numbers, ...asides]) await keep.delete(key(id, part));
      }
      if (over.length === 0) return;
      await database.atomically(() => {
        for (const { id } of over) sql.unlist.run(id);
      });
    },
  };
}

function partsOf(bytes: Uint8Array): number {
  return Math.max(1, Math.ceil(bytes.byteLength / partBytes));
}
