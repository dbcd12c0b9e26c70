import { randomUUID } from "node:crypto";
import { z } from "zod";
import { readInputs } from "../../pictures/inputs.ts";
import { createPictureStore } from "../../pictures/picture-store.ts";
import { BotError } from "../../seam/errors.ts";
import { badFile } from "../../seam/files/sent-file.ts";
import type { Attachment, MessageKey, Prompt, ThreadKey } from "../../seam/turn.ts";
import { checkOptions, readFlags } from "../../seam/words/flags.ts";
import { createQueue } from "../../store/queue.ts";
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
  from: key.exactOptional(),
  mustDraw: z.boolean(),
  spoiler: z.boolean(),
});

type Kept = Readonly<z.output<typeof unfinished>>;

/** Who says something, and where: in that thread, and in answer to that message. */
type Said = Pick<Prompt, "user" | "replyTo"> & { readonly thread?: ThreadKey | undefined };

/**
 * The requests that nothing was drawn of, because something was missing or wrong: a picture without words, an option
 * that cannot be, a file that cannot be read. Each is remembered for an hour, for the person who asked: under the message
 * of the bot's that said so, and in the thread, where the newest counts.
 *
 * Calls reject with BotError `storage` when the store fails, and wait for what of that person is being remembered.
 */
export interface UnfinishedRequests {
  /** Whether that person's words could complete one. */
  has(said: Said): Promise<boolean>;
  /** The one they answer, or else the thread's; it is forgotten with that. `isAnswered`: they answer what the bot said of it. */
  take(said: Said): Promise<(Unfinished & { readonly isAnswered: boolean }) | undefined>;
  /** `shown` is the message that says what is missing, once it is there. A file that cannot be read is left out. */
  remember(
    said: Said,
    asked: Promise<Asked>,
    shown: Promise<MessageKey | undefined>,
    signal: AbortSignal,
  ): Promise<void>;
}

export function createUnfinished(store: Store): UnfinishedRequests {
  const requests = store.table("unfinished", unfinished);
  /** The request's id by the message, and by the thread with the person. */
  const places = store.table("unfinished-at", z.string());
  const pictures = createPictureStore(store, "unfinished-file");
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
  async function keep(file: Attachment, signal: AbortSignal): Promise<Kept["files"]> {
    try {
      const [picture] = (await readInputs([file], signal)).pictures;
      if (!picture) return [];
      const { name, role } = file;
      const { mediaType, bytes } = picture;
      const id = await pictures.put(picture, filesMs);
      return [{ id, name, mediaType, size: bytes.byteLength, ...(role && { role }) }];
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof BotError && error.code === "bad_attachment") return [];
      throw error;
    }
  }

  function toAttachment({ id, ...file }: Kept["files"][number]): Attachment {
    return {
      ...file,
      async read() {
        const found = await pictures.get(id);
        if (!found) throw badFile(file.name, "is no longer here. Send it again.");
        return found.bytes;
      },
    };
  }

  return {
    has: (said) => inOrder(said.user.id, async () => (await find(said)) !== undefined),
    take: (said) =>
      inOrder(said.user.id, async () => {
        const found = await find(said);
        if (!found) return undefined;
        const { id, user: _, message, files, ...rest } = found;
        await requests.delete(id);
        return {
          ...rest,
          files: files.map(toAttachment),
          isAnswered: message !== undefined && message === said.replyTo,
        };
      }),
    remember: ({ thread, user }, asked, shown, signal) =>
      inOrder(user.id, async () => {
        const { text, more, options, earlier, files, from, mustDraw, spoiler } = await asked;
        const kept: Kept["files"][] = [];
        // One at a time: a decoded picture can take hundreds of megabytes.
        for (const file of files) kept.push(await keep(file, signal));
        const flags = readFlags(text);
        const message = await shown;
        const id = randomUUID();
        const request: Kept = {
          ...{ user: user.id, text: [flags.text, ...more].join("\n\n").trim() },
          ...{ mustDraw, spoiler },
          options: { ...earlier, ...flags.options, ...checkOptions(options).options },
          files: kept.flat(),
          ...(message && { message }),
          ...(from && { from }),
        };
        await requests.set(id, request, rememberedMs);
        for (const at of placesOf({ thread, user, ...(message && { replyTo: message }) })) {
          await places.set(at, id, rememberedMs);
        }
      }),
  };
}
