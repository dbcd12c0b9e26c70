import type { WireAnswer, WireGallery, WireMessage, WirePlaced, WireThread } from "../../wire/messages.ts";
import type { Database } from "../database.ts";
import { toFileOf } from "../pictures.ts";
import { mostSought, toAlike, toFound, toSought } from "./words.ts";

/** What the gallery is asked for. */
export interface GalleryWish {
  /** Words, of which each must be there. */
  readonly query: string;
  readonly favourites: boolean;
  /** Goes on after this: `next` of the answer before. */
  readonly after?: number;
}

/** All pictures of all threads, and what they and the threads are found by. */
export interface Gallery {
  /** To be called with every message that is stored, inside the transaction that stores it. */
  note(message: WireMessage): void;
  /** The newest first, so many at a time. */
  pictures(wish: GalleryWish): WireGallery;
  /** The threads in which all words were said, or are in the title; the newest first. */
  threads(query: string): readonly string[];
  /** What was asked, the latest first, each once: that of the thread before all else. */
  prompts(thread: string): readonly string[];
  setFavourite(file: string, isOne: boolean): Promise<boolean>;
  /** Files. */
  favourites(): readonly string[];
}

/** Answers that are read for one page of the gallery. */
const pageAnswers = 60;
const mostPrompts = 100;
const promptsRead = 400;

/** Messages that are read at a time where there was no gallery before. */
const notedAtOnce = 2000;

const places = Array.from({ length: mostSought }, (_, at) => at);

/** Each of the words was said, or is in the thread's title; a place without a word asks for nothing. */
const hasAll = (first: number) =>
  places
    .map((at) => `?${first + at}`)
    .map((word) => `(${word} = '' OR instr(words, ${word}) > 0 OR instr(alike(threads.title), ${word}) > 0)`)
    .join(" AND ");

/** `now` is Unix time in ms. What was stored before there was a gallery is read once. Rejects with BotError `storage`. */
export async function createGallery(database: Database, now: () => number): Promise<Gallery> {
  database.define("alike", toAlike);
  const sql = {
    note: database.prepare(`
      INSERT INTO found (seq, message, thread, kind, words) SELECT seq, id, thread, ?2, ?3 FROM messages WHERE id = ?1
      ON CONFLICT (seq) DO UPDATE SET kind = excluded.kind, words = excluded.words`),
    unnoted: database.prepare(
      "SELECT body FROM messages WHERE seq NOT IN (SELECT seq FROM found) ORDER BY seq LIMIT ?",
    ),
    // From the newest on, and no further than it must; a message's body, which is long, only of what is found.
    pictures: database.prepare(`
      SELECT found.seq, (SELECT body FROM messages WHERE messages.seq = found.seq) AS body, threads.title
      FROM found CROSS JOIN threads ON threads.id = found.thread
      WHERE found.kind = 'picture' AND found.seq < ?1 AND threads.deletedAt IS NULL
        AND (?2 = 0 OR found.message IN (SELECT message FROM shown JOIN favourites USING (file)))
        AND found.message NOT IN (SELECT message FROM trash)
        AND ${hasAll(4)}
      ORDER BY found.seq DESC LIMIT ?3`),
    titles: database.prepare(
      "SELECT id, title FROM threads WHERE deletedAt IS NULL ORDER BY updatedAt DESC, rowid DESC",
    ),
    saidIn: database.prepare("SELECT DISTINCT thread FROM found WHERE instr(words, ?) > 0"),
    prompts: database.prepare(
      "SELECT body FROM messages WHERE thread = ? AND kind = 'ask' ORDER BY seq DESC LIMIT ?",
    ),
    allPrompts: database.prepare(`
      SELECT messages.body FROM messages CROSS JOIN threads ON threads.id = messages.thread
      WHERE messages.kind = 'ask' AND threads.deletedAt IS NULL ORDER BY messages.seq DESC LIMIT ?`),
    addFavourite: database.prepare(
      "INSERT INTO favourites (file, addedAt) SELECT file, ?2 FROM pictures WHERE file = ?1 ON CONFLICT DO NOTHING",
    ),
    dropFavourite: database.prepare("DELETE FROM favourites WHERE file = ?"),
    favourites: database.prepare("SELECT file FROM favourites ORDER BY addedAt"),
  };

  const gallery: Gallery = {
    note(message) {
      const { kind, words } = toFound(message);
      sql.note.run(message.id, kind, words);
    },
    pictures({ query, favourites, after = Number.MAX_SAFE_INTEGER }) {
      const rows = sql.pictures.all(after, favourites ? 1 : 0, pageAnswers + 1, ...toPlaces(query));
      const liked = favourites ? new Set(gallery.favourites()) : undefined;
      const page = rows.slice(0, pageAnswers);
      const pictures = page.flatMap(({ body, title }) => toPlaced(String(body), String(title)));
      const next = rows.length > page.length ? Number(page.at(-1)?.seq) : undefined;
      return {
        pictures: liked ? pictures.filter(({ picture }) => liked.has(toFileOf(picture.src))) : pictures,
        ...(next !== undefined && { next }),
      };
    },
    threads(query) {
      const wanted = toSought(query).map((word) => {
        return { word, threads: new Set(sql.saidIn.all(word).map(({ thread }) => thread)) };
      });
      return sql.titles.all().flatMap(({ id, title }) => {
        const alike = toAlike(String(title));
        const has = wanted.every(({ word, threads }) => threads.has(id ?? null) || alike.includes(word));
        return has ? [String(id)] : [];
      });
    },
    prompts(thread) {
      const rows = [...sql.prompts.all(thread, promptsRead), ...sql.allPrompts.all(promptsRead)];
      const said = rows.map(({ body }) => String(JSON.parse(String(body)).text));
      return [...new Set(said.map((text) => text.trim()).filter(Boolean))].slice(0, mostPrompts);
    },
    setFavourite: (file, isOne) =>
      database.atomically(() => {
        const { changes } = isOne ? sql.addFavourite.run(file, now()) : sql.dropFavourite.run(file);
        return changes > 0;
      }),
    favourites: () => sql.favourites.all().map(({ file }) => String(file)),
  };

  for (let rows = sql.unnoted.all(notedAtOnce); rows.length > 0; rows = sql.unnoted.all(notedAtOnce)) {
    const some = rows;
    await database.atomically(() => {
      for (const { body } of some) gallery.note(JSON.parse(String(body)));
    });
  }
  return gallery;
}

function toPlaces(query: string): string[] {
  const sought = toSought(query);
  return places.map((at) => sought[at] ?? "");
}

/** Each picture of an answer, with where it is. */
function toPlaced(body: string, title: WireThread["title"]): readonly WirePlaced[] {
  const { id, thread, createdAt, view } = JSON.parse(body) as WireAnswer; // a row that only the chat writes
  return view.images.map((picture, at) => ({
    ...{ answer: id, thread, at, title: title || "Untitled", createdAt, picture },
    prompt: view.details?.prompt ?? "",
  }));
}
