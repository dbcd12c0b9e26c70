import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { toCommands } from "../../../adapters/discord/forms/commands.ts";
import { createDiscordAdapter } from "../../../adapters/discord/index.ts";
import { createLeases } from "../../../src/fleet/embedded/leases.ts";
import { BotError } from "../../../src/seam/errors.ts";
import { createLog } from "../../../src/seam/log.ts";
import type { Access } from "../../../src/seam/trust/access.ts";
import { noCore } from "../../rig/no-core.ts";
import { until } from "../../rig/until.ts";
import { createDiscordSimulator } from "../../simulators/discord/index.ts";
import { startDiscord, view } from "../server.ts";

/** Kept to some servers. */
function onlyIn(...ids: readonly string[]): Access {
  return { communities: ids.map((id) => `discord:guild:${id}` as const), direct: false, carried: false };
}

/** How many commands there are. */
const all = toCommands("guild").length;

test("the commands are registered once, and again only when they have changed", async (t) => {
  const { simulator, adapter, start } = await startDiscord(t);
  const puts = () =>
    simulator.requests.filter(({ method, path }) => method === "PUT" && /commands$/.test(path)).length;
  assert.deepEqual(
    simulator.commands().map(({ name }) => name),
    [
      ...["draw", "style", "defaults", "usage", "forget", "settings", "budget"],
      ...["Edit this picture", "Use as reference", "Describe"],
    ],
  );
  const [draw] = simulator.commands();
  assert.deepEqual(draw?.integration_types, [0, 1]);
  assert.deepEqual(draw?.contexts, [0, 1, 2]);
  assert.equal(puts(), 1);

  await adapter.stop();
  await start();
  assert.equal(puts(), 1, "nothing has changed");
});

test("kept to one server, the commands are registered there alone", async (t) => {
  let guildId = "";
  const simulator = await createDiscordSimulator();
  t.after(() => simulator.close());
  const guild = simulator.addGuild();
  guildId = guild.id;
  const lines: object[] = [];
  const log = {
    child: () => log,
    debug() {},
    info() {},
    warn() {},
    error: (fields: object) => void lines.push(fields),
  };
  const options = {
    token: simulator.token,
    apiUrl: simulator.api,
    threads: "off",
    leases: createLeases(createLog("silent")),
    identifyMs: 0,
    painter: { name: "", standIn: true },
    log,
  } as const;
  const adapter = createDiscordAdapter({ ...options, access: onlyIn(guildId) });
  await adapter.start(noCore());
  await adapter.stop();
  assert.equal(simulator.commands(guild).length, all);
  assert.equal(simulator.commands().length, 0);
  await adapter.start(noCore());
  await adapter.stop();
  assert.equal(simulator.requests.filter(({ method }) => method === "PUT").length, 1);
  assert.deepEqual(lines, []);

  const abroad = simulator.addGuild({ joined: false });
  const stranger = createDiscordAdapter({ ...options, access: onlyIn(abroad.id) });
  await stranger.start(noCore());
  t.after(() => stranger.stop());
  const [line] = lines as { hint?: string }[];
  assert.match(line?.hint ?? "", /I am not in the server .* Invite me: https:\/\/discord\.com\/oauth2/);
  simulator.invite(abroad);
  await until(
    () => simulator.commands(abroad).length === all,
    "the commands in a server that let it in later",
  );
});

test("another DISCORD_GUILD_ID, or none, leaves no command of ours where it was before", async (t) => {
  const { simulator, adapter, guild } = await startDiscord(t);
  const [other, third] = [simulator.addGuild(), simulator.addGuild()];
  const put = await fetch(
    `${simulator.api}/v10/applications/${simulator.applicationId}/guilds/${third.id}/commands`,
    {
      method: "PUT",
      headers: { authorization: `Bot ${simulator.token}`, "content-type": "application/json" },
      body: JSON.stringify([{ name: "weather", description: "Not ours" }]),
    },
  );
  assert.ok(put.ok);
  const counts = () => [undefined, guild, other, third].map((where) => simulator.commands(where).length);
  assert.deepEqual(counts(), [all, 0, 0, 1]);

  await adapter.stop();
  for (const [guildId, expected] of [
    [guild.id, [0, all, 0, 1]],
    [other.id, [0, 0, all, 1]],
    [undefined, [all, 0, 0, 1]],
  ] as const) {
    const next = createDiscordAdapter({
      token: simulator.token,
      apiUrl: simulator.api,
      threads: "off",
      leases: createLeases(createLog("silent")),
      painter: { name: "", standIn: true },
      log: createLog("silent"),
      ...(guildId && { access: onlyIn(guildId) }),
    });
    await next.start(noCore());
    await next.stop();
    assert.deepEqual(counts(), expected, guildId ?? "everywhere");
  }
});

test("commands that cannot be taken away are said in the log, and hinder nothing", async (t) => {
  const { adapter, said, start, simulator, guild } = await startDiscord(t);
  await adapter.stop();
  simulator.fault({
    kind: "status",
    status: 403,
    method: "GET",
    path: new RegExp(`guilds/${guild.id}/commands`),
  });
  await start();
  assert.equal(said("discord.leftovers.failed").length, 1);
  assert.equal(said("discord.ready").length, 2);
});

test("the invite asks for exactly what is needed", async (t) => {
  const { adapter, simulator } = await startDiscord(t, { threads: "auto" });
  const url = new URL(adapter.inviteUrl);
  assert.equal(url.searchParams.get("client_id"), simulator.applicationId);
  assert.equal(url.searchParams.get("scope"), "bot applications.commands");
  const bits = BigInt(url.searchParams.get("permissions") ?? 0);
  const [view, send, files, history, open, inThreads] = [10n, 11n, 15n, 16n, 35n, 38n].map(
    (bit) => 1n << bit,
  );
  assert.equal(
    bits,
    (view ?? 0n) | (send ?? 0n) | (files ?? 0n) | (history ?? 0n) | (open ?? 0n) | (inThreads ?? 0n),
  );
});

