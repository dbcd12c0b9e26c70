import { z } from "zod";
import type { Painter } from "../openai/painter.ts";
import { toBotError } from "../seam/errors.ts";
import { type History, responsesOf } from "../store/history.ts";
import { type Owned, toDisownedChange } from "../store/owned.ts";
import type { Store } from "../store/store.ts";
import type { Change } from "../store/table.ts";
import type { KeptName } from "./kept.ts";

/** What OpenAI stores by a name. */
export interface AtOpenAi {
  readonly what: "file" | "response";
  readonly id: string;
}

/** Hears of what is gone, and of what OpenAI did not delete; what is to be written along with it, as one. */
export interface Tally {
  add(name: KeptName, count?: number): void;
  leave(left: AtOpenAi): void;
  /** The record of how far it has come, if one is kept. */
  along(): readonly Change[];
}

/** Deletes one thing that is kept of somebody, here and at OpenAI. Can be done twice. */
export interface Erase {
  /** Rejects with BotError `storage` when the store fails; what OpenAI does not delete is left, and no reason to reject. */
  one(owned: Owned, tally: Tally, signal: AbortSignal): Promise<void>;
  /** True: it is no longer at OpenAI, or never was. Rejects with the signal's reason. */
  atOpenAi(left: AtOpenAi, signal: AbortSignal): Promise<boolean>;
}

const keptBy = { file: "files", response: "responses" } as const;

export function createErase(of: {
  readonly store: Store;
  readonly history: History;
  readonly painter: Pick<Painter, "erase">;
  readonly onFailed: (error: unknown) => void;
}): Erase {
  const { store, history, painter, onFailed } = of;
  const files = store.table("file", z.string());
  const unfinished = store.table("unfinished", z.object({ at: z.array(z.string()).optional() }));

  async function atOpenAi({ what, id }: AtOpenAi, signal: AbortSignal): Promise<boolean> {
    try {
      await painter.erase(what, id, signal);
      return true;
    } catch (error) {
      signal.throwIfAborted();
      onFailed(toBotError(error));
      return false;
    }
  }

  async function tell(left: AtOpenAi, tally: Tally, signal: AbortSignal): Promise<void> {
    if (await atOpenAi(left, signal)) tally.add(keptBy[left.what]);
    else tally.leave(left);
  }

  async function answer(owned: Owned, tally: Tally, signal: AbortSignal): Promise<void> {
    const message = owned.id as `${string}:${string}`; // it was listed by its key
    const found = await history.find(message);
    for (const id of found ? responsesOf(found) : []) await tell({ what: "response", id }, tally, signal);
    if (found && !found.forgotten) tally.add("answers");
    await history.forget(message, [toDisownedChange(owned), ...tally.along()]);
  }

  async function row(
    owned: Owned,
    name: KeptName,
    tally: Tally,
    beside: readonly Change[] = [],
  ): Promise<void> {
    const { kind, id } = owned;
    tally.add(name);
    const gone: Change = { table: kind, key: id, delete: true };
    await store.write([gone, ...beside, toDisownedChange(owned), ...tally.along()]);
  }

  /** What counts as something else, which it is the picture of. */
  async function beside(owned: Owned, tally: Tally): Promise<void> {
    const gone: Change = { table: owned.kind, key: owned.id, delete: true };
    await store.write([gone, toDisownedChange(owned), ...tally.along()]);
  }

  return {
    atOpenAi,
    async one(owned, tally, signal) {
      switch (owned.kind) {
        case "generation":
          return answer(owned, tally, signal);
        case "file": {
          await tell({ what: "file", id: owned.id }, tally, signal);
          const hash = await files.get(owned.id);
          await store.write([
            ...(hash ? [{ table: "file", key: hash, delete: true as const }] : []),
            { table: "file", key: owned.id, delete: true },
            toDisownedChange(owned),
            ...tally.along(),
          ]);
          return;
        }
        case "kept":
          return row(owned, "pictures", tally);
        case "unfinished": {
          const { at = [] } = (await unfinished.get(owned.id)) ?? {};
          const places = at.map((key) => ({ table: "unfinished-at", key, delete: true as const }));
          return row(owned, "unfinished", tally, places);
        }
        case "unfinished-file":
          return row(owned, "pictures", tally);
        case "spool":
          return beside(owned, tally);
      }
    },
  };
}
