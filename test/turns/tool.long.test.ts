import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, type TestContext, test } from "node:test";
import sharp from "sharp";
import { createLinks } from "../../src/pictures/links.ts";
import { livingModels } from "../../src/seam/models.ts";
import { optionSpecs } from "../../src/seam/options.ts";
import { createStandin } from "../../src/standin/index.ts";
import { today } from "../rig/day.ts";
import { flat, masked } from "../rig/pictures.ts";
import { attachment, createStudio } from "../rig/studio.ts";

/** The whole image tool, from words to what the API is asked and what is shown for it. */

let studio: Awaited<ReturnType<typeof createStudio>>;
beforeEach(async () => {
  studio = await createStudio({ paceMs: 5 });
});
afterEach(() => studio.close());

/** The newest request's tool. */
function tool(): Record<string, unknown> {
  const [first] = (studio.asked().at(-1)?.tools ?? []) as Record<string, unknown>[];
  assert.ok(first);
  return first;
}

function input(): string {
  return JSON.stringify(studio.asked().at(-1)?.input);
}

/** A colour of a picture, as three bytes. */
async function colourAt(bytes: Uint8Array, left: number, top: number): Promise<readonly number[]> {
  const region = sharp(bytes).extract({ left, top, width: 1, height: 1 });
  return [...(await region.removeAlpha().raw().toBuffer())];
}

describe("every row of the options table", () => {
  /** Every value a person can choose, and both ends of what is counted. */
  const values = optionSpecs.flatMap(({ name, kind, values = [], min = 0, max = 0 }) => {
    if (kind === "number") return [min, max].map((value) => ({ name, value: String(value) }));
    const offered = values.map(({ value }) => ({ name, value }));
    return kind === "size" ? [...offered, { name, value: "1536x864" }] : offered;
  });
  for (const { name, value } of values) {
    test(`--${name} ${value} is taken, and the footer says what came of it`, async () => {
      const user = { id: "u:mo", name: "Mo", moderator: true };
      const from = name === "action" && value === "edit" ? await studio.say("a lamp") : undefined;
      const { last } = await studio.say(`a kite --partials 0 --${name} ${value}`, {
        user,
        ...(from && { replyTo: from.key }),
      });
      assert.equal(last.phase, "done", last.text);
      assert.equal(last.images.length, value === "answer" ? 0 : name === "count" ? Number(value) : 1);
      const row = last.details?.options.find((option) => option.name === name);
      assert.equal(row?.requested, value);
      // What could not be had is said; what could is applied, if not to the letter.
      if (row?.applied === undefined && value !== "answer") assert.ok(last.notes.length > 0, name);
    });
  }

  for (const model of livingModels(today())) {
    test(`${model} draws with whatever is asked for, or says what it lacks`, async () => {
      const asked = "--quality max --size 1536x864 --format gif --fidelity high --frames 3";
      const { last } = await studio.say(`a kite --model ${model} ${asked}`);
      assert.equal(last.phase, "done", last.text);
      assert.equal(tool().model, model);
      assert.ok(last.notes.length > 0);
    });
  }

  test("what the usual model lacks is drawn by one that has it, and said", async () => {
    const two = await createStudio({ defaults: { imageModels: ["gpt-image-2", "gpt-image-2.5-flare"] } });
    const { last } = await two.say("a kite --quality max");
    assert.match(last.notes.join(), /GPT Image 2 has no quality “max”, so GPT Image 2.5 Flare draws/);
    assert.equal(last.details?.options.find(({ name }) => name === "model")?.applied, "gpt-image-2.5-flare");
    await two.close();
  });

  test("what the API refuses to a model of which little is known is asked for once, and never again", async () => {
    const imageModels = ["gpt-image-2.6-sunburst"];
    const sizesOf = (asked: readonly Readonly<Record<string, unknown>>[]) =>
      asked.map(({ tools }) => (tools as readonly { size?: string }[])[0]?.size);
    const new26 = await createStudio({ defaults: { imageModels } });
    const { last } = await new26.say("a kite --size 1536x864");
    assert.equal(last.phase, "done");
    assert.match(last.notes.join(), /draws three sizes only, so 1536x864 became 1536x1024/);
    await new26.say("another kite --size 1088x1920");
    assert.deepEqual(sizesOf(new26.asked()), ["1536x864", "1536x1024", "1024x1536"]);
    // Also by the next process.
    const { store, standin } = new26;
    const next = await createStudio({ defaults: { imageModels }, store, standin });
    await next.say("a third kite --size 1536x864");
    assert.equal(sizesOf(next.asked()).at(-1), "1536x1024");
    assert.equal(next.asked().length, 4);
    await new26.close();
  });

  test("a model that has ended has a successor, whether it was asked for or is the admin's choice", async () => {
    const day = () => Date.parse("2026-12-12");
    const standin = await createStandin({ paceMs: 20, flat: true, today: day });
    const defaults = { model: "gpt-5", imageModels: ["gpt-image-1.5", "gpt-image-2.5-flare"] };
    const later = await createStudio({ standin, defaults, today: day });
    const { last } = await later.say("a kite --model gpt-image-1-mini");
    assert.match(
      last.notes.join(),
      /GPT Image 1 mini ended on 1 December 2026, so GPT Image 2\.5 Flare draws/,
    );
    assert.equal((await later.say("a kite")).last.phase, "done");
    assert.deepEqual(
      later.asked().map(({ model }) => model),
      ["gpt-6-luna", "gpt-6-luna"],
    );
    await later.close();
  });

  test("the operator may offer one model alone", async () => {
    const strict = await createStudio({ defaults: { imageModels: ["gpt-image-2"] } });
    const { last } = await strict.say("a kite --quality max --model gpt-image-1.5");
    assert.match(last.notes.join(), /GPT Image 1.5 is not on offer here.*drawn at “high”/);
    await strict.close();
  });
});

