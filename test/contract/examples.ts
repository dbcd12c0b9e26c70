import assert from "node:assert/strict";
import sharp from "sharp";
import { askedOf } from "../rig/core.ts";
import { flat, masked } from "../rig/pictures.ts";
import type { Promised } from "./platform.ts";

/** The examples of OpenAI's own guides, as people have them in a chat. */
export const examples: Readonly<Record<string, Promised>> = {
  async "a cat and an otter, then as a photograph"({ person, picture, standin }) {
    await person.say("a gray tabby cat hugging an otter with an orange scarf");
    const first = await picture();
    await person.say("now make it look realistic", { replyTo: first });
    const second = await picture([first]);
    assert.ok(askedOf(standin)[1]?.previous_response_id);
    assert.notDeepEqual(second.pictures[0]?.bytes, first.pictures[0]?.bytes);
  },

  async "a gift basket from four references"({ person, picture, standin }) {
    const items = ["lotion", "candle", "soap", "bomb"] as const;
    const colours = ["#c44", "#4c4", "#44c", "#cc4"];
    const files = await Promise.all(
      items.map(async (name, index) => ({
        name: `${name}.png`,
        bytes: await flat(colours[index] ?? "", 200, 200),
      })),
    );
    const words = "a photorealistic gift basket with all the items in the reference pictures";
    await person.say(words, { files });
    await picture();
    const labels = JSON.stringify(askedOf(standin)[0]?.input).match(/Picture \d:/g);
    assert.deepEqual(labels, ["Picture 1:", "Picture 2:", "Picture 3:", "Picture 4:"]);
  },

  async "a flamingo in the pool of a lounge, and nowhere else"({ person, picture }) {
    const lounge = await flat("#a67", 480, 320);
    const mask = await masked(480, 320, { left: 160, top: 160, width: 160, height: 120 });
    const files = [
      { name: "lounge.png", bytes: lounge },
      { name: "mask.png", bytes: mask, mask: true },
    ];
    await person.say("a sunlit indoor lounge with a pool that holds a flamingo", { files });
    const { pictures } = await picture();
    const of = (bytes: Uint8Array | undefined, left: number) =>
      sharp(bytes).extract({ left, top: 0, width: 150, height: 320 }).removeAlpha().raw().toBuffer();
    for (const left of [0, 330]) assert.deepEqual(await of(pictures[0]?.bytes, left), await of(lounge, left));
    const pool = (bytes: Uint8Array | undefined) =>
      sharp(bytes).extract({ left: 180, top: 180, width: 120, height: 80 }).removeAlpha().raw().toBuffer();
    assert.notDeepEqual(
      await pool(pictures[0]?.bytes),
      await pool(lounge),
      "something was drawn in the hole",
    );
  },

  async "a logo on the top of a woman, whose face is kept"({ person, picture, standin }) {
    const files = [
      { name: "woman.png", bytes: await flat("#dca", 320, 480) },
      { name: "logo.png", bytes: await flat("#06c", 128, 128) },
    ];
    const options = { model: "gpt-image-1.5", fidelity: "high" } as const;
    await person.say("add the logo to the woman's top, as if stamped into the fabric", { files, options });
    const { text } = await picture();
    assert.match(JSON.stringify(askedOf(standin)[0]?.tools), /"input_fidelity":"high"/);
    assert.match(text, /high/);
  },

  async "a sprite on a transparent background"({ person, picture }) {
    const options = { background: "transparent", quality: "high" } as const;
    await person.say("a 2D pixel art style sprite sheet of a tabby gray cat", { options });
    const { pictures } = await picture();
    const corner = sharp(pictures[0]?.bytes).ensureAlpha().extract({ left: 0, top: 0, width: 1, height: 1 });
    assert.equal((await corner.raw().toBuffer())[3], 0);
  },

  async "a river of owl feathers, as it is drawn"({ person, hold, see, picture, standin }) {
    const held = hold();
    const words =
      "a slow river made of white owl feathers, snaking its way through a serene winter landscape";
    await person.say(words, { options: { partials: 3 } });
    await see("a sketch", ({ pictures, buttons }) => pictures.length > 0 && !buttons.includes("redo"));
    held.release();
    await picture();
    assert.match(JSON.stringify(askedOf(standin)[0]?.tools), /"partial_images":3/);
  },
};
