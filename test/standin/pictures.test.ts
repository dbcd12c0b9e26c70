import assert from "node:assert/strict";
import { test } from "node:test";
import sharp from "sharp";
import { ask, assertSame, collect, dataUrl, difference, photo, pictureOf, pixels, setup } from "./client.ts";

const beside = (image_url: string, text: string) => [
  {
    role: "user" as const,
    content: [
      { type: "input_image" as const, detail: "auto" as const, image_url },
      { type: "input_text" as const, text },
    ],
  },
];

test("the same prompt gives the same picture, another gives another", async (t) => {
  const { openai } = await setup(t);
  const [one, two, other] = await Promise.all(
    ["a fox in a forest", "a fox in a forest", "a boat at sea"].map(async (prompt) =>
      pictureOf(await openai.responses.create(ask(prompt))),
    ),
  );
  assert.ok(one && two && other);
  assertSame(one, two);
  assert.ok((await difference(one, other)) > 0.5);
});

test("a request that says which of several pictures it is for gets one of its own", async (t) => {
  const { openai } = await setup(t);
  const [one, two, odd] = await Promise.all(
    [{}, { picture: "2" }, { picture: "none" }].map(async (metadata) =>
      pictureOf(await openai.responses.create({ ...ask("a fox in a forest"), metadata })),
    ),
  );
  assert.ok(one && two && odd);
  assert.notDeepEqual(one, two);
  assertSame(one, odd);
});

test("formats and sizes are what was asked for", async (t) => {
  const { openai } = await setup(t);
  for (const output_format of ["png", "jpeg", "webp", "gif", "svg"] as const) {
    const response = await openai.responses.create(
      ask("a boat", {
        output_format,
        size: "384x256",
        ...(output_format === "gif" ? { frame_count: 3, frame_duration_ms: 120 } : {}),
      }),
    );
    const meta = await sharp(pictureOf(response), { animated: true }).metadata();
    assert.equal(meta.format, output_format);
    assert.deepEqual([meta.width, meta.pageHeight ?? meta.height], [384, 256]);
    const [item] = response.output;
    assert.ok(item?.type === "image_generation_call");
    assert.deepEqual([item.output_format, item.size], [output_format, "384x256"]);
    if (output_format === "gif") assert.deepEqual([meta.pages, meta.delay], [3, [120, 120, 120]]);
    if (output_format === "svg") assert.ok(item.svg_usage);
  }
});

test("auto settles on a size, a quality and a background, and says which", async (t) => {
  const { openai } = await setup(t);
  const response = await openai.responses.create(
    ask("a tall poster of a cat", { size: "auto", quality: "auto" }),
  );
  const [item] = response.output;
  assert.ok(item?.type === "image_generation_call");
  assert.deepEqual([item.size, item.quality, item.background], ["1024x1536", "medium", "opaque"]);
  const { width, height, hasAlpha } = await sharp(pictureOf(response)).metadata();
  assert.deepEqual([width, height, hasAlpha], [1024, 1536, false]);
});

test("compression makes smaller files", async (t) => {
  const { openai } = await setup(t);
  const size = async (output_compression: number) =>
    pictureOf(await openai.responses.create(ask("a city", { output_format: "jpeg", output_compression })))
      .length;
  assert.ok((await size(20)) < (await size(90)) / 2);
});

test("a transparent picture is a subject with nothing around it", async (t) => {
  const { openai } = await setup(t);
  const { data, width } = await pixels(
    pictureOf(await openai.responses.create(ask("a cat", { background: "transparent" }))),
  );
  const alpha = (x: number, y: number) => data[(y * width + x) * 4 + 3];
  assert.equal(alpha(2, 2), 0);
  assert.equal(alpha(128, 170), 255);
});

