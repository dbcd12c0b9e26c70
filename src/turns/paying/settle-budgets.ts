import { noticeView } from "../../answer/views.ts";
import type { Budgets } from "../../money/budgets/budgets.ts";
import type { Kept, Standing } from "../../money/budgets/standing.ts";
import { sayAmount, sayLimits, sayUntil, sayWhose } from "../../money/budgets/words.ts";
import type { Calendar } from "../../money/spending/calendar.ts";
import { ownerOf, type SpendingBook } from "../../money/spending/spending.ts";
import type { Audit } from "../../rules/audit.ts";
import { type BudgetOf, type Limits, limitSpecs } from "../../seam/budget.ts";
import { BotError } from "../../seam/errors.ts";
import type { Setting, SettingWish } from "../../seam/turn.ts";
import type { View } from "../../seam/view.ts";
import type { Tables } from "../../store/table.ts";

/** What can be asked about money in words. */
export type MoneyWish = Extract<
  SettingWish,
  { readonly name: "usage" | "budgets" | "setBudget" | "removeBudget" }
>;

/** Does what is asked about money; what to show for it. Throws BotError `bad_option`, `forbidden`, `storage`. */
export type SettleBudgets = (turn: Setting, wish: MoneyWish) => Promise<View>;

export function createSettleBudgets(of: {
  readonly store: Tables;
  readonly budgets: Budgets;
  readonly spending: SpendingBook;
  readonly audit: Audit;
  readonly calendar: Calendar;
  readonly now: () => number;
}): SettleBudgets {
  const { store, budgets, spending, audit, calendar, now } = of;

  async function showUsage({ user, place }: Setting): Promise<View> {
    const sumOf = (period: string) => spending.sumOf(store, period, ownerOf.person(user.id));
    const [day, month, standings] = await Promise.all([
      sumOf(calendar.periodOf("day", now())),
      sumOf(calendar.periodOf("month", now())),
      budgets.standings({ user, place }),
    ]);
    const had = ({ pictures, usd }: typeof day) =>
      `${sayAmount({ unit: "pictures" }, pictures)}, about ${sayAmount({ unit: "usd" }, usd)}`;
    return noticeView(
      [
        `**Today** ${had(day)}`,
        `**This month** ${had(month)}`,
        ...(standings.length > 0 ? standings.map(sayLeft) : ["No budget holds for you here."]),
      ].join("\n"),
    );
  }

  function sayLeft({ of: whose, limit, most, used, until }: Standing): string {
    const left = sayAmount(limit, Math.max(0, most - used));
    const anew = sayUntil(until, now(), calendar.timeZone);
    return `${sayWhose(whose).replace(/,$/, "")}: ${left} left of ${sayAmount(limit, most)} a ${limit.period}; it begins anew ${anew}.`;
  }

  async function showBudgets({ place }: Setting): Promise<View> {
    const all = await budgets.list(place);
    const lines = all.map(({ kept, standings }) => {
      const used = standings.map(
        ({ limit, used: spent }) => `${sayAmount(limit, spent)} this ${limit.period}`,
      );
      const spent = used.length > 0 ? `; spent or being spent: ${used.join(", ")}` : "";
      return `**${sayName(kept, place.channel)}** ${sayLimits(kept.limits)}${spent}`;
    });
    const how =
      "Set one with `budget server $5 a day`, `budget channel 20 pictures a day`, `budget everyone $0.50 a day and 100 pictures a month`; end it with `budget channel off`.";
    return noticeView([...(lines.length > 0 ? lines : ["No budget is set here."]), how].join("\n"));
  }

  async function change(turn: Setting, whose: BudgetOf, to: (before: Limits) => Limits): Promise<View> {
    const { user, place } = turn;
    const { community, channel } = place;
    await budgets.change(place, whose, to, async (within, before, after) => {
      if (!community) return;
      const where = { community, ...(whose.kind === "channel" && { channel }) };
      const [from, now_] = [sayLimits(before), sayLimits(after)];
      const what = `Budget: ${sayName({ of: whose, channel, limits: {} }, channel)}`;
      const entry = { at: now(), who: user, where, what, ...(from && { from }), ...(now_ && { to: now_ }) };
      await audit.record(entry, within);
    });
    return showBudgets(turn);
  }

  return async (turn, wish) => {
    if (wish.name === "usage") return showUsage(turn);
    if (!turn.user.moderator && !turn.user.admin) {
      throw new BotError(
        "forbidden",
        "Only a moderator can see and set budgets. Say `usage` to see what is left of yours.",
      );
    }
    switch (wish.name) {
      case "budgets":
        return showBudgets(turn);
      case "setBudget": {
        const limits = parseLimits(wish.limits);
        return change(turn, toWhole(wish.of, turn), (before) => ({ ...before, ...limits }));
      }
      case "removeBudget":
        return change(turn, toWhole(wish.of, turn), () => ({}));
    }
  };
}

/** Who is named by the id alone is of the same platform as who says so. Throws BotError `bad_option`. */
function toWhole(of: BudgetOf, { user }: Setting): BudgetOf {
  const platform = user.id.slice(0, user.id.lastIndexOf(":"));
  if (of.kind === "person" && !of.id.includes(":")) return { ...of, id: `${platform}:${of.id}` };
  if (of.kind === "role" && !of.role.includes(":")) {
    const [own] = user.roles ?? [];
    if (!own) {
      throw new BotError(
        "bad_option",
        "I do not know that role by this name. Name it by its whole key, such as `slack:group:S0123456789`.",
      );
    }
    return { ...of, role: `${own.slice(0, own.lastIndexOf(":"))}:${of.role}` as typeof own };
  }
  return of;
}

/** Throws BotError `bad_option`. */
function parseLimits(raw: Readonly<Record<string, unknown>>): Limits {
  const limits: Partial<Record<(typeof limitSpecs)[number]["name"], number>> = {};
  for (const { name, unit } of limitSpecs) {
    if (raw[name] === undefined) continue;
    const value = typeof raw[name] === "string" ? Number(raw[name]) : raw[name];
    const isWhole = unit === "usd" || Number.isInteger(value);
    if (typeof value !== "number" || !(value >= 0 && value <= 1_000_000) || !isWhole) {
      const what = unit === "usd" ? "dollars from 0 to 1,000,000" : "whole pictures from 0 to 1,000,000";
      throw new BotError("bad_option", `A budget is in ${what}, such as \`budget everyone $0.50 a day\`.`);
    }
    limits[name] = value;
  }
  if (Object.keys(limits).length === 0) {
    throw new BotError("bad_option", "Say how much, such as `budget everyone $0.50 a day`.");
  }
  return limits;
}

/** Whose it is, as a moderator reads it. */
function sayName({ of, channel }: Kept, here: string): string {
  switch (of.kind) {
    case "community":
      return "Everybody here together";
    case "channel":
      return channel === here ? "This channel" : `Channel ${channel}`;
    case "everyone":
      return "Each person";
    default:
      return of.name;
  }
}
