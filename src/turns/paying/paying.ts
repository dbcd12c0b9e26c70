import { toLeast } from "../../answer/bill.ts";
import type { Budgets } from "../../money/budgets/budgets.ts";
import { fits, type Standing } from "../../money/budgets/standing.ts";
import { noRoom } from "../../money/budgets/words.ts";
import type { Hold } from "../../money/most.ts";
import { toBotError } from "../../seam/errors.ts";
import type { Payment } from "../../seam/watch/spending.ts";
import type { OpenTurn } from "../../store/open-turn.ts";
import type { ExpectedCost } from "../expected-cost.ts";

/** What turns cost those whose budgets they are. Calls reject with BotError `storage` when the store fails. */
export interface Paying {
  /** Holds what a turn may cost, once. Rejects with BotError `budget` where there is no room for it. */
  reserve(turn: OpenTurn): Promise<void>;
  /** The turn is over, and its bill, where there is one, is paid. Can be done twice. */
  settle(turn: OpenTurn): Promise<void>;
}

/** What a turn is known by, where money is kept: by its event, as in the ledger. */
function payerOf({ event, message }: Pick<OpenTurn, "event" | "message">): string {
  return event ?? message;
}

export function createPaying(of: {
  readonly budgets: Budgets;
  readonly cheaper: ExpectedCost["cheaper"];
  readonly timeZone: string;
  /** Nobody is paid: the sums are what OpenAI would have asked for. */
  readonly isStandIn: boolean;
  readonly now: () => number;
}): Paying {
  const { budgets, cheaper, timeZone, isStandIn, now } = of;

  /** In words, where something does fit. */
  async function sayCheaper(turn: OpenTurn, standings: readonly Standing[]): Promise<string | undefined> {
    const hasRoom = (hold: Hold) => standings.every((one) => fits(one, hold));
    return cheaper(turn, hasRoom).catch((error: unknown) => {
      if (toBotError(error).code === "storage") throw error;
      return undefined; // as it is asked for otherwise it cannot be had
    });
  }

  return {
    async reserve(turn) {
      const { hold } = turn;
      if (!hold) return; // it was taken on before there were budgets
      const standings = await budgets.reserve(payerOf(turn), turn, hold);
      if (!standings) return;
      const words = await sayCheaper(turn, standings);
      throw noRoom(standings, hold, { now: now(), timeZone, cheaper: words });
    },
    async settle(turn) {
      const paid = toPayment(turn, now());
      // An invoice has nothing of it, so the books name it.
      const booked = paid && isStandIn ? { ...paid, engine: "stand-in" } : paid;
      await budgets.settle(payerOf(turn), turn, booked);
    },
  };
}

/** Undefined where it has taken nothing. */
function toPayment(turn: OpenTurn, now: number): Payment | undefined {
  const { bill = toUntold(turn), drawn, endedAt = now, user, place, event } = turn;
  if (!bill || bill.lines.length === 0) return undefined;
  return {
    ...{ at: drawn?.createdAt ?? endedAt, adapter: turn.adapter, message: turn.message },
    ...(event && { event }),
    ...(place?.community && { community: place.community }),
    ...(place && { channel: place.channel }),
    ...{ person: { id: user.id, name: user.name }, engine: bill.engine, pictures: bill.pictures },
    ...{ lines: bill.lines, pricesOf: bill.pricesOf },
  };
}

/** Of one that was begun, and ended in a process that could not ask any more what it took. */
function toUntold({ responseIds = [], hold, options }: OpenTurn): OpenTurn["bill"] {
  const begun = responseIds.filter((id) => id !== null).length;
  if (begun === 0 || !hold) return undefined;
  const line = toLeast(options.model ?? "unknown", begun * hold.least);
  return { lines: [line], pictures: 0, engine: options.engine ?? "responses", pricesOf: hold.pricesOf };
}
