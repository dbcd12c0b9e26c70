import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { examineDiscord } from "../../../adapters/discord/doctor/examine.ts";
import { openAccess } from "../../../src/seam/trust/access.ts";
import { assertFound, assertWell } from "../../rig/findings.ts";
import { createDiscordSimulator } from "../../simulators/discord/index.ts";

async function discord(t: TestContext) {
  const simulator = await createDiscordSimulator({ portal: { messageContent: true } });
  t.after(() => simulator.close());
  const { token, api: apiUrl } = simulator;
  const examine = (more: Partial<Parameters<typeof examineDiscord>[0]> = {}) =>
    examineDiscord({ token, apiUrl, access: openAccess, threads: "auto", ...more });
  const guild = simulator.addGuild({ name: "The Quay" });
  const channel = simulator.addChannel(guild, { name: "pictures" });
  return { simulator, examine, guild, channel };
}

test("a bot that is set up as the docs say is well, and nothing is changed", async (t) => {
  const { simulator, examine } = await discord(t);
  const found = await examine();
  assertWell(found);
  assertFound(found, "discord.token", "ok", /as @drawbridge/);
  assertFound(
    found,
    "discord.invite",
    "ok",
    /^Invite it with https:\/\/discord\.com\/oauth2\/authorize\?client_id=\d+/,
  );
  assertFound(found, "discord.channels", "ok", /can draw in 1 channel$/);
  assert.ok(simulator.requests.length > 5);
  assert.deepEqual([...new Set(simulator.requests.map(({ method }) => method))], ["GET"]);
});

test("a token that is not taken is mended by a new one, and is not shown", async (t) => {
  const { examine } = await discord(t);
  const found = await examine({ token: "an.old.one" });
  assertFound(found, "discord.token", "error", /does not accept DISCORD_TOKEN/, /Reset Token/);
  assert.ok(!JSON.stringify(found).includes("an.old.one"));
});

test("a Discord that is away, or is none, is said to be", async (t) => {
  const { examine } = await discord(t);
  const found = await examine({ apiUrl: "http://127.0.0.1:1/api" });
  assertFound(found, "discord.reach", "error", /does not answer/, /DISCORD_API_URL/);
});

test("what the developer portal lacks is mended there", async (t) => {
  const { simulator, examine } = await discord(t);
  const { page } = simulator;
  page.messageContent = false;
  page.interactionsUrl = "https://old.example.com/interactions";
  page.installs = ["server"];
  page.identifiesLeft = 0;
  const found = await examine();
  assertFound(found, "discord.intents", "warning", /Message Content Intent is off/, /\/bot under Privileged/);
  assertFound(
    found,
    "discord.events",
    "error",
    /Interactions Endpoint URL/,
    /Empty Interactions Endpoint URL/,
  );
  assertFound(
    found,
    "discord.installs",
    "warning",
    /no User Install/,
    /Tick User Install.*DISCORD_USER_INSTALLS=off/,
  );
  assertFound(found, "discord.starts", "error", /0 of 1000 starts/, /wait 4 hours/);
  page.identifiesLeft = 30;
  assertFound(await examine(), "discord.starts", "warning", /30 of 1000 starts/);
  // As the lines say:
  page.messageContent = true;
  delete page.interactionsUrl;
  page.installs = ["server", "person"];
  page.identifiesLeft = 1000;
  assertWell(await examine());
  page.installs = ["server"];
  assertWell(await examine({ access: { direct: true, carried: false } }));
});

test("who is in no server, or not in one that is named, is invited", async (t) => {
  const { simulator, examine, guild } = await discord(t);
  simulator.kick(guild);
  assertFound(await examine(), "discord.servers", "warning", /in no server/, /^Open https:.* and choose one/);
  const access = { communities: [`discord:guild:${guild.id}`], direct: false, carried: false } as const;
  assertFound(await examine({ access }), "discord.servers", "error", new RegExp(guild.id), /Invite it there/);
  simulator.invite(guild);
  assertWell(await examine({ access }));
});

test("what is not allowed in a channel is told by its name, and mended there", async (t) => {
  const { simulator, examine, guild, channel } = await discord(t);
  const rules = simulator.addChannel(guild, { name: "rules" });
  const hidden = simulator.addChannel(guild, { name: "hidden" });
  simulator.permit(rules, "everyone", { deny: ["SEND_MESSAGES"] });
  simulator.permit(hidden, "everyone", { deny: ["VIEW_CHANNEL"] });
  assertFound(await examine(), "discord.channels", "ok", /1 channel; in 1 more it may not write/);
  simulator.permit(channel, "everyone", { deny: ["ATTACH_FILES", "READ_MESSAGE_HISTORY"] });
  const found = await examine();
  assertFound(
    found,
    "discord.permissions",
    "error",
    /^In #pictures \(The Quay\) the bot may not: Attach Files, Read Message History$/,
    /Edit Channel › Permissions/,
  );
  simulator.permit(channel, simulator.bot, { allow: ["ATTACH_FILES", "READ_MESSAGE_HISTORY"] });
  assertWell(await examine());
  simulator.permit(channel, simulator.bot, { deny: ["CREATE_PUBLIC_THREADS"] });
  assertFound(await examine(), "discord.permissions", "warning", /Create Public Threads/);
  assertWell(await examine({ threads: "off" }));
});