describe("a question", () => {
  test("costs no picture where answering was asked for, whatever the words are", async () => {
    const { last } = await studio.say("draw me a fox", { options: { action: "answer" } });
    assert.equal(studio.asked().at(-1)?.tool_choice, "none");
    assert.equal(last.images.length, 0);
    assert.ok(last.text.length > 0);
  });

  test("put to a command that draws is answered all the same", async () => {
    const { key } = await studio.say("a lighthouse");
    const { last } = await studio.say("what is in this picture?", { replyTo: key, mustDraw: true });
    assert.equal(last.images.length, 0);
    const { last: drawn } = await studio.say("tell me a story", { mustDraw: true });
    assert.equal(drawn.images.length, 1, "what is no question is drawn");
  });

  test("is not what an edit of nothing is: that is said to need a picture", async () => {
    const { last } = await studio.say("make it night --action edit", { thread: "paper:empty" });
    assert.match(last.text, /There is no picture to edit\. Attach one, or reply to one\./);
    assert.equal(studio.asked().length, 0);
  });
});

describe("what moves, and what is drawn in lines", () => {
  test("a GIF is shown as it came, with its frames, and without sketches", async () => {
    const { views, last } = await studio.say("a windmill --format gif --frames 4 --duration 100");
    const [image] = last.images;
    assert.equal(image?.mediaType, "image/gif");
    assert.equal(image?.name, "a-windmill.gif");
    const meta = await sharp(image?.bytes, { animated: true }).metadata();
    assert.equal(meta.pages, 4);
    assert.deepEqual(meta.delay, [100, 100, 100, 100]);
    assert.ok(
      views.every(
        ({ phase, images }) =>
          phase === "done" || images.length === 0 || images[0]?.mediaType !== "image/gif",
      ),
    );
    const found = await studio.history.find(last.head ?? "x:x");
    assert.equal(found?.pictures[0]?.height, meta.pageHeight ?? 0);
  });

  test("an SVG is shown as a picture, with its source beside it", async () => {
    const { key, last } = await studio.say("a windmill --format svg");
    assert.equal(last.images[0]?.mediaType, "image/png");
    assert.equal(last.images[0]?.name, "a-windmill.png");
    const [file] = last.files ?? [];
    assert.equal(file?.mediaType, "image/svg+xml");
    assert.equal(file?.name, "a-windmill.svg");
    assert.match(Buffer.from(file?.bytes ?? []).toString(), /<svg/);
    const { last: edited } = await studio.press("edit", key, {
      text: "make it night",
      options: {},
      attachments: [],
    });
    assert.equal(edited.phase, "done", "it can be gone on from");
  });
});

