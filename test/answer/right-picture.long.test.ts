import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, test } from "node:test";
import sharp from "sharp";
import { createLinks } from "../../src/pictures/links.ts";
import type { SettingWish } from "../../src/seam/turn.ts";
import { openStore } from "../../src/store/store.ts";
import { flat, masked } from "../rig/pictures.ts";
import { ada, attachment, createStudio, place } from "../rig/studio.ts";

/** An edit is of the picture that the person means, or it is said that there is none: never a drawing of another. */

type Studio = Awaited<ReturnType<typeof createStudio>>;

let studio: Studio;
beforeEach(async () => {
  studio = await createStudio({ paceMs: 5 });
});
afterEach(() => studio.close());

function sent(of: Studio = studio) {
  const request = of.asked().at(-1);
  assert.ok(request);
  const [tool = {}] = request.tools as Record<string, unknown>[];
  return { tool, input: JSON.stringify(request.input) };
}

const form = (text: string) => ({ text, options: {}, attachments: [] });

async function lose(path: string): Promise<void> {
  const response = await fetch(`${studio.standin.url}${path}`, {
    method: "DELETE",
    headers: { authorization: "Bearer x" },
  });
  assert.equal(response.status, 200);
}

/** The files a request names. */
const filesIn = (input: string) => [...input.matchAll(/"file_id":"([^"]+)"/g)].map(([, id]) => id ?? "");

/** A hole in the middle. */
const maskOf = (width: number, height: number) =>
  masked(width, height, { left: width / 4, top: height / 4, width: width / 2, height: height / 2 });

describe("after an answer in words", () => {
  test("about a picture that was sent, an edit is of that picture, also where nothing is stored", async (t) => {
    const shy = await createStudio({ defaults: { store: false } });
    t.after(() => shy.close());
    const photo = await flat("#48c", 320, 200);
    await shy.say("what is in this picture?", { attachments: [attachment(photo)] });
    const { last } = await shy.say("make it night --action edit");
    assert.equal(last.phase, "done", last.text);
    assert.match(sent(shy).input, new RegExp(`${photo.toString("base64").slice(0, 60)}.*make it night`));
  });

  test("about a picture that was sent, an edit is of that picture, also when OpenAI has forgotten", async () => {
    const photo = attachment(await flat("#48c", 320, 200));
    const { key } = await studio.say("what is in this picture?", { attachments: [photo] });
    await lose(`/responses/${(await studio.history.find(key))?.responseId}`);
    const { last } = await studio.say("make it night");
    assert.equal(last.phase, "done", last.text);
    assert.match(sent().input, /input_image.*what is in this picture.*make it night/);
  });

  test("with no picture anywhere there is nothing to edit", async () => {
    await studio.say("who are you?");
    const before = studio.asked().length;
    const { last } = await studio.say("make it night --action edit");
    assert.match(last.text, /There is no picture to edit/);
    assert.equal(studio.asked().length, before);
  });

  test("about the picture that was picked, an edit is of that one", async () => {
    const { key, last } = await studio.say("draw three pictures of a fox");
    await studio.press("pick2", key);
    await studio.say("what is in this picture?");
    await studio.say("make it night");
    const [file = ""] = filesIn(sent().input);
    assert.match(sent().input, /The picture as it is now:.*make it night/);
    const content = await fetch(`${studio.standin.url}/files/${file}/content`, {
      headers: { authorization: "Bearer x" },
    });
    assert.deepEqual(Buffer.from(await content.arrayBuffer()), Buffer.from(last.images[1]?.bytes ?? []));
  });
});

describe("of several pictures that were drawn side by side and of which none was picked", () => {
  const labels = (of: Studio = studio) => sent(of).input.match(/Picture \d+:/g) ?? [];

  async function bytesOf(id: string): Promise<Buffer> {
    const headers = { authorization: "Bearer x" };
    const content = await fetch(`${studio.standin.url}/files/${id}/content`, { headers });
    return Buffer.from(await content.arrayBuffer());
  }

  test("all go along, numbered as they are seen, and the edit keeps their shape", async () => {
    const { last } = await studio.say("a kite --count 3 --size wide");
    const { key } = await studio.say("make the second one night");
    assert.deepEqual(labels(), ["Picture 1:", "Picture 2:", "Picture 3:"]);
    const files = await Promise.all(filesIn(sent().input).map(bytesOf));
    assert.deepEqual(
      files,
      last.images.map(({ bytes }) => Buffer.from(bytes)),
    );
    assert.equal(sent().tool.size, "1536x1024");
    assert.ok(studio.asked().at(-1)?.previous_response_id);
    await studio.press("redo", key);
    assert.equal(labels().length, 3, "once each");
    assert.equal(sent().tool.size, "1536x1024");
    await studio.say("now add snow", { replyTo: key });
    assert.deepEqual(labels(), [], "one has been drawn since");
  });

  test("all go along after a question about them, in an answer to them, and where nothing is stored", async (t) => {
    const { key } = await studio.say("a kite --count 2");
    await studio.say("which of them is better?");
    assert.equal(labels().length, 2);
    await studio.say("make the second one night");
    assert.equal(labels().length, 2);
    const photo = attachment(await flat("#48c", 320, 200));
    await studio.say("put this behind the second one", { replyTo: key, attachments: [photo] });
    assert.equal(labels().length, 3);
    const shy = await createStudio({ defaults: { store: false } });
    t.after(() => shy.close());
    await shy.say("a kite --count 2");
    await shy.say("make the second one night");
    assert.equal(labels(shy).length, 2);
  });

  test("none goes along where one was picked, another was attached, or the first is varied", async () => {
    const { key } = await studio.say("a kite --count 2");
    await studio.say("make it night", { attachments: [attachment(await flat("#48c"))] });
    assert.deepEqual(labels(), ["Picture 1:"]);
    await studio.press("vary", key);
    assert.deepEqual(labels(), []);
    await studio.press("pick2", key);
    await studio.say("make it night");
    assert.deepEqual(labels(), []);
  });
});

