import { z } from "zod";
import type { MessageKey } from "../seam/turn.ts";
import { type OpenTurn, openTurn } from "../store/open-turn.ts";
import type { Store } from "../store/store.ts";
import { key } from "../store/stored.ts";

/** The turns in flight: written before the work starts, forgotten when the answer is shown and saved. */
export interface Ledger {
  /** Notes a turn, or what has become known of it. */
  note(turn: OpenTurn): Promise<void>;
  forget(message: MessageKey): Promise<void>;
  /** What was in flight when the last process ended, in the order in which it was accepted. */
  open(): Promise<readonly OpenTurn[]>;
}

/**
 * All calls reject with BotError `storage` when the store fails. `onUnreadable` hears of a turn in flight that another
 * version wrote, or that is damaged: it is left where it is, and the others go on.
 */
export async function createLedger(
  store: Store,
  onUnreadable: (message: MessageKey, error: unknown) => void = () => {},
): Promise<Ledger> {
  const turns = store.table("turn", openTurn);
  const index = store.table("ledger", z.object({ open: z.array(key) }));
  // Keyv's stores do not all list their keys, so the list is kept beside them.
  const messages = new Set((await index.get("open"))?.open);
  let writing: Promise<void> = Promise.resolve();
  const writeIndex = () => {
    writing = writing.catch(() => {}).then(() => index.set("open", { open: [...messages] }));
    return writing;
  };

  return {
    async note(turn) {
      await turns.set(turn.message, turn);
      if (messages.has(turn.message)) return;
      messages.add(turn.message);
      await writeIndex();
    },
    async forget(message) {
      if (!messages.delete(message)) return;
      await writeIndex();
      await turns.delete(message);
    },
    async open() {
      const found = await Promise.all(
        [...messages].map((message) =>
          turns.get(message).catch((error: unknown) => {
            onUnreadable(message, error);
            return undefined;
          }),
        ),
      );
      return found.filter((turn) => turn !== undefined).sort((a, b) => a.acceptedAt - b.acceptedAt);
    },
  };
}