describe("a mask", () => {
  const bathing = async (more = "") => {
    const room = await sharp(await flat("#a33", 320, 200))
      .composite([{ input: await flat("#3a3", 20, 20), left: 10, top: 10 }])
      .png()
      .toBuffer();
    const mask = await masked(320, 200, { left: 100, top: 60, width: 120, height: 80 });
    const attachments = [
      attachment(room, { name: "room.png" }),
      attachment(mask, { name: "mask.png", role: "mask" }),
    ];
    return { room, ...(await studio.say(`add a flamingo${more}`, { attachments })) };
  };

  test("keeps what lies outside it, pixel for pixel", async () => {
    const { room, last } = await bathing();
    assert.equal(last.phase, "done", last.text);
    const bytes = last.images[0]?.bytes ?? new Uint8Array();
    const { width, height } = await sharp(bytes).metadata();
    assert.deepEqual([width, height], [320, 200], "it is as large as the picture under the mask");
    for (const box of [
      { left: 0, top: 0, width: 320, height: 60 },
      { left: 0, top: 0, width: 100, height: 200 },
      { left: 220, top: 0, width: 100, height: 200 },
    ]) {
      const of = (picture: Uint8Array) => sharp(picture).extract(box).removeAlpha().raw().toBuffer();
      assert.deepEqual(await of(bytes), await of(room));
    }
    assert.notDeepEqual(await colourAt(bytes, 160, 100), await colourAt(room, 160, 100));
  });

  for (const [type, encode] of [
    [
      "JPEG",
      async () =>
        sharp(await flat("#a33", 320, 200))
          .jpeg()
          .toBuffer(),
    ],
    [
      "WebP",
      async () =>
        sharp(await flat("#a33", 320, 200))
          .webp()
          .toBuffer(),
    ],
  ] as const) {
    test(`lies on a ${type} too: OpenAI takes a picture and its mask in one format only`, async () => {
      const mask = await masked(320, 200, { left: 100, top: 60, width: 120, height: 80 });
      const attachments = [
        attachment(await encode(), { name: `room.${type}` }),
        attachment(mask, { name: "mask.png", role: "mask" }),
      ];
      const { last } = await studio.say("add a flamingo", { attachments });
      assert.equal(last.phase, "done", last.text);
    });
  }

  test("is drawn in the shape of the picture under it", async () => {
    await bathing();
    const [width = 0, height = 1] = String(tool().size).split("x").map(Number);
    assert.ok(Math.abs(width / height - 1.6) < 0.03, String(tool().size));
  });

  test("leaves the rest as it was drawn where that is wanted", async () => {
    const { room, last } = await bathing(" --outside redraw");
    const bytes = await sharp(last.images[0]?.bytes).resize(320, 200, { fit: "fill" }).png().toBuffer();
    const of = (picture: Uint8Array) => sharp(picture).removeAlpha().raw().toBuffer();
    assert.ok((await of(bytes)).compare(await of(room)) !== 0);
    assert.equal(tool().size, undefined);
  });

  test("is put back again by redo, and the next words are about the picture that was seen", async () => {
    const { key, room } = await bathing();
    const { last } = await studio.press("redo", key);
    assert.deepEqual(await colourAt(last.images[0]?.bytes ?? room, 15, 15), [0x33, 0xaa, 0x33]);
    await studio.press("edit", key, { text: "make it night", options: {}, attachments: [] });
    assert.match(input(), /The picture as it is now:.*file_id.*make it night/);
  });

  test("on a GIF makes it a PNG, and says so", async () => {
    const { last } = await bathing(" --format gif");
    assert.equal(last.images[0]?.mediaType, "image/png");
    assert.match(last.notes.join(), /A GIF cannot be drawn with a mask/);
  });
});

