import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import sharp from "sharp";
import type { Standin } from "../../src/standin/index.ts";
import { flat, masked } from "../rig/pictures.ts";
import { until } from "../rig/until.ts";
import type { Promised } from "./platform.ts";
import { promises } from "./promises.ts";
import { sight } from "./sight.ts";

/** What holds whoever draws: the same promise, kept by the Image API. */
const titles = [
  "answers words with a picture, in one message that changes in place",
  "describes the picture to those who do not see it",
  "shows sketches while it draws, and offers to cancel",
  "offers to edit, vary, redo, undo and delete a finished picture",
  "applies options, and shows what was applied",
  "shows what it cost",
  "draws a variation, and the same again, each in a message of its own",
  "undo goes back to the picture before, and says so",
  "stops at once when cancelled",
  "takes a deleted picture away",
  "says what was refused and why, and the conversation goes on",
  "answers a file that is no picture with what to do",
  "knows its buttons after a restart",
  "shows an SVG as a picture, with its source beside it",
  "mentions nobody, whatever the words are",
];
const all: Readonly<Record<string, Promised>> = { ...promises, ...sight };
const same = Object.fromEntries(
  titles.map((title) => {
    const keep = all[title];
    assert.ok(keep, `no promise is called “${title}”`);
    return [title, keep];
  }),
);

