import assert from "node:assert/strict";
import { test } from "node:test";
import type { View } from "../../../src/seam/view.ts";
import { until } from "../../rig/until.ts";
import { createClient } from "../../simulators/slack-client.ts";
import { done, type SlackServer, startSlack, view } from "../server.ts";

const deleted = view("cancelled", { status: "Deleted by ada", gone: true });

/** A finished answer under a mention, or to a command. */
async function draw(server: SlackServer, how: "mention" | "command", last?: View) {
  const { simulator, channel, ada, nextPrompt } = server;
  if (how === "mention") await simulator.say(channel, ada, "a fox", { mention: true });
  else simulator.slash(channel, ada, "/draw", "a fox");
  const { reply } = await nextPrompt();
  const key = await reply.show(last ?? (await done()));
  return { key, ref: { channel: channel.id, ts: key.split(":")[2] ?? "" } };
}

for (const how of ["mention", "command"] as const) {
  test(`a deleted answer to a ${how} is gone, file and all, also after a restart`, async (t) => {
    const server = await startSlack(t);
    const { simulator, adapter, answers, litter } = server;
    const { key, ref } = await draw(server, how);
    await adapter.stop();
    await adapter.start(server.core);
    assert.equal(await adapter.reopen(key).show(deleted), key);
    assert.equal(simulator.message(ref), undefined);
    assert.deepEqual(answers(), []);
    await until(() => litter().length === 0, "the file to go");
    assert.equal(await adapter.reopen(key).show(deleted), key, "a second press does no harm");
  });
}

test("where something hangs on it the message stays, with a line and nothing to press", async (t) => {
  const server = await startSlack(t);
  const { simulator, channel, ada, adapter, nextPrompt, litter } = server;
  const { key, ref } = await draw(server, "command");
  await simulator.say(channel, ada, "lovely", { threadTs: ref.ts });
  await nextPrompt();
  await adapter.reopen(key).show(deleted);
  const left = simulator.message(ref);
  assert.equal(left?.text, "ada: a fox\nDeleted by ada".split("\n").at(-1));
  assert.deepEqual([left?.images, left?.buttons], [[], []]);
  await until(() => litter().length === 0, "the file to go");
});

for (const error of ["cant_delete_message", "compliance_exports_prevent_deletion", "missing_scope"]) {
  test(`where Slack keeps it the message says so: ${error}`, async (t) => {
    const server = await startSlack(t);
    const { simulator, adapter } = server;
    const { key, ref } = await draw(server, "mention");
    simulator.fault({ method: "chat.delete", kind: "error", error });
    await adapter.reopen(key).show(deleted);
    const left = simulator.message(ref);
    assert.match(left?.text ?? "", /Deleted by ada/);
    assert.deepEqual([left?.images, left?.buttons], [[], []]);
  });
}

test("what is only cancelled stays, and so does what Slack does not show us", async (t) => {
  const server = await startSlack(t);
  const { simulator, adapter } = server;
  const { key, ref } = await draw(server, "mention");
  await adapter.reopen(key).show(view("cancelled", { status: "Cancelled" }));
  assert.match(simulator.message(ref)?.text ?? "", /Cancelled/);
  simulator.fault({ method: "conversations.replies", kind: "error", error: "missing_scope", times: 2 });
  await adapter.reopen(key).show(deleted);
  assert.match(simulator.message(ref)?.text ?? "", /Deleted by ada/);
});

test("a picture that had to be moved goes with its answer, and nothing looks as if it was being drawn", async (t) => {
  const server = await startSlack(t);
  const { simulator, channel, ada, adapter, nextPrompt, answers, litter } = server;
  await simulator.say(channel, ada, "a fox", { mention: true });
  const { reply } = await nextPrompt();
  await reply.show(view("working", { status: "Drawing", actions: ["cancel"] }));
  simulator.fault({ method: "chat.update", kind: "error", error: "invalid_blocks", times: 4 });
  const key = await reply.show(await done());
  assert.equal(answers().length, 2);
  await adapter.stop();
  await adapter.start(server.core);
  await adapter.reopen(key).show(deleted);
  await until(() => litter().length === 0, "the picture to go");
  assert.deepEqual(answers(), []);

  await simulator.say(channel, ada, "an owl", { mention: true });
  const second = await nextPrompt();
  await second.reply.show(view("working", { status: "Drawing", actions: ["cancel"] }));
  simulator.fault({ method: "chat.update", kind: "error", error: "edit_window_closed", times: 10 });
  await second.reply.show(await done());
  const [moved, ...others] = answers();
  assert.deepEqual(others, [], "nothing looks as if it was being drawn");
  assert.equal(moved?.images[0]?.broken, false, "the picture is there all the same");
});

test("what a process left behind is taken away at the next start, and nothing that is shown", async (t) => {
  const server = await startSlack(t);
  const { simulator, channel, ada, adapter, core, nextPrompt, answers, litter } = server;
  await simulator.say(channel, ada, "a fox", { mention: true });
  await (await nextPrompt()).reply.show(await done());
  const [seen] = answers();
  assert.ok(seen);
  await adapter.stop();
  const client = createClient(simulator);
  const { upload_url: url, file_id: id } = await client.files.getUploadURLExternal({
    ...{ filename: "sketch-1.png", length: 3 },
  });
  await fetch(url ?? "", { method: "POST", body: "abc" });
  await client.files.completeUploadExternal({ files: [{ id: id ?? "" }] });
  const spot = { channelId: seen.channel, ts: seen.ts };
  const upload = { owner: "mark", digest: "", at: Date.now(), spot };
  await core.keep.set("uploads:mark", { [id ?? ""]: upload, [seen.images[0]?.fileId ?? ""]: upload });
  assert.equal(litter().length, 2);
  await adapter.start(core);
  await until(() => litter().length === 1, "the sketch to go");
  assert.equal(answers()[0]?.images[0]?.broken, false);
});
