import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, type TestContext, test } from "node:test";
import sharp from "sharp";
import { z } from "zod";
import { createLinks } from "../../src/pictures/links.ts";
import type { MessageKey, SettingWish, User } from "../../src/seam/turn.ts";
import { openStore } from "../../src/store/store.ts";
import { flat, masked } from "../rig/pictures.ts";
import { ada, attachment, bob, createStudio, place } from "../rig/studio.ts";
import { until } from "../rig/until.ts";

/** What is drawn again is drawn from what it was drawn from: the same pictures, style and options, however it ended. */

type Studio = Awaited<ReturnType<typeof createStudio>>;

let studio: Studio;
beforeEach(async () => {
  studio = await createStudio({ paceMs: 5 });
});
afterEach(() => studio.close());

const mod: User = { id: "u:mo", name: "Mo", moderator: true };

function sent(of: Studio = studio) {
  const request = of.asked().at(-1);
  assert.ok(request);
  const [tool = {}] = request.tools as Record<string, unknown>[];
  return { tool, input: JSON.stringify(request.input) };
}

async function set(wish: SettingWish, user = ada) {
  const reply = studio.adapter.reply();
  await studio.adapter.handle()({ kind: "setting", user, place, wish }, reply);
  return studio.adapter.views(reply.key).at(-1);
}

const cosy = {
  ...{ name: "saveStyle", scope: "mine", style: "cosy", instruction: "soft light", attachments: [] },
  options: { size: "wide" },
} as const satisfies SettingWish;

const form = (text: string) => ({ text, options: {}, attachments: [] });

