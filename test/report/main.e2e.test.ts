import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";
import { publishedPrices } from "../../src/money/prices.ts";
import { toBill } from "../../src/money/spending/bill.ts";
import { createCalendar } from "../../src/money/spending/calendar.ts";
import { createSpending } from "../../src/money/spending/spending.ts";
import { openStore } from "../../src/store/store.ts";
import { createFolder } from "../rig/process.ts";

/** As `npm run spending` runs it. */
function spending(env: Readonly<Record<string, string>>, ...args: readonly string[]) {
  const { promise, resolve } = Promise.withResolvers<{ code: number; out: string; err: string }>();
  execFile(
    process.execPath,
    ["--disable-warning=ExperimentalWarning", "src/report/main.ts", ...args],
    { cwd: new URL("../..", import.meta.url), env: { PATH: process.env.PATH ?? "", ...env } },
    (error, out, err) => resolve({ code: error ? Number(error.code) : 0, out, err }),
  );
  return promise;
}

test("what was spent comes out as CSV, beside a process that has the store open", async (t) => {
  const folder = await createFolder(t);
  const env = { DATA_DIR: folder };
  const none = await spending(env);
  assert.equal(none.code, 1);
  assert.match(none.err, /Nothing has been kept yet/);

  const store = await openStore(`sqlite:${join(folder, "drawbridge.db")}`);
  t.after(() => store.close());
  const book = createSpending({ store, calendar: createCalendar("UTC"), now: Date.now });
  const usage = {
    base: { input: 9, cached: 0, output: 1 },
    image: { inputText: 5, inputImage: 0, output: 272 },
  };
  const lines = toBill(usage, { model: "gpt-6-luna", imageModel: "gpt-image-2" }, publishedPrices);
  for (const day of ["2026-10-31", "2026-11-01", "2026-11-02"]) {
    await store.transact((within) =>
      book.add(
        within,
        day,
        {
          ...{ at: Date.parse(`${day}T10:00:00Z`), adapter: "paper", message: `paper:${day}`, lines },
          ...{
            person: { id: "u:ada", name: "Ada" },
            engine: "responses",
            pictures: 1,
            pricesOf: "2026-11-01",
          },
        },
        [],
      ),
    );
  }
  const found = await spending(env, "--from", "2026-11-01", "--to", "2026-11-30");
  assert.equal(found.code, 0, found.err);
  const rows = found.out.trimEnd().split("\r\n");
  assert.equal(rows.length, 1 + 2 * 2);
  assert.match(rows[0] ?? "", /^time,day,platform,.*,image_output,usd,estimated,prices_of$/);
  assert.match(
    rows[2] ?? "",
    /^2026-11-01T10:00:00.000Z,2026-11-01,paper,.*,gpt-image-2,5,0,0,0,0,0,272,0\.00\d+,,2026-11-01$/,
  );

  const wrong = await spending(env, "--from", "yesterday");
  assert.equal(wrong.code, 1);
  assert.match(wrong.err, /Name two days as 2026-11-01/);
  assert.equal((await spending(env, "--by", "person")).code, 2);
});
