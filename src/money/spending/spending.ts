import { z } from "zod";
import { BotError } from "../../seam/errors.ts";
import type {
  BillLine,
  Day,
  Payment,
  Spending,
  SpendingBy,
  SpendingRow,
  Spent,
  Tokens,
} from "../../seam/watch/spending.ts";
import type { Store } from "../../store/store.ts";
import { key, storedLine } from "../../store/stored.ts";
import type { Tables } from "../../store/table.ts";
import { addTokens, dollarsOf, noTokens } from "./bill.ts";
import { type Calendar, daysOf } from "./calendar.ts";
import { csvHead, toCsv } from "./csv.ts";

const tokens = z.custom<Tokens>((value) => typeof value === "object" && value !== null);

const payment = z.object({
  at: z.number(),
  adapter: z.string(),
  message: key,
  event: key.exactOptional(),
  community: key.exactOptional(),
  channel: key.exactOptional(),
  person: z.object({ id: z.string(), name: z.string() }),
  engine: z.string(),
  pictures: z.number(),
  lines: z.array(storedLine).readonly(),
  pricesOf: z.string(),
});

const sum = z.object({
  answers: z.number(),
  pictures: z.number(),
  usd: z.number(),
  unpriced: z.number(),
  tokens,
  name: z.string().exactOptional(),
  /** When the first answer came, Unix time in ms. */
  since: z.number(),
});

type Sum = Readonly<z.output<typeof sum>>;

const nothingSpent: Spent = { answers: 0, pictures: 0, usd: 0, unpriced: 0, tokens: noTokens };

/** Payments in one row of the store: what is written anew with each of them. */
const pageSize = 40;

/** How long a payment is known by its turn, in ms: longer than a turn is kept that waits for its platform. */
const knownMs = 60 * 24 * 3_600_000;

/** Of whom sums are kept by day, beside those of all. */
type Kind = Exclude<SpendingBy, "day">;

/** The core's own way to what was spent. Calls reject with BotError `storage` when the store fails. */
export interface SpendingBook extends Spending {
  /**
   * Adds a payment, once for each turn, to the sums of the day, the month and for good: of all, its community, channel and
   * person, and of those that `owners` names. False: it was added before.
   */
  add(within: Tables, turn: string, paid: Payment, owners: readonly string[]): Promise<boolean>;
  /** Whether that turn's payment was added. */
  has(turn: string): Promise<boolean>;
  /**
   * Takes a person's name and id out of the books, where they stand as `alias` from then on: what was paid stays. What
   * counts for budgets that have not begun anew keeps the id until it has no more use. Can be done twice.
   */
  forget(person: string, alias: string): Promise<void>;
  /** The sum of one, in a period (`2026-11-26`, `2026-11`) or for good (`ever`). */
  sumOf(within: Tables, period: string, owner: string): Promise<Spent & { readonly since?: number }>;
}

export const ownerOf = {
  all: "all",
  community: (community: string) => `community ${community}`,
  channel: (channel: string) => `channel ${channel}`,
  person: (person: string) => `person ${person}`,
} as const;

/**
 * A payment is in a page of its day, and in sums beside it, so that no more is read than is asked for. All of that is
 * written within one transaction, so a crash leaves all of it or none.
 */
