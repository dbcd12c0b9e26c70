import { z } from "zod";
import { type BudgetOf, type Limits, limitSpecs } from "../../seam/budget.ts";
import type { Place, User } from "../../seam/turn.ts";
import type { Payment } from "../../seam/watch/spending.ts";
import type { Store } from "../../store/store.ts";
import { key } from "../../store/stored.ts";
import type { Tables } from "../../store/table.ts";
import { createTogether } from "../../store/together.ts";
import type { Hold } from "../most.ts";
import type { Calendar } from "../spending/calendar.ts";
import { ownerOf, type SpendingBook } from "../spending/spending.ts";
import {
  fits,
  type Holding,
  holdingsOf,
  homeOf,
  type Kept,
  memberOf,
  type OwnLimits,
  type Standing,
  tightened,
} from "./standing.ts";

/** Somebody somewhere. Without a place, one that was asked before places were known. */
export interface Who {
  readonly user: Pick<User, "id" | "roles">;
  readonly place?: Place | undefined;
}

/**
 * The budgets. What a turn may cost is held before it is sent and given back when it is over, and what it cost is added
 * then: both for good, or neither. So what is spent and held together never exceeds a limit, however many ask at once, in
 * however many processes, and whichever of them dies.
 *
 * A hold counts in whatever day and month it is: what was held before midnight is not lost at midnight. Calls reject with
 * BotError `storage` when the store fails.
 */
export interface Budgets {
  /**
   * Holds what the turn of that name may cost, once, however often it is asked; undefined then. Otherwise how all that
   * hold for it stand, one of which has no room: nothing is held.
   */
  reserve(turn: string, who: Who, hold: Hold): Promise<readonly Standing[] | undefined>;
  /** The turn is over: gives back what was held, and adds what was paid, once. */
  settle(turn: string, who: Who, paid: Payment | undefined): Promise<void>;
  /** How all that hold for somebody somewhere stand. */
  standings(who: Who): Promise<readonly Standing[]>;
  /** Those that were set in a place's community, and how each of them stands that is one sum. */
  list(place: Place): Promise<readonly { readonly kept: Kept; readonly standings: readonly Standing[] }[]>;
  /**
   * Changes one in a place's community; without a limit it is removed. `also` is written with it as one, or nothing is.
   */
  change(
    place: Place,
    of: BudgetOf,
    to: (before: Limits) => Limits,
    also?: (within: Tables, before: Limits, after: Limits) => Promise<void>,
  ): Promise<void>;
  /** The limits of all that the bot spends. `own` are the environment's, which can be made tighter here and never wider. */
  all(): Promise<{ readonly own: Limits; readonly kept: Limits }>;
  setAll(limits: Limits): Promise<void>;
}

const limits = z.object({
  usdDay: z.number().exactOptional(),
  usdMonth: z.number().exactOptional(),
  picturesDay: z.number().exactOptional(),
  picturesMonth: z.number().exactOptional(),
});

const budgetOf = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("community") }),
  z.object({ kind: z.literal("channel") }),
  z.object({ kind: z.literal("everyone") }),
  z.object({ kind: z.literal("person"), id: z.string(), name: z.string() }),
  z.object({ kind: z.literal("role"), role: key, name: z.string() }),
]);

const kept = z.array(z.object({ of: budgetOf, channel: z.string().exactOptional(), limits })).readonly();

const held = z.record(
  z.string(),
  z.object({
    /** Unix time, ms. */
    at: z.number(),
    owners: z.array(z.string()).readonly(),
    usd: z.number(),
    pictures: z.number(),
  }),
);

/**
 * How long a hold counts, in ms: longer than a turn waits in line. It ends with its turn, in whatever process that is
 * finished; this is for a turn that nobody can finish, since what was noted of it is damaged.
 */
const heldMs = 24 * 3_600_000;

