import assert from "node:assert/strict";
import { test } from "node:test";
import { done, image, png, startDiscord, view } from "../server.ts";

const signal = AbortSignal.timeout(120_000);

test("a /draw is acknowledged at once and becomes a turn with every field", async (t) => {
  const { simulator, channel, ada, nextPrompt } = await startDiscord(t);
  const [one, two, mask] = [await png(1), await png(2), await png(3)];
  const doing = await simulator.slash(channel, ada, "draw", {
    prompt: "a fox <:blob:123456789012345678>",
    size: "1536x864",
    quality: "high",
    count: 2,
    image: { name: "one.png", bytes: one },
    image2: { name: "two.png", bytes: two },
    mask: { name: "mask.png", bytes: mask },
  });
  const first = await doing.acknowledged();
  assert.equal(first.kind, "defer");
  assert.equal(first.ephemeral, false);
  const { turn } = await nextPrompt();
  assert.equal(turn.text, "a fox :blob:");
  assert.deepEqual(turn.options, { size: "1536x864", quality: "high", count: 2 });
  assert.equal(turn.mustDraw, true);
  assert.deepEqual(turn.place, {
    channel: `discord:channel:${channel.id}`,
    community: `discord:guild:${channel.guild?.id}`,
  });
  assert.deepEqual(turn.user, {
    id: `discord:${ada.id}`,
    name: "ada",
    roles: [`discord:role:${channel.guild?.id}`],
  });
  assert.equal(turn.thread, `discord:${doing.message?.id}`);
  assert.deepEqual(
    turn.attachments.map(({ name, role }) => [name, role]),
    [
      ["one.png", undefined],
      ["two.png", undefined],
      ["mask.png", "mask"],
    ],
  );
  const read = await Promise.all(turn.attachments.map((attachment) => attachment.read(signal)));
  assert.deepEqual(read.map(Buffer.from), [one, two, mask]);
});

test("one message changes in place from the line to the final picture", async (t) => {
  const { simulator, channel, ada, nextPrompt } = await startDiscord(t);
  const doing = await simulator.slash(channel, ada, "draw", { prompt: "a fox" });
  const { reply } = await nextPrompt();
  assert.equal(doing.message?.loading, true);

  const key = await reply.show(view("queued", { status: "2 pictures ahead of yours", actions: ["cancel"] }));
  assert.equal(key, `discord:${channel.id}:${doing.message?.id}`);
  assert.equal(doing.message?.loading, false);
  assert.match(doing.message?.text ?? "", /2 pictures ahead of yours/);
  assert.deepEqual(
    doing.message?.buttons.map(({ label }) => label),
    ["Cancel"],
  );

  await reply.show(
    view("working", { status: "Drawing, sketch 1", images: [await image(1)], actions: ["cancel"] }),
  );
  const sketch = doing.message?.files[0];
  assert.deepEqual(sketch?.bytes, await png(1));
  await reply.show(
    view("working", { status: "Drawing, sketch 2", images: [await image(2)], actions: ["cancel"] }),
  );
  assert.deepEqual(
    doing.message?.files.map(({ bytes }) => bytes),
    [await png(2)],
  );
  assert.notEqual(doing.message?.files[0]?.name, sketch?.name, "a new sketch has a new name");

  const last = await done({ notes: ["PNG has no compression setting."] });
  assert.equal(await reply.show(last), key);
  const seen = doing.message;
  assert.deepEqual(
    seen?.attached.map(({ name }) => name),
    ["a-fox.png"],
    "the sketches are gone",
  );
  assert.equal(seen?.files[0]?.alt, "A red fox in the snow");
  assert.equal(seen?.files[0]?.spoiler, false);
  assert.match(seen?.text ?? "", /PNG has no compression setting/);
  assert.match(
    seen?.text ?? "",
    /1024x1024 \(asked for 1536x1024\) · high · asked for fidelity high · 12 s · about \$0\.041 · OpenAI/,
  );
  assert.deepEqual(
    seen?.buttons.map(({ label }) => label),
    ["Edit…", "Vary", "Draw again", "Undo", "Details", "Delete"],
  );
  assert.equal(simulator.messages(channel).length, 1);
});
