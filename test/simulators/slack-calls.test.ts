import assert from "node:assert/strict";
import { test } from "node:test";
import { createClient, long, modal, png, refusal, simulate } from "./slack-client.ts";

test("calls that Slack refuses are refused with its code", async (t) => {
  const { simulator, channel, ada } = await simulate(t);
  const client = createClient(simulator);
  const away = simulator.addChannel({ name: "away", bot: false });
  const secret = simulator.addChannel({ name: "secret", kind: "private", bot: false });
  const old = simulator.addChannel({ name: "old" });
  simulator.archive(old);
  const said = await simulator.say(channel, ada, "hello", { files: [{ name: "a.png", bytes: png }] });
  const file = said.message.files[0]?.id;
  const { ts } = await client.chat.postMessage({ channel: channel.id, text: "mine" });
  const hidden = await client.chat.postEphemeral({ channel: channel.id, user: ada.id, text: "psst" });
  const here = { channel: channel.id };
  const cases: readonly (readonly [method: string, args: Record<string, unknown>, error: string])[] = [
    ["chat.postMessage", { channel: "C1", text: "a" }, "channel_not_found"],
    ["chat.postMessage", { channel: away.id, text: "a" }, "not_in_channel"],
    ["chat.postMessage", { channel: secret.id, text: "a" }, "channel_not_found"],
    ["chat.postMessage", { channel: old.id, text: "a" }, "is_archived"],
    ["chat.postMessage", here, "no_text"],
    ["chat.postMessage", { text: "a" }, "invalid_arguments"],
    ["chat.postMessage", { ...here, text: "a", thread_ts: "1.2" }, "thread_not_found"],
    ["chat.postMessage", { ...here, blocks: "{" }, "invalid_blocks_format"],
    ["chat.postMessage", { ...here, text: "a", markdown_text: "b" }, "markdown_text_conflict"],
    ["chat.postEphemeral", { ...here, user: "U1", text: "a" }, "user_not_in_channel"],
    ["chat.update", { ...here, ts: "1.2", text: "a" }, "message_not_found"],
    ["chat.update", { ...here, ts: said.ts, text: "a" }, "cant_update_message"],
    ["chat.update", { ...here, ts: hidden.message_ts, text: "a" }, "message_not_found"],
    ["chat.update", { ...here, ts, text: long(4001) }, "msg_too_long"],
    ["chat.delete", { ...here, ts: said.ts }, "cant_delete_message"],
    ["conversations.replies", { ...here, ts: "1.2" }, "thread_not_found"],
    ["conversations.history", { channel: away.id }, "not_in_channel"],
    ["files.info", { file: "F1" }, "file_not_found"],
    ["files.delete", { file }, "cant_delete_file"],
    ["files.sharedPublicURL", { file }, "not_allowed_token_type"],
    ["files.getUploadURLExternal", { filename: "a.png", length: 0 }, "invalid_arguments"],
    ["files.completeUploadExternal", { files: [{ id: "F1" }] }, "file_not_found"],
    [
      "assistant.threads.setStatus",
      { channel_id: channel.id, thread_ts: "1.2", status: "a" },
      "invalid_thread_ts",
    ],
    ["users.info", { user: "U1" }, "user_not_found"],
    ["views.update", { view_id: "V1", view: modal() }, "not_found"],
    ["views.publish", { user_id: ada.id, view: modal() }, "invalid_arguments"],
    ["apps.connections.open", {}, "not_allowed_token_type"],
    ["chat.meow", {}, "unknown_method"],
  ];
  for (const [method, args, error] of cases)
    assert.equal(
      (await refusal(client.apiCall(method, args))).error,
      error,
      `${method} ${JSON.stringify(args)}`,
    );
});

test("a token is looked at, and so is what it was granted", async (t) => {
  const { simulator, channel } = await simulate(t);
  const post = { channel: channel.id, text: "a" };
  const client = createClient(simulator);
  assert.equal((await refusal(createClient(simulator, "").chat.postMessage(post))).error, "not_authed");
  assert.equal(
    (await refusal(createClient(simulator, "xoxb-1").chat.postMessage(post))).error,
    "invalid_auth",
  );
  simulator.revoke("chat:write");
  const { error, data } = await refusal(client.chat.postMessage(post));
  assert.equal(error, "missing_scope");
  assert.equal(data.needed, "chat:write");
  assert.match(String(data.provided), /files:read/);
  simulator.grant("chat:write");
  await client.chat.postMessage(post);
  simulator.revoke("channels:history");
  const unread = await refusal(client.conversations.history({ channel: channel.id }));
  assert.equal(unread.data.needed, "channels:history");
  simulator.refuseTokens("token_revoked");
  assert.equal((await refusal(client.chat.postMessage(post))).error, "token_revoked");
});

test("rate limits are Slack's when they are asked for", async (t) => {
  const { simulator, channel } = await simulate(t, { rateLeniency: 1 });
  const client = createClient(simulator, simulator.token, { rejectRateLimitedCalls: true });
  const post = () => client.chat.postMessage({ channel: channel.id, text: "a" });
  await post();
  await assert.rejects(post(), { code: "slack_webapi_rate_limited_error", retryAfter: 1 });
  simulator.advance(1000);
  await post();
});

test("faults strike as ordered", async (t) => {
  const { simulator, channel } = await simulate(t);
  const client = createClient(simulator);
  const post = (text: string) => client.chat.postMessage({ channel: channel.id, text });
  const order = simulator.fault({ method: "chat.postMessage", kind: "status", status: 503 });
  await assert.rejects(post("a"), /503/);
  assert.equal(order.struck, 1);
  simulator.fault({ kind: "drop", when: "before" });
  await assert.rejects(post("b"));
  simulator.fault({ kind: "drop", when: "after" });
  await assert.rejects(post("c"));
  simulator.fault({ kind: "error", error: "internal_error" });
  assert.equal((await refusal(post("d"))).error, "internal_error");
  simulator.fault({ kind: "slow", ms: 20 });
  await post("e");
  assert.deepEqual(
    simulator.messages(channel).map(({ text }) => text),
    ["c", "e"],
  );
});

test("a rate limit that a test sets, and one that strikes once, say when to come again", async (t) => {
  const { simulator, channel } = await simulate(t);
  const client = createClient(simulator, simulator.token, { rejectRateLimitedCalls: true });
  const { ts = "" } = await client.chat.postMessage({ channel: channel.id, text: "a" });
  const update = () => client.chat.update({ channel: channel.id, ts, text: "b" });
  simulator.limitRate("chat.update", { count: 1, perMs: 60_000 });
  await update();
  await assert.rejects(update(), { retryAfter: 60 });
  simulator.advance(60_000);
  simulator.fault({ method: /^chat\./, kind: "rate limit", retryAfterMs: 7000 });
  await assert.rejects(update(), { retryAfter: 7 });
  assert.equal(simulator.requests.filter(({ status }) => status === 429).length, 2);
});