/** What every adapter promises where the Image API draws, by what a person sees and what is asked for. */
export const imagePromises: Readonly<Record<string, Promised>> = {
  ...same,

  async "edits the picture that is answered, with what was wished before"({ person, picture, standin }) {
    await person.say("a castle by the sea");
    const first = await picture();
    await person.say("make it night", { replyTo: first });
    const second = await picture([first]);
    await person.say("add a boat", { replyTo: second });
    const third = await picture([first, second]);
    await person.say("make it winter", { replyTo: first });
    await picture([first, second, third]);
    const [root, night, boat, winter] = drawnBy(standin);
    assert.equal(root?.path, "/v1/images/generations");
    assert.equal(root?.fields.prompt, "a castle by the sea");
    assert.deepEqual(
      [night, boat, winter].map((one) => one?.path),
      ["/v1/images/edits", "/v1/images/edits", "/v1/images/edits"],
    );
    assert.deepEqual(night?.images, [hashOf(first.pictures[0]?.bytes)], "the picture as it is seen");
    assert.deepEqual(boat?.images, [hashOf(second.pictures[0]?.bytes)]);
    assert.deepEqual(winter?.images, [hashOf(first.pictures[0]?.bytes)], "a branch from the first");
    assert.match(
      boat?.prompt ?? "",
      /oldest first:\n- a castle by the sea\n- make it night\n\nDo this now.*: add a boat$/,
    );
    assert.doesNotMatch(winter?.prompt ?? "", /night|boat/);
  },

  async "edits through the form, and the same again from the same picture"({ person, picture, standin }) {
    await person.say("a small house");
    const first = await picture();
    await person.press(first, "edit", { text: "paint the door green" });
    const second = await picture([first]);
    await person.press(second, "redo");
    const third = await picture([first, second]);
    const [, edit, again] = drawnBy(standin);
    assert.deepEqual([edit?.prompt, edit?.images], [again?.prompt, again?.images]);
    assert.notDeepEqual(second.pictures[0]?.bytes, third.pictures[0]?.bytes);
  },

  async "takes what is attached as pictures, in order"({ person, picture, standin }) {
    const files = [
      { name: "one.png", bytes: await flat("#c00", 320, 200) },
      { name: "two.png", bytes: await flat("#00c", 200, 320) },
    ];
    await person.say("put the second on the first", { files });
    await picture();
    const [edit] = drawnBy(standin);
    assert.deepEqual(
      edit?.images,
      files.map(({ bytes }) => hashOf(bytes)),
    );
    assert.match(edit?.prompt ?? "", /^Image 1 is Picture 1\.\nImage 2 is Picture 2\.\n\nput the second/);
    const uploads = standin.requests.filter(({ path }) => path.startsWith("/v1/files"));
    assert.equal(uploads.length, 0, "they go along as bytes");
  },

  async "changes nothing around a mask"({ person, picture, standin }) {
    const lounge = await flat("#a67", 480, 320);
    const mask = await masked(480, 320, { left: 160, top: 160, width: 160, height: 120 });
    const files = [
      { name: "lounge.png", bytes: lounge },
      { name: "mask.png", bytes: mask, mask: true },
    ];
    await person.say("a sunlit indoor lounge with a pool that holds a flamingo", { files });
    const { pictures } = await picture();
    const side = (bytes: Uint8Array | undefined) =>
      sharp(bytes).extract({ left: 0, top: 0, width: 150, height: 320 }).removeAlpha().raw().toBuffer();
    assert.deepEqual(await side(pictures[0]?.bytes), await side(lounge));
    const [edit] = drawnBy(standin);
    assert.ok(edit?.fields.mask, "the mask goes along");
  },

  async "edits where a link to a page was painted on"({ person, picture, core, standin }) {
    await person.say("a lounge with a pool");
    const first = await picture();
    await person.press(first, "area");
    const link = /https:\/\/draw\.example\.com\/area\/([\w.-]+)/;
    const told = async () =>
      [...(await person.told())].map((line) => link.exec(line)?.[1]).find(Boolean) ?? "";
    await until(async () => (await told()) !== "", "the link");
    const mask = await masked(64, 64, { left: 16, top: 16, width: 32, height: 32 });
    const attachment = { name: "mask.png", mediaType: "image/png", size: mask.length, role: "mask" } as const;
    await core().core.areas?.send(await told(), {
      text: "add a flamingo to the pool",
      options: {},
      attachments: [{ ...attachment, read: async () => mask }],
    });
    await picture([first]);
    const edit = drawnBy(standin).at(-1);
    assert.deepEqual([edit?.path, edit?.prompt], ["/v1/images/edits", "add a flamingo to the pool"]);
    assert.ok(edit?.fields.mask);
  },

  async "draws several by one request, and goes on from the one that is picked"(stage) {
    const { person, picture, hear, standin } = stage;
    await person.say("a kite", { options: { count: 3 } });
    const several = await picture();
    assert.equal(several.pictures.length, 3);
    assert.match(several.text, /\$0\.\d/);
    assert.equal(drawnBy(standin).length, 1);
    assert.equal(drawnBy(standin)[0]?.fields.n, 3);
    assert.equal(drawnBy(standin)[0]?.fields.stream, undefined);
    await person.press(several, "pick2");
    await hear(/Picture 2 it is/);
    await person.press(several, "edit", { text: "make it night" });
    await picture([several]);
    assert.deepEqual(drawnBy(standin).at(-1)?.images, [hashOf(several.pictures[1]?.bytes)]);
  },

  async "shows all of several where none was picked"({ person, picture, standin }) {
    await person.say("a kite", { options: { count: 2 } });
    const several = await picture();
    await person.say("make the second one red", { replyTo: several });
    await picture([several]);
    const edit = drawnBy(standin).at(-1);
    assert.deepEqual(
      edit?.images,
      several.pictures.map(({ bytes }) => hashOf(bytes)),
    );
    assert.match(edit?.prompt ?? "", /Image 2 is Picture 2\.\nThey were drawn side by side\./);
  },

  async "says that it answers nothing in words, and what to do instead"({ person, picture, see, standin }) {
    await person.say("a lighthouse in a storm");
    const first = await picture();
    await person.say("what is in this picture?", { replyTo: first });
    const told = await see("what it cannot do", ({ text }) => /answer nothing in words/.test(text));
    assert.match(told.text, /--action edit/);
    assert.equal(drawnBy(standin).length, 1, "nothing is paid for");
  },

  async "finishes after a restart what was in flight, in the same message"(stage) {
    const { person, hold, see, picture, restart, standin } = stage;
    hold();
    await person.say("a harbour");
    const working = await see("a sketch", ({ pictures }) => pictures.length > 0);
    await restart();
    const done = await picture();
    assert.equal(done.key, working.key);
    assert.equal(drawnBy(standin).length, 2, "what was cut off is drawn once more");
    assert.equal((await person.look()).length, 1);
  },
};

