import assert from "node:assert/strict";
import { test } from "node:test";
import { createClient, long, refusal, simulate } from "./slack-client.ts";

const prompts = [{ title: "A fox", message: "Draw a fox" }];

test("prompts for an agent are the conversation's; with a thread they come to nothing, and nobody says so", async (t) => {
  const { simulator, ada } = await simulate(t, { app: "agent" });
  const client = createClient(simulator);
  const dm = simulator.dm(ada);
  const said = await simulator.say(dm, ada, "a fox");
  const set = (more: object) =>
    client.apiCall("assistant.threads.setSuggestedPrompts", { channel_id: dm.id, prompts, ...more });
  assert.equal((await set({ thread_ts: said.ts })).ok, true);
  assert.equal(simulator.statuses.log.length, 0);
  await set({});
  assert.deepEqual(simulator.statuses.log[0]?.prompts, prompts);
  assert.throws(() => simulator.startAssistant(ada), /no threads of the assistant/);
});

test("an app with assistant_view is no agent", async (t) => {
  const { simulator, ada } = await simulate(t);
  const client = createClient(simulator);
  const dm = simulator.dm(ada);
  const said = await simulator.say(dm, ada, "a fox");
  const session = { channel_id: dm.id, thread_ts: said.ts, status: "processing" };
  const refused = await refusal(client.apiCall("agents.sessions.setStatus", session));
  assert.equal(refused.error, "not_authorized");
  const offer = { channel_id: dm.id, prompts };
  const { error } = await refusal(client.apiCall("assistant.threads.setSuggestedPrompts", offer));
  assert.equal(error, "not_agent_app");
  assert.equal(simulator.look(ada, said), undefined);
  assert.doesNotMatch(JSON.stringify(said.events[0]?.payload), /app_context/);
});

test("what an agent's session cannot be is refused", async (t) => {
  const { simulator, ada } = await simulate(t, { app: "agent" });
  const client = createClient(simulator);
  const eve = simulator.addUser({ name: "eve" });
  const dm = simulator.dm(ada);
  const said = await simulator.say(dm, ada, "a fox");
  const reply = await simulator.say(dm, ada, "with a hat", { threadTs: said.ts });
  const here = { channel_id: dm.id, thread_ts: said.ts, status: "processing" };
  const set = (more: object) => refusal(client.apiCall("agents.sessions.setStatus", { ...here, ...more }));
  for (const [more, error, words] of [
    [{ status: "thinking" }, "invalid_arguments", /active, processing, suspended, closed/],
    [{ status: "" }, "invalid_arguments", /status/],
    [{ thread_ts: "" }, "invalid_arguments", /thread_ts/],
    [{ thread_ts: "1.2" }, "invalid_thread_ts"],
    [{ thread_ts: reply.ts }, "invalid_thread_ts"],
    [{ channel_id: "C1" }, "channel_not_found"],
    [{ title: long(201) }, "invalid_arguments", /201/],
    [{ initiator_user_id: eve.id }, "invalid_arguments", /initiator_user_id/],
    [{ username: "Fox" }, "missing_scope"],
  ] as const) {
    const refused = await set(more);
    assert.equal(refused.error, error, JSON.stringify(more));
    if (words) assert.match(JSON.stringify(refused.messages), words);
  }
  simulator.revoke("chat:write");
  assert.equal((await set({})).error, "missing_scope");
  assert.deepEqual(simulator.sessions.log, []);
});

test("the button to stop is there while it is processing, and the status is the app's to change", async (t) => {
  const { simulator, ada } = await simulate(t, { app: "agent" });
  const client = createClient(simulator);
  const dm = simulator.dm(ada);
  const { ts } = await simulator.say(dm, ada, "a fox");
  const session = { channel: dm.id, threadTs: ts };
  const set = (status: string, title = "A fox") =>
    client.agents.sessions.setStatus({ channel_id: dm.id, thread_ts: ts, status, title });
  assert.throws(() => simulator.stop(ada, session), /no button/);
  const made = await set("processing");
  assert.deepEqual([made.agent_status, made.title, made.warning], ["processing", "A fox", undefined]);
  assert.equal(simulator.stop(ada, session).type, "agent_session_stopped");
  assert.equal(simulator.sessions.now(session), "processing");
  assert.equal((await set("active", "Another")).title, "A fox", "the title is that of its beginning");
  assert.throws(() => simulator.stop(ada, session), /no button/);
  await set("processing");
  simulator.advance(3_600_000);
  assert.equal(simulator.sessions.now(session), "active", "after an hour");
});

test("there is no such button where the app does not listen for it, and Slack says so", async (t) => {
  const { simulator, ada } = await simulate(t, { app: "agent", subscriptions: ["message.im"] });
  const dm = simulator.dm(ada);
  const { ts } = await simulator.say(dm, ada, "a fox");
  const made = await createClient(simulator).agents.sessions.setStatus({
    ...{ channel_id: dm.id, thread_ts: ts, status: "processing" },
  });
  assert.equal(made.warning, "missing_agent_session_stopped_event_subscription");
  assert.throws(() => simulator.stop(ada, { channel: dm.id, threadTs: ts }), /no button/);
});

test("an agent is told what people look at: as it changes, when they open it, and with what they write", async (t) => {
  const { simulator, channel, ada } = await simulate(t, { app: "agent" });
  const dm = simulator.dm(ada);
  const eventOf = (sent: { payload: object } | undefined) => JSON.stringify(sent?.payload);
  assert.match(eventOf(simulator.openHome(ada, "messages")), /"context":\{\}/);
  const seen = await simulator.say(channel, ada, "look");
  const words = new RegExp(
    `message_context","value":{"message_ts":"${seen.ts}","channel_id":"${channel.id}"}`,
  );
  assert.match(eventOf(simulator.look(ada, seen)), words);
  assert.match(eventOf(simulator.openHome(ada, "messages")), words);
  assert.match(eventOf((await simulator.say(dm, ada, "this picture")).events[0]), words);
  assert.doesNotMatch(eventOf((await simulator.say(channel, ada, "hello")).events[0]), /app_context/);
  assert.match(eventOf(simulator.look(ada, channel)), /channel_id","value":"C/);
  simulator.revoke("assistant:write");
  assert.equal(simulator.look(ada), undefined);
});