describe("a mask", () => {
  test("without a picture lies on that of the thread, not on one that the words point to", async (t) => {
    const logo = await flat("#0af", 64, 64);
    const server = createServer((_, response) => response.setHeader("content-type", "image/png").end(logo));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    t.after(() => server.close());
    const { port } = server.address() as AddressInfo;
    const links = createLinks({ allow: (address) => address === "127.0.0.1", ports: [port] });
    const open = await createStudio({ links });
    t.after(() => open.close());
    const { key, last: room } = await open.say("a lounge --size 1024x1024");
    const attachments = [attachment(await maskOf(1024, 1024), { role: "mask" })];
    const text = `hang http://127.0.0.1:${port}/logo.png here`;
    const { last } = await open.press("edit", key, { text, options: {}, attachments });
    assert.equal(last.phase, "done", last.text);
    assert.deepEqual(last.notes, []);
    assert.match(sent(open).input, /Picture 1:.*Picture 2:.*hang picture 2 here/);
    const corner = (bytes?: Uint8Array) =>
      sharp(bytes).extract({ left: 0, top: 0, width: 90, height: 90 }).removeAlpha().raw().toBuffer();
    assert.deepEqual(await corner(last.images[0]?.bytes), await corner(room.images[0]?.bytes));
  });

  test("keeps the shape of the picture under it, whatever size is usual, and says so", async () => {
    await studio.core.accounts.setDefaults(ada.id, { size: "wide" });
    const attachments = [
      attachment(await flat("#a33", 320, 320)),
      attachment(await maskOf(320, 320), { role: "mask" }),
    ];
    const { last } = await studio.say("add a flamingo", { attachments });
    const { width, height } = await sharp(last.images[0]?.bytes).metadata();
    assert.deepEqual([width, height], [320, 320]);
    assert.match(
      last.notes.join(),
      /your picture stays as it is, and so does its shape: I left out 1536x1024/,
    );
    assert.deepEqual(
      last.details?.options.find(({ name }) => name === "size"),
      { name: "size", requested: "1536x1024", applied: "320x320" },
    );
    const { last: auto } = await studio.say("add a flamingo --size auto", { attachments });
    assert.equal((await sharp(auto.images[0]?.bytes).metadata()).width, 320);
  });

  test("loses nobody the picture when what lies under it cannot be read any more", async (t) => {
    const store = await openStore("memory:");
    let fails = false;
    const fragile: typeof store = {
      ...store,
      table(name, schema) {
        const table = store.table(name, schema);
        if (name !== "kept") return table;
        const get = (key: string) => (fails ? Promise.reject(new Error("the disk is gone")) : table.get(key));
        return { ...table, get };
      },
    };
    const open = await createStudio({ store: fragile });
    t.after(() => open.close());
    const attachments = [
      attachment(await flat("#a33", 320, 320)),
      attachment(await maskOf(320, 320), { role: "mask" }),
    ];
    fails = true;
    const { last } = await open.say("add a flamingo", { attachments });
    assert.equal(last.phase, "done", last.text);
    assert.match(last.notes.join(), /I no longer have the picture under the mask/);
  });
});

describe("pictures that OpenAI has lost", () => {
  test("are sent again by the same turn while they can be read", async () => {
    const photo = attachment(await flat("#48c", 320, 200));
    await studio.say("make it night", { attachments: [photo] });
    const [file = ""] = filesIn(sent().input);
    await lose(`/files/${file}`);
    const { last } = await studio.say("make it winter", { attachments: [photo], thread: "paper:other" });
    assert.equal(last.phase, "done", last.text);
    assert.notEqual(filesIn(sent().input)[0], file);
  });

  test("of a style are sent again too", async () => {
    const wish: SettingWish = {
      ...{ name: "saveStyle", scope: "mine", style: "cosy", instruction: "", options: {} },
      attachments: [attachment(await flat("#fa0", 64, 48))],
    };
    await studio.core.handle({ kind: "setting", user: ada, place, wish }, studio.adapter.reply());
    await studio.say("a barn --style cosy");
    await lose(`/files/${filesIn(sent().input)[0]}`);
    const { last } = await studio.say("a house --style cosy");
    assert.equal(last.phase, "done", last.text);
    assert.match(sent().input, /take the style from.*file_id/);
  });

  test("are asked for when only the one who sent them has them", async () => {
    const { key } = await studio.say("make it night", { attachments: [attachment(await flat("#48c"))] });
    await lose(`/files/${filesIn(sent().input)[0]}`);
    const { last } = await studio.press("redo", key);
    assert.match(last.text, /OpenAI no longer has the pictures you sent\. Attach them again/);
  });
});

test("no more than sixteen pictures go along, the one that is seen among them", async () => {
  const attachments = [
    attachment(await flat("#a33", 320, 320)),
    attachment(await maskOf(320, 320), { role: "mask" }),
  ];
  const { key } = await studio.say("add a flamingo", { attachments });
  const many = await Promise.all(
    Array.from({ length: 16 }, async (_, index) => attachment(await flat("#48c", 64, 64 + index))),
  );
  const { last } = await studio.press("edit", key, { ...form("put these around it"), attachments: many });
  assert.equal(last.phase, "done", last.text);
  assert.equal(sent().input.match(/"input_image"/g)?.length, 16);
  assert.match(sent().input, /The picture as it is now:/);
  assert.match(last.notes.join(), /I can use 16 pictures at once, so I left out the last 1/);
});
