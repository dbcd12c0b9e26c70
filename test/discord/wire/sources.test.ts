import assert from "node:assert/strict";
import { test } from "node:test";
import { BotError } from "../../../src/seam/errors.ts";
import type { Attachment } from "../../../src/seam/turn.ts";
import { type DiscordServer, done, png, startDiscord } from "../server.ts";

const signal = AbortSignal.timeout(120_000);
const day = 24 * 60 * 60_000;

/** A file as it is read after a restart, from what was noted of it. */
function reread({ adapter }: DiscordServer, file: Attachment | undefined): Attachment {
  assert.equal(file?.source?.kind, "platform");
  const { source, read: _, ...claims } = file;
  return adapter.toAttachment({
    ...claims,
    file: source.kind === "platform" ? JSON.parse(JSON.stringify(source.file)) : undefined,
  });
}

async function restart({ adapter, start }: DiscordServer) {
  await adapter.stop();
  await start();
}

test("what was attached is read after a restart, also when its link has run out", async (t) => {
  const server = await startDiscord(t);
  const { simulator, channel, ada, nextPrompt } = server;
  const photo = await png(3);
  const files = [{ name: "garden.png", bytes: photo }];
  const posted = await simulator.say(channel, ada, `<@${simulator.bot.id}> winter`, { files });
  const said = (await nextPrompt()).turn.attachments;
  await simulator.say(channel, server.mo, `<@${simulator.bot.id}> spring`, { replyTo: posted });
  const answered = (await nextPrompt()).turn.attachments;
  const dm = simulator.dm(ada);
  await simulator.say(dm, ada, "autumn", { files });
  const direct = (await nextPrompt()).turn.attachments;
  const mask = await png(4);
  await simulator.slash(channel, ada, "draw", {
    ...{ prompt: "summer", image: files[0] as (typeof files)[number] },
    mask: { name: "mask.png", bytes: mask },
  });
  const given = (await nextPrompt()).turn.attachments;
  await restart(server);
  const early = reread(server, given[0]);
  assert.deepEqual(Buffer.from(await early.read(signal)), photo, "by the interaction's own link");
  const lying = reread(server, given[1]);
  assert.equal(lying.role, "mask");
  assert.deepEqual(Buffer.from(await lying.read(signal)), mask);

  simulator.advance(2 * day);
  for (const file of [said[0], answered[0], direct[0]]) {
    const again = reread(server, file);
    assert.deepEqual([again.name, again.mediaType, again.size], ["garden.png", "image/png", photo.length]);
    assert.deepEqual(Buffer.from(await again.read(signal)), photo);
    assert.equal(reread(server, again).name, "garden.png", "it can be noted again");
  }
});

test("pictures of ours, and previews of links, are read after a restart", async (t) => {
  const server = await startDiscord(t);
  const { simulator, channel, ada, adapter, nextPrompt } = server;
  await simulator.say(channel, ada, `<@${simulator.bot.id}> a fox`);
  const key = await (await nextPrompt()).reply.show(await done());
  const [ours] = await adapter.recall(key);
  await simulator.addOutside("https://example.com/fox", await png(9));
  const preview = {
    type: "image",
    url: "https://example.com/fox",
    thumbnail: { url: "https://example.com/fox", width: 8, height: 6 },
  };
  await simulator.say(channel, ada, `<@${simulator.bot.id}> like https://example.com/fox`, {
    previews: [preview],
  });
  const [linked] = (await nextPrompt()).turn.attachments;
  await restart(server);
  simulator.advance(2 * day);
  assert.deepEqual(Buffer.from(await reread(server, ours).read(signal)), await png(200));
  assert.deepEqual(Buffer.from(await reread(server, linked).read(signal)), await png(9));
});

test("only what Discord no longer has is asked for again; what fails for a moment is read the next", async (t) => {
  const server = await startDiscord(t);
  const { simulator, channel, ada, adapter, nextPrompt } = server;
  const files = [{ name: "garden.png", bytes: await png(3) }];
  const posted = await simulator.say(channel, ada, `<@${simulator.bot.id}> winter`, { files });
  const [file] = (await nextPrompt()).turn.attachments;
  const isSentAgain = (error: unknown) =>
    error instanceof BotError && error.code === "bad_attachment" && /Send it again/.test(error.message);
  for (const noted of [undefined, null, {}, { url: 1 }, { url: "https://a.b", at: "x" }, "x"]) {
    const unknown = adapter.toAttachment({ name: "a.png", mediaType: "image/png", size: 1, file: noted });
    await assert.rejects(unknown.read(signal), isSentAgain);
  }
  simulator.advance(2 * day);
  simulator.fault({ kind: "status", status: 503, method: "GET", path: /messages/, times: 4 });
  await assert.rejects(reread(server, file).read(signal), (error) => !isSentAgain(error));
  assert.ok(await reread(server, file).read(signal));
  simulator.deleteMessage(posted);
  await assert.rejects(reread(server, file).read(signal), isSentAgain);
});
