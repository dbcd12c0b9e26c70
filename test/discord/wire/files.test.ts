import assert from "node:assert/strict";
import { test } from "node:test";
import { REST } from "discord.js";
import sharp from "sharp";
import { toMakeRequest } from "../../../adapters/discord/wire/request.ts";
import { createSend } from "../../../adapters/discord/wire/send.ts";
import { pictureEndings } from "../../../src/seam/files/media-type.ts";
import type { Image } from "../../../src/seam/view.ts";
import { type DiscordServer, done, image, png, startDiscord, view } from "../server.ts";

const signal = AbortSignal.timeout(120_000);

function svg(bytes = 300): Image {
  const text = `<svg xmlns="http://www.w3.org/2000/svg"><!--${"x".repeat(bytes)}--></svg>`;
  return { name: "a-fox.svg", mediaType: "image/svg+xml", bytes: Buffer.from(text), alt: "A red fox" };
}

async function ask({ simulator, channel, ada, nextPrompt }: DiscordServer, options = {}) {
  const doing = await simulator.slash(channel, ada, "draw", { prompt: "a fox", ...options });
  return { doing, reply: (await nextPrompt()).reply };
}

test("an SVG's source comes as a file below its picture, and is no picture", async (t) => {
  const server = await startDiscord(t);
  const { doing, reply } = await ask(server, { spoiler: true });
  await reply.show(view("working", { images: [await image(1)], actions: ["cancel"] }));
  const key = await reply.show(await done({ files: [svg()] }));
  assert.deepEqual(
    doing.message?.files.map(({ name }) => name),
    ["picture.png"],
  );
  const [file, ...more] = doing.message?.downloads ?? [];
  assert.deepEqual(more, []);
  assert.equal(file?.name, "picture.svg");
  assert.equal(file?.contentType, "image/svg+xml");
  assert.equal(file?.spoiler, true);
  assert.deepEqual(file?.bytes, svg().bytes);
  assert.deepEqual(
    doing.message?.attached.map(({ spoiler }) => spoiler),
    [true, true],
    "the files themselves are hidden, wherever they are shown",
  );

  const recalled = await server.adapter.recall(key);
  assert.deepEqual(
    recalled.map(({ name }) => name),
    ["picture.png"],
  );
  assert.deepEqual(Buffer.from((await recalled[0]?.read(signal)) ?? []), await png(200));
  const { simulator } = server;
  const command = simulator.messageCommand("Describe", doing.message?.id ?? "", server.mo);
  await command.acknowledged();
  assert.equal((await server.nextPrompt()).turn.attachments.length, 1);

  await reply.show(view("cancelled", { status: "Deleted by ada" }));
  assert.deepEqual(doing.message?.attached, [], "the file goes with its picture");
});

test("a file is told from a picture of the same name, and several from each other", async (t) => {
  const server = await startDiscord(t);
  const { doing, reply } = await ask(server);
  const twin = { ...svg(), name: "a-fox.png", mediaType: "image/png" };
  await reply.show(await done({ files: [twin, svg(), svg()] }));
  assert.deepEqual(
    doing.message?.attached.map(({ name }) => name),
    ["a-fox.png", "a-fox-file-1.png", "a-fox-file-2.svg", "a-fox-file-3.svg"],
  );
  assert.deepEqual(doing.message?.files[0]?.bytes, await png(200));
});

test("a file that is too large for Discord is left out, and it says so", async (t) => {
  const server = await startDiscord(t);
  const { doing, reply } = await ask(server);
  await reply.show(await done({ files: [svg(20 * 1024 * 1024)] }));
  assert.deepEqual(doing.message?.downloads, []);
  assert.equal(doing.message?.files.length, 1);
  assert.match(doing.message?.text ?? "", /SVG file itself is too large for Discord/);
  assert.doesNotMatch(doing.message?.text ?? "", /saved smaller/, "the picture is as it was");
});

test("pictures and files share the ten places of a message", async (t) => {
  const server = await startDiscord(t);
  const { doing, reply } = await ask(server);
  const images = await Promise.all(Array.from({ length: 9 }, (_, shade) => image(shade)));
  await reply.show(await done({ images, files: [svg(), svg()] }));
  assert.equal(doing.message?.files.length, 9);
  assert.equal(doing.message?.downloads.length, 1);
});

