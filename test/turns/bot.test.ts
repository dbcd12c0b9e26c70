import assert from "node:assert/strict";
import { after, before, beforeEach, describe, test } from "node:test";
import { crc32 } from "node:zlib";
import sharp from "sharp";
import type { View } from "../../src/seam/view.ts";
import { flat } from "../rig/pictures.ts";
import { ada, attachment, bob, createStudio } from "../rig/studio.ts";
import { until } from "../rig/until.ts";

type Studio = Awaited<ReturnType<typeof createStudio>>;

describe("a turn", () => {
  let studio: Studio;
  before(async () => {
    studio = await createStudio();
  });
  after(() => studio.close());
  beforeEach(() => studio.standin.clearFaults());

  test("goes from words to a picture, with sketches on the way", async () => {
    const { views, last } = await studio.say("a red fox in snow");
    assert.equal(last.phase, "done");
    assert.equal(last.images.length, 1);
    const meta = await sharp(last.images[0]?.bytes).metadata();
    assert.equal(meta.format, "png");
    assert.ok(
      views.some((view) => view.phase === "working" && view.images.length === 1),
      "a sketch was shown",
    );
    assert.ok(last.images[0]?.alt, "the picture has an alt text");
    assert.equal(last.images[0]?.name, "a-red-fox-in-snow.png");
    assert.ok((last.details?.tokens?.output ?? 0) > 0);
    assert.ok((last.details?.cost?.usd ?? 0) > 0.001);
    assert.equal(last.head, views.at(-1)?.head);
  });

  test("sends one request, with the person as a hash and sketches asked for", async () => {
    const before = studio.asked().length;
    await studio.say("a blue bird");
    const asked = studio.asked().slice(before);
    assert.equal(asked.length, 1);
    const [request] = asked;
    assert.equal(request?.stream, true);
    assert.match(String(request?.safety_identifier), /^[0-9a-f]{64}$/);
    assert.ok(!JSON.stringify(request).includes("u:ada"));
    assert.match(JSON.stringify(request?.tools), /"partial_images":2/);
  });

  test("goes on from the thread's head", async () => {
    const thread = "paper:goes-on";
    const first = await studio.say("a castle by the sea", { thread });
    const second = await studio.say("make it night", { thread });
    assert.equal(second.last.parent, first.key);
    const [one, two] = [await studio.history.find(first.key), await studio.history.find(second.key)];
    assert.equal(studio.asked().at(-1)?.previous_response_id, one?.pictures[0]?.responseId);
    assert.notEqual(two?.pictures[0]?.responseId, one?.pictures[0]?.responseId);
  });

  test("branches from the picture it answers", async () => {
    const thread = "paper:branches";
    const first = await studio.say("a house on a hill", { thread });
    await studio.say("make it night", { thread });
    const branch = await studio.say("make it winter", { thread, replyTo: first.key });
    assert.equal(branch.last.parent, first.key);
    assert.equal(await studio.history.head(thread), branch.key);
  });

  test("that asks a question is answered in words, and can be followed by an edit", async () => {
    const thread = "paper:question";
    const first = await studio.say("a lighthouse", { thread });
    const answer = await studio.say("what is in this picture?", { thread });
    assert.equal(answer.last.phase, "done");
    assert.equal(answer.last.images.length, 0);
    assert.ok(answer.last.text.length > 10);
    const edit = await studio.say("make it night", { thread });
    assert.equal(edit.last.images.length, 1);
    assert.equal(edit.last.parent, answer.key);
    assert.equal(answer.last.parent, first.key);
  });

  test("that is not meant for the bot is left alone, unless the thread is known", async () => {
    const silent = await studio.say("hello all", { thread: "paper:unknown", addressed: false });
    assert.equal(silent.views.length, 0);
    await studio.say("a tree", { thread: "paper:known" });
    const heard = await studio.say("make it night", { thread: "paper:known", addressed: false });
    assert.equal(heard.last.phase, "done");
  });

  test("with references uploads them once, and redo uploads nothing", async () => {
    const uploads = () =>
      studio.standin.requests.filter(({ method, path }) => method === "POST" && path === "/v1/files").length;
    const before = uploads();
    const photo = attachment(await flat("#c33"));
    const first = await studio.say("put a hat on it", { thread: "paper:refs", attachments: [photo, photo] });
    assert.equal(first.last.phase, "done", first.last.text);
    assert.equal(uploads() - before, 2);
    const again = await studio.press("redo", first.key);
    assert.equal(again.last.phase, "done", again.last.text);
    assert.equal(uploads() - before, 2);
    const content = JSON.stringify(studio.asked().at(-1)?.input);
    assert.ok(content.indexOf("Picture 1:") < content.indexOf("Picture 2:"));
  });

  test("with flags takes them out of the words", async () => {
    const { last } = await studio.say("a boat --size wide --quality low", { thread: "paper:flags" });
    const { width, height } = await sharp(last.images[0]?.bytes).metadata();
    assert.deepEqual([width, height], [1536, 1024]);
    const size = last.details?.options.find(({ name }) => name === "size");
    assert.deepEqual(size, { name: "size", requested: "1536x1024", applied: "1536x1024" });
    assert.equal(last.details?.prompt, "a boat");
  });

  test("with options that exclude each other is put right, and says so", async () => {
    const { last } = await studio.say("a sticker of a cat", {
      thread: "paper:excluded",
      options: { background: "transparent", format: "jpeg" },
    });
    assert.equal(last.images[0]?.mediaType, "image/png");
    assert.ok(last.notes.some((note) => note.includes("JPEG cannot be transparent")));
    assert.equal((await sharp(last.images[0]?.bytes).stats()).isOpaque, false);
  });

  test("draws several side by side, and one of them can be picked", async () => {
    const thread = "paper:several";
    const several = await studio.say("a balloon", { thread, options: { count: 3 } });
    assert.equal(several.last.images.length, 3);
    const drawn = several.last.images.map(({ bytes }) => Buffer.from(bytes).toString("base64"));
    assert.equal(new Set(drawn).size, 3, "there is something to pick from");
    const count = several.last.details?.options.find(({ name }) => name === "count");
    assert.deepEqual(count, { name: "count", requested: "3", applied: "3" });
    assert.deepEqual(several.last.actions.slice(0, 3), ["pick1", "pick2", "pick3"]);
    const picked = await studio.press("pick2", several.key);
    assert.equal(picked.last.audience, "asker");
    assert.equal(picked.last.head, several.key);
    await studio.say("make it night", { thread });
    const generation = await studio.history.find(several.key);
    assert.equal(studio.asked().at(-1)?.previous_response_id, generation?.pictures[1]?.responseId);
  });

  test("of several keeps those that came out when one is refused", async () => {
    studio.standin.fault({ kind: "refuse", stage: "output" });
    const several = await studio.say("a kite", { thread: "paper:one-fails", options: { count: 2 } });
    assert.equal(several.last.phase, "done");
    assert.equal(several.last.images.length, 1);
    assert.ok(several.last.notes.some((note) => note.startsWith("1 of 2 pictures")));
  });

  test("that fails says why, and can be run again", async () => {
    studio.standin.fault({ kind: "refuse", stage: "input", categories: ["violence"] });
    const refused = await studio.say("something forbidden", { thread: "paper:refused" });
    assert.equal(refused.last.phase, "failed");
    assert.match(refused.last.text, /refused what was asked for \(violence\)/);
    assert.deepEqual(refused.last.actions, ["rephrase"]);
    const better = await studio.press("rephrase", refused.key, {
      text: "a kind dog",
      options: {},
      attachments: [],
    });
    assert.equal(better.last.phase, "done", better.last.text);
  });

  test("undo goes back to the picture before, and redo runs again from the same start", async () => {
    const thread = studio.thread;
    const first = await studio.say("a garden", { thread });
    const second = await studio.say("make it night", { thread });
    const undone = await studio.press("undo", second.key);
    assert.equal(undone.last.head, first.key);
    assert.equal(await studio.history.head(thread), first.key);
    const redone = await studio.press("redo", second.key);
    assert.equal(redone.last.parent, first.key);
  });

  test("vary draws from the picture, and delete takes it away for those who may", async () => {
    const first = await studio.say("a bridge");
    const varied = await studio.press("vary", first.key);
    assert.equal(varied.last.parent, first.key);
    assert.equal(varied.last.images.length, 1);
    const denied = await studio.press("delete", varied.key, undefined, bob);
    assert.match(denied.last.text, /Only the one who asked/);
    assert.equal(denied.last.audience, "asker");
    await studio.press("delete", varied.key, undefined, { ...bob, moderator: true });
    assert.equal(studio.adapter.views(varied.key).at(-1)?.images.length, 0);
    assert.equal(await studio.history.head(studio.thread), first.key);
  });

  test("takes a person's defaults where they do not say otherwise, and counts what they had drawn", async () => {
    const user = { id: "u:cleo", name: "Cleo" };
    const { accounts } = studio.core;
    await accounts.setDefaults(user.id, { size: "wide", quality: "low" });
    assert.equal((await accounts.of(user.id)).defaults.size, "1536x1024");
    await assert.rejects(accounts.setDefaults(user.id, { size: "huge" }), { code: "bad_option" });
    const first = await studio.say("a shell --quality medium", { thread: "paper:defaults", user });
    const applied = (name: string) =>
      first.last.details?.options.find((option) => option.name === name)?.applied;
    assert.deepEqual([applied("size"), applied("quality")], ["1536x1024", "medium"]);
    const counted = await accounts.of(user.id);
    assert.equal(counted.pictures, 1);
    assert.equal(counted.usd, first.last.details?.cost?.usd);
    assert.ok(counted.since);
    await accounts.setDefaults(user.id, {});
    assert.deepEqual((await accounts.of(user.id)).defaults, {});
  });

  test("leaves the admin's options out for everybody else, and says so", async () => {
    const options = { moderation: "low", quality: "low" } as const;
    const { last } = await studio.say("a rose", { thread: "paper:admin", options });
    assert.ok(last.notes.includes("Only a moderator can set moderation, so I left it out."));
    assert.doesNotMatch(JSON.stringify(studio.asked().at(-1)?.tools), /moderation/);
    const user = { ...ada, moderator: true };
    await studio.say("a rose", { thread: "paper:admin", options, user });
    assert.match(JSON.stringify(studio.asked().at(-1)?.tools), /"moderation":"low"/);
  });

  test("details are told to the one who asked", async () => {
    const first = await studio.say("a pond", { thread: "paper:details" });
    const { last } = await studio.press("details", first.key);
    assert.equal(last.audience, "asker");
    assert.match(last.text, /\*\*Cost\*\* about \$0\./);
  });
});

