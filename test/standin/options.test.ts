import assert from "node:assert/strict";
import { test } from "node:test";
import type { Tool } from "openai/resources/responses/responses";
import sharp from "sharp";
import { ask, dataUrl, difference, given, photo, pictureOf, pixels, refused, setup } from "./client.ts";

test("a GIF moves: frames that differ, the delay asked for, round and round", async (t) => {
  const { openai } = await setup(t);
  const gif = async (prompt: string, options: Partial<Tool.ImageGeneration>) =>
    pictureOf(await openai.responses.create(ask(prompt, { output_format: "gif", ...options })));
  const cases = [
    ["a cat in a meadow", {}, 9, 200],
    ["a cat in a meadow", { frame_count: 2, frame_duration_ms: 44 }, 2, 40],
    ["rolling meadows", { frame_count: 5, frame_duration_ms: 1000 }, 5, 1000],
    ["an empty desert, pixel art", { frame_count: 16, frame_duration_ms: 3 }, 16, 10],
  ] as const;
  for (const [prompt, options, frames, delay] of cases) {
    const picture = await gif(prompt, options);
    const { pages, delay: delays, loop } = await sharp(picture, { animated: true }).metadata();
    assert.deepEqual([pages, delays, loop], [frames, Array(frames).fill(delay), 0], prompt);
    const all = await Promise.all(
      Array.from({ length: frames }, (_, page) => sharp(picture, { page }).png().toBuffer()),
    );
    const [first] = all;
    assert.ok(first);
    const apart = await Promise.all(all.slice(1).map((frame) => difference(first, frame)));
    assert.ok(Math.max(...apart) > 0.01, `${prompt}: ${apart.join(", ")}`);
  }
});

test("a GIF has the style and the colours that were asked for", async (t) => {
  const { openai } = await setup(t);
  const parent = await openai.responses.create(ask("a red fox in a forest"));
  const grey = await openai.responses.create({
    ...ask("make it black and white", { output_format: "gif", frame_count: 2 }),
    previous_response_id: parent.id,
  });
  const { channels } = await sharp(pictureOf(grey)).stats();
  const means = channels.slice(0, 3).map(({ mean }) => mean);
  assert.ok(Math.max(...means) - Math.min(...means) < 2, means.join(", "));
});

