import assert from "node:assert/strict";
import { test } from "node:test";
import { Events, GatewayIntentBits } from "discord.js";
import { until } from "../rig/until.ts";
import { connect, createClient, next, simulate, usual } from "./discord-client.ts";

test("what was missed is replayed after a resume", async (t) => {
  const { simulator, channel, ada, client } = await connect(t);
  const words = (word: string) => simulator.say(channel, ada, `<@${simulator.bot.id}> ${word}`);
  for (const [word, cut] of [
    ["reconnect", () => simulator.gateway.reconnect()],
    ["torn", () => simulator.gateway.drop()],
    ["closed", () => simulator.gateway.drop(4000)],
    ["invalid", () => simulator.gateway.invalidate(true)],
  ] as const) {
    const resumed = next(client, Events.ShardResume);
    const heard = next(client, Events.MessageCreate);
    cut();
    await words(word);
    assert.match((await heard)[0].content, new RegExp(word));
    await resumed;
  }
  assert.equal(simulator.gateway.sessions.length, 1);
  assert.equal(simulator.gateway.sessions[0]?.resumes, 4);
  let heard = 0;
  client.on(Events.InteractionCreate, () => {
    heard += 1;
  });
  await simulator.slash(channel, ada, "draw", { prompt: "a" });
  simulator.gateway.redeliver("INTERACTION_CREATE");
  const last = next(client, Events.MessageCreate);
  await words("last");
  await last;
  assert.equal(heard, 2);
});

test("the gateway closes on what it cannot take, each with its code", async (t) => {
  const { simulator } = await simulate(t, { token: "right" });
  const properties = { os: "linux", browser: "test", device: "test" };
  const identify = (rest: object = {}) => ({
    op: 2,
    d: { token: "right", properties, intents: 4609, ...rest },
  });
  const closing: readonly [code: number, ...frames: (object | string)[]][] = [
    [4001, { op: 99 }],
    [4002, "no JSON"],
    [4002, { op: 1, d: "x".repeat(5000) }],
    [4003, { op: 3, d: {} }],
    [4004, identify({ token: "wrong" })],
    [4005, identify(), identify()],
    [4008, ...Array.from({ length: 121 }, () => ({ op: 1, d: null }))],
    [4010, identify({ shard: [1, 1] })],
    [4010, identify({ shard: [-1, 2] })],
    [4010, identify({ shard: [0.5, 2] })],
    [4010, identify({ shard: [0] })],
    [4013, identify({ intents: 1 << 30 })],
    [4013, identify({ intents: "all" })],
    [4014, identify({ intents: GatewayIntentBits.MessageContent })],
    [4014, identify({ intents: GatewayIntentBits.GuildMembers })],
  ];
  for (const [code, ...frames] of closing) {
    const socket = new WebSocket(`${simulator.origin.replace("http", "ws")}/?v=10&encoding=json`);
    socket.onopen = () => {
      for (const frame of frames) socket.send(typeof frame === "string" ? frame : JSON.stringify(frame));
    };
    const closed = await new Promise<number>((resolve) => {
      socket.onclose = (event) => resolve(event.code);
    });
    assert.equal(closed, code);
  }
});

test("a session that is over, or was never there, cannot be resumed", async (t) => {
  const { simulator, client } = await connect(t);
  const session = simulator.gateway.sessions[0]?.id;
  await client.destroy();
  await simulator.waitFor(() => simulator.gateway.sessions[0]?.closedWith === 1000);
  for (const session_id of [session, "none"]) {
    const socket = new WebSocket(`${simulator.origin.replace("http", "ws")}/?v=10&encoding=json`);
    const refused = new Promise((resolve) => {
      socket.onmessage = ({ data }) => {
        const { op, d } = JSON.parse(String(data));
        if (op === 10)
          socket.send(JSON.stringify({ op: 6, d: { token: simulator.token, session_id, seq: 1 } }));
        else resolve([op, d]);
      };
    });
    assert.deepEqual(await refused, [9, false]);
    socket.close();
  }
});

