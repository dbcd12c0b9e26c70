import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { publishedPrices } from "../../../src/money/prices.ts";
import { toBill } from "../../../src/money/spending/bill.ts";
import { createCalendar } from "../../../src/money/spending/calendar.ts";
import { createSpending } from "../../../src/money/spending/spending.ts";
import { type Payment, tokenKinds } from "../../../src/seam/watch/spending.ts";
import { openStore, type Store } from "../../../src/store/store.ts";

const usage = {
  base: { input: 1000, cached: 300, written: 200, output: 50 },
  image: { inputText: 40, cachedText: 10, inputImage: 900, cachedImage: 100, output: 1100, outputText: 30 },
};
const models = { model: "gpt-6-luna", imageModel: "gpt-image-2" };
const noon = Date.parse("2026-11-26T12:00:00Z");

function payment(more: Partial<Payment> = {}): Payment {
  return {
    ...{ at: noon, adapter: "paper", message: "paper:1", engine: "responses", pictures: 1 },
    ...{ community: "paper:house", channel: "paper:room", person: { id: "u:ada", name: "Ada" } },
    ...{ lines: toBill(usage, models, publishedPrices), pricesOf: "2026-11-01" },
    ...more,
  } as Payment;
}

async function open(store?: Store) {
  const kept = store ?? (await openStore("memory:"));
  const spending = createSpending({ store: kept, calendar: createCalendar("UTC"), now: () => noon });
  let turn = 0;
  const pay = (one: Payment, name?: string) => {
    turn += 1;
    return kept.transact((within) => spending.add(within, name ?? `turn ${turn}`, one, []));
  };
  return { store: kept, spending, pay };
}

const text = async (csv: AsyncIterable<string>) => (await Array.fromAsync(csv)).join("");

/** RFC 4180, read back. */
function parse(csv: string): Record<string, string>[] {
  const rows: string[][] = [[]];
  for (const [, quoted, plain = "", end] of csv.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/g)) {
    rows.at(-1)?.push(quoted?.replaceAll('""', '"') ?? plain);
    if (end === "\r\n") rows.push([]);
  }
  const [names = [], ...lines] = rows.filter((row) => row.length > 0);
  return lines.map((cells) => Object.fromEntries(names.map((name, index) => [name, cells[index] ?? ""])));
}

