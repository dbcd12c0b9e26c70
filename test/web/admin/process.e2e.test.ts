import assert from "node:assert/strict";
import { test } from "node:test";
import type { AdminAnswers } from "../../../adapters/web/admin/messages.ts";
import { createFolder, startDrawbridge } from "../../rig/process.ts";
import { until } from "../../rig/until.ts";

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
  const health = (await (await ask("health")).json()) as AdminAnswers["health"];
  assert.deepEqual(health.parts, { running: true, store: true, web: true });
  assert.deepEqual([health.store, health.painter.standIn], ["memory:", true]);

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
