import { z } from "zod";
import type { MessageKey } from "../seam/turn.ts";
import type { Store } from "../store/store.ts";
import { key, storedInput, storedOptions, storedStyle, storedUnder } from "../store/stored.ts";

const openTurn = z.object({
  /** The message that will show the answer. */
  message: key,
  adapter: z.string(),
  thread: key,
  place: z.object({ channel: key, community: key.exactOptional() }).exactOptional(),
  user: z.object({ id: z.string(), name: z.string(), moderator: z.boolean().exactOptional() }),
  text: z.string(),
  options: storedOptions,
  notes: z.array(z.string()).readonly(),
  /** The message to go on from; null: from nothing; absent: from the thread's head when its time comes. */
  from: key.nullable().exactOptional(),
  /** A picture was asked for outright, so words are no answer. */
  mustDraw: z.boolean(),
  /** It was asked for before, word for word, and should come out otherwise this time. */
  again: z.boolean().exactOptional(),
  style: storedStyle.exactOptional(),
  /** Ids in Keep of the pictures that come with the style, until they are in `inputs`. */
  stylePictures: z.array(z.string()).readonly().exactOptional(),
  /** What it is likely to cost, in a few words. */
  expected: z.string().exactOptional(),
  /** Files the person sent; they are in `inputs` once they have been read. */
  attachments: z.number(),
  /** The pictures of an answer that is drawn again. */
  brought: z.array(storedInput).readonly().exactOptional(),
  inputs: z.array(storedInput).readonly().exactOptional(),
  under: storedUnder.exactOptional(),
  /** How many references come before those that the words point to; absent: those have not been read. */
  linksFrom: z.number().exactOptional(),
  /** OpenAI is at work on it under these ids, one for each picture; null where it has not begun. */
  responseIds: z.array(z.string().nullable()).readonly().exactOptional(),
  /** Unix time, ms. */
  acceptedAt: z.number(),
});

/** A turn in flight, with all that a restart needs to finish it. */
export type OpenTurn = Readonly<z.output<typeof openTurn>>;

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
