import { type FaultKind, fleetFaultKinds } from "../faults/schedule.ts";
import type { ServerKind } from "../faults/stores/server.ts";
import type { StormOptions } from "../faults/storm.ts";

/** Where people are whom several processes can serve. */
export const scalePlatforms = ["slack", "web", "discord"] as const;

/** What can go wrong with them. */
export const scaleKinds = [
  ...["kill", "term", "overlap", "openai", "discord", "slack", "store", "twice", "edit", "mind"],
  ...fleetFaultKinds,
] as const satisfies readonly FaultKind[];

export const slackWays = ["socket", "http"] as const;

/** One seed's storm: the servers, and the ways of Slack's, in turn. */
export function stormOf(
  seed: number,
  of: {
    readonly processes: number;
    readonly stores: readonly ServerKind[];
    readonly slackBy: readonly (typeof slackWays)[number][];
    readonly atOnce: number;
  },
): StormOptions {
  const { processes, stores, slackBy, atOnce } = of;
  const store = stores[seed % stores.length];
  const way = slackBy[Math.floor(seed / stores.length) % slackBy.length];
  if (!store || !way) throw new Error("There is nothing to choose from.");
  return { ...scaleStorm, atOnce, fleet: { processes, store, slackBy: way, atOnce: fleetAtOnce } };
}

/** What all processes may draw at once: less than people ask for. */
const fleetAtOnce = 5;

/**
 * A picture takes longer than what a power cut takes away: else what is drawn and shown within a second would be
 * forgotten whole. Nothing happens for as long as a lease takes to run out, several times over.
 */
const scaleStorm = { paceMs: 2500, quietMs: 60_000 } as const;
