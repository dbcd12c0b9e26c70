import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, test } from "node:test";
import sharp from "sharp";
import type { Attachment } from "../../../src/seam/turn.ts";
import { attachment, createStudio } from "../../rig/studio.ts";
import { until } from "../../rig/until.ts";

let studio: Awaited<ReturnType<typeof createStudio>>;
beforeEach(async () => {
  studio = await createStudio({ concurrency: 1 });
});
afterEach(() => studio.close());

const photo = await sharp({ create: { width: 64, height: 48, channels: 3, background: "#c33" } })
  .png()
  .toBuffer();

/** Sends a file while another picture is drawn, lets the process end before the file is read, and starts the next. */
async function restartWith(file: Attachment) {
  studio.hold();
  void studio.say("a fox", { thread: "paper:other" });
  await until(() => studio.asked().length === 1, "the first to be drawn");
  const reply = studio.adapter.reply();
  void studio.say("make it night", { attachments: [file] }, reply);
  await until(() => studio.adapter.views(reply.key).at(-1)?.phase === "queued", "the line");
  await studio.bot.drain(0);
  const next = await createStudio({ standin: studio.standin, store: studio.store });
  await next.bot.resume();
  await until(
    () => ["done", "failed"].includes(next.adapter.views(reply.key).at(-1)?.phase ?? ""),
    "the answer",
  );
  const last = next.adapter.views(reply.key).at(-1);
  await next.bot.drain(0);
  return last;
}

describe("a file that waited in line when the process ended", () => {
  test("is read again by the next, where the platform has it", async () => {
    const last = await restartWith({
      ...attachment(photo),
      source: { kind: "platform", file: photo.toString("base64") },
      read: async () => assert.fail("it waits in line"),
    });
    assert.equal(last?.phase, "done", last?.text ?? "nothing was shown");
    assert.match(JSON.stringify(studio.asked().at(-1)), /file_id|data:image/);
  });

  test("that can be read nowhere any more is named, with what to do", async () => {
    const last = await restartWith(attachment(photo, { name: "cat.png" }));
    assert.equal(last?.phase, "failed");
    assert.match(last?.text ?? "", /“cat.png” was not with me yet when I was restarted. Send it again/);
  });
});

test("a picture that was sent before its words is with us, and read again after a restart", async () => {
  await studio.say("", { attachments: [attachment(photo)] });
  studio.hold();
  void studio.say("a fox", { thread: "paper:other" });
  await until(() => studio.asked().length === 1, "the first to be drawn");
  const reply = studio.adapter.reply();
  void studio.say("make it night", {}, reply);
  await until(() => studio.adapter.views(reply.key).at(-1)?.phase === "queued", "the line");
  await studio.bot.drain(0);
  const next = await createStudio({ standin: studio.standin, store: studio.store });
  await next.bot.resume();
  await until(() => next.adapter.views(reply.key).at(-1)?.phase === "done", "the picture");
  assert.match(JSON.stringify(studio.asked().at(-1)), /file_id|data:image/);
  await next.bot.drain(0);
});
