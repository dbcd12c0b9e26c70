import { type BudgetOf, type LimitSpec, type Limits, limitSpecs } from "../../seam/budget.ts";
import type { Place, User } from "../../seam/turn.ts";
import type { Hold } from "../most.ts";
import { ownerOf } from "../spending/spending.ts";

/** Whose budget, also where it is not one of a community's: `bot` for all that it spends, `each` for each person. */
export type Whose = BudgetOf | { readonly kind: "bot" } | { readonly kind: "each" };

/** A budget that holds for somebody somewhere. */
export interface Holding {
  readonly of: Whose;
  /** Under which name is added up what it limits. */
  readonly owner: string;
  readonly limits: Limits;
}

/** How one limit stands. */
export interface Standing {
  readonly of: Whose;
  readonly limit: LimitSpec;
  readonly most: number;
  /** What is spent, and what is held for turns that are not over. */
  readonly used: number;
  /** When it begins anew, Unix time in ms. */
  readonly until: number;
}

/** A community's budgets, by whose they are. */
export interface Kept {
  readonly of: BudgetOf;
  /** Of a channel: which. */
  readonly channel?: string;
  readonly limits: Limits;
}

/** The limits that are not the community's to set. */
export interface OwnLimits {
  /** For all that the bot spends. */
  readonly all?: Limits;
  /** For each person, wherever they are. */
  readonly person?: Limits;
}

/** Where a community's budgets are kept; those of a place that is in none by themselves. */
export function homeOf({ community, channel }: Place): string {
  return community ?? channel;
}

/** Under which name is added up what a person spends in one community. */
export function memberOf(home: string, person: string): string {
  return `member ${home} ${person}`;
}

/** All that hold for somebody somewhere, the widest first. */
export function holdingsOf(
  own: OwnLimits,
  kept: readonly Kept[],
  { user, place }: { readonly user: Pick<User, "id" | "roles">; readonly place?: Place | undefined },
): readonly Holding[] {
  const { all = {}, person = {} } = own;
  const wide: Holding[] = [
    { of: { kind: "bot" }, owner: ownerOf.all, limits: all },
    { of: { kind: "each" }, owner: ownerOf.person(user.id), limits: person },
  ];
  if (!place) return wide.filter(isLimited);
  const home = homeOf(place);
  const isOwn = kept.some(({ of }) => of.kind === "person" && of.id === user.id);
  const toHere = ({ of, channel, limits }: Kept): readonly Holding[] => {
    switch (of.kind) {
      case "community":
        return [{ of, owner: ownerOf.community(home), limits }];
      case "channel":
        return channel === place.channel ? [{ of, owner: ownerOf.channel(channel), limits }] : [];
      case "everyone":
        return isOwn ? [] : [{ of, owner: memberOf(home, user.id), limits }];
      case "person":
        return of.id === user.id ? [{ of, owner: memberOf(home, user.id), limits }] : [];
      case "role":
        return user.roles?.includes(of.role) ? [{ of, owner: `role ${of.role}`, limits }] : [];
    }
  };
  return [...wide, ...kept.flatMap(toHere)].filter(isLimited);
}

function isLimited({ limits }: Holding): boolean {
  return limitSpecs.some(({ name }) => limits[name] !== undefined);
}

/** What one more turn would take of it; undefined where that is not known. */
export function needOf({ unit }: LimitSpec, hold: Hold): number | undefined {
  return unit === "usd" ? hold.usd : hold.pictures;
}

/** Dollars are added up as fractions: a billionth of one is nothing. */
const dust = 1e-9;

export function fits({ limit, most, used }: Standing, hold: Hold): boolean {
  const need = needOf(limit, hold);
  return need === 0 || (need !== undefined && used + need <= most + dust);
}

/** Of two, the lower of each. */
export function tightened(a: Limits, b: Limits): Limits {
  return Object.fromEntries(
    limitSpecs.flatMap(({ name }) => {
      const both = [a[name], b[name]].filter((one) => one !== undefined);
      return both.length > 0 ? [[name, Math.min(...both)]] : [];
    }),
  );
}
