import { z } from "zod";
import { BotError } from "../../../src/seam/errors.ts";
import { toMark } from "../wire/keys.ts";
import type { Came } from "./came.ts";

const responseUrl = z.object({
  url: z.string(),
  left: z.number(),
  until: z.number(),
  threadTs: z.string().exactOptional(),
});

const venue = z.object({
  channelId: z.string(),
  threadTs: z.string().exactOptional(),
  /** It was asked inside that thread. In one without replies Slack shows nobody what is for them alone. */
  inThread: z.boolean().exactOptional(),
  /** The message, where it is there already. Absent: the first show posts it. */
  ts: z.string().exactOptional(),
  /** Only the asker sees it, under this name of ours. */
  ephemeral: z.object({ channelId: z.string(), userId: z.string(), nonce: z.string() }).exactOptional(),
  /** Who asked: what only they are to see goes to them. */
  userId: z.string().exactOptional(),
  /** By which they can be told. */
  responseUrl: responseUrl.exactOptional(),
  /** It answers a press under another message, by the response URL that came with it. */
  pressed: z.boolean().exactOptional(),
  /** Said above the picture where the channel does not show it: who asked, for what. */
  asked: z.object({ name: z.string(), words: z.string().exactOptional() }).exactOptional(),
  /** The message that asked. */
  request: z.string().exactOptional(),
  /** It is in the assistant's own pane, which has a status line. */
  assistant: z.boolean().exactOptional(),
  /** What the agent's session is called that begins with it. */
  title: z.string().exactOptional(),
  /** What its blocks are named after, so that the message is found again; and since when it may be there, Unix time in ms. */
  mark: z.string().exactOptional(),
  since: z.number().exactOptional(),
});

/** Where an answer is shown, and by which right. It is noted with the turn, as JSON. */
export type Venue = Readonly<z.output<typeof venue>> & {
  /** A message from before the restart. */
  readonly reopened?: boolean;
  /** Its turn goes on. */
  readonly resumed?: boolean;
  /** It may have been posted before, when the same event was seen to. */
  readonly again?: boolean;
};

/** What is noted of it. */
export function toNoted({ reopened: _, resumed: __, again: ___, ...rest }: Venue): object {
  return rest;
}

/** A venue as it was noted. Throws BotError `unknown_message` for what is none. */
export function parseVenue(noted: unknown): Venue {
  const parsed = venue.safeParse(noted);
  if (parsed.success) return parsed.data;
  const message = "I no longer know where in Slack that was asked.";
  throw new BotError("unknown_message", message, { cause: parsed.error });
}

/** What a venue has of the event that it came by. */
export function venueOf({ event, at, again }: Came): Pick<Venue, "mark" | "since" | "again"> {
  return { mark: toMark(event), since: at, again };
}