test("without the message content intent it connects all the same and says once how to turn it on", async (t) => {
  const { simulator, said } = await startDiscord(t);
  assert.equal(simulator.gateway.sessions.length, 1);
  assert.equal((simulator.gateway.sessions[0]?.intents ?? 0) & (1 << 15), 0);
  const [line, ...more] = said("discord.intent.missing");
  assert.deepEqual(more, []);
  assert.match(JSON.stringify(line?.fields), /turn on Message Content Intent in the developer portal/);

  const granted = await startDiscord(t, { simulator: { portal: { messageContent: true } } });
  assert.notEqual((granted.simulator.gateway.sessions[0]?.intents ?? 0) & (1 << 15), 0);
  assert.deepEqual(granted.said("discord.intent.missing"), []);
});

test("a wrong token and a server out of reach are said in one clear line", async (t) => {
  const simulator = await createDiscordSimulator();
  t.after(() => simulator.close());
  const log = { child: () => log, debug() {}, info() {}, warn() {}, error() {} };
  const leases = createLeases(createLog("silent"));
  const options = { threads: "off", leases, painter: { name: "", standIn: true }, log } as const;
  const wrong = createDiscordAdapter({ ...options, token: "no.such.token", apiUrl: simulator.api });
  await assert.rejects(
    wrong.start(noCore()),
    (error) =>
      error instanceof BotError &&
      error.code === "auth" &&
      /does not accept DISCORD_TOKEN/.test(error.message),
  );
  const away = createDiscordAdapter({ ...options, token: simulator.token, apiUrl: "http://127.0.0.1:9/api" });
  await assert.rejects(
    away.start(noCore()),
    (error) =>
      error instanceof BotError && error.code === "unreachable" && /DISCORD_API_URL/.test(error.message),
  );
});

test("a torn connection is taken up again: nothing is lost and nothing comes twice", async (t) => {
  const { simulator, channel, ada, nextPrompt, taken, said } = await startDiscord(t);
  simulator.gateway.drop();
  await simulator.say(channel, ada, `<@${simulator.bot.id}> a fox`);
  const { turn } = await nextPrompt();
  assert.equal(turn.text, "a fox");
  assert.equal(said("discord.gateway.resumed").length, 1);

  simulator.gateway.reconnect();
  await simulator.say(channel, ada, `<@${simulator.bot.id}> a hare`);
  assert.equal((await nextPrompt()).turn.text, "a hare");

  simulator.gateway.redeliver("MESSAGE_CREATE");
  const doing = await simulator.slash(channel, ada, "draw", { prompt: "an owl" });
  await doing.acknowledged();
  assert.equal((await nextPrompt()).turn.text, "an owl");
  simulator.gateway.redeliver("INTERACTION_CREATE");
  await simulator.say(channel, ada, `<@${simulator.bot.id}> the end`);
  assert.equal((await nextPrompt()).turn.text, "the end", "neither came a second time");
  assert.deepEqual(taken, []);
});

test("thrown out of the gateway, it says so and connects anew", async (t) => {
  const { simulator, channel, ada, nextPrompt, said } = await startDiscord(t);
  simulator.gateway.drop(4014);
  await until(() => said("discord.ready").length === 2, "a second connection");
  assert.match(JSON.stringify(said("discord.lost")[0]?.fields), /taken an intent/);
  await simulator.say(channel, ada, `<@${simulator.bot.id}> a fox`);
  assert.equal((await nextPrompt()).turn.text, "a fox");
});

test("thrown out while Discord cannot be reached, it goes on trying", async (t) => {
  const { simulator, channel, ada, nextPrompt, said } = await startDiscord(t);
  simulator.fault({ kind: "status", status: 503, path: /^\/gateway\/bot$/, times: 4 }); // all tries of one login
  simulator.gateway.drop(4014);
  await until(() => said("discord.ready").length === 2, "a connection after one that failed");
  assert.equal(said("discord.lost").length, 2);
  await simulator.say(channel, ada, `<@${simulator.bot.id}> a fox`);
  assert.equal((await nextPrompt()).turn.text, "a fox");
});

test("thrown out for its token, it says so and does not knock again", async (t) => {
  const { simulator, said } = await startDiscord(t);
  simulator.fault({ kind: "status", status: 401, path: /^\/gateway\/bot$/ });
  simulator.gateway.drop(4004);
  await until(() => said("discord.lost").length === 2, "the second refusal");
  const asked = () => simulator.requests.filter(({ path }) => path === "/gateway/bot").length;
  const before = asked();
  await sleep(2500); // longer than it waits after a first failure
  assert.equal(asked(), before);
});

test("what is being answered when it stops is answered first", async (t) => {
  const { simulator, adapter, channel, ada } = await startDiscord(t);
  simulator.fault({ kind: "slow", ms: 300, method: "POST", path: /messages$/ });
  let answered = false;
  await adapter.stop();
  await adapter.start(
    noCore(async (_, reply) => {
      await reply.show(view("failed", { text: "I am being restarted." }));
      answered = true;
    }),
  );
  await simulator.say(channel, ada, `<@${simulator.bot.id}> a fox`);
  await until(
    () => simulator.requests.some(({ path }) => /messages$/.test(path)),
    "the first sign of an answer",
  );
  await adapter.stop();
  assert.ok(answered);
  assert.match(simulator.messages(channel).at(-1)?.text ?? "", /I am being restarted/);
});
