import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { test } from "node:test";
import type { AdminAnswers, WireSpending } from "../../../adapters/web/admin/messages.ts";
import type { WireMessage } from "../../../adapters/web/wire/messages.ts";
import { createFolder, startDrawbridge } from "../../rig/process.ts";
import { until } from "../../rig/until.ts";
import { toFormData } from "../playground.ts";

const password = "a gate that nobody knows";

test("the process as it is started has the page: what it is set to, how it is, and no longer ready while it is drained", async (t) => {
  const bot = startDrawbridge(t, {
    ...{ DATA_DIR: await createFolder(t), PLAYGROUND: "off", ADMIN_PASSWORD: password, STORE_URL: "memory:" },
  });
  const found = () => /Admin\s+(http:\S+)\/admin\n/.exec(bot.output())?.[1];
  await until(
    () => found() !== undefined,
    async () => `the page's address; there is ${bot.output()}`,
  );
  const url = found() ?? "";
  const body = new URLSearchParams({ password });
  const signedIn = await fetch(`${url}/admin/login`, { method: "POST", body, redirect: "manual" });
  assert.equal(signedIn.status, 303);
  const cookie = signedIn.headers
    .getSetCookie()
    .map((set) => set.split(";", 1)[0])
    .join("; ");
  const ask = (what: string, method = "GET") =>
    fetch(`${url}/admin/api/${what}`, { method, headers: { cookie, origin: url } });

  const settings = (await (await ask("settings")).json()) as AdminAnswers["settings"];
  assert.equal(settings.find(({ name }) => name === "ADMIN_PASSWORD")?.value, "set");
  assert.equal(settings.find(({ name }) => name === "PLAYGROUND")?.value, "off");
  assert.ok(!JSON.stringify(settings).includes(password));
  const [health, ...others] = (await (await ask("health")).json()) as AdminAnswers["health"];
  assert.deepEqual(others, []);
  assert.deepEqual(health?.parts, { running: true, store: true, web: true });
  assert.deepEqual([health?.store, health?.painter.standIn], ["memory:", true]);

  const ready = () => fetch(`${url}/ready`);
  assert.equal((await ready()).status, 200);
  assert.equal((await ask("drain", "POST")).status, 200);
  assert.equal((await ready()).status, 503);
  assert.deepEqual(await (await ready()).json(), { ok: false, running: false, store: true, web: true });
  assert.equal((await fetch(`${url}/health`)).status, 200, "it is not to be restarted for that");
  assert.equal((await ask("take", "POST")).status, 200);
  assert.equal((await ready()).status, 200);
  assert.ok(!bot.output().includes(password));
  await bot.kill("SIGTERM");
  assert.equal(await bot.ended(), 0, bot.output());
});

test("what is drawn stands in the accounts: the sums of each way, the file and the answer say the same", async (t) => {
  const bot = startDrawbridge(t, {
    DATA_DIR: await createFolder(t),
    STORE_URL: "memory:",
    STANDIN_PACE_MS: "20",
  });
  const url = await bot.url();
  const thread = randomUUID();
  const ask = async <Answer>(path: string) => (await (await fetch(url + path)).json()) as Answer;
  for (const [index, text] of ["a fox", "a heron --quality low"].entries()) {
    const body = toFormData({ id: randomUUID(), text });
    await fetch(`${url}/api/threads/${thread}/prompts`, { method: "POST", body });
    const costs = async () => {
      const { messages } = await ask<{ messages: WireMessage[] }>(`/api/threads/${thread}`);
      return messages.flatMap((one) => (one.kind === "answer" && one.view.details?.cost ? [one] : []));
    };
    await until(async () => (await costs()).length > index, "the picture");
  }
  const { messages } = await ask<{ messages: WireMessage[] }>(`/api/threads/${thread}`);
  const shown = messages.reduce(
    (sum, one) => sum + (one.kind === "answer" ? (one.view.details?.cost?.usd ?? 0) : 0),
    0,
  );
  const near = (one: number, what: string) =>
    assert.ok(Math.abs(one - shown) < 1e-6, `${what}: ${one}, ${shown}`);
  for (const by of ["person", "channel", "community", "model"] as const) {
    const { days, rows } = await ask<WireSpending>(`/admin/api/spending?days=7&by=${by}`);
    const sum = (all: readonly { readonly usd: number }[]) => all.reduce((total, { usd }) => total + usd, 0);
    near(sum(days), "by day");
    near(sum(rows), by);
  }
  const csv = await (await fetch(`${url}/admin/api/spending.csv?days=7`)).text();
  const [head = "", ...lines] = csv.trim().split("\r\n");
  const usd = head.split(",").indexOf("usd");
  near(
    lines.reduce((sum, line) => sum + Number(line.split(",")[usd]), 0),
    "the file",
  );
  assert.ok(shown > 0);
  const engine = head.split(",").indexOf("engine");
  assert.ok(
    lines.every((line) => line.split(",")[engine] === "stand-in"),
    "an invoice has none of it",
  );
  assert.equal((await ask<WireSpending>("/admin/api/spending?days=7")).isStandIn, true);
});
