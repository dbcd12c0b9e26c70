import fc from "fast-check";
import type { AppKind } from "../simulators/slack/world.ts";
import type { Ending } from "./fleet/fleet.ts";
import type { Platform } from "./history.ts";
import { type OpenaiFault, openaiFaults } from "./openai.ts";
import { type Outage, outages } from "./stores/ground.ts";

export const platforms = ["discord", "slack", "web"] as const satisfies readonly Platform[];

/** Kinds of apps that the bot can be on Slack. */
export const apps = ["assistant", "agent"] as const satisfies readonly AppKind[];

/** How somebody asks for something. */
const ways = {
  discord: ["mention", "slash", "privately", "direct", "reply", "thread", "vary", "redo", "form"],
  slack: ["mention", "slash", "privately", "direct", "thread", "vary", "redo", "form"],
  web: ["prompt", "reply", "vary", "redo"],
} as const satisfies Record<Platform, readonly string[]>;

/** A moment in the life of a turn, as it can be seen from outside. */
export const steps = [
  "delivered",
  "acknowledged",
  "first-view",
  "started",
  "partial",
  "final",
  "shown",
] as const;
export type Step = (typeof steps)[number];

/** What one person does. */
export interface Wish {
  readonly platform: Platform;
  readonly way: string;
  /** Which of the people, from 0. */
  readonly person: number;
  /** After the one before, in ms. */
  readonly afterMs: number;
  /** A picture comes along. */
  readonly picture: boolean;
  /** It reaches the bot twice: a double click, a gateway or an Events API that says it again. */
  readonly twice: boolean;
  /** The message is edited once it is answered, where it is one. */
  readonly edited: boolean;
  readonly afterwards: "wait" | "cancel" | "delete the answer" | "be refused";
}

/**
 * Where faults come from; each can be left out. Of people: what reaches the bot twice, what is edited once it is
 * answered, and who cancels, deletes, or asks for what moderation stops.
 */
export const faultKinds = [
  "kill",
  "term",
  "overlap",
  "openai",
  "discord",
  "slack",
  "store",
  "disk",
  "clock",
  "twice",
  "edit",
  "mind",
] as const;

/**
 * What can happen beside to several processes on one server: one is stopped in mid-air and goes on, one more joins, all
 * are replaced one after the other, and the server itself is gone for a while.
 */
export const fleetFaultKinds = ["pause", "join", "roll", "outage"] as const;
export type FaultKind = (typeof faultKinds)[number] | (typeof fleetFaultKinds)[number];

/** Something that goes wrong, when one of the turns has come so far. */
export type Blow = {
  /** Which of the turns, from 0, and how far it has come. */
  readonly turn: number;
  readonly step: Step;
  readonly afterMs: number;
} & (
  | { readonly kind: Ending }
  | { readonly kind: "openai"; readonly fault: OpenaiFault; readonly events: number }
  | { readonly kind: "discord" | "slack"; readonly fault: PlatformFault; readonly times: number }
  /** Somebody else holds the store for so long, or the disk is full. */
  | { readonly kind: "store" | "disk"; readonly ms: number }
  /** From now on the machine's clock is ahead of everybody else's by so much, in ms; behind where it is negative. */
  | { readonly kind: "clock"; readonly aheadMs: number }
  | { readonly kind: "pause"; readonly ms: number }
  | { readonly kind: "join" | "roll" }
  | { readonly kind: "outage"; readonly how: Outage; readonly ms: number }
);

/** How wrong a machine's clock may be, in ms: as after a night's sleep whose end it has not noticed. */
const mostAheadMs = 3600_000;

/** How long a process is stopped in mid-air, in ms: mostly longer than a lease. */
const pauseMs = { min: 3000, max: 16_000 };

/** How long a server is gone, in ms: most are quick, and some are not. */
const outageMs = (most: number) =>
  fc.oneof(
    { weight: 4, arbitrary: fc.integer({ min: 300, max: Math.min(most, 12_000) }) },
    { weight: 1, arbitrary: fc.constant(most) },
  );

/** `reset`: as `cut after`, in a way that clients take for an invitation to send it again. */
export const platformFaults = ["503", "429", "slow", "cut before", "cut after", "reset", "barred"] as const;
export type PlatformFault = (typeof platformFaults)[number];

export interface Schedule {
  /** Which kind of app the bot is on Slack. */
  readonly slackApp: AppKind;
  readonly wishes: readonly Wish[];
  readonly blows: readonly Blow[];
}

