import { readFile } from "node:fs/promises";
import { type Arrived, keptMs, type Uploads } from "../uploads.ts";
import type { Blobs } from "./blobs.ts";

/** A file that has arrived, as it lies on this process's disk. */
export function readArrived({ path }: Arrived): Promise<Uint8Array> {
  return readFile(path);
}

/** Files arrive on the disk of whichever process they are sent to; what is kept of them lies where all find it. */
export function createSharedUploads(arriving: Uploads, blobs: Blobs, now: () => number): Uploads {
  return {
    receive: arriving.receive,
    discard: arriving.discard,
    close: arriving.close,
    async keep(arrived) {
      await blobs.put(await readArrived(arrived), now() + keptMs, arrived.id);
    },
    read: blobs.read,
    async remove(ids) {
      await blobs.drop(ids);
      await blobs.sweep();
    },
    async clear() {
      await blobs.drop();
      await blobs.sweep();
    },
  };
}
