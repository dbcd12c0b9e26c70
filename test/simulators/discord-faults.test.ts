import assert from "node:assert/strict";
import { test } from "node:test";
import { RateLimitError, REST, Routes } from "discord.js";
import { channelOf, connect, isSlash, on, refusal } from "./discord-client.ts";

test("a rate limit is waited out, and callbacks are exempt", async (t) => {
  const { simulator, channel, ada, client } = await connect(t);
  simulator.limitRate("POST /channels/:channel/messages", { limit: 2, windowMs: 400 });
  simulator.limitRate("POST /interactions/:interaction/:token/callback", { limit: 0, windowMs: 60_000 });
  const target = channelOf(client, channel.id);
  for (const content of ["1", "2", "3"]) await target.send(content);
  assert.equal(simulator.messages(channel).length, 3);
  const [first, , third] = simulator.requests.filter(({ route }) => route?.endsWith("/messages"));
  assert.ok((third?.atMs ?? 0) - (first?.atMs ?? 0) >= 390);
  simulator.fault({ path: /\/messages$/, kind: "rate limit", retryAfterMs: 100, scope: "shared" });
  await target.send("4");
  assert.equal(simulator.limited, 1);
  const done = on(client, isSlash, (interaction) => interaction.deferReply());
  await simulator.slash(channel, ada, "draw", { prompt: "a" });
  await done;
});

test("messages older than an hour take few edits, and say so with a code of its own", async (t) => {
  const { simulator, channel, client } = await connect(t);
  const sent = await channelOf(client, channel.id).send("0");
  const rest = new REST({ api: simulator.api, rejectOnRateLimit: () => true }).setToken(simulator.token);
  const edit = (content: string) =>
    rest.patch(Routes.channelMessage(channel.id, sent.id), { body: { content } });
  for (const content of ["1", "2", "3", "4"]) await edit(content);
  simulator.advance(61 * 60_000);
  for (const content of ["5", "6", "7"]) await edit(content);
  await assert.rejects(edit("8"), RateLimitError);
  const refused = simulator.requests.at(-1);
  assert.deepEqual([refused?.status, refused?.code], [429, 30046]);
  assert.equal(simulator.message(sent.id)?.content, "7");
  const fresh = await channelOf(client, channel.id).send("new");
  await rest.patch(Routes.channelMessage(channel.id, fresh.id), { body: { content: "newer" } });
});

test("faults strike as ordered", async (t) => {
  const { simulator, channel, client } = await connect(t);
  const target = channelOf(client, channel.id);
  const order = simulator.fault({ path: /\/messages$/, kind: "status", status: 502, times: 2 });
  await target.send("through");
  assert.equal(order.struck, 2);
  simulator.fault({ path: /\/messages$/, kind: "drop", when: "before" });
  await assert.rejects(async () => target.send("lost"));
  simulator.fault({ path: /\/messages$/, kind: "drop", when: "after", reset: true });
  await target.send("twice");
  assert.equal(simulator.messages(channel).filter(({ text }) => text === "twice").length, 2);
  simulator.fault({ path: /\/messages$/, kind: "slow", ms: 50, applied: "first" });
  const slow = target.send("slow");
  await simulator.waitFor(() => simulator.messages(channel).some(({ text }) => text === "slow"));
  await slow;
  assert.ok(!simulator.messages(channel).some(({ text }) => text === "lost"));
  await assert.rejects(
    simulator.waitFor(() => undefined, { timeoutMs: 10, what: "a miracle" }),
    /a miracle did not come in 10 ms/,
  );
});

test("what is held is answered when it is let go; held before, it is not applied when its client has gone", async (t) => {
  const { simulator, channel, client } = await connect(t);
  const target = channelOf(client, channel.id);
  const isThere = (said: string) => simulator.messages(channel).some(({ text }) => text === said);
  const after = simulator.fault({ kind: "hold", when: "after", method: "POST", says: /"after"/ });
  const sent = target.send("after");
  await simulator.waitFor(() => isThere("after"));
  after.cancel();
  await sent;
  const before = simulator.fault({ kind: "hold", when: "before", method: "POST", says: /"before"/ });
  const signal = new AbortController();
  const path = `/channels/${channel.id}/messages` as const;
  const lost = client.rest.post(path, { body: { content: "before" }, signal: signal.signal });
  await simulator.waitFor(() => before.struck === 1);
  signal.abort();
  await assert.rejects(lost);
  await target.send("the next");
  assert.deepEqual([isThere("before"), isThere("the next")], [false, true]);
});

test("a nonce is known for minutes, and told only to who sends it", async (t) => {
  const { simulator, channel, client } = await connect(t);
  const target = channelOf(client, channel.id);
  const post = () => target.send({ content: "once", nonce: "abc", enforceNonce: true });
  const [first, second] = [await post(), await post()];
  assert.equal(first.id, second.id);
  assert.equal(first.nonce, "abc");
  const path = `/channels/${channel.id}/messages` as const;
  const [there] = (await client.rest.get(path)) as { readonly nonce?: string }[];
  assert.equal(there?.nonce, undefined);
  simulator.advance(6 * 60_000);
  assert.notEqual((await post()).id, first.id);
});

test("an interaction is unknown once its token has run out, acknowledged or not", async (t) => {
  const { simulator, channel, ada, client } = await connect(t);
  const taken = on(client, isSlash, (interaction) => interaction.deferReply());
  const { interaction } = await simulator.slash(channel, ada, "draw", { prompt: "a" });
  await taken;
  const { id, token } = interaction;
  const again = () =>
    client.rest.post(`/interactions/${id}/${token}/callback`, { body: { type: 5 }, auth: false });
  assert.equal((await refusal(again())).code, 40060);
  simulator.advance(16 * 60_000);
  assert.equal((await refusal(again())).code, 10062);
});