test("sketches become sharper and end in the picture", async (t) => {
  const { openai } = await setup(t);
  const events = await collect(
    await openai.responses.create({ ...ask("a castle", { partial_images: 3 }), stream: true }),
  );
  const sketches = events.flatMap((event) =>
    event.type === "response.image_generation_call.partial_image"
      ? [Buffer.from(event.partial_image_b64, "base64")]
      : [],
  );
  const done = events.at(-1);
  assert.ok(done?.type === "response.completed");
  const all = [...sketches, pictureOf(done.response)];
  const sharpness = await Promise.all(all.map(async (picture) => (await sharp(picture).stats()).sharpness));
  assert.deepEqual(
    sharpness,
    sharpness.toSorted((a, b) => a - b),
  );
  for (const picture of all) assert.equal((await sharp(picture).metadata()).width, 256);
});

test("an edit keeps the composition and changes what was asked for", async (t) => {
  const { openai } = await setup(t);
  const parent = await openai.responses.create(ask("a cat and a house in a meadow by day"));
  const before = pictureOf(parent);
  const change = async (input: string) => {
    const response = await openai.responses.create({ ...ask(input), previous_response_id: parent.id });
    const [item] = response.output;
    assert.ok(item?.type === "image_generation_call");
    assert.equal(item.action, "edit", input);
    return await difference(before, pictureOf(response));
  };
  const within = (value: number, low: number, high: number, what: string) =>
    assert.ok(value > low && value < high, `${what}: ${value}`);
  within(await change("add a red balloon"), 0.005, 0.2, "a balloon changes a part");
  within(await change("make the cat blue"), 0.02, 0.3, "a colour changes a thing");
  within(await change("remove the house"), 0.02, 0.4, "something goes");
  within(await change("make it night"), 0.5, 1.01, "night changes all");
  within(await change("gribble the frobnicator"), 0.02, 1.01, "an unknown request still shows");
});

test("generate starts anew even with a picture at hand", async (t) => {
  const { openai } = await setup(t);
  const parent = await openai.responses.create(ask("a cat in a meadow"));
  const fresh = await openai.responses.create({
    ...ask("a boat", { action: "generate" }),
    previous_response_id: parent.id,
  });
  const alone = await openai.responses.create(ask("a boat"));
  assertSame(pictureOf(fresh), pictureOf(alone));
});

test("one picture given is drawn on; several are shown within the scene", async (t) => {
  const { openai } = await setup(t);
  const given = await photo();
  const drawn = pictureOf(await openai.responses.create(ask(beside(dataUrl(given), "add a cat"))));
  assert.ok((await difference(given, drawn)) < 0.6, "most of it is still the picture");
  assert.ok((await difference(given, drawn)) > 0.02, "and something was added");

  const red = await sharp({ create: { width: 200, height: 200, channels: 3, background: "#ff00ff" } })
    .png()
    .toBuffer();
  const content = [red, given].map((bytes) => ({
    type: "input_image" as const,
    detail: "auto" as const,
    image_url: dataUrl(bytes),
  }));
  const both = await pixels(
    pictureOf(
      await openai.responses.create(
        ask([
          {
            role: "user",
            content: [...content, { type: "input_text", text: "pin these on the wall of a room" }],
          },
        ]),
      ),
    ),
  );
  let magenta = 0;
  for (let at = 0; at < both.data.length; at += 4) {
    if ((both.data[at] ?? 0) > 225 && (both.data[at + 1] ?? 255) < 50 && (both.data[at + 2] ?? 0) > 225)
      magenta++;
  }
  assert.ok(magenta > 800, `the first picture is seen in it: ${magenta}`);
});