export function createSpending(of: {
  readonly store: Store;
  readonly calendar: Calendar;
  readonly now: () => number;
}): SpendingBook {
  const { store, calendar, now } = of;

  async function add(
    within: Tables,
    turn: string,
    paid: Payment,
    owners: readonly string[],
  ): Promise<boolean> {
    const { known, days, pages } = tablesOf(within);
    if (await known.get(turn)) return false;
    const day = calendar.dayOf(paid.at);
    await known.set(turn, day, knownMs);

    const { payments } = (await days.get(day)) ?? { payments: 0 };
    const page = `${day} ${Math.floor(payments / pageSize)}`;
    await pages.set(page, [...((await pages.get(page)) ?? []), paid]);
    await days.set(day, { payments: payments + 1 });

    const own = { ...nothingSpent, ...toSpent(paid.pictures, paid.lines), since: paid.at };
    const { community, channel, person } = paid;
    const members: [Kind, string, string?][] = [
      ...(community ? ([["community", community]] as [Kind, string][]) : []),
      ...(channel ? ([["channel", channel]] as [Kind, string][]) : []),
      ["person", person.id, person.name],
    ];
    const month = calendar.periodOf("month", paid.at);
    for (const period of [day, month]) await addTo(within, period, ownerOf.all, own);
    for (const [kind, id, name] of members) {
      const named = { ...own, ...(name !== undefined && { name }) };
      for (const period of [day, month, "ever"]) await addTo(within, period, `${kind} ${id}`, named);
      await list(within, day, kind, id);
    }
    for (const line of paid.lines) {
      const spent = { ...toSpent(0, [line]), since: paid.at };
      await addTo(within, day, `model ${line.model}`, spent);
      await list(within, day, "model", line.model);
    }
    for (const owner of owners) for (const period of [day, month]) await addTo(within, period, owner, own);
    return true;
  }

  async function sums({
    from,
    to,
    by,
  }: {
    from: Day;
    to: Day;
    by: SpendingBy;
  }): Promise<readonly SpendingRow[]> {
    const days = parseRange(from, to);
    const { rows, lists } = tablesOf(store);
    if (by === "day") {
      const found = await Promise.all(days.map((day) => rows.get(`${day} ${ownerOf.all}`)));
      return found.flatMap((one, index) => (one ? toRow(days[index] ?? "", one) : []));
    }
    const found = new Map<string, Sum>();
    for (const day of days) {
      const ids = (await lists.get(`${day} ${by}`)) ?? [];
      const each = await Promise.all(ids.map((id) => rows.get(`${day} ${by} ${id}`)));
      for (const [index, one] of each.entries()) {
        const id = ids[index] ?? "";
        if (one) found.set(id, plus(found.get(id), one));
      }
    }
    return Array.from(found, ([id, one]) => toRow(id, one)).sort(
      (a, b) => b.usd - a.usd || b.pictures - a.pictures || (a.of < b.of ? -1 : 1),
    );
  }

  async function* payments({ from, to }: { from: Day; to: Day }): AsyncGenerator<Payment> {
    const { days, pages } = tablesOf(store);
    for (const day of parseRange(from, to)) {
      const { payments: count } = (await days.get(day)) ?? { payments: 0 };
      for (let page = 0; page * pageSize < count; page += 1) {
        yield* (await pages.get(`${day} ${page}`)) ?? [];
      }
    }
  }

  /** A sum of theirs, by its key. */
  async function disownSum(whole: string, person: string, alias: string): Promise<void> {
    const [period = ""] = whole.split(" ");
    const isRunning = [calendar.dayOf(now()), calendar.periodOf("month", now())].includes(period);
    await store.transact(async (within) => {
      const { rows, lists } = tablesOf(within);
      const found = await rows.get(whole);
      if (!found) return;
      const { name: _, ...nameless } = found;
      if (isRunning) return rows.set(whole, nameless);
      await rows.delete(whole);
      if (period === "ever" || whole !== `${period} ${ownerOf.person(person)}`) return;
      await addTo(within, period, ownerOf.person(alias), nameless);
      const ids = await lists.get(`${period} person`);
      if (ids?.includes(person)) {
        const others = ids.filter((id) => id !== person && id !== alias);
        await lists.set(`${period} person`, [...others, alias]);
      }
    });
  }

  async function disownPage(page: string, person: string, alias: string): Promise<void> {
    await store.transact(async (within) => {
      const { pages } = tablesOf(within);
      const all = (await pages.get(page)) ?? [];
      if (!all.some((paid) => paid.person.id === person)) return;
      const disowned = { id: alias, name: "" };
      await pages.set(
        page,
        all.map((paid) => (paid.person.id === person ? { ...paid, person: disowned } : paid)),
      );
    });
  }

  async function forget(person: string, alias: string): Promise<void> {
    const days = new Set<string>();
    const sums: string[] = [];
    for await (const keys of store.table("spent", sum).keys()) {
      for (const one of keys) {
        const [period = "", ...words] = one.split(" ");
        if (!words.includes(person)) continue;
        sums.push(one);
        if (/^\d{4}-\d{2}-\d{2}$/.test(period)) days.add(period);
      }
    }
    // The pages first: what is left of a day is found by its sum.
    for (const day of days) {
      const { payments: count } = (await tablesOf(store).days.get(day)) ?? { payments: 0 };
      for (let page = 0; page * pageSize < count; page += 1)
        await disownPage(`${day} ${page}`, person, alias);
    }
    for (const one of sums) await disownSum(one, person, alias);
  }

  return {
    add,
    forget,
    has: async (turn) => (await tablesOf(store).known.get(turn)) !== undefined,
    sumOf: async (within, period, owner) =>
      (await tablesOf(within).rows.get(`${period} ${owner}`)) ?? nothingSpent,
    today: () => calendar.dayOf(now()),
    sums,
    payments,
    async *csv(range) {
      yield csvHead;
      for await (const one of payments(range)) yield toCsv(one, calendar.dayOf(one.at));
    },
  };
}

/** Made once: to make one, and to parse with it for the first time, takes more than to parse. */
const shapes = {
  known: z.string(),
  day: z.object({ payments: z.number() }),
  page: z.array(payment).readonly(),
  list: z.array(z.string()).readonly(),
};

function tablesOf(within: Tables) {
  return {
    known: within.table("payment", shapes.known),
    days: within.table("payment-day", shapes.day),
    pages: within.table("payment-page", shapes.page),
    rows: within.table("spent", sum),
    /** Who has sums on a day. Keyv's stores do not all list their keys. */
    lists: within.table("spent-of", shapes.list),
  };
}

async function addTo(within: Tables, period: string, owner: string, more: Sum): Promise<void> {
  const { rows } = tablesOf(within);
  const at = `${period} ${owner}`;
  await rows.set(at, plus(await rows.get(at), more));
}

async function list(within: Tables, day: Day, kind: Kind, id: string): Promise<void> {
  const { lists } = tablesOf(within);
  const ids = (await lists.get(`${day} ${kind}`)) ?? [];
  if (!ids.includes(id)) await lists.set(`${day} ${kind}`, [...ids, id]);
}

function toSpent(pictures: number, lines: readonly BillLine[]): Spent {
  return {
    ...{ answers: 1, pictures, usd: dollarsOf(lines) },
    unpriced: lines.some(({ usd }) => usd === undefined) ? 1 : 0,
    tokens: lines.reduce((all, line) => addTokens(all, line.tokens), noTokens),
  };
}

function plus(a: Sum | undefined, b: Sum): Sum {
  if (!a) return b;
  return {
    ...b,
    answers: a.answers + b.answers,
    pictures: a.pictures + b.pictures,
    usd: a.usd + b.usd,
    unpriced: a.unpriced + b.unpriced,
    tokens: addTokens(a.tokens, b.tokens),
    since: Math.min(a.since, b.since),
  };
}

function toRow(of: string, { since: _, ...spent }: Sum): SpendingRow {
  return { of, ...spent };
}

/** Throws BotError `bad_option`. */
function parseRange(from: Day, to: Day): readonly Day[] {
  const days = daysOf(from, to);
  if (days) return days;
  throw new BotError(
    "bad_option",
    "Name two days as 2026-11-01, the earlier one first, and no more than a year and a month apart.",
  );
}