export function createBudgets(of: {
  readonly store: Store;
  readonly spending: SpendingBook;
  readonly calendar: Calendar;
  readonly limits: OwnLimits;
  readonly now: () => number;
}): Budgets {
  const { store, spending, calendar, now } = of;
  const together = createTogether(store);

  const tablesOf = (within: Tables) => ({
    budgets: within.table("budget", kept),
    all: within.table("budget-all", limits),
    holds: within.table("budget-held", held),
  });

  async function holdings(within: Tables, who: Who): Promise<readonly Holding[]> {
    const { budgets, all } = tablesOf(within);
    const set = (who.place && (await budgets.get(homeOf(who.place)))) ?? [];
    const own = { ...of.limits, all: tightened(of.limits.all ?? {}, (await all.get("all")) ?? {}) };
    return holdingsOf(own, set, who);
  }

  async function openHolds(within: Tables): Promise<z.output<typeof held>> {
    const all = (await tablesOf(within).holds.get("open")) ?? {};
    return Object.fromEntries(Object.entries(all).filter(([, { at }]) => now() - at < heldMs));
  }

  async function stand(within: Tables, all: readonly Holding[]): Promise<readonly Standing[]> {
    const holds = Object.values(await openHolds(within));
    const standings: Standing[] = [];
    for (const { of: whose, owner, limits: most } of all) {
      for (const limit of limitSpecs) {
        const limited = most[limit.name];
        if (limited === undefined) continue;
        const period = calendar.periodOf(limit.period, now());
        const spent = (await spending.sumOf(within, period, owner))[limit.unit];
        const waiting = holds.filter(({ owners }) => owners.includes(owner));
        const used = waiting.reduce((sum, hold) => sum + hold[limit.unit], spent);
        standings.push({ of: whose, limit, most: limited, used, until: calendar.endOf(limit.period, now()) });
      }
    }
    return standings;
  }

  return {
    reserve: (turn, who, hold) =>
      together(async (within) => {
        const all = await holdings(within, who);
        if (all.length === 0) return undefined;
        const open = await openHolds(within);
        if (open[turn]) return undefined;
        const standings = await stand(within, all);
        if (!standings.every((one) => fits(one, hold))) return standings;
        const { usd = 0, pictures } = hold;
        const owners = [...new Set([...ownersOf(who), ...all.map(({ owner }) => owner)])];
        await tablesOf(within).holds.set("open", { ...open, [turn]: { at: now(), owners, usd, pictures } });
        return undefined;
      }),
    settle: (turn, who, paid) =>
      together(async (within) => {
        const { [turn]: mine, ...others } = await openHolds(within);
        if (mine) await tablesOf(within).holds.set("open", others);
        if (!paid) return;
        const roles = (await holdings(within, who)).filter(({ of: whose }) => whose.kind === "role");
        const members = who.place ? [memberOf(homeOf(who.place), who.user.id)] : [];
        await spending.add(within, turn, paid, [...members, ...roles.map(({ owner }) => owner)]);
      }),
    standings: async (who) => stand(store, await holdings(store, who)),
    async list(place) {
      const all = (await tablesOf(store).budgets.get(homeOf(place))) ?? [];
      return Promise.all(
        all.map(async (one) => ({ kept: one, standings: await stand(store, toHoldings(one, place)) })),
      );
    },
    change: (place, whose, to, also) =>
      together(async (within) => {
        const { budgets } = tablesOf(within);
        const all = (await budgets.get(homeOf(place))) ?? [];
        const before = all.find((one) => isSame(one, whose, place))?.limits ?? {};
        const after = to(before);
        const others = all.filter((one) => !isSame(one, whose, place));
        const isLimited = limitSpecs.some(({ name }) => after[name] !== undefined);
        const channel = whose.kind === "channel" && { channel: place.channel };
        const next = isLimited ? [...others, { of: whose, ...channel, limits: after }] : others;
        await budgets.set(homeOf(place), next);
        await also?.(within, before, after);
      }),
    all: async () => ({ own: of.limits.all ?? {}, kept: (await tablesOf(store).all.get("all")) ?? {} }),
    setAll: (most) => together(async (within) => tablesOf(within).all.set("all", most)),
  };
}

/** All under whose names it may count one day: a budget that is set meanwhile is to know of it. */
function ownersOf({ user, place }: Who): readonly string[] {
  const wide = [ownerOf.all, ownerOf.person(user.id)];
  if (!place) return wide;
  const home = homeOf(place);
  return [...wide, ownerOf.community(home), ownerOf.channel(place.channel), memberOf(home, user.id)];
}

/** The one sum that a budget is of; none for what is each person's. */
function toHoldings(one: Kept, place: Place): readonly Holding[] {
  const { of, channel = place.channel } = one;
  const id = of.kind === "person" ? of.id : "";
  const roles = of.kind === "role" ? [of.role] : [];
  const who = { user: { id, roles }, place: { ...place, channel: channel as Place["channel"] } };
  return of.kind === "everyone" ? [] : holdingsOf({}, [one], who);
}

function isSame(one: Kept, of: BudgetOf, place: Place): boolean {
  switch (of.kind) {
    case "channel":
      return one.of.kind === "channel" && one.channel === place.channel;
    case "person":
      return one.of.kind === "person" && one.of.id === of.id;
    case "role":
      return one.of.kind === "role" && one.of.role === of.role;
    default:
      return one.of.kind === of.kind;
  }
}
