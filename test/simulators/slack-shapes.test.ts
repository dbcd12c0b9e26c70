import assert from "node:assert/strict";
import { test } from "node:test";
import { createClient, png, refusal, simulate } from "./slack-client.ts";

const picture = { type: "image", image_url: "https://media.example/giphy.gif", alt_text: "a cat" };

/** A thread as `conversations.replies` tells it. */
async function replies(t: Awaited<ReturnType<typeof simulate>>, ts: string) {
  const { messages = [] } = await createClient(t.simulator).conversations.replies({
    channel: t.channel.id,
    ts,
  });
  return messages;
}

test("other apps' blocks, attachments and files are told as they were posted", async (t) => {
  const world = await simulate(t);
  const { simulator, channel } = world;
  const preview = { image_url: "https://news.example/cat", from_url: "https://news.example" };
  const app = await simulator.shareAsBot(channel, "look", {
    blocks: [picture],
    attachments: [preview],
    files: [{ name: "cat.png", bytes: png }],
  });
  const [found] = await replies(world, app.ts);
  assert.equal(found?.blocks?.[0]?.image_url, picture.image_url);
  assert.ok(found?.blocks?.[0]?.block_id, "Slack names blocks that have no name");
  assert.equal(found?.attachments?.[0]?.from_url, preview.from_url);
  assert.equal(found?.files?.[0]?.mimetype, "image/png");
  assert.ok(found?.bot_id);
});

test("previews come later, as a hidden change of the message", async (t) => {
  const world = await simulate(t);
  const { simulator, channel, ada } = world;
  const said = await simulator.say(channel, ada, "https://news.example");
  const [event] = simulator.unfurl(said, [{ image_url: picture.image_url }]);
  const sent = JSON.stringify(event?.payload);
  assert.match(sent, /"subtype":"message_changed".*"hidden":true/);
  assert.equal((await replies(world, said.ts))[0]?.attachments?.[0]?.image_url, picture.image_url);
});

test("a forwarded message brings its files and blocks in an attachment of Slack's own", async (t) => {
  const world = await simulate(t);
  const { simulator, channel, ada } = world;
  const gif = simulator.sayAsBot(channel, "", { blocks: [picture] });
  const photo = await simulator.say(channel, ada, "mine", { files: [{ name: "a.png", bytes: png }] });
  const said = await simulator.say(channel, ada, "look", { forwards: [gif, photo] });
  const { attachments = [] } = (await replies(world, said.ts))[0] ?? {};
  assert.ok(attachments.every((one) => one.is_msg_unfurl));
  assert.match(JSON.stringify(attachments[0]?.message_blocks), /giphy\.gif/);
  assert.equal(attachments[1]?.files?.[0]?.name, "a.png");
});

test("files that Slack takes for something else, and snippets", async (t) => {
  const world = await simulate(t);
  const { simulator, channel, ada } = world;
  const claims = { mimetype: "application/octet-stream", filetype: "binary" };
  const said = await simulator.say(channel, ada, "", {
    files: [
      { name: "IMG_1.jfif", bytes: png, claims },
      { name: "words.txt", bytes: Buffer.from("a long text"), snippet: true },
    ],
  });
  const [untold, snippet] = (await replies(world, said.ts))[0]?.files ?? [];
  assert.deepEqual([untold?.mimetype, untold?.filetype, untold?.mode], [...Object.values(claims), "hosted"]);
  assert.deepEqual([snippet?.mimetype, snippet?.mode, snippet?.editable], ["text/plain", "snippet", true]);
});

test("without files:read neither a file nor what is said of it comes", async (t) => {
  const { simulator, channel, ada } = await simulate(t);
  const said = await simulator.say(channel, ada, "", { files: [{ name: "a.png", bytes: png }] });
  simulator.revoke("files:read");
  const file = said.message.files[0]?.id ?? "";
  const { error, data } = await refusal(createClient(simulator).files.info({ file }));
  assert.deepEqual([error, data.needed], ["missing_scope", "files:read"]);
});

test("only the bot's own messages can be deleted; a thread's first leaves its replies", async (t) => {
  const world = await simulate(t);
  const { simulator, channel, ada } = world;
  const client = createClient(simulator);
  const remove = (ts: string) => client.chat.delete({ channel: channel.id, ts });
  const hers = await simulator.say(channel, ada, "hello");
  assert.equal((await refusal(remove(hers.ts))).error, "cant_delete_message");
  const { ts = "" } = await client.chat.postMessage({ channel: channel.id, text: "a fox" });
  await simulator.say(channel, ada, "lovely", { threadTs: ts });
  await remove(ts);
  assert.equal((await refusal(remove(ts))).error, "message_not_found");
  assert.deepEqual(
    (await replies(world, ts)).map(({ text }) => text),
    ["lovely"],
  );
  simulator.revoke("chat:write");
  assert.equal((await refusal(remove(ts))).error, "missing_scope");
});
