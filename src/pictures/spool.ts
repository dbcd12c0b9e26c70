import { randomUUID } from "node:crypto";
import { mkdir, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** Pictures that are drawn, and kept until they are shown. */
export interface Spool {
  /** Keeps the bytes; their id. `owner`: the `User.id` of who asked for it. Rejects as the disk, or the store, does. */
  put(bytes: Uint8Array, owner: string): Promise<string>;
  /** Undefined when they are no longer there, or were not written to the end. */
  get(id: string): Promise<Uint8Array | undefined>;
  /** Whether `get` will find it. */
  has(id: string): Promise<boolean>;
  /** Never rejects: what stays is swept at a later start. */
  delete(id: string): Promise<void>;
  /**
   * Deletes what the process before has left, but for those that are wanted. `isAll`: nobody else's can be among the
   * rest; otherwise it is left for two days. Never rejects.
   */
  sweep(wanted: readonly string[], isAll: boolean): Promise<void>;
}

/** How long a file may lie of which nobody knows whose it is, in ms: longer than anything is waited for. */
const keptMs = 48 * 3600 * 1000;

/** On our disk, a file each. `folder` is made if it is not there. */
export async function createSpool(folder: string, now: () => number = Date.now): Promise<Spool> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const left = await readdir(folder);
  const remove = (name: string) => rm(join(folder, name), { force: true }).catch(() => {});
  const isOld = async (name: string) => {
    const found = await stat(join(folder, name)).catch(() => undefined);
    return found !== undefined && now() - found.mtimeMs > keptMs;
  };
  return {
    async put(bytes) {
      const id = `${randomUUID()}.${bytes.byteLength}`;
      try {
        await writeFile(join(folder, id), bytes, { mode: 0o600 });
      } catch (error) {
        await remove(id); // what was written of it would take the room of the next try
        throw error;
      }
      return id;
    },
    async get(id) {
      if (!isId(id)) return undefined;
      const bytes = await readFile(join(folder, id)).catch(() => undefined);
      return bytes && id.endsWith(`.${bytes.byteLength}`) ? bytes : undefined;
    },
    async has(id) {
      const found = isId(id) ? await stat(join(folder, id)).catch(() => undefined) : undefined;
      return found !== undefined && id.endsWith(`.${found.size}`);
    },
    async delete(id) {
      if (isId(id)) await remove(id);
    },
    async sweep(wanted, isAll) {
      const kept = new Set(wanted);
      for (const name of left) if (!kept.has(name) && (isAll || (await isOld(name)))) await remove(name);
    },
  };
}

/** A name of our own, and how many bytes belong to it: no other file is read or taken away. */
function isId(name: string): boolean {
  return /^[\w-]+\.\d+$/.test(name);
}
