import { z } from "zod";
import type { View } from "../seam/view.ts";
import { generation } from "./history.ts";
import {
  key,
  storedInput,
  storedLine,
  storedOptions,
  storedPlace,
  storedSize,
  storedStyle,
  storedUnder,
  storedUser,
} from "./stored.ts";

/** A file that a person sent, and where it can be read again; absent: nowhere. */
const sentFile = z.object({
  name: z.string(),
  mediaType: z.string(),
  size: z.number(),
  role: z.enum(["reference", "mask"]).exactOptional(),
  source: z
    .discriminatedUnion("kind", [
      z.object({ kind: z.literal("platform"), file: z.unknown() }),
      z.object({ kind: z.literal("address"), address: z.string() }),
      z.object({ kind: z.literal("kept"), id: z.string() }),
    ])
    .exactOptional(),
});

export type StoredFile = Readonly<z.output<typeof sentFile>>;

/** A picture of a view, with its id in the spool. */
const spooled = z.object({ id: z.string(), name: z.string(), mediaType: z.string(), alt: z.string() });

/** A turn's last view, as long as it has not been shown: its pictures are in the spool. */
const lastView = z.object({
  view: z.custom<Omit<View, "images" | "files">>((value) => typeof value === "object" && value !== null),
  images: z.array(spooled).readonly(),
  files: z.array(spooled).readonly(),
});

export type LastView = Readonly<z.output<typeof lastView>>;

/** What a person said in words, before it was fitted: where nothing comes of it, their next words may complete it. */
const said = z.object({
  text: z.string(),
  more: z.array(z.string()).readonly(),
  options: z.record(z.string(), z.unknown()),
  earlier: storedOptions.exactOptional(),
  from: key.exactOptional(),
  head: key.exactOptional(),
  /** How many of the turn's files belong to it; those after them were in view. */
  files: z.number(),
  /** It was completed by what was said before. */
  isCompleted: z.boolean(),
});

/** What a person wants drawn, as it is stored. */
const wish = z.object({
  /** The event that it was made of; absent: it did not come from a platform. */
  event: key.exactOptional(),
  thread: key,
  place: storedPlace.exactOptional(),
  user: storedUser,
  text: z.string(),
  options: storedOptions,
  notes: z.array(z.string()).readonly(),
  /** Absent: it was not asked for in words. */
  said: said.exactOptional(),
  /** The unfinished request that it completes, and whether that is used up by it. */
  taken: z.object({ id: z.string(), isUsedUp: z.boolean() }).exactOptional(),
  /** The message to go on from; null: from nothing; absent: from the thread's head when its time comes. */
  from: key.nullable().exactOptional(),
  /** Its references are what was in view and somebody else posted: a picture of the thread's own is not gone on from. */
  fromView: z.literal(true).exactOptional(),
  /** Something of it is hidden until it is clicked. */
  spoiler: z.boolean().exactOptional(),
  /** A picture was asked for outright, so words are no answer. */
  mustDraw: z.boolean(),
  /** The image models that may draw, where not all may. */
  models: z.array(z.string()).readonly().exactOptional(),
  /** It was asked for before, word for word, and should come out otherwise this time. */
  again: z.boolean().exactOptional(),
  style: storedStyle.exactOptional(),
  /** Ids in the PictureStore of the pictures that come with the style, until they are in `inputs`. */
  stylePictures: z.array(z.string()).readonly().exactOptional(),
  /** What it is likely to cost, in a few words. */
  expected: z.string().exactOptional(),
  /** What is kept back for it of the budgets: the most it costs in ordinary use, and the least of one picture that is begun. */
  hold: z
    .object({
      usd: z.number().exactOptional(),
      least: z.number(),
      pictures: z.number(),
      /** The day the prices are of. */
      pricesOf: z.string(),
    })
    .exactOptional(),
  /** The pictures of an answer that is drawn again. */
  brought: z.array(storedInput).readonly().exactOptional(),
  under: storedUnder.exactOptional(),
  /** The picture whose shape is kept, where no size was asked for. */
  like: storedSize.exactOptional(),
  /** How many references come before those that the words point to; absent: those have not been read. */
  linksFrom: z.number().exactOptional(),
});

export type Wish = Readonly<z.output<typeof wish>>;

/** A turn in flight, as it is stored. */
export const openTurn = wish.extend({
  /** The message that will show the answer. */
  message: key,
  adapter: z.string(),
  /** Where the message is, as the adapter reopens it. */
  venue: z.unknown().optional(),
  /** Files the person sent; they are in `inputs` once they have been read. */
  attachments: z.number(),
  files: z.array(sentFile).readonly().exactOptional(),
  inputs: z.array(storedInput).readonly().exactOptional(),
  /** When its drawing began, in whatever process. Unix time, ms. */
  begunAt: z.number().exactOptional(),
  /** OpenAI is at work on it under these ids, one for each picture; null where it has not begun. */
  responseIds: z.array(z.string().nullable()).readonly().exactOptional(),
  /** It was taken back, and is not gone on with. */
  cancelled: z.literal(true).exactOptional(),
  /** It is drawn: what is kept of it in the history, and counted, before it is shown. */
  drawn: generation.exactOptional(),
  /** What it took, drawn or not. */
  bill: z
    .object({
      lines: z.array(storedLine).readonly(),
      pictures: z.number(),
      engine: z.string(),
      pricesOf: z.string(),
    })
    .exactOptional(),
  /** All of that is in the history and the accounts. */
  booked: z.literal(true).exactOptional(),
  /** What is to be shown at the end, and since when, Unix time in ms. */
  last: lastView.exactOptional(),
  endedAt: z.number().exactOptional(),
  /** Unix time, ms. */
  acceptedAt: z.number(),
});

/** A turn in flight, with all that a restart needs to finish it. */
export type OpenTurn = Readonly<z.output<typeof openTurn>>;
