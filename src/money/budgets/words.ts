import { type LimitSpec, type Limits, limitSpecs } from "../../seam/budget.ts";
import { BotError } from "../../seam/errors.ts";
import type { Hold } from "../most.ts";
import { fits, needOf, type Standing, type Whose } from "./standing.ts";

/** Whose budget it is, as the person reads it for whom it holds. */
export function sayWhose(of: Whose): string {
  switch (of.kind) {
    case "bot":
      return "My budget, for all that I draw,";
    case "each":
    case "everyone":
    case "person":
      return "Your budget";
    case "community":
      return "The budget that everybody here shares";
    case "channel":
      return "This channel's budget";
    case "role":
      return `The budget that all who are “${of.name}” share`;
  }
}

/** So much of it: “$0.50”, “3 pictures”. */
export function sayAmount({ unit }: Pick<LimitSpec, "unit">, amount: number): string {
  if (unit === "pictures") return `${amount.toLocaleString("en")} ${amount === 1 ? "picture" : "pictures"}`;
  return `$${amount.toFixed(amount > 0 && amount < 0.1 ? 3 : 2)}`;
}

/** “$5.00 a day and 100 pictures a month”; empty for none. */
export function sayLimits(limits: Limits): string {
  return limitSpecs
    .flatMap((limit) => {
      const most = limits[limit.name];
      return most === undefined ? [] : `${sayAmount(limit, most)} a ${limit.period}`;
    })
    .join(" and ");
}

/** When it begins anew: “It begins anew on 27 November at 00:00 UTC, in 5 hours”. */
export function sayUntil(until: number, now: number, timeZone: string): string {
  const day = new Intl.DateTimeFormat("en-GB", { timeZone, day: "numeric", month: "long" }).format(until);
  const clock = new Intl.DateTimeFormat("en-GB", {
    ...{ timeZone, hour: "2-digit", minute: "2-digit", hourCycle: "h23" },
    timeZoneName: "short",
  } as const).format(until);
  return `on ${day} at ${clock}, in ${sayLong(until - now)}`;
}

function sayLong(ms: number): string {
  const minutes = Math.max(1, Math.ceil(ms / 60_000));
  const [count, unit] =
    minutes < 100
      ? [minutes, "minute"]
      : minutes < 36 * 60
        ? [Math.round(minutes / 60), "hour"]
        : [Math.round(minutes / 1440), "day"];
  return `${count} ${unit}${count === 1 ? "" : "s"}`;
}

/**
 * Why a turn cannot be had, as BotError `budget`: which budget it is, when it begins anew, and what would still fit.
 * `cheaper`: in words; absent where nothing does.
 */
export function noRoom(
  standings: readonly Standing[],
  hold: Hold,
  {
    now,
    timeZone,
    cheaper,
  }: { readonly now: number; readonly timeZone: string; readonly cheaper?: string | undefined },
): BotError {
  // Of several the one that holds longest is what has to be waited for.
  const [longest] = standings.filter((one) => !fits(one, hold)).sort((a, b) => b.until - a.until);
  if (!longest) throw new Error("there is room in each");
  const { of, limit, most, used, until } = longest;
  const need = needOf(limit, hold);
  const whose = sayWhose(of);
  if (need === undefined) {
    return new BotError(
      "budget",
      `${whose} is in dollars, and this model has no price that I know. Ask for another one with \`--model\`, or ask the admin to give it a price.`,
    );
  }
  const left = Math.max(0, most - used);
  const isGone = left < (limit.unit === "usd" ? 0.0005 : 1);
  const what = `${whose} is ${sayAmount(limit, most)} a ${limit.period}`;
  const rest = isGone
    ? `${what}, and it is used up.`
    : `${what}; ${sayAmount(limit, left)} of it ${limit.unit === "pictures" && left !== 1 ? "are" : "is"} left, and this may take ${sayAmount(limit, need)}.`;
  const again = `It begins anew ${sayUntil(until, now, timeZone)}.`;
  return new BotError("budget", [rest, again, ...(cheaper ? [cheaper] : [])].join(" "));
}