test("a mask guides and is not exact: inside it changes, outside it drifts a little", async (t) => {
  const { openai } = await setup(t);
  const given = await photo(256, 256);
  const alpha = Buffer.alloc(256 * 256, 255);
  for (let y = 128; y < 240; y++) alpha.fill(0, y * 256 + 64, y * 256 + 192);
  const mask = await sharp(given)
    .joinChannel(alpha, { raw: { width: 256, height: 256, channels: 1 } })
    .png()
    .toBuffer();
  const options = { input_image_mask: { image_url: dataUrl(mask) } };
  const masked = async () =>
    await pixels(pictureOf(await openai.responses.create(ask(beside(dataUrl(given), "add a cat"), options))));
  const [before, after] = [await pixels(given), await masked()];
  const apart = (x: number, y: number) =>
    [0, 1, 2].reduce((sum, c) => {
      const at = (y * 256 + x) * 4 + c;
      return sum + Math.abs((before.data[at] ?? 0) - (after.data[at] ?? 0));
    }, 0);
  const far: number[] = [];
  for (let y = 0; y < 256; y += 3) {
    for (let x = 0; x < 256; x += 3) if (x < 50 || x > 206 || y < 114) far.push(apart(x, y));
  }
  assert.ok(Math.max(...far) < 40, `far from the hole it is the same picture: ${Math.max(...far)}`);
  const drifted = far.filter((value) => value > 2).length / far.length;
  assert.ok(drifted > 0.7, `and yet nearly every pixel has moved a little: ${drifted}`);
  let inside = 0;
  for (let y = 128; y < 240; y++) for (let x = 64; x < 192; x++) if (apart(x, y) > 60) inside++;
  assert.ok(inside > 4000, `inside, there is a cat: ${inside}`);
  assertSame(after.data, (await masked()).data, "and it drifts the same way each time");
});

test("what a mask brings in stays within it, also on a picture drawn here, and bleeds over its edge", async (t) => {
  const { openai } = await setup(t);
  const parent = await openai.responses.create(ask("a cat in a meadow"));
  const alpha = Buffer.alloc(256 * 256, 255);
  for (let y = 20; y < 200; y++) alpha.fill(0, y * 256 + 150, y * 256 + 240);
  const mask = await sharp(alpha, { raw: { width: 256, height: 256, channels: 1 } })
    .toColourspace("srgb")
    .joinChannel(alpha, { raw: { width: 256, height: 256, channels: 1 } })
    .png()
    .toBuffer();
  const patched = await openai.responses.create({
    ...ask("a flamingo at night", { input_image_mask: { image_url: dataUrl(mask) } }),
    previous_response_id: parent.id,
  });
  const [was, is] = [await pixels(pictureOf(parent)), await pixels(pictureOf(patched))];
  const red = (all: Buffer, x: number, y: number) => all[(y * 256 + x) * 4] ?? 0;
  let pink = 0;
  for (let y = 20; y < 200; y++) {
    for (let x = 150; x < 240; x++) {
      const at = (y * 256 + x) * 4;
      const [r = 0, g = 0, b = 0] = is.data.subarray(at, at + 3);
      if (r > 110 && r > g * 1.3 && b > g * 0.9) pink++;
    }
  }
  assert.ok(pink > 500, `the flamingo is in the hole: ${pink}`);
  assert.ok(Math.abs(red(is.data, 60, 40) - red(was.data, 60, 40)) < 12, "by day outside");
  assert.ok(red(is.data, 160, 40) < red(was.data, 160, 40) - 60, "by night inside");
  assert.ok(red(is.data, 149, 40) < red(was.data, 149, 40) - 20, "and a little beside it");
});

test("the size is the one that was asked for, or the picture's own, whatever the mask", async (t) => {
  const { openai } = await setup(t);
  const given = await photo(320, 160);
  const mask = await sharp({ create: { width: 320, height: 160, channels: 4, background: "#0000" } })
    .png()
    .toBuffer();
  for (const [size, drawn] of [
    ["512x512", "512x512"],
    ["auto", "512x256"],
  ]) {
    const options = { input_image_mask: { image_url: dataUrl(mask) }, ...(size ? { size } : {}) };
    const response = await openai.responses.create(ask(beside(dataUrl(given), "add a cat"), options));
    const { width, height } = await sharp(pictureOf(response)).metadata();
    assert.equal(`${width}x${height}`, drawn);
  }
});

test("text in quotes is lettered", async (t) => {
  const { openai } = await setup(t);
  const plain = pictureOf(await openai.responses.create(ask("a plain studio backdrop with a cup")));
  const response = await openai.responses.create({
    ...ask('add the text "HELLO"'),
    previous_response_id: (await openai.responses.create(ask("a plain studio backdrop with a cup"))).id,
  });
  assert.ok((await difference(plain, pictureOf(response))) > 0.01);
  const [item] = response.output;
  assert.ok(item?.type === "image_generation_call");
  assert.match(item.revised_prompt ?? "", /HELLO/);
});