describe("a turn in trouble", () => {
  let studio: Studio;
  beforeEach(async () => {
    studio = await createStudio({ paceMs: 120, idleMs: 300 });
  });
  const finish = () => studio.close();

  test("is cancelled at once, at OpenAI too", async () => {
    const reply = studio.adapter.reply();
    const turn = studio.say("a slow picture", {}, reply);
    await until(() => studio.adapter.views(reply.key).some(({ images }) => images.length > 0), "a sketch");
    const denied = await studio.press("cancel", reply.key, undefined, bob);
    assert.match(denied.last.text, /Only the one who asked/);
    await studio.press("cancel", reply.key);
    const { last } = await turn;
    assert.equal(last.phase, "cancelled");
    assert.deepEqual(last.actions, ["redo", "rephrase"]);
    await until(
      () => studio.standin.requests.some(({ path }) => path.endsWith("/cancel")),
      "the cancel request",
    );
    await finish();
  });

  test("is cancelled also by a press that comes before the platform has answered", async () => {
    for (const [user, phase] of [
      [bob, "done"],
      [ada, "cancelled"],
    ] as const) {
      const reply = studio.adapter.reply();
      const slow = {
        ...reply,
        async show(view: View) {
          const key = await reply.show(view);
          if (studio.adapter.views(key).length === 1) await studio.press("cancel", key, undefined, user);
          return key;
        },
      };
      const { last } = await studio.say("a quick press", { thread: `paper:early-${user.id}` }, slow);
      assert.equal(last.phase, phase, `${user.name} pressed`);
    }
    await finish();
  });

  for (const kind of ["drop", "end", "stall", "garble"] as const) {
    test(`goes on where the stream broke (${kind}), without asking twice`, async () => {
      studio.standin.fault({ kind, after: "response.image_generation_call.partial_image" });
      const { last } = await studio.say("a river");
      assert.equal(last.phase, "done", last.text);
      assert.equal(studio.asked().length, 1);
      await finish();
    });
  }

  test("keeps a picture whose stream broke after it and cannot be taken up", async () => {
    studio.standin.fault({ kind: "drop", after: "response.output_item.done" });
    studio.standin.fault({ on: "retrieve", kind: "status", status: 404 });
    const { last } = await studio.say("a well");
    assert.equal(last.phase, "done", last.text);
    assert.equal(last.images.length, 1);
    await finish();
  });

  test("waits as long as OpenAI asks when it is busy", async () => {
    studio.standin.fault({ kind: "status", status: 429, headers: { "retry-after-ms": "20" } });
    studio.standin.fault({ kind: "status", status: 500 });
    const { last } = await studio.say("a windmill");
    assert.equal(last.phase, "done", last.text);
    assert.equal(studio.asked().length, 3);
    await finish();
  });

  test("tells when OpenAI asks for more patience than a person has", async () => {
    studio.standin.fault({ kind: "status", status: 429, headers: { "retry-after": "600" } });
    const { last } = await studio.say("a windmill");
    assert.equal(last.phase, "failed");
    assert.match(last.text, /Try again in 10 minutes/);
    assert.equal(studio.asked().length, 1);
    await finish();
  });

  test("does not go on asking when the money has run out", async () => {
    studio.standin.fault({ kind: "status", status: 429, code: "insufficient_quota" });
    const { last } = await studio.say("a windmill");
    assert.match(last.text, /run out of credit/);
    assert.equal(studio.asked().length, 1);
    await finish();
  });

  test("shows the picture again to an OpenAI that has forgotten the conversation, and says so", async () => {
    const first = await studio.say("a castle");
    const found = await studio.history.find(first.key);
    await fetch(`${studio.standin.url}/responses/${found?.pictures[0]?.responseId}`, {
      method: "DELETE",
      headers: { authorization: "Bearer x" },
    });
    const second = await studio.say("make it night");
    assert.equal(second.last.phase, "done", second.last.text);
    assert.ok(second.last.notes.some((note) => note.includes("showed it the picture again")));
    assert.match(JSON.stringify(studio.asked().at(-1)?.input), /input_image/);
    await finish();
  });

  test("waits its turn in the thread, and sees its place", async () => {
    const replies = [studio.adapter.reply(), studio.adapter.reply(), studio.adapter.reply()];
    const turns = replies.map((reply, index) => studio.say(`picture ${index}`, {}, reply));
    const shown = await Promise.all(turns);
    assert.ok(shown[2]?.views.some(({ status }) => status === "2 pictures ahead of yours"));
    assert.ok(shown[2]?.views.some(({ status }) => status === "Next in line"));
    assert.equal(shown[1]?.last.parent, shown[0]?.key, "the second goes on from the first");
    await finish();
  });

  test("is finished by the next process, exactly once", async () => {
    const reply = studio.adapter.reply();
    void studio.say("a harbour at dawn", {}, reply);
    await until(() => studio.adapter.views(reply.key).some(({ images }) => images.length > 0), "a sketch");
    await studio.bot.drain(0);
    assert.equal(studio.adapter.views(reply.key).at(-1)?.phase, "working");

    const next = await createStudio({ standin: studio.standin, store: studio.store });
    await next.bot.resume();
    await until(() => next.adapter.views(reply.key).at(-1)?.phase === "done", "the picture");
    assert.equal(studio.asked().length, 1, "nothing was asked for twice");
    assert.equal(await next.history.head(studio.thread), reply.key);
    assert.deepEqual(await next.ledger.open(), []);
    await next.close();
  });

  test("leaves no key and no prompt in the log", async () => {
    studio.standin.fault({ kind: "status", status: 401, code: "invalid_api_key" });
    const { last } = await studio.say("a secret wish");
    assert.match(last.text, /does not accept this bot's key/);
    const above = studio.lines.filter((line) => JSON.parse(line).level >= 30).join("");
    assert.ok(above.includes("turn.failed"));
    assert.ok(!above.includes("sk-test-0123456789"));
    assert.ok(!above.includes("secret wish"));
    await finish();
  });
});

describe("bad input", () => {
  let studio: Studio;
  before(async () => {
    studio = await createStudio();
  });
  after(() => studio.close());

  const cases: readonly [
    string,
    { text?: string; files?: () => Promise<Buffer | Uint8Array>; name?: string },
    RegExp,
  ][] = [
    ["an empty prompt", { text: "  " }, /Say what to draw/],
    ["a prompt of 40,000 characters", { text: "x".repeat(40_000) }, /40,000 characters; 32,000 is the most/],
    ["an option value that is none", { text: "a cat --quality ultra" }, /Quality takes auto, low, medium/],
    ["a size that cannot be", { text: "a cat --size 1000x1000" }, /multiples of 16 \(nearest: 1008x1008\)/],
    [
      "a text file called .png",
      { files: async () => Buffer.from("hello, I am text"), name: "a.png" },
      /is not a picture/,
    ],
    ["an HTML file", { files: async () => Buffer.from("<html><script>1</script>") }, /is not a picture/],
    [
      "a PDF file",
      {
        files: async () =>
          Buffer.from("%PDF-1.7\n1 0 obj\n<</Type/Catalog>>\nendobj\ntrailer<</Root 1 0 R>>\n"),
      },
      /is a PDF\. Export the page you mean as PNG/,
    ],
    [
      "an HEIC photo",
      {
        files: async () =>
          Buffer.concat([
            Buffer.from([0, 0, 0, 24]),
            Buffer.from("ftypheic\0\0\0\0mif1heic"),
            Buffer.alloc(64),
          ]),
      },
      /HEIC photo.*JPEG/,
    ],
    ["an empty file", { files: async () => new Uint8Array(0) }, /is empty/],
    [
      "a truncated JPEG",
      {
        files: async () => {
          const whole = await sharp({
            create: {
              width: 900,
              height: 900,
              channels: 3,
              background: "#888",
              noise: { type: "gaussian", mean: 128, sigma: 40 },
            },
          })
            .jpeg()
            .toBuffer();
          return whole.subarray(0, whole.length / 2);
        },
      },
      /damaged or cut off/,
    ],
    [
      "a PNG bomb",
      {
        files: async () => {
          // The header alone decides: 20,000 x 20,000 pixels in a hundred bytes.
          const bomb = await flat("#000", 8, 8);
          bomb.writeUInt32BE(20_000, 16);
          bomb.writeUInt32BE(20_000, 20);
          bomb.writeUInt32BE(crc32(bomb.subarray(12, 29)), 29);
          return bomb;
        },
      },
      /20000x20000 pixels, more than I open/,
    ],
  ];
  for (const [name, { text = "make it night", files, name: fileName }, message] of cases) {
    test(`${name} is answered with what to do`, async () => {
      const before = studio.asked().length;
      const attachments = files ? [attachment(await files(), { ...(fileName && { name: fileName }) })] : [];
      const { last } = await studio.say(text, { attachments, thread: `paper:bad ${name}` });
      assert.equal(last.phase, "failed");
      assert.match(last.text, message);
      assert.equal(studio.asked().length, before, "nothing was spent");
    });
  }

  test("twenty attachments become sixteen, and it says so", async () => {
    const photo = attachment(await flat("#3a6"));
    const { last } = await studio.say("a collage", {
      attachments: Array(20).fill(photo),
      thread: "paper:twenty",
    });
    assert.equal(last.phase, "done", last.text);
    assert.ok(last.notes.includes("I can use 16 pictures at once, so I left out the last 4."));
  });

  test("a moving GIF gives its first frame, and a rotated photo comes out upright", async () => {
    const frames = await Promise.all(["#f00", "#0f0"].map((colour) => flat(colour, 64, 64)));
    const gif = await sharp(frames, { join: { animated: true } })
      .gif()
      .toBuffer();
    const photo = await sharp(await flat("#00f", 300, 200))
      .jpeg()
      .withMetadata({ orientation: 6 })
      .toBuffer();
    const { last } = await studio.say("frame these", {
      attachments: [attachment(gif, { name: "dance.gif" }), attachment(photo, { name: "me.jpg" })],
      thread: "paper:gif",
    });
    assert.equal(last.phase, "done", last.text);
    assert.ok(last.notes.some((note) => note.includes("“dance.gif”: it moves, so I took its first frame")));
    const inputs = (await studio.history.find(last.head ?? "paper:none"))?.inputs;
    assert.deepEqual(
      inputs?.map(({ width, height }) => [width, height]),
      [
        [64, 64],
        [200, 300],
      ],
    );
  });

  test("a mask of another size is fitted, and says so", async () => {
    const mask = await sharp({ create: { width: 100, height: 80, channels: 4, background: "#fff" } })
      .composite([{ input: await flat("#000", 40, 40), left: 10, top: 10 }])
      .png()
      .toBuffer();
    const { last } = await studio.say("add a flamingo", {
      attachments: [attachment(await flat("#246", 640, 480)), attachment(mask, { role: "mask" })],
      thread: "paper:mask",
    });
    assert.equal(last.phase, "done", last.text);
    assert.ok(last.notes.some((note) => /mask.*640x480/.test(note)));
  });

  test("a person's name is never needed to be refused: what is broken in the middle names every file", async () => {
    const broken = attachment(Buffer.from("nope"), { name: "one.png" });
    const other = attachment(Buffer.from("nope"), { name: "two\u202Egnp.exe" });
    const { last } = await studio.say("mix", {
      attachments: [broken, other],
      user: ada,
      thread: "paper:two",
    });
    assert.match(last.text, /“one\.png”[\s\S]*“two gnp\.exe”/);
  });
});