test("who may not come in is turned away for good", async (t) => {
  const { simulator } = await simulate(t, { token: "right" });
  const wrong = createClient(t, simulator.api);
  await assert.rejects(wrong.login("wrong"), /token/i);
  const greedy = createClient(t, simulator.api, [...usual, GatewayIntentBits.MessageContent]);
  const closed = next(greedy, Events.ShardDisconnect);
  await assert.rejects(greedy.login("right"), /disallowed intents/i);
  assert.equal((await closed)[0].code, 4014);
});

test("heartbeats are counted, and a silent gateway is left", async (t) => {
  const { simulator, client } = await connect(t, { heartbeatMs: 40 });
  await simulator.waitFor(() => (simulator.gateway.sessions[0]?.heartbeats ?? 0) > 1);
  const resumed = next(client, Events.ShardResume);
  simulator.gateway.answerHeartbeats(false);
  await simulator.waitFor(() => simulator.gateway.sessions[0]?.closedWith === 4200);
  simulator.gateway.answerHeartbeats(true);
  await resumed;
});

/** A connection that sends one frame when it is greeted, and what it is told. */
async function open(simulator: { readonly origin: string }, d: object) {
  const socket = new WebSocket(`${simulator.origin.replace("http", "ws")}/?v=10&encoding=json`);
  const told: { op: number; t: string | null; d: { guilds?: { id: string }[]; content?: string } }[] = [];
  const closed = Promise.withResolvers<number>();
  const properties = { os: "linux", browser: "test", device: "test" };
  socket.onmessage = ({ data }) => {
    const frame = JSON.parse(String(data));
    if (frame.op === 10) {
      socket.send(
        JSON.stringify({ op: 2, d: { token: "simulated.bot.token", properties, intents: 4609, ...d } }),
      );
    } else told.push(frame);
  };
  socket.onclose = ({ code }) => closed.resolve(code);
  return { told, closed: closed.promise, close: () => socket.close() };
}

test("each shard hears of its guilds, and the first of direct messages", async (t) => {
  const { simulator, ada } = await simulate(t);
  const guilds = [0, 1].map((id) => simulator.addGuild({ shard: [id, 2] }));
  const shards = await Promise.all([0, 1].map((id) => open(simulator, { shard: [id, 2] })));
  await until(
    () => shards.every(({ told }) => told.some(({ t: name }) => name === "READY")),
    "what it is told",
  );
  for (const guild of guilds) {
    simulator.join(guild, ada);
    await simulator.say(simulator.addChannel(guild), ada, `<@${simulator.bot.id}> ${guild.id}`);
  }
  await simulator.say(simulator.dm(ada), ada, "direct");
  const said = (index: number) =>
    shards[index]?.told.filter(({ t: name }) => name === "MESSAGE_CREATE").map(({ d }) => d.content) ?? [];
  await until(() => said(0).length === 2 && said(1).length === 1, "what it is told");
  const [first, second] = guilds.map(({ id }) => `<@${simulator.bot.id}> ${id}`);
  assert.deepEqual([said(0), said(1)], [[first, "direct"], [second]]);
  const ready = shards.map(({ told }) => told.find(({ t: name }) => name === "READY")?.d.guilds ?? []);
  assert.ok(
    ready[1]?.every(({ id }) => id !== guilds[0]?.id) && ready[1].some(({ id }) => id === guilds[1]?.id),
  );
  for (const shard of shards) shard.close();
});

test("too few shards are turned away, and those that identify themselves too soon", async (t) => {
  const sharding = { recommended: 4, least: 2, maxConcurrency: 2, identifyMs: 5000 };
  const { simulator } = await simulate(t, { sharding });
  assert.equal(await (await open(simulator, { shard: [0, 1] })).closed, 4011);
  const first = await open(simulator, { shard: [0, 4] });
  await until(() => first.told.length > 0, "what it is told");
  const [beside, soon] = [await open(simulator, { shard: [1, 4] }), await open(simulator, { shard: [2, 4] })];
  await until(() => beside.told.length > 0, "an answer");
  await until(() => soon.told.length > 0, "an answer");
  assert.equal(beside.told[0]?.t, "READY", "of another kind");
  assert.deepEqual([soon.told[0]?.op, soon.told[0]?.d], [9, false]);
  assert.equal(simulator.sharding.tooSoon, 1);
  for (const shard of [first, beside, soon]) shard.close();
});
