import assert from "node:assert/strict";
import { test } from "node:test";
import type bolt from "@slack/bolt";
import sharp from "sharp";
import { connect, createClient, png, refusal, simulate } from "./slack-client.ts";

/** Announces a file and uploads it; it is not complete yet. */
async function upload(client: bolt.webApi.WebClient, filename: string, bytes: Buffer): Promise<string> {
  // Slack documents alt_txt; the SDK's types have only its own alt_text.
  const announced = { filename, length: bytes.length, alt_txt: "A fox" };
  const { upload_url = "", file_id = "" } = await client.files.getUploadURLExternal(announced);
  const { status } = await fetch(upload_url, { method: "POST", body: new Uint8Array(bytes) });
  assert.equal(status, 200);
  return file_id;
}

test("a file is shown in a block once Slack is done with it", async (t) => {
  const { simulator, channel, app } = await connect(t, { fileDelayMs: 60_000 });
  await app.start();
  const { client } = app;
  const id = await upload(client, "fox.png", png);
  await client.files.completeUploadExternal({ files: [{ id, title: "A fox" }] });
  const blocks = [{ type: "image" as const, alt_text: "A fox", slack_file: { id } }];
  await assert.rejects(
    client.chat.postMessage({ channel: channel.id, text: "A fox", blocks }),
    /invalid_blocks/,
  );
  assert.equal((await client.files.info({ file: id })).file?.mimetype, "");
  simulator.advance(60_000);
  assert.equal((await client.files.info({ file: id })).file?.mimetype, "image/png");
  await client.chat.postMessage({ channel: channel.id, text: "A fox", blocks });
  const [shown] = simulator.messages(channel);
  assert.deepEqual(shown?.images[0]?.bytes, png);
});

test("pictures stand in blocks when they are PNG, JPEG or GIF, and break when they are deleted", async (t) => {
  const { simulator, channel, ada } = await simulate(t, { fileDelayMs: 0 });
  const client = createClient(simulator);
  const webp = await upload(client, "fox.webp", await sharp(png).webp().toBuffer());
  const fox = await upload(client, "fox.png", png);
  await client.files.completeUploadExternal({ files: [{ id: webp }, { id: fox }] });
  const types = async () => {
    const both = await Promise.all([webp, fox].map((file) => client.files.info({ file })));
    return both.map(({ file }) => file?.mimetype).join();
  };
  while ((await types()) !== "image/webp,image/png");
  const show = (id: string) =>
    client.chat.postMessage({
      channel: channel.id,
      text: "A fox",
      blocks: [{ type: "image", alt_text: "A fox", slack_file: { id } }],
    });
  assert.equal((await refusal(show(webp))).error, "invalid_blocks");
  await show(fox);
  const secret = simulator.addChannel({ kind: "private", bot: false });
  const hers = await simulator.say(secret, ada, "", { files: [{ name: "b.png", bytes: png }] });
  assert.equal((await refusal(show(hers.message.files[0]?.id ?? ""))).error, "invalid_blocks");
  assert.equal(simulator.messages(channel)[0]?.images[0]?.broken, false);
  await client.files.delete({ file: fox });
  await client.files.delete({ file: webp });
  assert.equal(simulator.messages(channel)[0]?.images[0]?.broken, true);
  assert.deepEqual(simulator.files(simulator.bot), []);
});

test("the SDK's own upload works, in a thread too; downloads need the token", async (t) => {
  const { simulator, channel, ada } = await simulate(t);
  const client = createClient(simulator);
  const said = await simulator.say(channel, ada, "hello");
  await client.files.uploadV2({
    channel_id: channel.id,
    thread_ts: said.ts,
    file: png,
    filename: "fox.png",
    initial_comment: "Here",
  });
  const answer = simulator.messages(channel)[1];
  assert.equal(answer?.threadTs, said.ts);
  assert.deepEqual(answer?.files[0]?.bytes, png);
  const { file } = await client.files.info({ file: answer?.files[0]?.id ?? "" });
  const get = (headers: Record<string, string>) => fetch(file?.url_private ?? "", { headers });
  const bare = await get({});
  assert.equal(bare.status, 200);
  assert.match(bare.headers.get("content-type") ?? "", /text\/html/);
  const allowed = await get({ authorization: `Bearer ${simulator.token}` });
  assert.deepEqual(Buffer.from(await allowed.arrayBuffer()), png);
});

test("files of people may be late, or elsewhere", async (t) => {
  const { simulator, channel, ada } = await simulate(t);
  const client = createClient(simulator);
  const link = "https://drive.example/fox";
  const said = await simulator.say(channel, ada, "", {
    files: [
      { name: "late.png", bytes: png, readyAfterMs: 3000 },
      { name: "fox", bytes: Buffer.alloc(0), external: link },
    ],
  });
  const [late, external] = said.message.files;
  const info = async (id = "") => (await client.files.info({ file: id })).file;
  assert.equal((await info(late?.id))?.mimetype, "");
  simulator.advance(3000);
  assert.equal((await info(late?.id))?.mimetype, "image/png");
  const there = await info(external?.id);
  assert.equal(there?.is_external, true);
  assert.equal(there?.url_private, link);
});
