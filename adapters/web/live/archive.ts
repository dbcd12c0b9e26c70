import { join } from "node:path";
import type { Measure, Shared } from "../../../src/seam/core.ts";
import type { Log } from "../../../src/seam/log.ts";
import { type Chat, openChat } from "./chat.ts";
import { type Database, openDatabase } from "./database.ts";
import { createPartials, type Partials } from "./partials.ts";
import { createPictures } from "./pictures.ts";
import { createUploads, type Uploads } from "./uploads.ts";

/** All that the playground keeps: in a folder of this process's own, or where several processes share it. */
export interface Archive {
  readonly database: Database;
  readonly chat: Chat;
  readonly uploads: Uploads;
  readonly partials: Partials;
}

interface Parts {
  /** The folder for all of it, or for files on their way in alone. */
  readonly folder: string;
  readonly measure: Measure;
  readonly log: Log;
  /** Unix time, ms. */
  readonly now: () => number;
}

/** `shared`: several processes have it in common. What is loaded for that is loaded only then. Rejects with BotError `storage`. */
export async function openArchive(shared: Shared | undefined, parts: Parts): Promise<Archive> {
  if (!shared) return openOwn(parts);
  const { openSharedArchive } = await import("./shared/archive.ts");
  return openSharedArchive(shared, parts);
}

async function openOwn({ folder, measure, now }: Parts): Promise<Archive> {
  const database = await openDatabase(folder);
  try {
    const chat = await openChat(database, createPictures(join(folder, "pictures")), now);
    const uploads = createUploads(join(folder, "uploads"), now);
    return { database, chat, uploads, partials: createPartials(measure) };
  } catch (error) {
    database.close();
    throw error;
  }
}
