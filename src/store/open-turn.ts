import { z } from "zod";
import { key, storedInput, storedOptions, storedSize, storedStyle, storedUnder } from "./stored.ts";

/** A turn in flight, as it is stored. */
export const openTurn = z.object({
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
  /** Its references are what was in view and somebody else posted: a picture of the thread's own is not gone on from. */
  fromView: z.literal(true).exactOptional(),
  /** Something of it is hidden until it is clicked. */
  spoiler: z.boolean().exactOptional(),
  /** A picture was asked for outright, so words are no answer. */
  mustDraw: z.boolean(),
  /** It was asked for before, word for word, and should come out otherwise this time. */
  again: z.boolean().exactOptional(),
  style: storedStyle.exactOptional(),
  /** Ids in the PictureStore of the pictures that come with the style, until they are in `inputs`. */
  stylePictures: z.array(z.string()).readonly().exactOptional(),
  /** What it is likely to cost, in a few words. */
  expected: z.string().exactOptional(),
  /** Files the person sent; they are in `inputs` once they have been read. */
  attachments: z.number(),
  /** The pictures of an answer that is drawn again. */
  brought: z.array(storedInput).readonly().exactOptional(),
  inputs: z.array(storedInput).readonly().exactOptional(),
  under: storedUnder.exactOptional(),
  /** The picture whose shape is kept, where no size was asked for. */
  like: storedSize.exactOptional(),
  /** How many references come before those that the words point to; absent: those have not been read. */
  linksFrom: z.number().exactOptional(),
  /** OpenAI is at work on it under these ids, one for each picture; null where it has not begun. */
  responseIds: z.array(z.string().nullable()).readonly().exactOptional(),
  /** Unix time, ms. */
  acceptedAt: z.number(),
});

/** A turn in flight, with all that a restart needs to finish it. */
export type OpenTurn = Readonly<z.output<typeof openTurn>>;