describe("what was spent", () => {
  test("a bill has each kind of token once, by the model that took it, and its lines are the cost", () => {
    const lines = toBill(usage, models, publishedPrices);
    assert.deepEqual(
      lines.map(({ model, tokens }) => [model, tokenKinds.map((kind) => tokens[kind])]),
      [
        ["gpt-6-luna", [500, 300, 200, 0, 0, 50, 0]],
        ["gpt-image-2", [30, 10, 0, 800, 100, 30, 1070]],
      ],
    );
    assert.ok(
      Math.abs((lines[0]?.usd ?? 0) - (500 * 0.1 + 300 * 0.01 + 200 * 0.125 + 50 * 0.5) / 1e6) < 1e-12,
    );
  });

  test("a model without a price, and one that took nothing", () => {
    const unknown = toBill(usage, { model: "own-model", imageModel: "gpt-image-2" }, publishedPrices);
    assert.deepEqual(
      unknown.map(({ usd }) => usd === undefined),
      [true, false],
    );
    const free = toBill({ base: { input: 0, cached: 0, output: 0 } }, models, publishedPrices);
    assert.deepEqual(free, []);
  });

  test("of one who is forgotten stays in the books, under a name that is nobody's", async () => {
    const { store, spending, pay } = await open();
    const day = 24 * 3600 * 1000;
    const bob = { id: "u:bob", name: "Bob" };
    for (const at of [noon - 40 * day, noon - 40 * day, noon]) await pay(payment({ at }));
    await pay(payment({ at: noon - 40 * day, person: bob }));
    const all = { from: "2026-10-01", to: "2026-11-26" } as const;
    const sums = async () =>
      (await spending.sums({ ...all, by: "day" })).map(({ of, ...rest }) => [of, rest]);
    const before = await sums();
    const today = await spending.sumOf(store, "2026-11-26", "person u:ada");
    for (let twice = 0; twice < 2; twice += 1) await spending.forget("u:ada", "forgotten:1");
    assert.deepEqual(await sums(), before, "the sums are what they were");
    const rows = parse(await text(spending.csv(all)));
    assert.deepEqual(
      rows
        .filter(({ model }) => model === "gpt-image-2")
        .map(({ person, person_name }) => [person, person_name]),
      [
        ["forgotten:1", ""],
        ["forgotten:1", ""],
        ["u:bob", "Bob"],
        ["forgotten:1", ""],
      ],
    );
    const people = await spending.sums({ from: "2026-10-17", to: "2026-10-17", by: "person" });
    assert.deepEqual(
      people.map(({ of, answers }) => [of, answers]),
      [
        ["forgotten:1", 2],
        ["u:bob", 1],
      ],
    );
    // A budget goes by what was spent today and this month, and does not begin anew by this.
    const nameless = Object.fromEntries(Object.entries(today).filter(([field]) => field !== "name"));
    assert.deepEqual(await spending.sumOf(store, "2026-11-26", "person u:ada"), nameless);
    assert.equal((await spending.sumOf(store, "2026-11", "person u:ada")).answers, 1);
    assert.equal((await spending.sumOf(store, "ever", "person u:ada")).answers, 0);
  });

  test("is summed by day, community, channel, person and model, whoever reads", async () => {
    const { spending, pay } = await open();
    await pay(payment());
    await pay(payment({ person: { id: "u:bob", name: "Bob" }, pictures: 3, channel: "paper:attic" }));
    await pay(payment({ at: noon + 86_400_000, person: { id: "u:ada", name: "Ada L." } }));
    const range = { from: "2026-11-01", to: "2026-11-30" };
    const of = async (by: "day" | "community" | "channel" | "person" | "model") =>
      (await spending.sums({ ...range, by })).map((row) => [row.of, row.name, row.answers, row.pictures]);
    assert.deepEqual(await of("day"), [
      ["2026-11-26", undefined, 2, 4],
      ["2026-11-27", undefined, 1, 1],
    ]);
    assert.deepEqual(await of("community"), [["paper:house", undefined, 3, 5]]);
    assert.deepEqual(await of("channel"), [
      ["paper:room", undefined, 2, 2],
      ["paper:attic", undefined, 1, 3],
    ]);
    assert.deepEqual(await of("person"), [
      ["u:ada", "Ada L.", 2, 2],
      ["u:bob", "Bob", 1, 3],
    ]);
    assert.deepEqual(
      (await of("model")).map(([model]) => model),
      ["gpt-image-2", "gpt-6-luna"],
    );
    const [all] = await spending.sums({ from: "2026-11-26", to: "2026-11-26", by: "day" });
    const models = await spending.sums({ from: "2026-11-26", to: "2026-11-26", by: "model" });
    assert.equal(
      all?.usd.toFixed(9),
      models.reduce((usd, row) => usd + row.usd, 0).toFixed(9),
      "the models' dollars are the day's",
    );
  });

  test("counts a turn once, however often it is paid", async () => {
    const { spending, pay } = await open();
    assert.equal(await pay(payment(), "turn"), true);
    assert.equal(await pay(payment(), "turn"), false);
    assert.equal(await spending.has("turn"), true);
    assert.equal(await spending.has("other"), false);
    const [day] = await spending.sums({ from: "2026-11-26", to: "2026-11-26", by: "day" });
    assert.equal(day?.answers, 1);
  });

  test("as CSV it adds up, kind by kind and model by model, over more than a page", async () => {
    const { spending, pay } = await open();
    for (let index = 0; index < 95; index += 1) await pay(payment({ pictures: 2 }));
    const range = { from: "2026-11-26", to: "2026-11-26" };
    const rows = parse(await text(spending.csv(range)));
    assert.equal(rows.length, 190);
    const sum = (model: string, column: string) =>
      rows.filter((row) => row.model === model).reduce((all, row) => all + Number(row[column]), 0);
    assert.equal(sum("gpt-image-2", "image_output"), 95 * 1070);
    assert.equal(sum("gpt-image-2", "cached_image_input"), 95 * 100);
    assert.equal(sum("gpt-6-luna", "cache_writes"), 95 * 200);
    assert.equal(sum("gpt-image-2", "pictures") + sum("gpt-6-luna", "pictures"), 190);
    const [day] = await spending.sums({ ...range, by: "day" });
    const usd = sum("gpt-image-2", "usd") + sum("gpt-6-luna", "usd");
    assert.ok(Math.abs(usd - (day?.usd ?? 0)) < 1e-5, `${usd} is the day's ${day?.usd}`);
  });

  test("as CSV nobody's name is a formula, breaks a line or ends a cell", async () => {
    const { spending, pay } = await open();
    const names = ['=HYPERLINK("http://x")', "+1", "-1", "@me", "\tx", 'a "b", c\r\nd', "Zoë"];
    for (const name of names) await pay(payment({ person: { id: "u:x", name } }));
    const csv = await text(spending.csv({ from: "2026-11-26", to: "2026-11-26" }));
    const read = parse(csv).filter((row) => row.model === "gpt-image-2");
    assert.deepEqual(
      read.map((row) => row.person_name),
      ['\'=HYPERLINK("http://x")', "'+1", "'-1", "'@me", "'\tx", 'a "b", c\r\nd', "Zoë"],
    );
  });

  test("days that are none are said to be", async () => {
    const { spending } = await open();
    await assert.rejects(spending.sums({ from: "x", to: "2026-11-26", by: "day" }), { code: "bad_option" });
    await assert.rejects(text(spending.csv({ from: "2026-11-27", to: "2026-11-26" })), {
      code: "bad_option",
    });
    assert.equal(spending.today(), "2026-11-26");
  });
});
