import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { createStandin } from "../../src/standin/index.ts";
import { freePort } from "../rig/free-port.ts";
import { createFolder } from "../rig/process.ts";
import { createDiscordSimulator } from "../simulators/discord/index.ts";
import { createSlackSimulator } from "../simulators/slack/index.ts";

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** As `npm run doctor` runs it. */
function doctor(env: Readonly<Record<string, string>>, ...args: readonly string[]): Promise<Ended> {
  const { promise, resolve } = Promise.withResolvers<Ended>();
  execFile(
    process.execPath,
    ["--disable-warning=ExperimentalWarning", "src/doctor/main.ts", ...args],
    { cwd: new URL("../..", import.meta.url), env: { PATH: process.env.PATH ?? "", ...env } },
    (error, out, err) => resolve({ code: error ? Number(error.code) : 0, out, err }),
  );
  return promise;
}

async function world(t: TestContext) {
  const [discord, slack, folder] = await Promise.all([
    createDiscordSimulator({ portal: { messageContent: true } }),
    createSlackSimulator(),
    createFolder(t),
  ]);
  const openai = await createStandin({ dir: join(folder, "stand-in"), paceMs: 0 });
  t.after(() => Promise.all([discord.close(), slack.close(), openai.close()]));
  discord.addChannel(discord.addGuild({ name: "The Quay" }), { name: "pictures" });
  const env = {
    DATA_DIR: join(folder, "data"),
    PORT: String(await freePort()),
    OPENAI_API_KEY: "sk-secret-0123456789",
    OPENAI_BASE_URL: openai.url,
    DISCORD_TOKEN: discord.token,
    DISCORD_API_URL: discord.api,
    SLACK_BOT_TOKEN: slack.token,
    SLACK_APP_TOKEN: slack.appToken,
    SLACK_API_URL: slack.api,
  };
  return { env, discord, slack };
}

test("all that is well ends with 0, also for a script; a picture is drawn where that is asked for", async (t) => {
  const { env } = await world(t);
  const people = await doctor(env);
  assert.equal(people.code, 0, people.out + people.err);
  for (const part of ["Settings", "OpenAI", "Discord", "Slack", "Store", "Machine", "Address"]) {
    assert.match(people.out, new RegExp(`^${part}$`, "m"));
  }
  assert.match(people.out, /\nAll is well, as far as can be told\.\n$/);
  assert.match(people.out, / {2}\? .*verified.*\n {6}→ Run npm run doctor -- --draw/);

  const scripts = await doctor(env, "--json", "--draw");
  assert.equal(scripts.code, 0, scripts.out + scripts.err);
  const { ok, findings } = JSON.parse(scripts.out);
  assert.equal(ok, true);
  assert.ok(
    findings.some((one: { id: string; state: string }) => one.id === "openai.drawing" && one.state === "ok"),
    scripts.out,
  );
});

test("what is wrong ends with 1, each with what to do about it, and no secret is shown", async (t) => {
  const { env, slack } = await world(t);
  slack.revoke("files:read");
  const wrong = {
    ...env,
    DISCORD_TOKEN: "MTIzNDU2Nzg5MDEyMzQ1Njc4.Gabcde.an-old-token-that-was-reset",
    DISCORD_CHANELS: "1",
  };
  const { code, out } = await doctor(wrong);
  assert.equal(code, 1);
  assert.match(out, /✖ Discord does not accept DISCORD_TOKEN\n {6}→ Press Reset Token/);
  assert.match(out, /✖ Slack has not granted files:read\n {6}→ /);
  assert.match(out, /! DISCORD_CHANELS is no setting of mine\n {6}→ Call it DISCORD_CHANNELS\./);
  assert.match(out, /\n2 to mend, 1 to look at\.\n$/);
  slack.grant("files:read");
  const mended = await doctor({ ...env, DISCORD_CHANELS: "" });
  assert.equal(mended.code, 0, mended.out);
  for (const secret of [...Object.values(wrong), ...Object.values(env)].filter((value) =>
    /^(sk-|xox|xapp|MT)/.test(value),
  )) {
    assert.ok(!out.includes(secret) && !mended.out.includes(secret), secret);
  }
});

test("settings that cannot be are all there is to say", async () => {
  const { code, out } = await doctor(
    { PORT: "eighty", PRICES_FILE: "/none", SLACK_APP_TOKEN_FILE: "/none" },
    "--json",
  );
  assert.equal(code, 1);
  const { ok, findings } = JSON.parse(out);
  assert.equal(ok, false);
  const words = findings.map((one: { words: string }) => one.words);
  assert.ok(words.includes("PORT: must be a whole number from 0 to 65535"), out);
  assert.ok(
    words.some((line: string) => line.startsWith("SLACK_APP_TOKEN_FILE: /none is not there")),
    out,
  );
  const prices = await doctor({ PRICES_FILE: "/none" });
  assert.match(prices.out, /✖ PRICES_FILE: \/none cannot be read/);
});

test("called in another way it says how to, with 2", async () => {
  const { code, err } = await doctor({}, "--heal");
  assert.equal(code, 2);
  assert.match(err, /^npm run doctor {2,}looks at everything/);
});

test("a part that hangs does not hold up the others", async (t) => {
  const { env } = await world(t);
  const silent = createServer(() => {}).listen(0, "127.0.0.1");
  await once(silent, "listening");
  t.after(() => {
    silent.closeAllConnections();
    silent.close();
  });
  const address = silent.address();
  assert.ok(address && typeof address === "object");
  const { code, out } = await doctor({ ...env, DISCORD_API_URL: `http://127.0.0.1:${address.port}/api` });
  assert.equal(code, 1);
  assert.match(out, /✖ Discord does not answer/);
  assert.match(out, /✔ Slack takes the token/);
});

test("a bot alone has an address to be looked at where it has an admin's page", async (t) => {
  const { env } = await world(t);
  const alone = await doctor({ ...env, PLAYGROUND: "off" });
  assert.doesNotMatch(alone.out, /^Address$/m);
  const looked = await doctor({ ...env, PLAYGROUND: "off", ADMIN_PASSWORD: "a gate that nobody knows" });
  assert.match(looked.out, /^Address$/m);
  assert.match(looked.out, new RegExp(`Port ${env.PORT} of 127\\.0\\.0\\.1 is free`));
});
