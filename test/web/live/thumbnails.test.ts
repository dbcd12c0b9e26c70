import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import sharp from "sharp";
import { trashMs } from "../../../adapters/web/live/gallery/trash.ts";
import type { WireAnswer } from "../../../adapters/web/wire/messages.ts";
import { toThumbnail } from "../../../src/pictures/jobs.ts";
import { createFolder, type Playground, png, startPlayground } from "../playground.ts";

/** Draws a picture in a thread of its own. */
async function draw({ post, next, thread: read }: Playground, bytes: Uint8Array) {
  const thread = randomUUID();
  await post(`/api/threads/${thread}/prompts`, { text: "a fox" });
  const { reply } = await next();
  const images = [{ name: "fox.png", mediaType: "image/png", bytes, alt: "A fox" }];
  await reply.show({ phase: "done", text: "", notes: [], images, actions: [] });
  const answer = (await read(thread)).messages.at(-1) as WireAnswer;
  return { thread, src: answer.view.images[0]?.src ?? "" };
}

const smallOf = async ({ dataDir }: Playground) => (await readdir(join(dataDir, "thumbnails"))).length;

test("a picture is made small once, is kept over a restart, and goes with its picture", async (t) => {
  const dataDir = await createFolder(t);
  let made = 0;
  const core = {
    toThumbnail: (...given: Parameters<typeof toThumbnail>) => {
      made += 1;
      return toThumbnail(...given);
    },
  };
  const first = await startPlayground(t, { dataDir }, core);
  const { thread, src } = await draw(first, await png(9, 1600, 900));
  const look = async ({ get }: Playground, as: string) => {
    const response = await get(`${src}?as=${as}`);
    assert.equal(response.status, 200);
    const { format, width, height } = await sharp(await response.bytes()).metadata();
    return [format, width, height, response.headers.get("cache-control")];
  };
  const lasting = "private, max-age=31536000, immutable";
  const all = (at: Playground) =>
    Promise.all(["thumbnail", "preview", "thumbnail"].map((as) => look(at, as)));
  const expected = [
    ["webp", 256, 144, lasting],
    ["webp", 1024, 576, lasting],
    ["webp", 256, 144, lasting],
  ];
  assert.deepEqual(await all(first), expected);
  assert.equal(made, 2, "each once, however often it is asked for");
  assert.deepEqual(await look(first, "nothing"), ["png", 1600, 900, lasting]);
  await first.adapter.stop();

  const second = await startPlayground(t, { dataDir }, core);
  assert.deepEqual(await all(second), expected);
  assert.equal(made, 2);
  assert.equal(await smallOf(second), 2);
  assert.equal((await second.get(`/api/threads/${thread}`, { method: "DELETE" })).status, 204);
  for (const as of ["thumbnail", "preview", "nothing"]) {
    assert.equal((await second.get(`${src}?as=${as}`)).status, 404, "what is deleted is seen in no size");
  }
  await second.adapter.stop();

  const afterAnHour = () => Date.now() + trashMs + 1;
  const third = await startPlayground(t, { dataDir, now: afterAnHour }, core);
  assert.equal((await third.get(`${src}?as=thumbnail`)).status, 404);
  assert.equal(await smallOf(third), 0, "nothing of it stays, when it can no longer be brought back");
});

test("a picture that cannot be made smaller is shown as it is, and tried once", async (t) => {
  let tried = 0;
  const core = {
    toThumbnail: async () => {
      tried += 1;
      throw new Error("too much");
    },
  };
  const playground = await startPlayground(t, {}, core);
  const { src } = await draw(playground, await png(9, 1600, 900));
  for (const as of ["thumbnail", "preview", "thumbnail"]) {
    const response = await playground.get(`${src}?as=${as}`);
    assert.equal(response.headers.get("content-type"), "image/png");
    assert.equal(response.headers.get("cache-control"), "no-store", "another day it may be");
  }
  assert.equal(tried, 1);
});

test("a photo is upright, and what moves stands still", async () => {
  const lying = await sharp(await png(1, 40, 20))
    .withMetadata({ orientation: 6 })
    .jpeg()
    .toBuffer();
  const upright = await sharp((await toThumbnail(lying, 16)).bytes).metadata();
  assert.deepEqual([upright.width, upright.height, upright.orientation ?? 1], [8, 16, 1]);
  const frames = await Promise.all([1, 90].map((shade) => png(shade, 30, 30)));
  const moving = await sharp(frames, { join: { animated: true } })
    .gif()
    .toBuffer();
  const still = await sharp((await toThumbnail(moving, 256)).bytes).metadata();
  assert.deepEqual([still.width, still.height, still.pages ?? 1], [30, 30, 1]);
  await assert.rejects(toThumbnail(Buffer.from("no picture"), 16));
});
