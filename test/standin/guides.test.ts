import assert from "node:assert/strict";
import { test } from "node:test";
import sharp from "sharp";
import { ask, collect, dataUrl, difference, given, pictureOf, pixels, setup } from "./client.ts";

test("things given in order are all in the basket, in that order", async (t) => {
  const { openai } = await setup(t);
  const tones = ["#e01030", "#10a040", "#2040e0", "#e010c0"] as const;
  const goods = await Promise.all(tones.map((tone) => product(tone)));
  const basket = pictureOf(
    await openai.responses.create(
      ask(
        given(
          "a gift basket on a white background with all the items in the pictures, labelled “Relax”",
          ...goods,
        ),
        {
          size: "512x512",
        },
      ),
    ),
  );
  const found = await Promise.all(
    (
      [
        [224, 16, 48],
        [16, 160, 64],
        [32, 64, 224],
        [224, 16, 192],
      ] as const
    ).map((tone) => find(basket, tone)),
  );
  for (const { count, y } of found) assert.ok(count > 600 && y > 0.2 && y < 0.7, JSON.stringify(found));
  const order = found.map(({ x }) => x);
  assert.deepEqual(
    order,
    order.toSorted((a, b) => a - b),
  );
});

test("a logo goes onto her top, cut out, and nothing else changes", async (t) => {
  const { openai } = await setup(t);
  const woman = pictureOf(await openai.responses.create(ask("a photo of a woman", { size: "512x512" })));
  const logo = await product("#10e0e0");
  const options = { model: "gpt-image-1.5", input_fidelity: "high", size: "1024x1024" } as const;
  for (const [words, pictures] of [
    ["put the logo on her top", [woman, logo]],
    ["put the logo of 2 on the shirt of 1", [woman, logo]],
    ["put the logo of 1 on the shirt of 2", [logo, woman]],
  ] as const) {
    const drawn = pictureOf(await openai.responses.create(ask(given(words, ...pictures), options)));
    const { count, x, y } = await find(drawn, [16, 224, 224]);
    assert.ok(
      count > 4000 && Math.abs(x - 0.5) < 0.05 && y > 0.45 && y < 0.68,
      `${words}: ${count} ${x} ${y}`,
    );
    const { data } = await pixels(drawn);
    const corner = (Math.round((y + 0.078) * 1024) * 1024 + Math.round((x + 0.078) * 1024)) * 4;
    assert.ok((data[corner + 2] ?? 255) < 200, `${words}: none of the white around it came along`);
    const bigger = await sharp(woman).resize(1024, 1024).png().toBuffer();
    const apart = await difference(bigger, drawn);
    assert.ok(apart < 0.16, `${words}: ${apart}`);
  }
});

test("a cat hugs an otter in a scarf, and becomes realistic", async (t) => {
  const { openai } = await setup(t);
  const first = await openai.responses.create(
    ask("a gray tabby cat hugging an otter with an orange scarf", { size: "512x512" }),
  );
  assert.match(promptOf(first), /grey tabby, an otter and an orange scarf/);
  assert.ok((await find(pictureOf(first), [240, 138, 44])).count > 300, "the scarf is orange");
  const real = await openai.responses.create({
    ...ask("now make it look realistic", { size: "512x512" }),
    previous_response_id: first.id,
  });
  assert.match(promptOf(real), /realistic style/);
  assert.match(promptOf(real), /grey tabby, an otter and an orange scarf/);
  assert.ok((await difference(pictureOf(first), pictureOf(real))) > 0.1);
  const bare = await openai.responses.create({
    ...ask("remove the otter's scarf"),
    previous_response_id: real.id,
  });
  assert.match(promptOf(bare), /A grey tabby and an otter /);
  const blue = await openai.responses.create({
    ...ask("give the cat a blue hat"),
    previous_response_id: bare.id,
  });
  assert.match(promptOf(blue), /grey tabby, a blue hat and an otter/);
});

test("a river of feathers winds through winter, each sketch nearer to it", async (t) => {
  const { openai } = await setup(t);
  const events = await collect(
    await openai.responses.create({
      ...ask("a river made of white owl feathers, snaking through a serene winter landscape", {
        partial_images: 3,
        size: "512x512",
        quality: "medium",
      }),
      stream: true,
    }),
  );
  const last = events.at(-1);
  assert.ok(last?.type === "response.completed");
  assert.match(promptOf(last.response), /snowy land .* river of feathers/);
  assert.doesNotMatch(promptOf(last.response), /owl/);
  const final = pictureOf(last.response);
  const apart: number[] = [];
  for (const event of events) {
    if (event.type !== "response.image_generation_call.partial_image") continue;
    apart.push(await difference(final, Buffer.from(event.partial_image_b64, "base64")));
  }
  assert.equal(apart.length, 3);
  assert.deepEqual(
    apart,
    apart.toSorted((a, b) => b - a),
  );
  assert.ok((apart[0] ?? 0) > (apart[2] ?? 1) * 1.5, apart.join(", "));
});

test("a flamingo comes to the pool of a lounge, within the mask", async (t) => {
  const { openai } = await setup(t);
  const size = "512x512";
  const lounge = await openai.responses.create(ask("a sunlit indoor lounge with a pool", { size }));
  assert.match(promptOf(lounge), /lounge with a pool/);
  const mask = await sharp({ create: { width: 512, height: 512, channels: 4, background: "#fff" } })
    .composite([
      {
        input: { create: { width: 200, height: 220, channels: 4, background: "#fff" } },
        left: 60,
        top: 250,
        blend: "dest-out",
      },
    ])
    .png()
    .toBuffer();
  const options = { size, input_image_mask: { image_url: dataUrl(mask) } };
  const onPhoto = ask(given("add a flamingo to the pool", pictureOf(lounge)), options);
  const onParent = { ...ask("add a flamingo to the pool", options), previous_response_id: lounge.id };
  for (const request of [onPhoto, onParent]) {
    const { count, x, y } = await find(pictureOf(await openai.responses.create(request)), [245, 138, 160]);
    assert.ok(count > 1500 && x > 0.12 && x < 0.51 && y > 0.49 && y < 0.92, `${count} at ${x}, ${y}`);
  }
});

function promptOf(response: { output: readonly { type: string }[] }): string {
  const item = response.output.find(({ type }) => type === "image_generation_call");
  assert.ok(item && "revised_prompt" in item && typeof item.revised_prompt === "string");
  return item.revised_prompt;
}

/** A picture in one colour on white, as a shop photographs its goods. */
async function product(colour: string, side = 128): Promise<Buffer> {
  const body = `<svg xmlns="http://www.w3.org/2000/svg" width="${side}" height="${side}"><rect width="100%" height="100%" fill="#fff"/><circle cx="50%" cy="50%" r="34%" fill="${colour}"/></svg>`;
  return await sharp(Buffer.from(body)).png().toBuffer();
}

/** Where pixels of about a colour are: how many, and the middle of them in fractions of the picture. */
async function find(picture: Uint8Array, [r, g, b]: readonly [number, number, number]) {
  const { data, width, height } = await pixels(picture);
  let [count, x, y] = [0, 0, 0];
  for (let at = 0; at < data.length; at += 4) {
    const near = [r, g, b].every((value, c) => Math.abs((data[at + c] ?? 0) - value) < 40);
    if (!near || (data[at + 3] ?? 0) < 128) continue;
    count++;
    x += (at / 4) % width;
    y += Math.floor(at / 4 / width);
  }
  return { count, x: x / count / width, y: y / count / height };
}
