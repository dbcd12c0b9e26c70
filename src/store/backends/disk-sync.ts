import { type FileHandle, open } from "node:fs/promises";

/** Brings to the disk what has been written to a file, beside all else that this thread does. */
export interface DiskSync {
  /** Resolves when all that was written before is there. Rejects as the disk does. */
  sync(): Promise<void>;
  /** Waits for what is under way; the file may be taken away then. Never rejects. */
  close(): Promise<void>;
}

/** The file is opened when it is asked for. Who asks while it is under way shares the next with all others who do. */
export function createDiskSync(path: string): DiskSync {
  let file: FileHandle | undefined;
  let running: Promise<void> | undefined;
  let next: Promise<void> | undefined;

  async function bring(): Promise<void> {
    file ??= await open(path, "r+"); // some systems want the right to write
    await file.datasync();
  }

  function begin(): Promise<void> {
    next = undefined;
    running = bring().finally(() => {
      running = undefined;
    });
    return running;
  }

  return {
    sync() {
      if (next) return next;
      if (!running) return begin();
      next = running.then(begin, begin);
      return next;
    },
    async close() {
      await (next ?? running)?.catch(() => {});
      await file?.close().catch(() => {});
      file = undefined;
    },
  };
}