/** A server of pictures, one at each path, and a studio that may read from it. */
async function serve(t: TestContext, pictures: Readonly<Record<string, Uint8Array>>) {
  const shown = { ...pictures };
  const server = createServer((request, response) => {
    const found = shown[request.url ?? ""];
    if (found) response.setHeader("content-type", "image/png").end(found);
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => server.close());
  const { port } = server.address() as AddressInfo;
  const links = createLinks({ allow: (address) => address === "127.0.0.1", ports: [port] });
  const open = await createStudio({ links, paceMs: 5 });
  t.after(() => open.close());
  return { open, shown, url: (path: string) => `http://127.0.0.1:${port}${path}` };
}

describe("a turn that came to nothing, drawn again", () => {
  test("still brings the picture from outside that it answered", async () => {
    const outside: MessageKey = "paper:somebody";
    const photo = attachment(await flat("#48c", 320, 200));
    let hangs = true;
    const { recall } = studio.adapter;
    studio.adapter.recall = async (message) => {
      if (message !== outside) return recall(message);
      return hangs ? new Promise(() => {}) : [photo];
    };
    const reply = studio.adapter.reply();
    const over = studio.say("make it night", { replyTo: outside }, reply);
    await until(() => studio.adapter.views(reply.key).length > 1, "the turn to begin");
    await studio.press("cancel", reply.key);
    await over;
    hangs = false;
    const { last } = await studio.press("redo", reply.key);
    assert.equal(last.phase, "done", last.text);
    assert.match(sent().input, /Picture 1:.*input_image.*make it night/);
  });

  test("fetches again what its words point to, and does not speak of a picture that is not there", async (t) => {
    const { open, shown, url } = await serve(t, {});
    const { key, last } = await open.say(`put a hat on ${url("/fox.png")}`);
    assert.equal(last.phase, "failed");
    assert.ok(last.actions.includes("redo"));
    shown["/fox.png"] = await flat("#f60", 64, 64);
    const { last: again } = await open.press("redo", key);
    assert.equal(again.phase, "done", again.text);
    assert.match(sent(open).input, /Picture 1:.*input_image.*put a hat on picture 1/);
  });

  test("has its style's pictures, and still draws where a picture was asked for outright", async (t) => {
    const { open, shown, url } = await serve(t, {});
    const wish = { ...cosy, attachments: [attachment(await flat("#fa0", 64, 48))] };
    await open.core.handle({ kind: "setting", user: ada, place, wish }, open.adapter.reply());
    const { key } = await open.say(`tell ${url("/fox.png")} --style cosy`, { mustDraw: true });
    shown["/fox.png"] = await flat("#f60", 64, 64);
    await open.press("redo", key);
    assert.match(sent(open).input, /take the style from.*input_image.*In this style: soft light/);
    assert.deepEqual(open.asked().at(-1)?.tool_choice, { type: "image_generation" });
  });
});

describe("edit prompt", () => {
  test("takes the picture of another link in place of the one before", async (t) => {
    const { open, url } = await serve(t, {
      "/fox.png": await flat("#f60", 64, 64),
      "/owl.png": await flat("#963", 80, 80),
    });
    const photo = attachment(await flat("#48c", 320, 200));
    const { key } = await open.say(`put ${url("/fox.png")} on 1`, { attachments: [photo] });
    const files = () => [...sent(open).input.matchAll(/"file_id":"([^"]+)"/g)].map(([, id]) => id);
    const [first, fox] = files();
    const { last } = await open.press("rephrase", key, form(`put ${url("/owl.png")} below 1`));
    assert.equal(last.phase, "done", last.text);
    assert.match(sent(open).input, /put picture 2 below 1/);
    assert.equal(files().length, 2);
    assert.equal(files()[0], first);
    assert.notEqual(files()[1], fox);
    await open.press("rephrase", key, form("only 1"));
    assert.deepEqual(files(), [first]);
  });

  test("keeps what was said over the style, and the style as it was", async () => {
    await set({ ...cosy, attachments: [attachment(await flat("#fa0", 64, 48))] });
    const { key } = await studio.say("a barn --style cosy --size tall");
    await set({ name: "removeStyle", scope: "mine", style: "cosy" });
    const { last } = await studio.press("rephrase", key, form("a red barn"), bob);
    assert.equal(sent().tool.size, "1024x1536");
    assert.match(sent().input, /take the style from.*a red barn.*In this style: soft light/);
    assert.deepEqual(last.notes, []);
  });

  test("takes another style when one is named", async () => {
    await set({ ...cosy, attachments: [attachment(await flat("#fa0", 64, 48))] });
    await set({ ...cosy, style: "stark", instruction: "hard light", options: {} });
    const { key } = await studio.say("a barn --style cosy");
    await studio.press("rephrase", key, form("a barn --style stark"));
    assert.match(sent().input, /In this style: hard light/);
    assert.doesNotMatch(sent().input, /take the style from/);
  });

  test("leaves as drawn, or puts back, what lies outside a mask, whichever was asked for last", async () => {
    const attachments = [
      attachment(await flat("#a33", 320, 200)),
      attachment(await masked(320, 200, { left: 100, top: 60, width: 120, height: 80 }), { role: "mask" }),
    ];
    const { key } = await studio.say("add a flamingo --outside redraw", { attachments });
    const sizeOf = async (bytes?: Uint8Array) => (await sharp(bytes).metadata()).width;
    const back = await studio.press("rephrase", key, form("add a flamingo --outside keep"));
    assert.equal(await sizeOf(back.last.images[0]?.bytes), 320);
    const drawn = await studio.press("rephrase", back.key, form("add a flamingo --outside redraw"));
    assert.notEqual(await sizeOf(drawn.last.images[0]?.bytes), 320);
  });
});

describe("what only a moderator sets", () => {
  test("does not pass to whoever draws a moderator's picture again, unless the channel has it", async () => {
    const { key } = await studio.say("a barn --moderation low", { user: mod });
    assert.equal(sent().tool.moderation, "low");
    for (const action of ["redo", "vary", "rephrase"] as const) {
      const { last } = await studio.press(action, key, form("a red barn"), bob);
      assert.equal(sent().tool.moderation, undefined, action);
      assert.match(last.notes.join(), /Only a moderator can set moderation/);
    }
    await set({ name: "setDefaults", scope: "shared", options: { moderation: "low" } }, mod);
    const { last } = await studio.press("redo", key, undefined, bob);
    assert.equal(sent().tool.moderation, "low");
    assert.deepEqual(last.notes, []);
  });
});

test("a turn that version 0.1 left in flight is finished, with its pictures and its words as they were", async (t) => {
  const store = await openStore("memory:");
  const dataUrl = `data:image/png;base64,${(await flat("#48c", 64, 64)).toString("base64")}`;
  const left = {
    ...{
      message: "paper:old",
      adapter: "paper",
      thread: "paper:thread",
      user: { id: ada.id, name: ada.name },
    },
    ...{ text: "make it like https://a.example/x.png", options: {}, notes: [], from: null, mustDraw: false },
    inputs: [{ role: "reference", width: 64, height: 64, source: { dataUrl } }],
    ...{ attachments: 1, acceptedAt: 1 },
  };
  await store.table("turn", z.unknown()).set(left.message, left);
  await store.table("ledger", z.unknown()).set("open", { open: [left.message] });
  const again = await createStudio({ store, standin: studio.standin });
  t.after(() => again.bot.drain(0));
  await again.bot.resume();
  await until(() => again.adapter.views("paper:old").at(-1)?.phase === "done", "the answer");
  assert.match(sent(again).input, /input_image.*make it like https:\/\/a\.example\/x\.png/);
});