test("an SVG stands alone and shows the scene, styled and patched as its pixels would be", async (t) => {
  const { openai } = await setup(t);
  const parent = await openai.responses.create(ask("a cat in a meadow"));
  const mask = await sharp({ create: { width: 256, height: 256, channels: 4, background: "#fff" } })
    .composite([
      {
        input: { create: { width: 100, height: 200, channels: 4, background: "#fff" } },
        left: 150,
        top: 20,
        blend: "dest-out",
      },
    ])
    .png()
    .toBuffer();
  const edits = [
    ["a red fox in a forest", {}, false, 0.08],
    ["make it black and white", {}, true, 0.35],
    ["make it warmer, film noir", {}, true, 0.35],
    ["a flamingo at night", { input_image_mask: { image_url: dataUrl(mask) } }, true, 0.2],
  ] as const;
  for (const [prompt, options, edit, most] of edits) {
    const draw = async (output_format: "svg" | "png") =>
      pictureOf(
        await openai.responses.create({
          ...ask(prompt, { output_format, ...options }),
          ...(edit ? { previous_response_id: parent.id } : {}),
        }),
      );
    const [svg, png] = await Promise.all([draw("svg"), draw("png")]);
    const text = svg.toString("utf8");
    assert.match(text, /^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" width="256" height="256"/);
    assert.doesNotMatch(
      text.replaceAll('xmlns="http://www.w3.org/2000/svg"', ""),
      /https?:|<script|\bon\w+=|<text|url\((?!#)/,
    );
    const apart = await difference(await sharp(svg).png().toBuffer(), png);
    assert.ok(apart < most, `${prompt}: the drawing is the picture: ${apart}`);
  }
});

test("only PNG and WebP can be transparent, also when nothing is said and the parent is", async (t) => {
  const { openai } = await setup(t);
  const sprite = await openai.responses.create(
    ask("a pixel-art sprite of a cat", { background: "transparent" }),
  );
  const background = async (output_format: "png" | "webp" | "jpeg" | "gif" | "svg") => {
    const { output } = await openai.responses.create({
      ...ask("add a red balloon", { output_format, ...(output_format === "gif" ? { frame_count: 2 } : {}) }),
      previous_response_id: sprite.id,
    });
    const [item] = output;
    assert.ok(item?.type === "image_generation_call");
    const { data } = await pixels(Buffer.from(item.result ?? "", "base64"));
    return [item.background, data[3]];
  };
  assert.deepEqual(await background("png"), ["transparent", 0]);
  assert.deepEqual(await background("webp"), ["transparent", 0]);
  for (const format of ["jpeg", "gif", "svg"] as const) {
    assert.deepEqual(await background(format), ["opaque", 255], format);
  }
  for (const output_format of ["jpeg", "gif", "svg"] as const) {
    const no = await refused(openai.responses.create(ask("x", { background: "transparent", output_format })));
    assert.equal(no.param, "tools[0].background");
  }
});

test("complexity changes how much there is, and comes from the reasoning effort when it is not set", async (t) => {
  const { openai } = await setup(t);
  const draw = async (complexity?: "low" | "medium" | "high", effort?: "high") =>
    pictureOf(
      await openai.responses.create({
        ...ask("rolling meadows by day", { output_format: "svg", ...(complexity ? { complexity } : {}) }),
        ...(effort ? { reasoning: { effort } } : {}),
      }),
    ).toString();
  const shapes = (svg: string) => svg.match(/<(path|circle|ellipse|rect)\b/g)?.length ?? 0;
  const [low, unset, high] = [await draw("low"), await draw(), await draw("high")];
  assert.ok(
    shapes(low) < shapes(unset) && shapes(unset) < shapes(high),
    [low, unset, high].map(shapes).join(),
  );
  assert.equal(await draw(undefined, "high"), high);
  assert.equal(await draw("low", "high"), low);
});

test("high fidelity keeps a given picture, low follows it, and newer models always keep it", async (t) => {
  const { openai } = await setup(t);
  const face = await sharp(await photo(1024, 1024))
    .png()
    .toBuffer();
  const kept = async (options: Partial<Tool.ImageGeneration>) => {
    const request = ask(given("add a small red balloon", face), { size: "1024x1024", ...options });
    const { data } = await pixels(pictureOf(await openai.responses.create(request)));
    const before = await pixels(face);
    let sum = 0;
    for (let at = 0; at < 300 * 4096; at++) sum += Math.abs((data[at] ?? 0) - (before.data[at] ?? 0));
    return sum / (300 * 4096);
  };
  const low = await kept({ model: "gpt-image-1.5" });
  for (const options of [{ model: "gpt-image-1.5", input_fidelity: "high" }, {}] as const) {
    const high = await kept(options);
    assert.ok(high < low * 0.75, `${JSON.stringify(options)}: ${high} of ${low}`);
  }
});

test("generate draws anew even from a picture, edit needs one and keeps it", async (t) => {
  const { openai } = await setup(t);
  const before = await photo(256, 256);
  const draw = async (action: "generate" | "edit" | "auto") => {
    const { output } = await openai.responses.create(ask(given("a fox in a forest", before), { action }));
    const [item] = output;
    assert.ok(item?.type === "image_generation_call");
    return [item.action, await difference(before, Buffer.from(item.result ?? "", "base64"))] as const;
  };
  const [generated, edited, auto] = [await draw("generate"), await draw("edit"), await draw("auto")];
  assert.deepEqual([generated[0], edited[0], auto[0]], ["generate", "edit", "edit"]);
  assert.ok(generated[1] > 0.9 && edited[1] < 0.7, `${generated[1]}, ${edited[1]}`);
});

test("models of which nothing is said draw the standard sizes, and an SVG's author is one that exists", async (t) => {
  const { openai } = await setup(t);
  for (const model of ["gpt-image-2.6-sunburst", "gpt-image-2.6-flare", "chatgpt-image-latest"] as const) {
    for (const options of [{ size: "1536x864" }, { quality: "max" as const }]) {
      const no = await refused(openai.responses.create(ask("a cat", { model, ...options })));
      assert.equal(no.code, "invalid_value", model);
    }
  }
  const svg = (model: string) => ask("a cat", { output_format: "svg", svg: { model } });
  assert.equal((await refused(openai.responses.create(svg("gpt-nothing")))).param, "tools[0].svg.model");
  const { output } = await openai.responses.create(svg("gpt-5.4"));
  const [item] = output;
  assert.ok(item?.type === "image_generation_call");
  assert.equal(item.svg_usage?.model, "gpt-5.4");
});

test("frames, sketches and each picture given are counted", async (t) => {
  const { openai } = await setup(t);
  const used = async (request: ReturnType<typeof ask>) =>
    (await openai.responses.create(request)).tool_usage?.image_gen ?? assert.fail("nothing was used");
  const still = await used(ask("a cat", { size: "1024x1024" }));
  const moving = await used(ask("a cat", { size: "1024x1024", output_format: "gif", frame_count: 3 }));
  assert.equal(moving.output_tokens, still.output_tokens * 3);
  const [one, three] = [await photo(64, 64), await photo(128, 64)];
  const [single, triple] = [await used(ask(given("x", one))), await used(ask(given("x", one, one, three)))];
  assert.equal(single.input_tokens_details.image_tokens, 194);
  assert.equal(triple.input_tokens_details.image_tokens, 194 * 3);
  const parent = await openai.responses.create(ask("a cat"));
  const edit = await used({ ...ask("make it night"), previous_response_id: parent.id });
  assert.equal(edit.input_tokens_details.image_tokens, 194, "what is edited goes in too");
  const looked = async (detail: "low" | "high") => {
    const image = { type: "input_image" as const, detail, image_url: dataUrl(await photo(1024, 512)) };
    const { usage } = await openai.responses.create(ask([{ role: "user", content: [image] }]));
    return usage?.input_tokens ?? 0;
  };
  assert.ok((await looked("low")) < (await looked("high")));
});
