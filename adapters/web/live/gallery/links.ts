import { createHash, randomBytes } from "node:crypto";
import type { Database } from "../database.ts";

/** The secret addresses under which single pictures are shown to whoever has them. */
export interface Links {
  /** A new secret for a picture of an answer: 256 random bits, of which only a hash is kept. */
  make(answer: string, file: string): Promise<string>;
  /** How many there are for a picture. */
  count(answer: string, file: string): number;
  /** Ends all of a picture's. */
  end(answer: string, file: string): Promise<void>;
  /** The file it shows; undefined: it was never made, has ended, or the picture was deleted. */
  find(secret: string): string | undefined;
}

/** `now` is Unix time in ms. */
export function createLinks(database: Database, now: () => number): Links {
  const sql = {
    make: database.prepare("INSERT INTO links (hash, message, file, madeAt) VALUES (?, ?, ?, ?)"),
    count: database.prepare("SELECT count(*) AS links FROM links WHERE message = ? AND file = ?"),
    end: database.prepare("DELETE FROM links WHERE message = ? AND file = ?"),
    find: database.prepare("SELECT file FROM links WHERE hash = ?"),
  };
  return {
    async make(answer, file) {
      const secret = randomBytes(32).toString("base64url");
      await database.atomically(() => sql.make.run(toHash(secret), answer, file, now()));
      return secret;
    },
    count: (answer, file) => Number(sql.count.get(answer, file)?.links),
    async end(answer, file) {
      await database.atomically(() => sql.end.run(answer, file));
    },
    find(secret) {
      if (!/^[\w-]{43}$/.test(secret)) return undefined;
      const found = sql.find.get(toHash(secret));
      return found && String(found.file);
    },
  };
}

function toHash(secret: string): string {
  return createHash("sha256").update(secret).digest("base64url");
}
