import { z } from "zod";
import type { Log } from "../seam/log.ts";
import { generation } from "../store/history.ts";
import { listOwned, toOwnedChange } from "../store/owned.ts";
import type { Store } from "../store/store.ts";
import type { Change } from "../store/table.ts";

/** Under which it is noted that all is listed; no person's id. */
const mark = { table: "owned", key: "listed" } as const;

/** How long a file is at OpenAI, in ms. */
const fileMs = 30 * 24 * 3600 * 1000;

/**
 * Lists what was kept before there was a list of what is whose: answers by who asked, and files at OpenAI by who sent
 * them first, as far as answers name them. Once; a start that is cut off does it again, and so does one that is told by an
 * error that the store failed. What cannot be read is left.
 */
export async function adoptOlder(
  store: Store,
  { log, now, signal }: { readonly log: Log; readonly now: () => number; readonly signal: AbortSignal },
): Promise<void> {
  const marks = store.table(mark.table, z.unknown());
  if (await marks.get(mark.key)) return;
  const generations = store.table("generation", generation);
  /** By file, who sent it and when. */
  const senders = new Map<string, { readonly owner: string; readonly at: number }>();
  let answers = 0;

  async function list(message: string): Promise<Change | undefined> {
    const found = await generations.get(message).catch((error: unknown) => {
      log.warn({ message, error }, "answer.unreadable");
      return undefined;
    });
    if (!found || found.forgotten || found.user === "") return undefined;
    const { user: owner, createdAt: at, inputs } = found;
    for (const { source } of inputs) {
      if (!("fileId" in source)) continue;
      const known = senders.get(source.fileId);
      if (!known || at < known.at) senders.set(source.fileId, { owner, at });
    }
    return toOwnedChange({ owner, kind: "generation", at, id: message });
  }

  for await (const messages of generations.keys()) {
    signal.throwIfAborted();
    const changes = (await Promise.all(messages.map(list))).filter((change) => change !== undefined);
    answers += changes.length;
    await store.write(changes);
  }
  for await (const page of listOwned(store)) {
    for (const { kind, id } of page) if (kind === "file") senders.delete(id); // it was sent since, and is listed
  }
  const files = [...senders].flatMap(([id, { owner, at }]) => {
    const lifeMs = at + fileMs - now();
    return lifeMs > 0 ? [toOwnedChange({ owner, kind: "file", at, id }, lifeMs)] : [];
  });
  await store.write([...files, { ...mark, value: true }]);
  if (answers > 0) log.info({ answers, files: files.length }, "owners.listed");
}