/** The examples of OpenAI's guide to its Image API, as people have them in a chat. */
export const imageExamples: Readonly<Record<string, Promised>> = {
  async "a children's book drawing of a veterinarian"({ person, picture, standin }) {
    await person.say(
      "A children's book drawing of a veterinarian using a stethoscope to listen to the heartbeat of a baby otter.",
    );
    await picture();
    assert.equal(drawnBy(standin)[0]?.path, "/v1/images/generations");
  },

  async "a gift basket from four references"({ person, picture, standin }) {
    const colours = { lotion: "#c44", candle: "#4c4", soap: "#44c", bomb: "#cc4" };
    const files = await Promise.all(
      Object.entries(colours).map(async ([name, colour]) => ({
        name: `${name}.png`,
        bytes: await flat(colour, 200, 200),
      })),
    );
    const words =
      "Generate a photorealistic image of a gift basket labeled 'Relax & Unwind' with all the items";
    await person.say(words, { files });
    await picture();
    assert.deepEqual(
      drawnBy(standin)[0]?.images,
      files.map(({ bytes }) => hashOf(bytes)),
    );
  },

  async "a woman's face and a logo, both kept"({ person, picture, standin }) {
    const files = [
      { name: "woman.png", bytes: await flat("#dca", 320, 480) },
      { name: "logo.png", bytes: await flat("#06c", 128, 128) },
    ];
    const options = { model: "gpt-image-1.5", fidelity: "high" } as const;
    await person.say("Add the logo to the woman's top, as if stamped into the fabric.", { files, options });
    await picture();
    assert.equal(drawnBy(standin)[0]?.fields.input_fidelity, "high");
  },

  async "a river of owl feathers, as it is drawn"({ person, hold, see, picture, standin }) {
    const held = hold();
    const words =
      "Draw a gorgeous image of a river made of white owl feathers, snaking its way through winter";
    await person.say(words, { options: { partials: 3 } });
    await see("a sketch", ({ pictures, buttons }) => pictures.length > 0 && !buttons.includes("redo"));
    held.release();
    await picture();
    assert.deepEqual(
      [drawnBy(standin)[0]?.fields.stream, drawnBy(standin)[0]?.fields.partial_images],
      [true, 3],
    );
  },

  async "a sprite on a transparent background"({ person, picture }) {
    const options = { background: "transparent", quality: "high" } as const;
    await person.say("Draw a 2D pixel art style sprite sheet of a tabby gray cat", { options });
    const { pictures } = await picture();
    const corner = sharp(pictures[0]?.bytes).ensureAlpha().extract({ left: 0, top: 0, width: 1, height: 1 });
    assert.equal((await corner.raw().toBuffer())[3], 0);
  },

  async "an otter as a JPEG at half its weight"({ person, picture, standin }) {
    await person.say("A cute baby sea otter", {
      options: { format: "jpeg", compression: 50, size: "1024x1024" },
    });
    const { pictures } = await picture();
    assert.equal((await sharp(pictures[0]?.bytes).metadata()).format, "jpeg");
    assert.equal(drawnBy(standin)[0]?.fields.output_compression, 50);
  },
};

interface Asked {
  readonly path: string;
  readonly fields: Readonly<Record<string, unknown>>;
  /** With plain line ends: a form has its own. */
  readonly prompt: string;
  /** The SHA-256 of each picture that is edited. */
  readonly images: readonly unknown[];
}

/** The requests to the Image API, oldest first. */
function drawnBy({ requests }: Standin): readonly Asked[] {
  return requests.flatMap(({ path, body }) => {
    if (!path.startsWith("/v1/images/") || !body || typeof body !== "object") return [];
    const fields = { ...body } as Record<string, unknown>;
    const images = [fields.image ?? fields["image[]"] ?? []].flat();
    return {
      ...{ path, fields, prompt: String(fields.prompt).replaceAll("\r\n", "\n") },
      images: images.map((image) => (image as { sha256: string }).sha256),
    };
  });
}

function hashOf(bytes: Uint8Array | undefined): string {
  return createHash("sha256")
    .update(bytes ?? "")
    .digest("hex");
}
