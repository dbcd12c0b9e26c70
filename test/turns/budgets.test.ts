import assert from "node:assert/strict";
import { after, afterEach, beforeEach, describe, test } from "node:test";
import { z } from "zod";
import { createBudgets } from "../../src/money/budgets/budgets.ts";
import { noTokens } from "../../src/money/spending/bill.ts";
import { createCalendar } from "../../src/money/spending/calendar.ts";
import { createSpending } from "../../src/money/spending/spending.ts";
import type { BudgetOf, Limits } from "../../src/seam/budget.ts";
import type { Place, User } from "../../src/seam/turn.ts";
import type { Payment } from "../../src/seam/watch/spending.ts";
import { createStandin } from "../../src/standin/index.ts";
import { openStore, type Store } from "../../src/store/store.ts";
import type { BotParts } from "../../src/turns/bot.ts";
import { today } from "../rig/day.ts";
import { createFragileStore } from "../rig/fragile-store.ts";
import { ada, bob, createStudio, place } from "../rig/studio.ts";
import { until } from "../rig/until.ts";

const standin = await createStandin({ paceMs: 5, flat: true, today });
after(() => standin.close());

let store: Store;
let clock: number;
const now = () => clock;
beforeEach(async () => {
  store = await openStore("memory:");
  clock = Date.parse("2026-11-26T12:00:00Z");
});
const opened: Awaited<ReturnType<typeof createStudio>>[] = [];
afterEach(async () => {
  for (const { bot } of opened.splice(0)) await bot.drain(0);
  await store.close();
});

async function open(budget: BotParts["budget"] = {}, more: Parameters<typeof createStudio>[0] = {}) {
  const studio = await createStudio({ standin, store, budget, now, ...more });
  opened.push(studio);
  return studio;
}

/** The same store's money, as the core keeps it. */
function money() {
  const calendar = createCalendar("UTC");
  const spending = createSpending({ store, calendar, now });
  return { spending, budgets: createBudgets({ store, spending, calendar, limits: {}, now }) };
}

const range = { from: "2026-11-01", to: "2026-12-31" };

async function spentBy(by: "day" | "person") {
  return money().spending.sums({ ...range, by });
}

/** What is held of the budgets, by turn. */
async function held(): Promise<readonly string[]> {
  return Object.keys((await store.table("budget-held", z.record(z.string(), z.unknown())).get("open")) ?? {});
}

const cheap = { options: { quality: "low", size: "1024x1024", partials: 0 } } as const;
const limit = (whose: BudgetOf, limits: Limits, where: Place = place) =>
  money().budgets.change(where, whose, () => limits);

