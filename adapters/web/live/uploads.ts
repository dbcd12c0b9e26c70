import { createHash, randomUUID } from "node:crypto";
import { createWriteStream, existsSync, readdirSync, rmSync, statSync } from "node:fs";
import { mkdir, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { toDiskError } from "./disk.ts";

/** A file that was sent, on disk. */
export interface Arrived {
  readonly id: string;
  readonly bytes: number;
  /** SHA-256, in hexadecimal. */
  readonly hash: string;
  readonly path: string;
}

/** Files that people send, each on disk from its first byte on: nothing of them is held while a turn waits. */
export interface Uploads {
  /** Writes a file as it arrives. Rejects as reading does, and with BotError `storage` when the disk is full, or takes nothing. */
  receive(chunks: AsyncIterable<Uint8Array>): Promise<Arrived>;
  /** What has arrived is kept from now on, for a day, and after a restart, too. */
  keep(arrived: Arrived): Promise<void>;
  /** Takes what has arrived off the disk again, unless it is kept. */
  discard(ids: readonly string[]): Promise<void>;
  /** Of what is kept. Rejects with ENOENT when it is gone. */
  read(id: string, signal?: AbortSignal): Promise<Uint8Array>;
  /** Takes off the disk what was kept. */
  remove(ids: readonly string[]): Promise<void>;
  /** Takes off the disk all that was kept. */
  clear(): Promise<void>;
  /** Looks no more for what has been kept for long enough. */
  close(): void;
}

/** How long they are kept, in ms. */
export const keptMs = 24 * 60 * 60 * 1000;
/** How long a file may take to arrive: what is older was left by a process that was killed. */
const arrivingMs = 60 * 60 * 1000;

/** How often what is over is looked for. */
const sweepMs = 60 * 60 * 1000;
const arriving = ".part";

/** Whether that can be the id of a file that was sent. */
export function isUploadId(id: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id);
}

/**
 * `folder` is made when the first file comes. What is in it for longer than a day goes, at once and every hour. `now` is
 * Unix time in ms.
 */
export function createUploads(folder: string, now: () => number): Uploads {
  const path = (name: string) => join(folder, name);
  const removeAll = async (names: readonly string[]) => {
    await Promise.all(names.map((name) => rm(path(name), { force: true })));
  };

  function sweep(): void {
    for (const entry of existsSync(folder) ? readdirSync(folder, { withFileTypes: true }) : []) {
      const changedMs = statSync(path(entry.name), { throwIfNoEntry: false })?.mtimeMs;
      if (!entry.isFile() || changedMs === undefined) continue;
      const most = entry.name.endsWith(arriving) ? arrivingMs : keptMs;
      if (now() - changedMs > most) rmSync(path(entry.name), { force: true });
    }
  }
  sweep();
  const sweeping = setInterval(sweep, sweepMs).unref();

  return {
    async receive(chunks) {
      const id = randomUUID();
      const hash = createHash("sha256");
      let bytes = 0;
      async function* pass(): AsyncGenerator<Uint8Array> {
        for await (const chunk of chunks) {
          bytes += chunk.byteLength;
          hash.update(chunk);
          yield chunk;
        }
      }
      const to = path(`${id}${arriving}`);
      try {
        await mkdir(folder, { recursive: true, mode: 0o700 });
        await pipeline(Readable.from(pass()), createWriteStream(to, { flush: true, mode: 0o600 }));
      } catch (error) {
        await rm(to, { force: true }).catch(() => {}); // what was written of it would take the room of the next try
        throw isOfDisk(error) ? toDiskError(error, folder) : error;
      }
      return { id, bytes, hash: hash.digest("hex"), path: to };
    },
    async keep({ id }) {
      await rename(path(`${id}${arriving}`), path(id)).catch((error: unknown) => {
        throw toDiskError(error, folder);
      });
    },
    discard: (ids) => removeAll(ids.map((id) => `${id}${arriving}`)),
    read: (id, signal) => readFile(path(id), signal ? { signal } : {}),
    remove: removeAll,
    async clear() {
      await removeAll(existsSync(folder) ? readdirSync(folder).filter(isUploadId) : []);
    },
    close: () => clearInterval(sweeping),
  };
}

function isOfDisk(error: unknown): boolean {
  return (
    error instanceof Error &&
    "syscall" in error &&
    ["mkdir", "open", "write", "fsync"].includes(String(error.syscall))
  );
}
