import type { LimitName, Limits } from "../../../src/seam/budget.ts";
import type { AuditEntry, RuleSpec } from "../../../src/seam/rules.ts";
import type { Health, SettingInForce } from "../../../src/seam/watch/admin.ts";
import type { Failure, LiveTurn, Now } from "../../../src/seam/watch/control.ts";
import type { Day, SpendingBy, SpendingRow } from "../../../src/seam/watch/spending.ts";
import type { Pulse } from "../wire/messages.ts";

/** `where` it was asked, in people's own words; absent where that is not known. */
type Placed<Thing> = Thing & { readonly where?: string };

export type WireTurn = Placed<LiveTurn>;
export type WireFailure = Placed<Failure>;

/** What goes on, as the page is told it. */
export interface WireNow extends Omit<Now, "turns"> {
  /** The first of them: a line may be long. */
  readonly turns: readonly WireTurn[];
  /** How many there are, by phase. */
  readonly counts: Readonly<Record<LiveTurn["phase"], number>>;
  /** The server's clock, Unix time in ms. */
  readonly at: number;
}

/** What was spent from one day to another, both among them. */
export interface WireSpending {
  readonly from: Day;
  readonly to: Day;
  /** Those on which something was. */
  readonly days: readonly SpendingRow[];
  readonly by: Exclude<SpendingBy, "day">;
  /** The dearest first. What belongs to none of them is in none. */
  readonly rows: readonly SpendingRow[];
  /** As of `Admin`. */
  readonly isStandIn: boolean;
}

/** A row of the rules table, and what is laid down. */
export interface WireRule
  extends Pick<RuleSpec, "name" | "label" | "hint" | "kind" | "unset" | "min" | "max" | "unit" | "values"> {
  /** In words; absent: nothing is laid down. */
  readonly said?: string;
  /** To begin a form with; people and channels are not changed here. */
  readonly value?: boolean | number | string | readonly string[];
}

/** What the whole bot may spend, and what it has: of this day and this month. */
export interface WireBudget {
  /** The environment's. */
  readonly own: Limits;
  /** Set here. */
  readonly kept: Limits;
  readonly used: Readonly<Record<LimitName, number>>;
}

/** What the page hears. `failures`: there are others than before. */
export type AdminEvent =
  | Pulse
  | { readonly type: "now"; readonly now: WireNow }
  | { readonly type: "failures" };

/** What the server answers, by what is asked for below `/admin/api/`. */
export interface AdminAnswers {
  readonly now: WireNow;
  readonly failures: readonly WireFailure[];
  /** Of each process, by their names. */
  readonly health: readonly Health[];
  readonly settings: readonly SettingInForce[];
  readonly prompt: { readonly text: string };
  readonly spending: WireSpending;
  readonly budget: WireBudget;
  /** Those in which something was drawn in the last year, the dearest first. */
  readonly communities: readonly { readonly community: string; readonly name?: string }[];
  readonly rules: { readonly rules: readonly WireRule[]; readonly changes: readonly AuditEntry[] };
  /** Whether there is a session to be ended. */
  readonly about: { readonly signedIn: boolean };
}

export type { Health, SettingInForce };