describe("the same picture twice", () => {
  test("redo draws another of the same words, and vary another again", async () => {
    const first = await studio.say("a kite");
    const second = await studio.press("redo", first.key);
    const third = await studio.press("redo", first.key);
    const bytes = [first, second, third].map(({ last }) =>
      Buffer.from(last.images[0]?.bytes ?? []).toString("base64"),
    );
    assert.equal(new Set(bytes).size, 3);
  });

  test("is uploaded once, however often it is used", async () => {
    const photo = await flat("#48c", 320, 200);
    const uploads = () =>
      studio.standin.requests.filter(({ method, path }) => method === "POST" && path === "/v1/files");
    const { key } = await studio.say("make it night --count 3", { attachments: [attachment(photo)] });
    await studio.press("redo", key);
    await studio.press("vary", key);
    await studio.say("make it winter", { attachments: [attachment(photo)], thread: "paper:other" });
    assert.equal(uploads().length, 1);
  });
});

describe("several pictures of one response", () => {
  /** Three of one response, the second picked. */
  async function pick() {
    const first = await studio.say("a forest");
    const { key, last } = await studio.say("draw three pictures of a fox in it");
    assert.equal(last.images.length, 3);
    await studio.press("pick2", key);
    const found = await studio.history.find(key);
    const { callId, responseId } = found?.pictures[1] ?? {};
    assert.ok(callId && responseId);
    assert.equal(new Set(found?.pictures.map((one) => one.responseId)).size, 1);
    const before = (await studio.history.find(first.key))?.pictures[0]?.responseId;
    return { key, callId, responseId, before };
  }

  test("are gone on from by the id of the one that was picked", async () => {
    const { callId, before } = await pick();
    const { last } = await studio.say("make it night");
    assert.equal(last.phase, "done", last.text);
    assert.ok(input().startsWith(`[{"type":"item_reference","id":"${callId}"}`), input());
    assert.equal(studio.asked().at(-1)?.previous_response_id, before);
    const { last: next } = await studio.say("make it winter");
    assert.equal(next.phase, "done", next.text);
  });

  test("or by the picture itself, where OpenAI does not take its id", async () => {
    const { responseId } = await pick();
    studio.standin.fault({
      ...{ kind: "status", status: 400, type: "invalid_request_error" },
      message: "Item was provided without its required 'reasoning' item.",
    });
    const { last } = await studio.say("make it night");
    assert.equal(last.phase, "done", last.text);
    assert.match(input(), /The picture as it is now:.*file_id.*make it night/);
    assert.equal(studio.asked().at(-1)?.previous_response_id, responseId);
  });

  test("or by the picture itself, where something was said in between", async () => {
    await pick();
    const words = await studio.say("what is in this picture?");
    const { last } = await studio.say("make it night");
    assert.equal(last.phase, "done", last.text);
    assert.match(input(), /The picture as it is now:.*file_id.*make it night/);
    const said = (await studio.history.find(words.key))?.responseId;
    assert.equal(studio.asked().at(-1)?.previous_response_id, said);
  });
});

describe("a link in the words", () => {
  /** A server on loopback, and a studio that may read from it. */
  async function serve(t: TestContext, bytes: Uint8Array) {
    const server = createServer((_, response) => response.setHeader("content-type", "image/png").end(bytes));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    t.after(() => server.close());
    const { port } = server.address() as AddressInfo;
    const links = createLinks({ allow: (address) => address === "127.0.0.1", ports: [port] });
    const open = await createStudio({ links });
    t.after(() => open.close());
    return { open, url: `http://127.0.0.1:${port}/logo.png` };
  }

  test("is a picture like one that is attached, numbered after those", async (t) => {
    const { open, url } = await serve(t, await flat("#0af", 64, 64));
    const attachments = [attachment(await flat("#fa0", 64, 64))];
    const { key, last } = await open.say(`put the logo ${url} on the shirt of 1`, { attachments });
    assert.equal(last.phase, "done", last.text);
    await open.press("redo", key);
    for (const { input: items } of open.asked()) {
      assert.match(JSON.stringify(items), /Picture 1:.*Picture 2:.*put the logo picture 2 on the shirt of 1/);
    }
  });

  for (const url of ["http://[::1]/x.png", "http://169.254.169.254/x.png", "http://10.0.0.1/x.png"]) {
    test(`${url} is not fetched, and nothing is drawn`, async () => {
      const { last } = await studio.say(`draw ${url}`);
      assert.equal(last.phase, "failed");
      assert.match(last.text, /does not lead to a public address/);
      assert.equal(studio.asked().length, 0);
    });
  }
});

