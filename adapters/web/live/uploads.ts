import { createHash, randomUUID } from "node:crypto";
import { createWriteStream, mkdirSync, readdirSync, rmSync, statSync } from "node:fs";
import { readFile, rename, rm } from "node:fs/promises";
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
  /** Its first bytes. */
  readonly head: Uint8Array;
  readonly path: string;
}

/** Files that people send, each on disk from its first byte on: nothing of them is held while a turn waits. */
export interface Uploads {
  /** Writes a file as it arrives. Rejects as reading does, and with BotError `storage` when the disk is full, or takes nothing. */
  receive(chunks: AsyncIterable<Uint8Array>): Promise<Arrived>;
  /** What has arrived is kept from now on, for a day, and after a restart, too. */
  keep(id: string): Promise<void>;
  /** Takes what has arrived off the disk again, unless it is kept. */
  discard(ids: readonly string[]): Promise<void>;
  /** Of what is kept. Rejects with ENOENT when it is gone. */
  read(id: string, signal?: AbortSignal): Promise<Uint8Array>;
  /** Takes off the disk what was kept. */
  remove(ids: readonly string[]): Promise<void>;
  /** Removes what has been kept for a day. */
  sweep(): void;
}

const keptMs = 24 * 60 * 60 * 1000;
const headBytes = 4096;
const arriving = ".part";

/** Whether that can be the id of a file that was sent. */
export function isUploadId(id: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id);
}

/** `folder` is made if it is not there, for this process alone: what had not arrived when another ended goes. `now` is Unix time in ms. */
export function createUploads(folder: string, now: () => number): Uploads {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const path = (name: string) => join(folder, name);
  const removeAll = async (names: readonly string[]) => {
    await Promise.all(names.map((name) => rm(path(name), { force: true })));
  };

  function removeFiles(isOver: (name: string, changedMs: number) => boolean): void {
    for (const { name } of readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isFile())) {
      const changedMs = statSync(path(name), { throwIfNoEntry: false })?.mtimeMs;
      if (changedMs !== undefined && isOver(name, changedMs)) rmSync(path(name), { force: true });
    }
  }
  const isOld = (name: string, changedMs: number) => !name.endsWith(arriving) && now() - changedMs > keptMs;
  removeFiles((name, changedMs) => name.endsWith(arriving) || isOld(name, changedMs));

  return {
    async receive(chunks) {
      const id = randomUUID();
      const hash = createHash("sha256");
      const head: Uint8Array[] = [];
      let bytes = 0;
      async function* pass(): AsyncGenerator<Uint8Array> {
        for await (const chunk of chunks) {
          if (bytes < headBytes) head.push(chunk.slice(0, headBytes - bytes));
          bytes += chunk.byteLength;
          hash.update(chunk);
          yield chunk;
        }
      }
      const to = path(`${id}${arriving}`);
      try {
        await pipeline(Readable.from(pass()), createWriteStream(to, { flush: true, mode: 0o600 }));
      } catch (error) {
        await rm(to, { force: true }); // what was written of it would take the room of the next try
        throw isOfDisk(error) ? toDiskError(error, folder) : error;
      }
      return { id, bytes, hash: hash.digest("hex"), head: Buffer.concat(head), path: to };
    },
    async keep(id) {
      await rename(path(`${id}${arriving}`), path(id)).catch((error: unknown) => {
        throw toDiskError(error, folder);
      });
    },
    discard: (ids) => removeAll(ids.map((id) => `${id}${arriving}`)),
    read: (id, signal) => readFile(path(id), signal ? { signal } : {}),
    remove: removeAll,
    sweep: () => removeFiles(isOld),
  };
}

function isOfDisk(error: unknown): boolean {
  return (
    error instanceof Error && "syscall" in error && ["open", "write", "fsync"].includes(String(error.syscall))
  );
}
