import { BotError } from "../../../src/seam/errors.ts";
import { checkHeld } from "../../../src/seam/held.ts";
import type { Measured } from "../../../src/seam/view.ts";
import type {
  WireAnswer,
  WireAsk,
  WireMessage,
  WirePicture,
  WireThread,
  WireView,
} from "../wire/messages.ts";
import type { Database } from "./database.ts";
import { createGallery, type Gallery } from "./gallery/gallery.ts";
import { toTitle } from "./gallery/title.ts";
import { createTrash, trashMs } from "./gallery/trash.ts";
import { type Draft, type Pictures, toFileOf, toSrc } from "./pictures.ts";

/** A stored picture, as its row has it. */
interface StoredPicture extends Measured {
  readonly file: string;
  readonly bytes: number;
}

/**
 * The playground's own chat: threads, messages and pictures. What is read is as `fresh` found it; what changes something
 * is done on what is there now, as one, and rejects with BotError `storage` when that cannot be.
 *
 * A message never names a picture that is not kept, wherever the process is killed: pictures get their names before
 * the row that shows them is written, and lose them after the last such row is gone.
 */
export interface Chat {
  /** As of `Database`. */
  fresh(): Promise<void>;
  /** Those that are listed, newest first: `limit` of them (all, unless said), the first of those that come after one. */
  threads(limit?: number, after?: { readonly id: string; readonly updatedAt: number }): readonly WireThread[];
  /** Those that were deleted and can be brought back, the last first. */
  deletedThreads(): readonly WireThread[];
  thread(id: string): WireThread | undefined;
  /** Oldest first. */
  messages(thread: string): readonly WireMessage[];
  message(id: string): WireMessage | undefined;
  /** One that somebody can see: not of what was deleted. */
  picture(file: string): StoredPicture | undefined;
  readonly gallery: Gallery;
  readPicture: Pictures["read"];
  pictureSource: Pictures["source"];
  readThumbnail: Pictures["readThumbnail"];
  keepThumbnail: Pictures["keepThumbnail"];
  /** Keeps a picture; it stays only if a message with it is stored. */
  draft: Pictures["draft"];
  /** The same of a file that has arrived. */
  adopt: Pictures["adopt"];
  /** Lets go of drafts that no message will show. */
  discard: Pictures["discard"];
  /**
   * Stores a question, and its thread if it is the first. `drafts` are those of its pictures that are new here. Undefined,
   * and nothing stored, where it is there already: it was sent twice, to two processes. So it is where it `isSecond` to one
   * of the last in its thread.
   *
   * Rejects with BotError `unknown_message` when the message it replies to has been deleted, and as `checkHeld` throws.
   */
  ask(
    ask: WireAsk,
    drafts: readonly Draft[],
    isSecond?: (ask: WireAsk, before: WireAsk) => boolean,
  ): Promise<WireThread | undefined>;
  /**
   * A message, looked for once more. Where it is not there, whoever is about to store it in another process is asked once
   * more whether it still has it (`checkHeld`): what was written since it looked is not what it looked at.
   */
  findLast(id: string): Promise<WireMessage | undefined>;
  /**
   * Stores an answer or changes it. Nothing is stored, and it says why, when what it answers has been deleted (`gone`), or
   * `isBehind` what is shown. One whose view is `gone` is kept beside it until then, to be brought back.
   */
  answer(
    answer: WireAnswer,
    drafts: readonly Draft[],
    head?: string | null,
    isBehind?: (shown: WireView) => boolean,
  ): Promise<WireThread | "gone" | "behind">;
  /** `way`: it was taken back, or forward again, or what was undone is still to be brought forward. */
  setHead(
    thread: string,
    head: string | null,
    way?: "back" | "forward" | "kept",
  ): Promise<WireThread | undefined>;
  /** There is nothing to bring forward again in that thread. */
  forgetUndone(thread: string): Promise<WireThread | undefined>;
  /** Notes which of an answer's pictures was picked, from 0. Undefined when it is gone or has no such picture. */
  pick(answer: string, place: number): Promise<WireAnswer | undefined>;
  rename(thread: string, title: string): Promise<WireThread | undefined>;
  /** Removes a thread with its messages. False: there is none. */
  remove(thread: string): Promise<boolean>;
  /** Whether an answer that was deleted can still be brought back. */
  isInTrash(answer: string): boolean;
  /** Brings a deleted answer back, or a thread; undefined: it is no longer kept. */
  restore(answer: string): Promise<WireAnswer | undefined>;
  restoreThread(thread: string): Promise<WireThread | undefined>;
  /**
   * Deletes all that there is, for good, but for the newest question that is to stay, with its answer; the threads that are
   * gone.
   */
  forget(stays: (ask: WireAsk) => boolean): Promise<readonly string[]>;
  /** Deletes threads in which nothing was said since then, for good, some at a time; those that are gone. */
  expire(before: number): Promise<readonly string[]>;
  /** Throws away what was deleted long enough ago, and the pictures that nothing else shows. */
  emptyTrash(): Promise<void>;
  /** As of `Database`: the pictures, too. */
  purge(): Promise<void>;
  readonly isOpen: boolean;
}

