import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, test } from "node:test";
import sharp from "sharp";
import { createAside } from "../../src/pictures/aside.ts";
import type { Areas } from "../../src/seam/core.ts";
import type { FormInput, MessageKey } from "../../src/seam/turn.ts";
import { areaMs, createAreas } from "../../src/turns/areas.ts";
import { flat } from "../rig/pictures.ts";
import { ada, attachment, bob, createStudio } from "../rig/studio.ts";
import { until } from "../rig/until.ts";

let studio: Awaited<ReturnType<typeof createStudio>>;
beforeEach(async () => {
  studio = await createStudio({ publicUrl: "https://draw.example.com/bridge" });
});
afterEach(() => studio.close());

const never = new AbortController().signal;

function areas(): Areas {
  assert.ok(studio.core.areas);
  return studio.core.areas;
}

/** The token of the page that opens for a picture. */
async function open(message: MessageKey, user = ada): Promise<string> {
  const { last } = await studio.press("area", message, undefined, user);
  assert.equal(last.audience, "asker");
  const [, token] = /\(https:\/\/draw\.example\.com\/bridge\/area\/([\w.-]+)\)/.exec(last.text) ?? [];
  assert.ok(token, last.text);
  return token;
}

/** Waits until the thread goes on from another picture. */
async function answered(before: MessageKey): Promise<void> {
  // It is written down a moment before it is shown.
  const isShown = async () => {
    const head = await studio.history.head(studio.thread);
    if (!head || head === before) return false;
    return studio.adapter.views(head).at(-1)?.phase === "done";
  };
  await until(isShown, "the answer");
}

/** A hole in the upper left quarter. */
async function painting(text: string): Promise<FormInput> {
  const mask = await sharp(await flat("#fff", 64, 64))
    .ensureAlpha()
    .composite([{ input: await flat("#000", 32, 32), left: 0, top: 0, blend: "dest-out" }])
    .png()
    .toBuffer();
  return { text, options: {}, attachments: [attachment(mask, { name: "mask.png", role: "mask" })] };
}