describe("a budget that is used up", () => {
  test("says whose it is, when it begins anew and what would still fit, and asks OpenAI for nothing", async () => {
    const studio = await open();
    await limit({ kind: "everyone" }, { usdDay: 0.1 });
    const asked = studio.asked().length;
    const { last } = await studio.say("a fox", { options: { quality: "max", size: "1024x1024" } });
    assert.equal(last.phase, "failed");
    assert.match(
      last.text,
      /^Your budget is \$0\.10 a day; \$0\.10 of it is left, and this may take \$0\.\d\d\./,
    );
    assert.match(last.text, /It begins anew on 27 November at 00:00 UTC, in 12 hours\./);
    assert.match(last.text, /`--quality medium` costs [^.]*\$0\.\d+[^.]*\$0\.\d+ and still fits\.$/);
    assert.equal(studio.asked().length, asked);
    assert.deepEqual(await held(), []);
    const { last: drawn } = await studio.say("a fox", cheap);
    assert.equal(drawn.phase, "done", "and it does");
  });

  const whose: [BudgetOf, RegExp][] = [
    [{ kind: "community" }, /^The budget that everybody here shares is 1 picture a day, and it is used up/],
    [{ kind: "channel" }, /^This channel's budget is 1 picture a day/],
    [{ kind: "everyone" }, /^Your budget is 1 picture a day/],
    [{ kind: "person", id: ada.id, name: "Ada" }, /^Your budget is 1 picture a day/],
    [
      { kind: "role", role: "paper:artists", name: "artists" },
      /^The budget that all who are “artists” share is 1/,
    ],
  ];
  for (const [of, words] of whose) {
    test(`of ${of.kind}: is theirs alone whom it is for`, async () => {
      const studio = await open();
      await limit(of, { picturesDay: 1 });
      const user: User = { ...ada, roles: ["paper:artists"] };
      const say = (more: object) => studio.say("a fox", { ...cheap, user, ...more });
      assert.equal((await say({})).last.phase, "done");
      const { last } = await say({});
      assert.equal(last.phase, "failed");
      assert.match(last.text, words);
      const other = await say({ user: bob });
      assert.equal(other.last.phase, ["community", "channel"].includes(of.kind) ? "failed" : "done");
      const elsewhere = { channel: "paper:attic", community: "paper:house" } as const;
      const isEverywhere = of.kind !== "channel";
      assert.equal((await say({ place: elsewhere })).last.phase, isEverywhere ? "failed" : "done");
      const abroad = { channel: "paper:hut", community: "paper:village" } as const;
      assert.equal((await say({ place: abroad })).last.phase, "done", "a budget holds where it was set");
    });
  }

  test("of the whole bot, and of each person, holds wherever they are", async () => {
    const studio = await open({ all: { picturesMonth: 2 }, person: { picturesDay: 1 } });
    const direct = { channel: "paper:direct", kind: "direct" } as const;
    assert.equal((await studio.say("a fox", cheap)).last.phase, "done");
    const second = await studio.say("a fox", { ...cheap, place: direct });
    assert.match(second.last.text, /^Your budget is 1 picture a day, and it is used up/);
    assert.equal((await studio.say("a fox", { ...cheap, user: bob })).last.phase, "done");
    const third = await studio.say("a fox", { ...cheap, user: { id: "u:cy", name: "Cy" }, place: direct });
    assert.match(third.last.text, /^My budget, for all that I draw, is 2 pictures a month, .*1 December/);
  });

  test("that is somebody's own is theirs instead of everyone's", async () => {
    const studio = await open();
    await limit({ kind: "everyone" }, { picturesDay: 0 });
    await limit({ kind: "person", id: ada.id, name: "Ada" }, { picturesDay: 1 });
    assert.equal((await studio.say("a fox", cheap)).last.phase, "done");
    assert.equal((await studio.say("a fox", { ...cheap, user: bob })).last.phase, "failed");
  });

  test("begins anew at midnight, and at the end of the month, in its own time zone", async () => {
    clock = Date.parse("2026-11-30T22:30:00Z"); // 23:30 in Berlin
    const studio = await open({ timeZone: "Europe/Berlin" });
    await limit({ kind: "everyone" }, { picturesDay: 1, picturesMonth: 2 });
    const say = async () => (await studio.say("a fox", cheap)).last.text;
    await say();
    assert.match(
      await say(),
      /a day, and it is used up\. It begins anew on 1 December at 00:00 CET, in 30 minutes/,
    );
    clock += 1_800_000;
    assert.equal(await say(), "");
    clock += 86_400_000;
    assert.equal(await say(), "", "the second of the new month");
    clock += 86_400_000;
    assert.match(await say(), /2 pictures a month, and it is used up\. It begins anew on 1 January/);
  });
});

describe("what a turn may cost is held", () => {
  test("while it is drawn, and what it cost is counted then, once", async () => {
    const studio = await open();
    await limit({ kind: "community" }, { usdDay: 5 });
    const stall = studio.hold();
    const answered = studio.say("a fox", { options: { quality: "low", size: "1024x1024" } });
    await until(async () => (await held()).length === 1, "it to be held");
    const [standing] = await money().budgets.standings({ user: ada, place });
    stall.release();
    assert.equal((await answered).last.phase, "done");
    assert.deepEqual(await held(), []);
    const [day] = await spentBy("day");
    assert.ok(day && day.usd > 0 && day.usd < (standing?.used ?? 0), "less than was held");
    assert.equal(day.pictures, 1);
    assert.equal(day.usd.toFixed(6), (await answered).last.details?.cost?.usd.toFixed(6));
  });

  for (const [word, stage] of [
    ["[refuse]", "before it is drawn"],
    ["[refuse-output]", "once it is drawn"],
  ]) {
    test(`and given back when moderation stops it ${stage}, but for what OpenAI says it took`, async () => {
      const studio = await open();
      await limit({ kind: "community" }, { usdDay: 5 });
      const { last } = await studio.say(`draw a fox ${word}`, cheap);
      assert.equal(last.phase, "failed");
      assert.deepEqual(await held(), []);
      const [day] = await spentBy("day");
      const told = standin.requests.length > 0 && day;
      assert.equal(day?.pictures ?? 0, 0);
      assert.ok(!told || told.usd < 0.01, `$${day?.usd}`);
    });
  }

  test("and given back when it is cancelled, but for what was drawn by then", async () => {
    const studio = await open();
    await limit({ kind: "community" }, { usdDay: 5 });
    const stall = studio.hold();
    const reply = studio.adapter.reply();
    const answered = studio.say("a fox", {}, reply);
    await until(() => studio.adapter.views(reply.key).some(({ images }) => images.length > 0), "a sketch");
    await studio.press("cancel", reply.key);
    stall.release();
    assert.equal((await answered).last.phase, "cancelled");
    await until(async () => (await held()).length === 0, "it to be given back");
    const [day] = await spentBy("day");
    assert.ok((day?.usd ?? 0) < 0.3);
    assert.equal(day?.pictures ?? 0, 0);
  });

  test("across a restart, and not twice", async () => {
    const studio = await open();
    await limit({ kind: "community" }, { picturesDay: 1 });
    const stall = studio.hold();
    const reply = studio.adapter.reply();
    const answered = studio.say("a fox", {}, reply);
    await until(() => studio.adapter.views(reply.key).some(({ images }) => images.length > 0), "a sketch");
    await Promise.all([studio.bot.drain(0), answered]);
    assert.equal((await held()).length, 1, "it is not over");
    stall.release();
    const next = await open();
    await next.bot.resume();
    await until(() => next.ledger.size === 0, "the ledger to forget it");
    assert.equal(next.adapter.views(reply.key).at(-1)?.phase, "done");
    assert.deepEqual(await held(), []);
    const [day] = await spentBy("day");
    assert.equal(day?.pictures, 1);
    assert.equal((await next.say("a fox", cheap)).last.phase, "failed", "it is used up");
  });
});

describe("a burst", () => {
  test("of 200 at once in two processes never exceeds a budget, in pictures or in dollars", async () => {
    const both = [money(), money()] as const;
    await both[0].budgets.change(place, { kind: "community" }, () => ({ picturesDay: 30, usdDay: 2 }));
    const hold = { usd: 0.09, least: 0.01, pictures: 1, pricesOf: "2026-11-01" };
    const line = { model: "m", tokens: noTokens, usd: 0.08 };
    const paid = (message: `${string}:${string}`): Payment => ({
      ...{ at: clock, adapter: "paper", message, ...place, person: { id: "u:x", name: "X" } },
      ...{ engine: "responses", pictures: 1, lines: [line], pricesOf: "2026-11-01" },
    });
    let isOver = false;
    const results = await Promise.all(
      Array.from({ length: 200 }, async (_, index) => {
        const { budgets } = both[index % 2 === 0 ? 0 : 1];
        const who = { user: { id: `u:${index % 9}` }, place };
        const turn = `paper:${index}` as const;
        if (await budgets.reserve(turn, who, hold)) return "no room";
        for (const { used, most } of await budgets.standings(who)) isOver ||= used > most + 1e-9;
        await budgets.settle(turn, who, index % 5 === 0 ? undefined : paid(turn));
        return index % 5 === 0 ? "given back" : "paid";
      }),
    );
    assert.equal(isOver, false);
    const [day] = await spentBy("day");
    const count = results.filter((one) => one === "paid").length;
    assert.equal(day?.pictures, count);
    assert.ok(count > 0 && count <= 24 && (day?.usd ?? 0) <= 2, `${count} for $${day?.usd}`);
    assert.deepEqual(await held(), []);
  });

  test("of 200 at once, by five ways in, draws what the budget has room for and tells all others", async () => {
    const studio = await open({}, { concurrency: 8 });
    const { key: first } = await studio.say("a fox", cheap);
    await limit({ kind: "community" }, { picturesDay: 11 });
    const ways = [
      (index: number) => studio.say(`fox ${index}`, { ...cheap, thread: `paper:${index}` }),
      (index: number) => studio.say(`fox ${index}`, { ...cheap, thread: `paper:${index}`, mustDraw: true }),
      (index: number) => studio.say(`fox ${index}`, { ...cheap, thread: `paper:${index}`, replyTo: first }),
      () => studio.press("redo", first),
      () => studio.press("edit", first, { text: "make it night", options: cheap.options, attachments: [] }),
    ];
    const shown = await Promise.all(
      Array.from({ length: 200 }, (_, index) => ways[index % ways.length]?.(index) ?? assert.fail()),
    );
    const phases = shown.map(({ last }) => last.phase);
    assert.equal(phases.filter((phase) => phase === "done").length, 10);
    assert.equal(phases.filter((phase) => phase === "failed").length, 190);
    for (const { last } of shown) {
      if (last.phase === "failed")
        assert.match(last.text, /everybody here shares is 11 pictures a day, and it is/);
    }
    const [day] = await spentBy("day");
    assert.equal(day?.pictures, 11);
    assert.deepEqual(await held(), []);
  });
});

describe("what is said of money", () => {
  const mo: User = { id: "u:mo", name: "Mo", moderator: true };

  test("by a moderator: budgets are set in words, added to, shown with what is spent, recorded and removed", async () => {
    const studio = await open();
    const say = async (text: string) => (await studio.say(text, { user: mo })).last;
    assert.match((await say("budget")).text, /^No budget is set here\./);
    await say("budget server: $5 a day");
    await say("budget server 200 pictures/month");
    await say("budget everyone 3 pictures a day and $1.50 per month");
    await say("budget channel 20 images a day");
    await say("budget person ada $0.25/day");
    await say("budget role paper:artists 9 pictures a day");
    await studio.say("a fox", cheap);
    const { text, audience } = await say("budgets");
    assert.equal(audience, "asker");
    const lines = text.split("\n");
    assert.match(
      lines[0] ?? "",
      /^\*\*Everybody here together\*\* \$5\.00 a day and 200 pictures a month; spent or being spent: \$0\.\d+ this day, 1 picture this month$/,
    );
    assert.deepEqual(lines.slice(1, -1), [
      "**Each person** $1.50 a month and 3 pictures a day",
      "**This channel** 20 pictures a day; spent or being spent: 1 picture this day",
      lines[3],
      "**paper:artists** 9 pictures a day; spent or being spent: 0 pictures this day",
    ]);
    assert.match(lines[3] ?? "", /^\*\*ada\*\* \$0\.25 a day; spent or being spent: \$0\.0\d\d this day$/);
    await say("budget server off");
    assert.doesNotMatch((await say("budget")).text, /Everybody here together/);
    const changes = await studio.core.rules.changes({ ...mo, admin: true }, place, 3);
    assert.deepEqual(
      changes.map(({ what, from, to }) => [what, from, to]),
      [
        ["Budget: Everybody here together", "$5.00 a day and 200 pictures a month", undefined],
        ["Budget: paper:artists", undefined, "9 pictures a day"],
        ["Budget: ada", undefined, "$0.25 a day"],
      ],
    );
  });

  test("by anybody: what they had, and what is left of each budget", async () => {
    const studio = await open({ person: { picturesMonth: 4 } });
    assert.match(
      (await studio.say("usage", { user: bob })).last.text,
      /4 pictures left of 4 pictures a month/,
    );
    await studio.say("a fox", cheap);
    await limit({ kind: "community" }, { picturesDay: 10 });
    const { text } = (await studio.say("usage")).last;
    assert.match(
      text,
      /^\*\*Today\*\* 1 picture, about \$0\.\d+\n\*\*This month\*\* 1 picture, about \$0\.\d+\n/,
    );
    assert.match(
      text,
      /Your budget: 3 pictures left of 4 pictures a month; it begins anew on 1 December at 00:00 UTC, in 5 days\./,
    );
    assert.match(
      text,
      /The budget that everybody here shares: 9 pictures left of 10 pictures a day; .* in 12 hours\./,
    );
  });

  test("by who is no moderator: nothing is set, and they are told how to see their own", async () => {
    const studio = await open();
    for (const words of ["budget", "budget everyone $9 a day", "budget server off"]) {
      assert.match(
        (await studio.say(words)).last.text,
        /^Only a moderator can see and set budgets\. Say `usage`/,
      );
    }
    assert.deepEqual(await money().budgets.list(place), []);
  });

  test("what cannot be is said, and what is no such words is drawn", async () => {
    const studio = await open();
    const user = mo;
    assert.match(
      (await studio.say("budget everyone 1.5 pictures a day", { user })).last.text,
      /whole pictures/,
    );
    assert.match((await studio.say("budget server 9999999 pictures a day", { user })).last.text, /from 0 to/);
    assert.match((await studio.say("budget role artists $1 a day", { user })).last.text, /whole key/);
    const drawn = await studio.say("budget airline over the sea", { ...cheap, user });
    assert.equal(drawn.last.images.length, 1);
  });
});

describe("when the process dies", () => {
  test("between what is drawn and its payment, the next one pays for it, once", async () => {
    const fragile = createFragileStore(store);
    const studio = await open({}, { store: fragile.store });
    await limit({ kind: "community" }, { picturesDay: 5 });
    fragile.failWhen((table, call) => table === "payment" && call === "set");
    const reply = studio.adapter.reply();
    const answered = studio.say("a fox", cheap, reply);
    await until(() => studio.adapter.views(reply.key).at(-1)?.phase === "done", "it to be shown");
    assert.deepEqual(await spentBy("day"), []);
    assert.equal((await held()).length, 1, "neither half is there");
    await Promise.all([studio.bot.drain(0), answered.catch(() => {})]);
    const next = await open();
    await next.bot.resume();
    await until(() => next.ledger.size === 0, "the ledger to forget it");
    const [day] = await spentBy("day");
    assert.deepEqual([day?.answers, day?.pictures], [1, 1]);
    assert.deepEqual(await held(), []);
  });

  test("a hold of a turn that nobody can finish ends after a day", async () => {
    const { budgets } = money();
    await budgets.change(place, { kind: "community" }, () => ({ picturesDay: 1 }));
    const hold = { usd: 0.09, least: 0.01, pictures: 1, pricesOf: "2026-11-01" };
    assert.equal(await budgets.reserve("lost", { user: ada, place }, hold), undefined);
    assert.equal(await budgets.reserve("lost", { user: ada, place }, hold), undefined, "once");
    assert.notEqual(await budgets.reserve("next", { user: ada, place }, hold), undefined);
    clock += 24 * 3_600_000;
    assert.equal(await budgets.reserve("next", { user: ada, place }, hold), undefined);
  });

  test("a store that fails lets nothing be drawn that it cannot count", async () => {
    const fragile = createFragileStore(store);
    const studio = await open({}, { store: fragile.store });
    fragile.failWhen((table) => table === "budget");
    const asked = studio.asked().length;
    assert.match((await studio.say("a fox", cheap)).last.text, /^My memory failed/);
    assert.equal(studio.asked().length, asked);
  });
});
