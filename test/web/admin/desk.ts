import type { TestContext } from "node:test";
import { createAudit } from "../../../src/rules/audit.ts";
import { createRules } from "../../../src/rules/rules.ts";
import type { Limits } from "../../../src/seam/budget.ts";
import type { MessageKey } from "../../../src/seam/turn.ts";
import type { Admin } from "../../../src/seam/watch/admin.ts";
import type { Changed, Failure, LiveTurn } from "../../../src/seam/watch/control.ts";
import type { Payment, Spending, SpendingRow, Tokens } from "../../../src/seam/watch/spending.ts";
import { openStore } from "../../../src/store/store.ts";

/** What an admin's page is given, with nothing behind it: what it asks for is written down. */
export function createDesk(turns: readonly LiveTurn[] = [], failures: readonly Failure[] = []) {
  const hearers = new Set<(what: Changed) => void>();
  const cancelled: MessageKey[] = [];
  let isDraining = false;
  let inHand = turns;
  let failed = failures;
  let budget: Limits = {};
  const tell = (what: Changed) => {
    for (const hear of hearers) hear(what);
  };
  const drain = (is: boolean) => {
    isDraining = is;
    tell("turns");
  };
  const admin: Admin = {
    control: {
      now: () => ({ turns: inHand, isDraining }),
      promptOf: async (message) =>
        inHand.some((turn) => turn.message === message) ? "a fox at night" : undefined,
      async cancel(message) {
        if (!inHand.some((turn) => turn.message === message)) return false;
        cancelled.push(message);
        inHand = inHand.filter((turn) => turn.message !== message);
        tell("turns");
        return true;
      },
      failures: async () => failed,
      drain: () => drain(true),
      takeAgain: () => drain(false),
      listen(hear) {
        hearers.add(hear);
        return () => void hearers.delete(hear);
      },
    },
    spending: createAccounts(),
    isStandIn: false,
    nameOf: (key) => ({ "discord:guild:1": "The Quay", "discord:channel:42": "#pictures" })[key],
    budgets: {
      all: async () => ({ own: { usdMonth: 50 }, kept: budget }),
      async setAll(limits) {
        budget = limits;
      },
    },
    health: async () => ({
      ...{ version: "1.2.3", upSince: Date.now() - 3_700_000, store: "sqlite:data/drawbridge.db" },
      parts: { running: !isDraining, store: true, discord: false },
      painter: { name: "OpenAI", standIn: false },
      memory: { residentBytes: 212_000_000, heapBytes: 64_000_000 },
      lag: { medianMs: 0, mostMs: 12 },
    }),
    settings: () => [
      { name: "DISCORD_TOKEN", part: "Discord", about: "The bot's token", value: "set", isSet: true },
      { name: "PORT", part: "Playground and pages", about: "Their port", value: "8080", isSet: false },
    ],
  };
  return {
    admin,
    cancelled,
    /** The turns in hand are those from now on. */
    change(to: readonly LiveTurn[]) {
      inHand = to;
      tell("turns");
    },
    fail(failure: Failure) {
      failed = [failure, ...failed];
      tell("failures");
    },
  };
}

/** Rules as the core keeps them. */
export async function openRules(t: TestContext) {
  const store = await openStore("memory:");
  t.after(() => store.close());
  return createRules({ store, audit: createAudit(store), now: Date.now });
}

export function liveTurn(name: string, more: Partial<LiveTurn> = {}): LiveTurn {
  const now = Date.now();
  return {
    ...{ message: `discord:message:${name}`, adapter: "discord", pictures: 1, acceptedAt: now, since: now },
    user: { id: `discord:user:${name}`, name },
    place: { channel: "discord:channel:42", community: "discord:guild:1" },
    phase: "drawing",
    ...more,
  };
}

export function failureOf(name: string, more: Partial<Failure> = {}): Failure {
  return {
    ...{ id: name, at: Date.now(), outcome: "failed", code: "quota", isGrave: true, adapter: "discord" },
    user: { id: `discord:user:${name}`, name },
    told: "The account is out of money. Tell the admin.",
    ...more,
  } as Failure;
}

const tokens: Tokens = {
  ...{ textInput: 0, cachedTextInput: 0, cacheWrites: 0, imageInput: 0, cachedImageInput: 0 },
  ...{ textOutput: 0, imageOutput: 0 },
};

function spentOn(of: string, usd: number, more: Partial<SpendingRow> = {}): SpendingRow {
  return { of, usd, answers: 2, pictures: 2, unpriced: 0, tokens, ...more };
}

/** Accounts of three days, the last of which is today. */
function createAccounts(): Spending {
  const days = [spentOn("2026-11-02", 4.5), spentOn("2026-11-10", 1.25), spentOn("2026-11-26", 0.25)];
  const rows = {
    day: days,
    person: [
      spentOn("discord:user:1", 4, { name: "Ada", pictures: 3 }),
      spentOn("slack:T1:U2", 2, { name: "a.name.that.goes.on.and.on.without.a.space.in.it", pictures: 3 }),
    ],
    channel: [spentOn("discord:channel:42", 6, { pictures: 6 })],
    // What was drawn in direct messages belongs to no server.
    community: [spentOn("discord:guild:7", 4.5, { pictures: 4 })],
    model: [spentOn("gpt-image-2", 5, { pictures: 0 }), spentOn("gpt-6-luna", 1, { pictures: 0 })],
  };
  return {
    today: () => "2026-11-26",
    sums: async ({ from, to, by }) => rows[by].filter(({ of }) => by !== "day" || (of >= from && of <= to)),
    async *payments(): AsyncGenerator<Payment> {},
    async *csv({ from, to }) {
      yield "time,usd\r\n";
      yield `${from},4.5\r\n${to},0.25\r\n`;
    },
  };
}