export interface Limits {
  /** Most turns of one storm. */
  readonly turns: number;
  /** Most blows of one storm. */
  readonly blows: number;
  readonly platforms: readonly Platform[];
  readonly kinds: readonly FaultKind[];
  /** When processes end and platforms fail; at any step unless said. */
  readonly when?: readonly Step[];
  /** Kinds of apps on Slack; both unless said. */
  readonly apps?: readonly AppKind[];
  /** The longest that a server of the store's is gone, in ms; a minute unless said. */
  readonly mostOutageMs?: number;
}

/**
 * All storms within limits. They shrink to fewer turns, fewer blows, and simpler ones; a seed and a path name one of
 * them: that is what fast-check is here for.
 */
export function schedules({
  turns,
  blows,
  platforms: where,
  kinds,
  when: at = steps,
  apps: kindsOfApps = apps,
  mostOutageMs = 60_000,
}: Limits): fc.Arbitrary<Schedule> {
  const sometimes = (kind: FaultKind, times: number) =>
    kinds.includes(kind) ? rarely(times) : fc.constant(false);
  const wish: fc.Arbitrary<Wish> = fc.constantFrom(...where).chain((platform) =>
    fc.record({
      platform: fc.constant(platform),
      way: fc.constantFrom<string>(...ways[platform]),
      person: fc.nat(11),
      afterMs: fc.nat(120),
      picture: rarely(4),
      twice: sometimes("twice", 5),
      edited: sometimes("edit", 8),
      afterwards: kinds.includes("mind")
        ? fc.oneof(
            { weight: 12, arbitrary: fc.constant("wait" as const) },
            { weight: 1, arbitrary: fc.constantFrom("cancel", "delete the answer", "be refused") },
          )
        : fc.constant("wait" as const),
    }),
  );
  const when = {
    turn: fc.nat(Math.max(0, turns - 1)),
    step: fc.constantFrom(...at),
    afterMs: fc.nat(400),
  };
  const blow = (kind: FaultKind): readonly { weight: number; arbitrary: fc.Arbitrary<Blow> }[] => {
    switch (kind) {
      case "kill":
      case "term":
      case "overlap":
        return [{ weight: 3, arbitrary: fc.record({ ...when, kind: fc.constant(kind) }) }];
      case "openai":
        return [
          {
            weight: 3,
            arbitrary: fc.record({
              ...when,
              kind: fc.constant(kind),
              fault: fc.constantFrom(...openaiFaults),
              events: fc.nat(12),
            }),
          },
        ];
      case "discord":
      case "slack":
        if (!where.includes(kind)) return [];
        return [
          {
            weight: 2,
            arbitrary: fc.record({
              ...when,
              kind: fc.constant(kind),
              fault: fc.constantFrom(...platformFaults),
              times: fc.integer({ min: 1, max: 8 }),
            }),
          },
        ];
      case "store":
      case "disk":
        return [
          {
            weight: 1,
            arbitrary: fc.record({
              ...when,
              kind: fc.constant(kind),
              ms: fc.integer({ min: 50, max: 2500 }),
            }),
          },
        ];
      case "clock":
        return [
          {
            weight: 1,
            arbitrary: fc.record({
              ...when,
              kind: fc.constant(kind),
              aheadMs: fc.integer({ min: -mostAheadMs, max: mostAheadMs }),
            }),
          },
        ];
      case "pause":
        return [
          {
            weight: 3,
            arbitrary: fc.record({ ...when, kind: fc.constant(kind), ms: fc.integer(pauseMs) }),
          },
        ];
      case "join":
      case "roll":
        return [{ weight: 1, arbitrary: fc.record({ ...when, kind: fc.constant(kind) }) }];
      case "outage":
        return [
          {
            weight: 2,
            arbitrary: fc.record({
              ...when,
              kind: fc.constant(kind),
              how: fc.constantFrom(...outages),
              ms: outageMs(mostOutageMs),
            }),
          },
        ];
      case "twice":
      case "edit":
      case "mind":
        return [];
    }
  };
  const all = kinds.flatMap(blow);
  return fc.record({
    slackApp: fc.constantFrom(...kindsOfApps),
    wishes: fc.noBias(fc.array(wish, { minLength: 1, maxLength: turns, size: "max" })),
    blows:
      all.length === 0
        ? fc.constant([])
        : fc.noBias(fc.array(fc.oneof(...all), { maxLength: blows, size: "max" })),
  });
}

/** One time in so many. */
function rarely(times: number): fc.Arbitrary<boolean> {
  return fc.nat(times - 1).map((drawn) => drawn === times - 1);
}
