import type { Prices } from "../money/prices.ts";
import { addUsage, type Usage } from "../money/prices.ts";
import { noTokens, toBill } from "../money/spending/bill.ts";
import type { BillLine } from "../seam/watch/spending.ts";
import type { Drawing } from "./drawing.ts";

/** Who draws an answer. */
export interface DrawnBy {
  readonly model: string;
  readonly imageModel: string;
  readonly engine: string;
}

/** What a turn took, as far as OpenAI has told it. */
export interface Bill {
  readonly lines: readonly BillLine[];
  /** Pictures that came of it. */
  readonly pictures: number;
  readonly engine: string;
  readonly pricesOf: string;
}

/**
 * Adds up what the drawings took, in vain or not, and what is told of those that were stopped. One that was begun and of
 * which nothing is told has taken `least` dollars.
 */
export function toTurnBill(
  drawings: readonly Drawing[],
  by: DrawnBy,
  {
    prices,
    least,
    stopped = new Map(),
  }: {
    readonly prices: Prices;
    readonly least: number;
    readonly stopped?: ReadonlyMap<string, { readonly usage?: Usage } | undefined>;
  },
): Bill {
  const known: Usage[] = [];
  let untold = 0;
  for (const { usage, vain, isUntold, responseId = "" } of drawings) {
    const told = isUntold ? stopped.get(responseId) : undefined;
    known.push(...[usage, vain, told?.usage].filter((one) => one !== undefined));
    if (isUntold && !told) untold += 1;
  }
  const sum = known.reduce<Usage | undefined>((all, one) => (all ? addUsage(all, one) : one), undefined);
  const models = { model: by.model, imageModel: by.imageModel };
  return {
    lines: [
      ...(sum ? toBill(sum, models, prices) : []),
      ...(untold > 0 ? [toLeast(by.imageModel, untold * least)] : []),
    ],
    pictures: drawings.reduce((count, { pictures }) => count + pictures.length, 0),
    engine: by.engine,
    pricesOf: prices.of,
  };
}

/** What was begun, and of which nobody will tell what it took. */
export function toLeast(model: string, usd: number): BillLine {
  return { model, tokens: noTokens, usd, isEstimated: true };
}
