import { z } from "zod";
import type { EventKey } from "../../seam/turn.ts";
import { key } from "../../store/stored.ts";
import type { TurnAsker } from "../lanes.ts";

/** A turn, as one process tells the conductor of it. */
export interface LaneTurn {
  readonly id: EventKey;
  /** Of that process: another each time that the turn comes. */
  readonly ticket: number;
  readonly asker: TurnAsker;
  /** It has been let in. */
  readonly isIn: boolean;
  /** It has had a place before, and is never told that the line is full. */
  readonly isKnown: boolean;
}

const laneTurn = z.object({
  id: key,
  ticket: z.number(),
  asker: z.object({
    ...{ thread: key, user: z.string(), community: key.exactOptional() },
    ...{ pictures: z.number().exactOptional(), at: z.number().exactOptional() },
  }),
  isIn: z.boolean(),
  isKnown: z.boolean(),
});

/** What was taken on in a thread, and has not come to the lanes yet: so long ago, whatever the clocks say. */
const expected = z.object({ id: key, thread: key, agoMs: z.number() });

export type LaneExpected = z.output<typeof expected>;

const from = z.string();
const to = z.string();
const term = z.number();
const named = { id: key, ticket: z.number() };

/**
 * What processes and their conductor say to each other. `from` and `to` are processes, by the names of their presence;
 * what is not of the newest `term` is not heeded.
 */
export const laneWords = z.discriminatedUnion("kind", [
  /** All that a process has at the lanes, whatever it has told before. `begun`: pictures of the last minute. */
  z.object({
    kind: z.literal("enrol"),
    ...{ from, term, atOnce: z.number(), turns: z.array(laneTurn).readonly() },
    expected: z.array(expected).readonly().default([]),
    /** What it expects no more, of the last minute. */
    unexpected: z.array(key).readonly().default([]),
    begun: z.array(z.object({ amount: z.number(), agoMs: z.number() })).readonly(),
  }),
  z.object({ kind: z.literal("enter"), from, term, turn: laneTurn }),
  z.object({ kind: z.literal("leave"), from, term, ...named }),
  /** That process goes on with it no more, and another will. */
  z.object({ kind: z.literal("letGo"), from, term, ...named }),
  /** That process is gone, and what it had at the lanes is another's as soon as one says so. */
  z.object({ kind: z.literal("gone"), from }),
  /** There is room for it at another process, `by`, that is to have it. */
  z.object({ kind: z.literal("handOn"), to, by: z.string(), term, ...named }),
  /** Whoever has it by then: it is about to come, and its thread waits for it. `isNew`: it goes after what was told before. */
  expected.extend({ kind: z.literal("expect"), isNew: z.boolean() }),
  /** It comes to nothing. Where somebody has it in line, it stays there. */
  z.object({ kind: z.literal("unexpect"), id: key }),
  /** Whoever has that turn now needs no place for it. */
  z.object({ kind: z.literal("skip"), id: key }),
  /** From now on that term counts: all enrol, or the one that is named. */
  z.object({ kind: z.literal("conduct"), term, to: to.exactOptional() }),
  z.object({ kind: z.literal("go"), to, term, ...named }),
  z.object({
    ...{ kind: z.literal("place"), to, term, ...named },
    ...{ ahead: z.number(), hasGrown: z.boolean(), startsInMs: z.number().exactOptional() },
  }),
  z.object({
    ...{ kind: z.literal("refuse"), to, term, ...named },
    ...{ message: z.string(), retryAfterMs: z.number().exactOptional() },
  }),
]);

export type LaneWord = z.output<typeof laneWords>;

export type Enrolment = Extract<LaneWord, { readonly kind: "enrol" }>;

/** The topic of all of these on the bus. */
export const lanesTopic = "lanes";