test("a channel that it is kept to must be one that it can answer in", async (t) => {
  const { simulator, examine, guild, channel } = await discord(t);
  const only = (...ids: readonly string[]) => ({
    access: { channels: ids.map((id) => `discord:channel:${id}` as const), direct: false, carried: false },
  });
  simulator.permit(channel, "everyone", { deny: ["SEND_MESSAGES"] });
  assertFound(await examine(only(channel.id)), "discord.permissions", "error", /#pictures.*Send Messages/);
  simulator.permit(channel, "everyone", { deny: ["VIEW_CHANNEL"] });
  assertFound(
    await examine(only(channel.id)),
    "discord.channels",
    "error",
    new RegExp(`names ${channel.id}`),
    /View Channel/,
  );
  assertFound(
    await examine(),
    "discord.permissions",
    "error",
    /no channel in which the bot can draw/,
    /Server Settings › Roles/,
  );
  const other = simulator.addChannel(guild, { name: "other" });
  assertWell(await examine(only(other.id)));
});

/** So many servers more, each with a channel. */
function addServers(simulator: Awaited<ReturnType<typeof discord>>["simulator"], count: number) {
  return Array.from({ length: count }, (_, index) => {
    const guild = simulator.addGuild({ name: `Server ${index}` });
    return { guild, channel: simulator.addChannel(guild, { name: "pictures" }) };
  });
}

test("of one in many servers, those that hold a named channel are looked into", async (t) => {
  const { simulator, examine } = await discord(t);
  const last = addServers(simulator, 20).at(-1);
  assert.ok(last);
  const key = `discord:channel:${last.channel.id}` as const;
  const access = { channels: [key], direct: false, carried: false };
  const found = await examine({ access });
  assertWell(found);
  assertFound(
    found,
    "discord.servers",
    "ok",
    /In 21 servers, of which 20 were looked into: Server 19, The Quay/,
  );
  assertFound(found, "discord.channels", "ok", /can draw in 1 channel$/);
  simulator.permit(last.channel, "everyone", { deny: ["SEND_MESSAGES"] });
  assertFound(await examine({ access }), "discord.permissions", "error", /Server 19.*Send Messages/);
  simulator.permit(last.channel, "everyone", { deny: ["VIEW_CHANNEL"] });
  assertFound(await examine({ access }), "discord.channels", "error", /sees no such channel/);
  simulator.permit(last.channel, "everyone", { allow: ["VIEW_CHANNEL", "SEND_MESSAGES"] });
  simulator.fault({ path: new RegExp(`/channels/${last.channel.id}$`), kind: "status", status: 500 });
  assertFound(await examine({ access }), "discord.channels", "unknown", /not known whether/, /again/);
});

test("a server beyond the first page of them is not said to be absent", async (t) => {
  const { simulator, examine } = await discord(t);
  const last = addServers(simulator, 200).at(-1);
  assert.ok(last);
  const { guild, channel } = last;
  const kept = { direct: false, carried: false };
  const named = { ...kept, communities: [`discord:guild:${guild.id}`] as const };
  const found = await examine({ access: named });
  assertWell(found);
  assertFound(found, "discord.servers", "ok", /^In 1 server: Server 199$/);
  assertWell(await examine({ access: { ...kept, channels: [`discord:channel:${channel.id}`] } }));
  simulator.fault({ path: new RegExp(`/guilds/${guild.id}$`), kind: "status", status: 500 });
  assertFound(await examine({ access: named }), "discord.servers", "unknown", /not known whether/, /again/);
  simulator.kick(guild);
  assertFound(await examine({ access: named }), "discord.servers", "error", /in no such server/);
});

test("what Discord does not show of one server, or of its starts, hides nothing else", async (t) => {
  const { simulator, examine, guild, channel } = await discord(t);
  const other = simulator.addGuild({ name: "The Pier" });
  simulator.addChannel(other, { name: "pictures" });
  simulator.permit(channel, "everyone", { deny: ["ATTACH_FILES"] });
  simulator.fault({ path: new RegExp(`/guilds/${other.id}/channels$`), kind: "status", status: 502 });
  const found = await examine();
  assertFound(found, "discord.servers", "unknown", /Discord does not show The Pier/, /again/);
  assertFound(found, "discord.permissions", "error", /#pictures \(The Quay\).*Attach Files/);
  simulator.fault({ path: new RegExp(`/guilds/${guild.id}/channels$`), kind: "status", status: 502 });
  simulator.fault({ path: new RegExp(`/guilds/${other.id}/channels$`), kind: "status", status: 502 });
  const access = { channels: [`discord:channel:${channel.id}`] as const, direct: false, carried: false };
  assertFound(await examine({ access }), "discord.channels", "unknown", new RegExp(channel.id), /again/);
  simulator.fault({ path: new RegExp(`/guilds/${guild.id}/channels$`), kind: "status", status: 502 });
  simulator.kick(other);
  const nothing = await examine();
  assert.ok(!nothing.some(({ id }) => id === "discord.permissions"), JSON.stringify(nothing));
  simulator.permit(channel, "everyone", { allow: ["ATTACH_FILES"] });
  simulator.fault({ path: /gateway/, kind: "status", status: 502 });
  const rest = await examine();
  assertWell(rest, ["discord.starts"]);
  assertFound(rest, "discord.starts", "unknown", /does not say how many starts/, /again/);
});
