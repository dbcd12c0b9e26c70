import { randomUUID } from "node:crypto";
import { z } from "zod";
import type { Aside } from "../../pictures/aside.ts";
import { readInputs } from "../../pictures/inputs.ts";
import { createPictureStore } from "../../pictures/picture-store.ts";
import { BotError } from "../../seam/errors.ts";
import { badFile } from "../../seam/files/sent-file.ts";
import { createQueue } from "../../seam/queue.ts";
import type { Attachment, EventKey, MessageKey, Prompt, ThreadKey } from "../../seam/turn.ts";
import { checkOptions, readFlags } from "../../seam/words/flags.ts";
import { toOwnedChange } from "../../store/owned.ts";
import type { Store } from "../../store/store.ts";
import { key, storedOptions } from "../../store/stored.ts";
import type { Asked, Unfinished } from "./asked.ts";

/** How long a request that came to nothing can be completed, in ms. */
const rememberedMs = 60 * 60 * 1000;

/** Its files are kept a while longer: who completes it in the last minute may wait in line. */
const filesMs = 2 * rememberedMs;

const unfinished = z.object({
  user: z.string(),
  /** The message that said what is missing; absent where it could not be shown. */
  message: key.exactOptional(),
  text: z.string(),
  options: storedOptions,
  files: z
    .array(
      z.object({
        id: z.string(),
        name: z.string(),
        mediaType: z.string(),
        size: z.number(),
        role: z.enum(["reference", "mask"]).exactOptional(),
      }),
    )
    .readonly(),
  lost: z.array(z.string()).readonly().exactOptional(),
  places: z.array(z.number()).readonly().exactOptional(),
  from: key.exactOptional(),
  head: key.exactOptional(),
  mustDraw: z.boolean(),
  spoiler: z.boolean(),
  /** The places under which it is found. */
  at: z.array(z.string()).readonly().exactOptional(),
});

type Kept = Readonly<z.output<typeof unfinished>>;

/** Who says something, and where: in that thread, and in answer to that message. */
type Said = Pick<Prompt, "user" | "replyTo"> & { readonly thread?: ThreadKey | undefined };

/** What a turn does with the request that it was completed by: it is used up, or nothing of it was needed. */
export interface Taken {
  readonly id: string;
  readonly isUsedUp: boolean;
}

/** A request that words may complete. */
export interface Found extends Unfinished {
  readonly id: string;
  /** The words answer what the bot said of it. */
  readonly isAnswered: boolean;
}

/** Files as far as they can be read, and what is wrong with the others, a plain sentence each. */
export interface Held {
  readonly files: Kept["files"];
  readonly lost: readonly string[];
  /** Where the pictures among those others stood, counted from 0. */
  readonly places: readonly number[];
}

/**
 * The requests that nothing was drawn of, because something was missing or wrong: a picture without words, an option
 * that cannot be, a file that cannot be read, words that were refused. Each is remembered for an hour, for the person who asked: under the message
 * of the bot's that said so, and in the thread, where the newest counts.
 *
 * Calls reject with BotError `storage` when the store fails, and wait for what of that person is being remembered.
 */
export interface UnfinishedRequests {
  /** Whether that person's words could complete one. */
  has(said: Said): Promise<boolean>;
  /** The one they answer, or else the thread's. */
  find(said: Said): Promise<Found | undefined>;
  /**
   * What is used up is gone; of what was not needed the thread knows no longer, and it can still be completed in answer to
   * what the bot said of it. Can be done twice.
   */
  letGo(said: Said, taken: Taken): Promise<void>;
  /** Whether what was said in that event is remembered already. */
  isRemembered(event: EventKey): Promise<boolean>;
  /**
   * Keeps those files of a person that can be read. Rejects as reading does, but for files that cannot be used. They have
   * no place in line, so it may wait for others.
   */
  hold(files: readonly Attachment[], person: string, signal: AbortSignal): Promise<Held>;
  /** One of its files, by its id. */
  toAttachment(file: Omit<Attachment, "read" | "source"> & { readonly id: string }): Attachment;
  /** `held` are its files; `shown` is the message that says what is missing, once it is there. */
  remember(
    said: Said & Pick<Prompt, "event">,
    wanted: Promise<{ readonly asked: Asked; readonly held: Held }>,
    shown: Promise<MessageKey | undefined>,
  ): Promise<void>;
}

