import type { DraftFiles } from "./drafts.ts";

/**
 * Keeps the files of drafts in this browser, so that a reload loses none. They are large, hence IndexedDB.
 *
 * Where the browser has none (a private window), they are simply not kept.
 */
export const draftFileStore = {
  async get(thread: string): Promise<DraftFiles | undefined> {
    const found: unknown = await run("readonly", (files) => files.get(thread));
    return found as DraftFiles | undefined; // our own, kept in this browser
  },
  set: (thread: string, kept: DraftFiles | undefined): Promise<unknown> =>
    run("readwrite", (files) => (kept ? files.put(kept, thread) : files.delete(thread))),
  /** Takes all of them away, in the order in which what is being kept was asked for. */
  async clear(): Promise<void> {
    await run("readwrite", (files) => files.clear());
    try {
      await result(indexedDB.deleteDatabase(name));
    } catch {} // there is none
  },
};

const name = "drawbridge.drafts";
const table = "files";

async function run(mode: IDBTransactionMode, work: (files: IDBObjectStore) => IDBRequest): Promise<unknown> {
  try {
    const opening = indexedDB.open(name, 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore(table);
    const database = await result(opening);
    try {
      return await result(work(database.transaction(table, mode).objectStore(table)));
    } finally {
      database.close();
    }
  } catch {
    return undefined;
  }
}

function result<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
