import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, test } from "node:test";
import type { Attachment, Prompt } from "../../../src/seam/turn.ts";
import { flat } from "../../rig/pictures.ts";
import { ada, attachment, bob, createStudio, place } from "../../rig/studio.ts";
import { until } from "../../rig/until.ts";

const many = 40;

let studio: Awaited<ReturnType<typeof createStudio>>;
let bytes: Uint8Array;
beforeEach(async () => {
  studio = await createStudio({ concurrency: 1, queue: { ofOne: 1 } });
  bytes = await flat("#345", 64, 64);
});
afterEach(() => studio.close());

/** Files that nobody gets to the end of before `release`. */
function createSlow() {
  const { promise, resolve } = Promise.withResolvers<void>();
  const slow = { open: 0, most: 0, release: resolve };
  const file = (): Attachment => ({
    ...attachment(bytes),
    async read() {
      slow.open += 1;
      slow.most = Math.max(slow.most, slow.open);
      await promise;
      slow.open -= 1;
      return bytes;
    },
  });
  return { slow, file };
}

async function flood(file: () => Attachment, text: string) {
  const replies = Array.from({ length: many }, () => studio.adapter.reply());
  const said = replies.map((reply, index) =>
    studio.say(text, { thread: `paper:flood-${index}`, attachments: [file()] }, reply),
  );
  return { replies, over: Promise.all(said) };
}

const others: Partial<Prompt> = { user: bob, thread: "paper:others" };

describe("what one person sends without a place in line is read one after another, and others do not wait", () => {
  test("pictures without words", async () => {
    const { slow, file } = createSlow();
    const { over } = await flood(file, "");
    await until(() => slow.open > 0, "the first to be read");
    const { last } = await studio.say("", { ...others, attachments: [attachment(bytes)] });
    assert.match(last.text, /What should I do|what/i);
    assert.equal(slow.most, 1);
    slow.release();
    await over;
  });

  test("pictures of requests that there is no room for", async () => {
    const { release } = studio.hold();
    const drawing = studio.say("a garden", { thread: "paper:first" });
    const { slow, file } = createSlow();
    const { replies, over } = await flood(file, "a fox like this");
    await until(() => slow.open > 0, "the first to be read");
    assert.equal(slow.most, 1, `${replies.length} asked`);
    const { last } = await studio.say("", { ...others, attachments: [attachment(bytes)] });
    assert.notEqual(last.text, "");
    slow.release();
    release();
    await Promise.all([drawing, over]);
  });

  test("styles", async () => {
    const { slow, file } = createSlow();
    const save = (name: string, user = ada, files = [file()]) => {
      const wish = {
        name: "saveStyle",
        scope: "mine",
        style: name,
        instruction: "soft",
        options: {},
      } as const;
      const reply = studio.adapter.reply();
      const turn = { kind: "setting", user, place, wish: { ...wish, attachments: files } } as const;
      return studio.adapter
        .handle()(turn, reply)
        .then(() => studio.adapter.views(reply.key).at(-1));
    };
    const over = Promise.all(Array.from({ length: 15 }, (_, index) => save(`s${index}`)));
    await until(() => slow.open > 0, "the first to be read");
    assert.match((await save("mine", bob, [attachment(bytes)]))?.text ?? "", /mine/);
    assert.equal(slow.most, 1);
    slow.release();
    await over;
  });
});
