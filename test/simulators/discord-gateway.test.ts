import assert from "node:assert/strict";
import { test } from "node:test";
import { Events, GatewayIntentBits } from "discord.js";
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