test("where pictures are asked for, those that are read can be chosen, and nothing else", async (t) => {
  const server = await startDiscord(t);
  const { simulator, channel, ada, nextPrompt, nextPress } = server;
  const bytes = await png();
  for (const ending of [...pictureEndings, "JPG"]) {
    const picture = { name: `photo.${ending}`, bytes };
    await simulator.slash(channel, ada, "draw", { prompt: "a fox", image: picture, mask: picture });
    const { attachments } = (await nextPrompt()).turn;
    assert.equal(attachments.length, 2, ending);
  }
  const film = { name: "film.webm", bytes };
  for (const field of ["image", "image4", "mask"]) {
    const asked = simulator.slash(channel, ada, "draw", { prompt: "a fox", [field]: film });
    await assert.rejects(asked, /takes image, .+, not “film.webm”/, field);
  }
  await assert.rejects(
    simulator.slash(channel, ada, "style save", { name: "cosy", image2: film }),
    /takes image/,
  );

  await simulator.say(channel, ada, `<@${simulator.bot.id}> a fox`);
  const key = await (await nextPrompt()).reply.show(await done());
  const edit = simulator.press(key.split(":")[2] ?? "", "a:edit", ada);
  await edit.acknowledged();
  for (const field of ["pictures", "mask"]) {
    await assert.rejects(simulator.submit(edit, { prompt: "x", [field]: [film] }), /takes image/, field);
  }
  const heic = { name: "photo.heic", bytes };
  await simulator.submit(edit, { prompt: "x", pictures: [heic], mask: [heic] });
  assert.equal((await nextPress()).turn.input?.attachments.length, 2);

  const older = { prompt: "a fox", image: { ...film, unfiltered: true } };
  await simulator.slash(channel, ada, "draw", older);
  assert.equal(
    (await nextPrompt()).turn.attachments[0]?.name,
    "film.webm",
    "older apps let everything through",
  );
});

test("a filter that objects to the words costs the file its name and no more", async (t) => {
  const server = await startDiscord(t);
  const { doing, reply } = await ask(server);
  server.simulator.fault({
    kind: "status",
    status: 400,
    body: { code: 200000, message: "AutoMod" },
    method: "PATCH",
    path: /original/,
  });
  await reply.show(await done({ files: [svg()] }));
  assert.deepEqual(
    doing.message?.attached.map(({ name }) => name),
    ["picture.png", "picture.svg"],
  );
});

test("a GIF is shown where it plays, also when Discord takes less than it said", async (t) => {
  const server = await startDiscord(t);
  const { doing, reply } = await ask(server);
  const frames = await Promise.all([10, 200].map((shade) => png(shade, 64, 48)));
  const bytes = await sharp(frames, { join: { animated: true } })
    .gif({ delay: [100, 100] })
    .toBuffer();
  const moving = { name: "a-fox.gif", mediaType: "image/gif", bytes, alt: "A red fox that blinks" };
  await reply.show(view("working", { status: "Drawing", actions: ["cancel"] }));
  assert.equal(doing.message?.files.length, 0, "there are no sketches of it");
  await reply.show(await done({ images: [moving] }));
  const [shown] = doing.message?.files ?? [];
  assert.equal(shown?.name, "a-fox.gif");
  assert.equal(shown?.contentType, "image/gif");
  assert.deepEqual(shown?.bytes, bytes);

  server.simulator.fault({
    kind: "status",
    status: 400,
    body: { code: 40005, message: "Too large" },
    method: "PATCH",
    path: /original/,
  });
  await reply.show(await done({ images: [moving] }));
  const again = doing.message?.files[0];
  assert.equal(again?.contentType, "image/gif");
  assert.equal((await sharp(again?.bytes, { animated: true }).metadata()).pages, 2);
});

test("a picture whose answer got lost is not posted again under its command", async (t) => {
  const server = await startDiscord(t);
  const { simulator, channel } = server;
  await ask(server);
  const path = simulator.requests.find((one) => one.path.endsWith("/callback"))?.path ?? "";
  const token = path.split("/").at(-2) ?? "";
  const rest = new REST({ makeRequest: toMakeRequest(), api: simulator.api, retries: 2 }).setToken(
    simulator.token,
  );
  const send = createSend(rest, rest, simulator.bot.id);
  const files = [{ name: "picture.png", data: await png(20), contentType: "image/png" }];
  for (const reset of [false, true]) {
    const content = `with ${reset ? "a" : "no"} reset`;
    const body = { content, flags: 0, components: [], attachments: [], allowed_mentions: { parse: [] } };
    simulator.fault({ kind: "drop", when: "after", method: "POST", path: /webhooks/, reset });
    await assert.rejects(send.followUp(token, { body, files }, false), /^Error: the connection ended$/);
    const posted = simulator.messages(channel).filter(({ text }) => text === content);
    assert.equal(posted.length, 1, content);
  }
});