export function createUnfinished(
  store: Store,
  aside: Aside,
  now: () => number = Date.now,
): UnfinishedRequests {
  const requests = store.table("unfinished", unfinished);
  /** The request's id by the message, and by the thread with the person. */
  const places = store.table("unfinished-at", z.string());
  const pictures = createPictureStore(store, "unfinished-file", now);
  const inOrder = createQueue();

  const placesOf = ({ thread, user, replyTo }: Said) => [
    ...(replyTo ? [replyTo] : []),
    ...(thread ? [`${thread} ${user.id}`] : []),
  ];

  async function find(said: Said): Promise<(Kept & { readonly id: string }) | undefined> {
    for (const at of placesOf(said)) {
      const id = await places.get(at);
      const found = id && (await requests.get(id));
      if (id && found && found.user === said.user.id) return { ...found, id };
    }
    return undefined;
  }

  /** As it would be sent to OpenAI, which it is not before there are words to go with it. */
  async function keep(file: Attachment, owner: string, place: number, signal: AbortSignal): Promise<Held> {
    try {
      const [picture] = (await readInputs([file], signal)).pictures;
      if (!picture) return { files: [], lost: [], places: [] };
      const { name, role } = file;
      const { mediaType, bytes } = picture;
      const id = await pictures.put(picture, { ms: filesMs, owner });
      const kept = { id, name, mediaType, size: bytes.byteLength, ...(role && { role }) };
      return { files: [kept], lost: [], places: [] };
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof BotError && error.code === "bad_attachment") {
        return { files: [], lost: [error.message], places: file.role === "mask" ? [] : [place] };
      }
      throw error;
    }
  }

  function toAttachment({ id, ...file }: Parameters<UnfinishedRequests["toAttachment"]>[0]): Attachment {
    return {
      ...file,
      source: { kind: "kept", id },
      async read() {
        const found = await pictures.get(id);
        if (!found) throw badFile(file.name, "is no longer here. Send it again.");
        return found.bytes;
      },
    };
  }

  return {
    has: (said) => inOrder(said.user.id, async () => (await find(said)) !== undefined),
    toAttachment,
    find: (said) =>
      inOrder(said.user.id, async () => {
        const found = await find(said);
        if (!found) return undefined;
        const { user: _, at: __, message, files, ...rest } = found;
        return {
          ...rest,
          files: files.map(toAttachment),
          isAnswered: message !== undefined && message === said.replyTo,
        };
      }),
    letGo: ({ user, thread }, { id, isUsedUp }) =>
      inOrder(user.id, async () => {
        if (isUsedUp) return requests.delete(id);
        for (const at of placesOf({ user, thread })) {
          if ((await places.get(at)) === id) await places.delete(at);
        }
      }),
    isRemembered: async (event) => (await requests.get(event)) !== undefined,
    async hold(files, person, signal) {
      const held: Held[] = [];
      for (const [place, file] of files.entries())
        held.push(await aside(person, () => keep(file, person, place, signal)));
      return {
        files: held.flatMap(({ files: kept }) => kept),
        lost: held.flatMap(({ lost }) => lost),
        places: held.flatMap(({ places: left }) => left),
      };
    },
    remember: ({ thread, user, event }, wanted, shown) =>
      inOrder(user.id, async () => {
        const { asked, held } = await wanted;
        const { text, more, options, earlier, from, head, mustDraw, spoiler } = asked;
        const flags = readFlags(text);
        const message = await shown;
        const id = event ?? randomUUID();
        const request: Kept = {
          ...{ user: user.id, text: [flags.text, ...more].join("\n\n").trim() },
          ...{ mustDraw, spoiler },
          options: { ...earlier, ...flags.options, ...checkOptions(options).options },
          files: held.files,
          ...(held.lost.length > 0 && { lost: held.lost }),
          ...(held.places.length > 0 && { places: held.places }),
          ...(message && { message }),
          ...(from && { from }),
          ...(head && { head }),
        };
        const at = placesOf({ thread, user, ...(message && { replyTo: message }) });
        await store.write([
          { table: "unfinished", key: id, value: { ...request, at }, lifeMs: rememberedMs },
          toOwnedChange({ owner: user.id, kind: "unfinished", at: now(), id }, rememberedMs),
          ...at.map((one) => ({ table: "unfinished-at", key: one, value: id, lifeMs: rememberedMs })),
        ]);
      }),
  };
}