/** Whether a message answers what was drawn: neither words about the studio, nor what could not even be tried. */
const isAnswered = `kind = 'answer' AND body ->> '$.view.aside' IS NULL
  AND (body ->> '$.view.phase' <> 'failed' OR json_array_length(body, '$.view.actions') > 0)`;

const threadColumns = `
  id, title, updatedAt, head,
  (SELECT shown.file FROM messages JOIN shown ON shown.message = messages.id
    WHERE messages.thread = threads.id AND messages.kind = 'answer'
      AND messages.id NOT IN (SELECT message FROM trash)
    ORDER BY messages.seq DESC, shown.position LIMIT 1) AS cover,
  undone > 0 AS undone,
  EXISTS (SELECT 1 FROM found WHERE found.thread = threads.id AND found.kind = 'drawing') AS drawing,
  EXISTS (SELECT 1 FROM messages WHERE thread = threads.id AND kind = 'answer')
    AND NOT EXISTS (SELECT 1 FROM messages WHERE thread = threads.id AND ${isAnswered}) AS unlisted`;

/** The chat in a database, its pictures beside it. Rejects with BotError `storage`. `now` is Unix time in ms. */
export async function openChat(database: Database, pictures: Pictures, now: () => number): Promise<Chat> {
  const gallery = await createGallery(database, now);
  const trash = createTrash(database, now);
  const sql = {
    threads: database.prepare(`
      SELECT ${threadColumns} FROM threads
      WHERE deletedAt IS NULL AND NOT unlisted
        AND (updatedAt < ?1 OR updatedAt = ?1 AND rowid < (SELECT rowid FROM threads WHERE id = ?2))
      ORDER BY updatedAt DESC, rowid DESC LIMIT ?3`),
    deletedThreads: database.prepare(
      `SELECT ${threadColumns} FROM threads WHERE deletedAt > ? ORDER BY deletedAt DESC`,
    ),
    thread: database.prepare(`SELECT ${threadColumns} FROM threads WHERE id = ? AND deletedAt IS NULL`),
    messages: database.prepare("SELECT body FROM messages WHERE thread = ? ORDER BY seq"),
    message: database.prepare(`
      SELECT body FROM messages JOIN threads ON threads.id = messages.thread
      WHERE messages.id = ? AND threads.deletedAt IS NULL`),
    isKept: database.prepare("SELECT 1 FROM pictures WHERE file = ?"),
    picture: database.prepare(`
      SELECT file, mediaType, width, height, bytes FROM pictures WHERE file = ?1 AND EXISTS (
        SELECT 1 FROM shown JOIN messages ON messages.id = shown.message
        JOIN threads ON threads.id = messages.thread
        WHERE shown.file = ?1 AND threads.deletedAt IS NULL AND shown.message NOT IN (SELECT message FROM trash))`),
    touchThread: database.prepare(`
      INSERT INTO threads (id, title, updatedAt) VALUES (?1, ?2, ?3) ON CONFLICT (id) DO UPDATE SET
        title = iif(title = '' AND NOT renamed, excluded.title, title), updatedAt = excluded.updatedAt`),
    setUpdated: database.prepare("UPDATE threads SET updatedAt = ?2 WHERE id = ?1"),
    setHead: database.prepare(
      "UPDATE threads SET head = ?2, updatedAt = ?3, undone = max(0, undone * ?4 + ?5) WHERE id = ?1",
    ),
    forgetUndone: database.prepare("UPDATE threads SET undone = 0 WHERE id = ?"),
    rename: database.prepare("UPDATE threads SET title = ?2, renamed = 1 WHERE id = ?1"),
    trashThread: database.prepare("UPDATE threads SET deletedAt = ?2 WHERE id = ?1 AND deletedAt IS NULL"),
    restoreThread: database.prepare("UPDATE threads SET deletedAt = NULL WHERE id = ?1 AND deletedAt > ?2"),
    removeTrashed: database.prepare("DELETE FROM threads WHERE id = ? AND deletedAt IS NOT NULL"),
    unlinkThread: database.prepare(
      "DELETE FROM links WHERE message IN (SELECT id FROM messages WHERE thread = ?)",
    ),
    unlink: database.prepare("DELETE FROM links WHERE message = ?"),
    putMessage: database.prepare(`
      INSERT INTO messages (id, thread, kind, body) VALUES (?, ?, ?, ?)
      ON CONFLICT (id) DO UPDATE SET body = excluded.body`),
    setBody: database.prepare("UPDATE messages SET body = ?2 WHERE id = ?1"),
    putPicture: database.prepare(
      "INSERT INTO pictures (file, mediaType, width, height, bytes) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
    ),
    clearShown: database.prepare("DELETE FROM shown WHERE message = ?"),
    show: database.prepare("INSERT INTO shown (message, position, file) VALUES (?, ?, ?)"),
    missed: database.prepare(
      "INSERT INTO settings (name, value) VALUES ('missed', ?) ON CONFLICT DO UPDATE SET value = excluded.value",
    ),
    lastAsks: database.prepare(
      "SELECT body FROM messages WHERE thread = ? AND kind = 'ask' ORDER BY seq DESC LIMIT 8",
    ),
    asks: database.prepare("SELECT body FROM messages WHERE kind = 'ask' ORDER BY seq DESC"),
    forgetMessages: database.prepare(
      "DELETE FROM messages WHERE id <> ?1 AND (kind <> 'answer' OR body ->> '$.ask' <> ?1)",
    ),
    forgetThreads: database.prepare("DELETE FROM threads WHERE id <> ? RETURNING id"),
    emptyThread: database.prepare(
      "UPDATE threads SET title = ?2, renamed = 0, head = NULL, undone = 0 WHERE id = ?1",
    ),
    forgetTrash: database.prepare("DELETE FROM trash"),
    expire: database.prepare(
      "DELETE FROM threads WHERE id IN (SELECT id FROM threads WHERE updatedAt < ? ORDER BY id LIMIT 100) RETURNING id",
    ),
    removeUnshown: database.prepare(
      "DELETE FROM pictures WHERE file NOT IN (SELECT file FROM shown) RETURNING file",
    ),
  };
  const isKept = (file: string) => sql.isKept.get(file) !== undefined;
  await pictures.sweep(isKept);

  // The casts below trust rows that only this file writes.
  const thread = (id: string) => toThread(sql.thread.get(id));
  const message = (id: string) => toMessage(sql.message.get(id));

  /** Writes a message and the pictures it shows, inside a transaction. Returns the files nobody shows any more. */
  function put(message: WireMessage, drafts: readonly Draft[]): string[] {
    const body = JSON.stringify(message);
    const before = isGone(message) ? toMessage(sql.message.get(message.id)) : undefined;
    sql.putMessage.run(message.id, message.thread, message.kind, body);
    gallery.note(message);
    if (before?.kind === "answer" && !isGone(before)) {
      // Its pictures stay on disk for as long as it can be brought back.
      trash.put(before);
      sql.unlink.run(message.id);
      return [];
    }
    for (const draft of drafts) {
      const { file, mediaType, width, height, bytes } = draft;
      sql.putPicture.run(file, mediaType, width, height, bytes);
      pictures.bind(draft);
    }
    const cleared = sql.clearShown.run(message.id).changes;
    shownBy(message).forEach(({ src }, position) => {
      sql.show.run(message.id, position, toFileOf(src));
    });
    return cleared ? removeUnshown() : [];
  }

  function removeUnshown(): string[] {
    const files = sql.removeUnshown.all().map((row) => String(row.file));
    for (const file of files) pictures.unbind(file);
    return files;
  }

  /** From the naming of the files to the row that shows them nothing else runs, so nobody can remove them between. */
  async function store<T>(drafts: readonly Draft[], change: () => Stored<T>): Promise<T> {
    try {
      pictures.settle(drafts);
      const { result } = await database.atomically(change, ({ unshown = [] }) => pictures.remove(unshown));
      return result;
    } finally {
      pictures.discard(drafts);
      // Named, but in no row: nothing was stored.
      pictures.remove(drafts.map(({ file }) => file).filter((file) => !isKept(file)));
    }
  }

  async function purge(): Promise<void> {
    await pictures.tidy();
    await database.purge();
  }

  return {
    threads: (limit = -1, { updatedAt, id } = { updatedAt: Number.MAX_SAFE_INTEGER, id: "" }) =>
      sql.threads.all(updatedAt, id, limit).flatMap((row) => toThread(row) ?? []),
    deletedThreads: () => sql.deletedThreads.all(now() - trashMs).flatMap((row) => toThread(row) ?? []),
    thread,
    messages: (id) => sql.messages.all(id).flatMap((row) => toMessage(row) ?? []),
    message,
    picture: (file) => sql.picture.get(file) as unknown as StoredPicture | undefined,
    gallery,
    readPicture: pictures.read,
    pictureSource: pictures.source,
    readThumbnail: pictures.readThumbnail,
    keepThumbnail: pictures.keepThumbnail,
    draft: pictures.draft,
    adopt: pictures.adopt,
    discard: pictures.discard,
    fresh: database.fresh,
    ask: (ask, drafts, isSecond) =>
      store(drafts, () => {
        checkHeld(); // what another has seen to by now comes too late: it found nothing here
        if (message(ask.id)) return { result: undefined };
        const last = isSecond ? sql.lastAsks.all(ask.thread).flatMap((row) => toMessage(row) ?? []) : [];
        if (last.some((one) => one.kind === "ask" && isSecond?.(ask, one))) return { result: undefined };
        // Checked here, where nothing can delete it any more: an answer to what is gone must not bring back its thread.
        if (ask.replyTo && message(ask.replyTo)?.thread !== ask.thread) {
          throw new BotError("unknown_message", "The picture you answered is no longer here.");
        }
        // A thread of that name that was deleted is not brought back by it.
        const removed = sql.removeTrashed.run(ask.thread).changes ? removeUnshown() : [];
        sql.touchThread.run(ask.thread, toTitle(ask.text), now());
        const unshown = [...removed, ...put(ask, drafts)];
        return { result: thread(ask.thread), unshown };
      }),
    findLast: (id) =>
      database.atomically(() => {
        const found = message(id);
        if (!found) sql.missed.run(id);
        return found;
      }),
    answer: (answer, drafts, head, isBehind) =>
      store(drafts, () => {
        const is = (result: WireThread | "gone" | "behind" | undefined, unshown: readonly string[] = []) => {
          return { result: result ?? ("gone" as const), unshown };
        };
        if (message(answer.ask)?.thread !== answer.thread) return is("gone");
        const shown = isBehind && message(answer.id);
        if (shown?.kind === "answer" && isBehind?.(shown.view)) return is("behind");
        // Only a sketch is new, which is not stored.
        const isSame = head === undefined && sql.message.get(answer.id)?.body === JSON.stringify(answer);
        if (isSame) return is(thread(answer.thread));
        if (head !== undefined) sql.setHead.run(answer.thread, head, now(), isGone(answer) ? 1 : 0, 0);
        else sql.setUpdated.run(answer.thread, now());
        const unshown = put(answer, drafts);
        return is(thread(answer.thread), unshown);
      }),
    setHead(id, head, way) {
      const step = { back: 1, forward: -1, kept: 0 }[way ?? "kept"];
      return database.atomically(() => {
        sql.setHead.run(id, head, now(), way ? 1 : 0, step);
        return thread(id);
      });
    },
    forgetUndone: (id) =>
      database.atomically(() => {
        sql.forgetUndone.run(id);
        return thread(id);
      }),
    pick(id, place) {
      return database.atomically(() => {
        const known = message(id);
        if (known?.kind !== "answer" || !known.view.images[place]) return undefined;
        const picked = { ...known, view: { ...known.view, picked: place } };
        sql.setBody.run(id, JSON.stringify(picked));
        return picked;
      });
    },
    rename: (id, title) =>
      database.atomically(() => {
        sql.rename.run(id, title);
        return thread(id);
      }),
    remove: (id) =>
      database.atomically(() => {
        sql.unlinkThread.run(id);
        return sql.trashThread.run(id, now()).changes > 0;
      }),
    isInTrash: trash.holds,
    restore: (id) =>
      database.atomically(() => {
        const known = message(id);
        const before = known && trash.take(id);
        if (before) put(before, []);
        return before;
      }),
    restoreThread: (id) =>
      database.atomically(() => {
        sql.restoreThread.run(id, now() - trashMs);
        return thread(id);
      }),
    forget: (stays) =>
      store([], () => {
        const asks = sql.asks.all().flatMap((row) => toMessage(row) ?? []);
        const kept = asks.find((one) => one.kind === "ask" && stays(one));
        sql.forgetTrash.run();
        sql.forgetMessages.run(kept?.id ?? "");
        const result = sql.forgetThreads.all(kept?.thread ?? "").map(({ id }) => String(id));
        if (kept?.kind === "ask") sql.emptyThread.run(kept.thread, toTitle(kept.text));
        return { result, unshown: removeUnshown() };
      }),
    expire: (before) =>
      store([], () => {
        const result = sql.expire.all(before).map(({ id }) => String(id));
        return { result, unshown: result.length > 0 ? removeUnshown() : [] };
      }),
    async emptyTrash() {
      const isEmptied = await store([], () => {
        const result = trash.empty();
        return { result, unshown: result ? removeUnshown() : [] };
      });
      await (isEmptied ? purge() : pictures.tidy());
    },
    purge,
    get isOpen() {
      return database.isOpen;
    },
  };
}

/** What came of a change, and the files that nobody shows any more. */
interface Stored<T> {
  readonly result: T;
  readonly unshown?: readonly string[];
}

/** All that a message keeps beside itself. */
function shownBy(message: WireMessage): readonly WirePicture[] {
  if (message.kind === "ask") return message.pictures;
  return [...message.view.images, ...(message.view.files ?? [])];
}

function isGone(message: WireMessage): boolean {
  return message.kind === "answer" && message.view.gone !== undefined;
}

function toThread(row: unknown): WireThread | undefined {
  if (!row) return undefined;
  const { id, title, updatedAt, head, cover, ...is } = row as Pick<
    WireThread,
    "id" | "title" | "updatedAt" | "head"
  > &
    Readonly<Record<"drawing" | "undone" | "unlisted", number>> & { readonly cover: string | null };
  return {
    ...{ id, title: title || "Untitled", updatedAt, head },
    ...(cover && { cover: toSrc(cover) }),
    ...(is.drawing && { drawing: true as const }),
    ...(is.undone && { undone: true as const }),
    ...(is.unlisted && { unlisted: true as const }),
  };
}

function toMessage(row: unknown): WireMessage | undefined {
  return row ? JSON.parse((row as { body: string }).body) : undefined;
}
