import { existsSync } from "node:fs";
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Log } from "../../../../src/seam/log.ts";
import { fileName, openDatabase } from "../database.ts";
import type { Blobs } from "./blobs.ts";
import type { SharedDatabase } from "./database.ts";
import { dump } from "./dump.ts";
import type { Statement } from "./journal.ts";

/** How long the pictures may take to be moved, in ms. */
const movingMs = 24 * 60 * 60_000;

/**
 * Takes over what this process has kept in a folder of its own, from when it was alone: once, with its pictures, and then
 * nothing of it is left there. Where the processes have a thread in common already, it stays where it is, and the log says
 * so. Killed in the middle of it, it begins anew at the next start. Rejects with BotError `storage`.
 */
export async function moveIn(
  folder: string,
  of: {
    readonly database: SharedDatabase;
    readonly blobs: Blobs;
    readonly log: Log;
    readonly now: () => number;
  },
): Promise<void> {
  const { database, blobs, log, now } = of;
  const file = join(folder, fileName);
  if (!existsSync(file)) return;
  const stays = () => log.warn({ folder }, "playground.apart");
  if (database.prepare("SELECT 1 FROM threads").get()) return stays();
  // As of today's version, and whole.
  const own = await openDatabase(folder);
  const files = own.prepare("SELECT file FROM pictures").all();
  own.close();
  const bound: Statement[] = [];
  for (const { file } of files) {
    const bytes = await readFile(join(folder, "pictures", String(file))).catch(() => undefined);
    if (!bytes) continue; // as it was before
    const id = await blobs.put(bytes, now() + movingMs);
    bound.push(["UPDATE blobs SET file = ?, until = NULL WHERE id = ?", String(file), id]);
  }
  const before = new DatabaseSync(file, { readOnly: true });
  const all = dump(before);
  before.close();
  if (!(await database.takeOver([...all, ...bound]))) return stays();
  await database.fresh();
  for (const name of [fileName, `${fileName}-wal`, `${fileName}-shm`, "pictures", "thumbnails"]) {
    await rm(join(folder, name), { recursive: true, force: true });
  }
  log.info({ folder, pictures: bound.length }, "playground.moved");
}
