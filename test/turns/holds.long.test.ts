import assert from "node:assert/strict";
import { after, test } from "node:test";
import { z } from "zod";
import { createCalendar } from "../../src/money/spending/calendar.ts";
import { createSpending } from "../../src/money/spending/spending.ts";
import type { ImageOptions } from "../../src/seam/options.ts";
import { openStore } from "../../src/store/store.ts";
import { createFragileStore } from "../rig/fragile-store.ts";
import { flat } from "../rig/pictures.ts";
import { ada, attachment, createStudio } from "../rig/studio.ts";

const whole = await openStore("memory:");
const { store, failWhen } = createFragileStore(whole);
const studio = await createStudio({ store, budget: { all: { usdMonth: 1000 } }, paceMs: 0 });
after(() => studio.close());

const holds = z.record(z.string(), z.object({ usd: z.number(), pictures: z.number() }));
let held = { usd: 0, pictures: 0 };
failWhen((table, call, value) => {
  const [one] = table === "budget-held" && call === "set" ? Object.values(holds.parse(value)) : [];
  if (one) held = one;
  return false; // it only listens
});

const photo = attachment(await flat("#383", 900, 300));
const long = "a very crowded market with every stall and every face described at length, ".repeat(60);

/** What people ask for, in the ways that cost differently. */
const asked: readonly [
  string,
  Partial<ImageOptions>,
  (readonly [typeof photo, typeof photo] | readonly [])?,
][] = [
  ["a fox", {}],
  ["a fox", { quality: "low" }],
  ["a fox", { quality: "high", size: "1536x1024", partials: 3 }],
  ["a fox", { quality: "max", size: "1024x1536", partials: 0 }],
  ["a fox", { count: 3, quality: "low" }],
  ["a fox", { format: "gif", frames: 12, quality: "low" }],
  ["a fox", { format: "svg", complexity: "high" }],
  ["a fox", { model: "gpt-image-2", quality: "high" }],
  ["a fox", { model: "gpt-image-1.5", quality: "medium" }],
  ["a fox", { model: "gpt-image-1-mini" }],
  ["a fox", { model: "gpt-image-2.6-flare", quality: "high" }],
  ["a fox", { engine: "images", quality: "low" }],
  [long, { quality: "low" }],
  ["狐と雪と月と星".repeat(200), { quality: "low" }],
  ["make it one picture", { fidelity: "high" }, [photo, photo]],
  ["what is in this picture?", {}, [photo, photo]],
];

for (const [index, [text, options, files = []]] of asked.entries()) {
  test(`what is held for ${JSON.stringify(options)} and ${files.length} pictures is no less than what it costs`, async () => {
    held = { usd: 0, pictures: 0 };
    const thread = `paper:${index}` as const;
    const { last } = await studio.say(text, { thread, options, attachments: files, user: ada });
    assert.equal(last.phase, "done", last.text);
    assert.ok(held.usd > 0);
    await isEnough();
  });
}

test("and so it is through a conversation that grows with each picture", async () => {
  const thread = "paper:talk";
  for (let turn = 0; turn < 8; turn += 1) {
    const { last } = await studio.say(`${long} make it bluer ${turn}`, {
      thread,
      options: { quality: "low" },
    });
    assert.equal(last.phase, "done");
    await isEnough();
  }
});

/** Of the newest payment. */
async function isEnough(): Promise<void> {
  const spending = createSpending({ store: whole, calendar: createCalendar("UTC"), now: Date.now });
  const today = spending.today();
  const payments = await Array.fromAsync(spending.payments({ from: today, to: today }));
  const paid = payments.at(-1);
  assert.ok(paid);
  const usd = paid.lines.reduce((sum, line) => sum + (line.usd ?? Number.NaN), 0);
  assert.ok(usd <= held.usd, `it cost $${usd}, and $${held.usd} was held`);
  assert.ok(paid.pictures <= held.pictures, `${paid.pictures} pictures, and ${held.pictures} were held`);
}