describe("where nothing may be stored", () => {
  test("the conversation comes along, and is the same one", async () => {
    const shy = await createStudio({ defaults: { store: false } });
    const photo = attachment(await flat("#48c", 320, 200));
    const first = await shy.say("a castle by this sea", { attachments: [photo] });
    const second = await shy.say("make it night");
    const third = await shy.say("what is in this picture?");
    const fourth = await shy.say("make it winter", { replyTo: first.key });
    for (const { last } of [first, second, third, fourth]) assert.equal(last.phase, "done", last.text);
    assert.equal(third.last.images.length, 0);
    const asked = shy.asked();
    assert.equal(asked.length, 4);
    for (const request of asked) {
      assert.equal(request.store, false);
      assert.ok(!("background" in request) && !("previous_response_id" in request));
    }
    assert.ok(!shy.standin.requests.some(({ path }) => path === "/v1/files"), "no file is left there either");
    const [, edit, question, branch] = asked.map(({ input: items }) => JSON.stringify(items));
    assert.match(edit ?? "", /a castle by this sea.*The picture you drew then:.*data:image.*make it night/);
    assert.match(question ?? "", /make it night.*The picture you drew then:.*what is in this picture/);
    assert.doesNotMatch(branch ?? "", /make it night/);
    const again = await shy.press("redo", first.key);
    assert.equal(again.last.phase, "done", "what was attached is still known");
    await shy.close();
  });
});

describe("the price", () => {
  test("is said before it starts, and what it came to lies within", async () => {
    const { views, last } = await studio.say("a kite --quality low --size square --partials 0");
    const [, from, to] = /^Getting ready, for \$([\d.]+) to \$([\d.]+)$/.exec(views[0]?.status ?? "") ?? [];
    const cost = last.details?.cost?.usd ?? 0;
    assert.ok(Number(from) - 0.0005 <= cost && cost <= Number(to) + 0.0005, `${from} ≤ ${cost} ≤ ${to}`);
  });

  test("is said for what has not been sent", async () => {
    const wish = {
      user: { id: "u:ada", name: "Ada" },
      place: { channel: "paper:room" } as const,
      text: "a kite",
    };
    const low = await studio.core.estimateOf({
      ...wish,
      options: { quality: "low", size: "1024x1024" },
      pictures: 0,
    });
    const four = await studio.core.estimateOf({
      ...wish,
      options: { quality: "low", size: "1024x1024", count: 4 },
      pictures: 0,
    });
    const dollars = (text = "") => Number(/\$([\d.]+)/.exec(text)?.[1]);
    assert.ok(dollars(four) > 3 * dollars(low), `${four} for four, ${low} for one`);
    assert.equal(
      await studio.core.estimateOf({ ...wish, options: { model: "chatgpt-image-latest" }, pictures: 0 }),
      undefined,
    );
    await assert.rejects(studio.core.estimateOf({ ...wish, options: { size: "huge" }, pictures: 0 }), {
      code: "bad_option",
    });
  });
});

describe("a conversation that has to be told again", () => {
  test("is not gone on with when its newest picture is no longer there: another would be drawn", async () => {
    const shy = await createStudio({ defaults: { store: false } });
    await shy.say("a castle");
    const before = shy.asked().length;
    shy.adapter.recall = async () => [];
    const { last } = await shy.say("make it night");
    assert.match(last.text, /no longer there\. Attach it/);
    assert.equal(shy.asked().length, before);
    await shy.close();
  });

  test("brings no picture beside the one a mask lies on", async () => {
    const shy = await createStudio({ defaults: { store: false } });
    const { key } = await shy.say("a lounge with a pool");
    const mask = await masked(64, 64, { left: 16, top: 16, width: 32, height: 32 });
    const attachments = [attachment(mask, { name: "mask.png", role: "mask" })];
    const { last } = await shy.press("edit", key, { text: "add a flamingo", options: {}, attachments });
    assert.equal(last.phase, "done", last.text);
    const items = JSON.stringify(shy.asked().at(-1)?.input);
    assert.equal(items.match(/"input_image"/g)?.length, 1);
    await shy.close();
  });
});
