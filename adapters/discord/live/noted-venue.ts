import { z } from "zod";
import type { MessageKey } from "../../../src/seam/turn.ts";
import { parseMessageKey } from "../wire/keys.ts";
import { type Answer, hides } from "./answer.ts";
import { isGood, type Token } from "./stage.ts";
import type { Venue } from "./venue.ts";

const key = z.custom<`${string}:${string}`>((value) => typeof value === "string" && value.includes(":"));

const limits = z.object({
  bytes: z.number(),
  mediaTypes: z.array(z.string()).readonly(),
  images: z.number(),
});

const token = z.object({
  value: z.string(),
  target: z.string(),
  until: z.number(),
  from: z.object({
    userId: z.string(),
    place: z.object({
      channel: key,
      community: key.exactOptional(),
      kind: z.enum(["direct", "carried"]).exactOptional(),
    }),
    thread: key.exactOptional(),
    private: z.boolean(),
    spoiler: z.boolean(),
    limits,
  }),
});

/** What is noted of a venue whose message is there. Another version may have written it. */
const noted = z.object({
  token: z.string().exactOptional(),
  reachable: z.boolean(),
  private: z.boolean(),
  spoiler: z.boolean().exactOptional(),
  limits,
  once: z.string().exactOptional(),
  request: z.string().exactOptional(),
  requestIn: z.string().exactOptional(),
  asker: z.string().exactOptional(),
  threadFrom: z.string().exactOptional(),
  note: z.string().exactOptional(),
  /** The right to change the message, as long as it lasts. */
  right: token.exactOptional(),
});

/** All that another process needs to go on with an answer, as JSON. `right`: the freshest token for its message. */
export function toNoted(answer: Answer, right: Token | undefined): unknown {
  const { venue, spoiler } = answer;
  const { token: whisper, reachable, private: hidden, once, request, requestIn, asker } = venue;
  const { threadFrom, note } = venue;
  const covered = hides(answer) || spoiler;
  return {
    ...{ reachable, private: hidden, limits: venue.limits },
    ...(whisper && { token: whisper }),
    ...(covered !== undefined && { spoiler: covered }),
    ...(once && { once }),
    ...(request && { request }),
    ...(requestIn && { requestIn }),
    ...(asker && { asker }),
    ...(threadFrom !== undefined && { threadFrom }),
    ...(note && { note }),
    ...(right && { right }),
  };
}

/** The venue again, and by which right its message is changed; undefined for what another version noted. */
export function parseNoted(
  message: MessageKey,
  value: unknown,
  nowMs: number,
): { readonly venue: Venue; readonly right?: Token } | undefined {
  const spot = parseMessageKey(message);
  const found = noted.safeParse(value).data;
  if (!spot || !found) return undefined;
  const { right, spoiler, token: whisper, ...rest } = found;
  const canChange = isGood(right, nowMs);
  const rights = canChange && whisper ? { token: whisper } : {};
  const venue: Venue = { ...spot, ...rest, ...rights, spoiler, reopened: "known" };
  return { venue, ...(canChange && { right }) };
}