describe("a page to paint an area on", () => {
  test("shows the picture, and what is sent from it goes on in the thread", async () => {
    const { key, last } = await studio.say("a lounge with a pool");
    assert.ok(last.actions.includes("area"));
    const token = await open(key);
    const picture = await areas().look(token, never);
    assert.deepEqual(Buffer.from(picture.bytes), Buffer.from(last.images[0]?.bytes ?? []));
    await areas().send(token, await painting("add a flamingo"));
    await answered(key);
    const request = studio.asked().at(-1);
    assert.match(JSON.stringify(request?.tools), /"input_image_mask":\{"file_id"/);
    assert.match(JSON.stringify(request?.input), /add a flamingo/);
    assert.ok(request?.previous_response_id);
    const head = await studio.history.head(studio.thread);
    assert.ok(head && head !== key, "the thread goes on from the new picture");
  });

  test("is spent by sending, however fast it is sent twice", async () => {
    const { key } = await studio.say("a lounge with a pool");
    const token = await open(key);
    const input = await painting("add a flamingo");
    const sent = await Promise.allSettled([areas().send(token, input), areas().send(token, input)]);
    assert.deepEqual(sent.map(({ status }) => status).sort(), ["fulfilled", "rejected"]);
    await assert.rejects(areas().look(token, never), { code: "expired" });
    await answered(key);
    assert.equal(studio.asked().length, 2);
  });

  test("is told that it was sent when the turn is noted, with a mask that another process can read", async () => {
    const { key } = await studio.say("a lounge with a pool");
    const token = await open(key);
    const held = studio.hold();
    await areas().send(token, await painting("add a flamingo"));
    const [entry] = await studio.ledger.open();
    assert.match(entry?.key ?? "", /^area:/);
    const files = entry?.turn?.files ?? [];
    const mask = files.find(({ role }) => role === "mask");
    assert.equal(mask?.source?.kind, "kept");
    await assert.rejects(areas().check(token), { code: "expired" });
    held.release();
    await answered(key);
  });

  test("is not drawn on where the bot may no longer be used", async () => {
    const { key } = await studio.say("a lounge with a pool");
    const token = await open(key);
    const closed = await createAreas({
      aside: createAside(1),
      ...{ store: studio.store, history: studio.history, publicUrl: "https://draw.example.com" },
      adapterOf: () => studio.adapter,
      handle: () => studio.adapter.handle(),
      mayUse: (adapter, { channel }) => adapter !== "paper" || channel !== "paper:room",
      now: Date.now,
    });
    const before = studio.asked().length;
    await assert.rejects(closed.send(token, await painting("add a flamingo")), { code: "forbidden" });
    assert.equal(studio.asked().length, before);
  });

  test("can be sent again when the process died before the turn was noted, and only then", async () => {
    const { key } = await studio.say("a lounge with a pool");
    const token = await open(key);
    const dying = await createAreas({
      aside: createAside(1),
      ...{ store: studio.store, history: studio.history, publicUrl: "https://draw.example.com" },
      adapterOf: () => studio.adapter,
      handle: () => () => new Promise(() => {}),
      mayUse: () => true,
      now: Date.now,
    });
    void dying.send(token, await painting("add a flamingo"));
    await areas().send(token, await painting("add a flamingo"));
    await assert.rejects(areas().send(token, await painting("add a flamingo")), { code: "expired" });
    await answered(key);
    assert.equal(studio.asked().length, 2);
  });

  test("is not told that it was sent when the bot stopped before the turn was noted", async () => {
    const { key } = await studio.say("a lounge with a pool");
    const token = await open(key);
    const stopping = await createAreas({
      aside: createAside(1),
      ...{ store: studio.store, history: studio.history, publicUrl: "https://draw.example.com" },
      adapterOf: () => studio.adapter,
      handle: () => async () => {},
      mayUse: () => true,
      now: Date.now,
    });
    await assert.rejects(stopping.send(token, await painting("add a flamingo")), { code: "stopped" });
    await areas().check(token);
  });

  test("stays open when nothing came of sending, and when it is only looked at", async () => {
    const { key } = await studio.say("a lounge with a pool");
    const token = await open(key);
    await assert.rejects(areas().send(token, await painting("  ")), { code: "bad_prompt" });
    const { text, options } = await painting("add a flamingo");
    await assert.rejects(areas().send(token, { text, options, attachments: [] }), { code: "bad_attachment" });
    const below = studio.adapter.below;
    studio.adapter.below = async () => {
      throw new Error("the platform is away");
    };
    await assert.rejects(areas().send(token, await painting("add a flamingo")));
    studio.adapter.below = below;
    await areas().check(token);
    await areas().send(token, await painting("add a flamingo"));
    await answered(key);
  });

  test("is of the picture it shows, whichever is picked meanwhile", async () => {
    const { key, last } = await studio.say("a lounge --count 2");
    await studio.press("pick2", key);
    const token = await open(key);
    await studio.press("pick1", key);
    const picture = await areas().look(token, never);
    assert.deepEqual(Buffer.from(picture.bytes), Buffer.from(last.images[1]?.bytes ?? []));
    await areas().send(token, await painting("add a flamingo"));
    await answered(key);
    const head = await studio.history.head(studio.thread);
    const [drawn] = studio.adapter.views(head ?? "x:x").at(-1)?.images ?? [];
    const corner = (bytes?: Uint8Array) =>
      sharp(bytes).extract({ left: 410, top: 410, width: 90, height: 90 }).removeAlpha().raw().toBuffer();
    assert.deepEqual(await corner(drawn?.bytes), await corner(last.images[1]?.bytes));
  });

  test("paints on no other picture when its own has been deleted", async () => {
    await studio.say("a lounge");
    const { key } = await studio.say("make it night");
    const token = await open(key);
    await studio.press("delete", key);
    await assert.rejects(areas().look(token, never), { code: "unknown_message" });
    const before = studio.asked().length;
    await assert.rejects(areas().send(token, await painting("add a flamingo")), { code: "unknown_message" });
    assert.equal(studio.asked().length, before);
  });

  test("tells what cannot be on the page, and stays open for it to be put right", async () => {
    const { key } = await studio.say("a lounge");
    const token = await open(key);
    const bad = await painting("add a flamingo --quality huge");
    await assert.rejects(areas().send(token, bad), { message: /Quality takes auto, low/ });
    await areas().send(token, await painting("add a flamingo"));
    await answered(key);
  });

  test("is spent by sending, whatever hangs on its token", async () => {
    const { key } = await studio.say("a lounge");
    const token = await open(key);
    const input = await painting("add a flamingo");
    const sent = await Promise.allSettled([areas().send(token, input), areas().send(`${token}.x`, input)]);
    assert.deepEqual(sent.map(({ status }) => status).sort(), ["fulfilled", "rejected"]);
    await answered(key);
  });

  test("is for the one who pressed: the answer is theirs", async () => {
    const { key } = await studio.say("a lounge with a pool");
    await areas().send(await open(key, bob), await painting("add a flamingo"));
    await answered(key);
    const head = await studio.history.head(studio.thread);
    assert.equal((await studio.history.find(head ?? "x:x"))?.user, bob.id);
  });

  test("does not open for a token that was made up or changed", async () => {
    const { key } = await studio.say("a lounge with a pool");
    const token = await open(key);
    const [body = "", signature = ""] = token.split(".");
    const ticket = JSON.parse(Buffer.from(body, "base64url").toString());
    const forged = Buffer.from(JSON.stringify({ ...ticket, user: { ...bob, moderator: true } }));
    const tokens = [
      ...["", ".", "x", `${body}.`, `.${signature}`, body, `${body}.${signature}x`, `${body}x.${signature}`],
      `${forged.toString("base64url")}.${signature}`,
      `${body}.${signature.replace(/^./, (letter) => (letter === "A" ? "B" : "A"))}`,
      "x".repeat(100_000),
    ];
    for (const made of tokens) {
      await assert.rejects(areas().check(made), { code: "expired" }, made.slice(0, 80));
      await assert.rejects(areas().look(made, never), { code: "expired" });
      await assert.rejects(areas().send(made, await painting("x")), { code: "expired" });
    }
    await areas().check(token);
  });

  test("runs out", async () => {
    const { key } = await studio.say("a lounge with a pool");
    let now = 1_000_000;
    const book = await createAreas({
      aside: createAside(1),
      ...{ store: studio.store, history: studio.history, publicUrl: "https://x.example" },
      adapterOf: () => studio.adapter,
      handle: () => studio.adapter.handle(),
      mayUse: () => true,
      now: () => now,
    });
    const [token = ""] = (await book.open(studio.adapter, key, ada)).split("/").slice(-1);
    now += areaMs - 1;
    await book.check(token);
    now += 1;
    await assert.rejects(book.check(token), { code: "expired", message: /Press Edit area… again/ });
  });

  test("is open over a restart", async () => {
    const { key } = await studio.say("a lounge with a pool");
    const token = await open(key);
    const again = await createStudio({
      ...{ store: studio.store, standin: studio.standin, publicUrl: "https://draw.example.com/bridge" },
    });
    await again.core.areas?.check(token);
  });
});

test("without a public address there is no such button, and the other way is said", async () => {
  const plain = await createStudio();
  const { key, last } = await plain.say("a lounge");
  assert.ok(!last.actions.includes("area"));
  assert.match((await plain.press("area", key)).last.text, /Press Edit… and attach a mask/);
  await plain.close();
});
