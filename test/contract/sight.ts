import assert from "node:assert/strict";
import sharp from "sharp";
import { bmp } from "../rig/bmp.ts";
import { askedOf } from "../rig/core.ts";
import { heic } from "../rig/heic.ts";
import { flat, noise } from "../rig/pictures.ts";
import type { Promised, Seen, Stage } from "./platform.ts";

/** What a person sees is what the bot goes on from: pictures, the bot's own words, and files as people have them. */
export const sight: Readonly<Record<string, Promised>> = {
  async "asks what to do with a photo without words, and the words in answer are about it"(stage) {
    const { person, picture, standin } = stage;
    await person.say("", { files: [{ name: "photo.png", bytes: await flat("#c00", 320, 200) }] });
    const question = await refusal(stage, /Say what to do with the picture/);
    await person.say("make it night", { replyTo: question });
    await picture();
    assert.match(asked(stage), /Picture 1:.*make it night/);
    assert.equal(askedOf(standin).length, 1);
  },

  async "says all that is wrong with the options, and takes the flags alone in answer"(stage) {
    const { person, picture } = stage;
    await person.say("a kite --size wide --quality ultra --count 9");
    const wrong = await refusal(stage, /Quality takes/);
    assert.match(wrong.text, /not “9”/);
    await person.say("—count 2 --quality low", { replyTo: wrong });
    const { pictures } = await picture();
    assert.equal(pictures.length, 2);
    assert.match(asked(stage), /"content":"a kite"/);
    assert.deepEqual([toolOf(stage)?.size, toolOf(stage)?.quality], ["1536x1024", "low"]);
  },

  async "takes an answer to what it refused for an ordinary request"(stage) {
    const { person, picture } = stage;
    await person.say("a kite --count 9");
    const wrong = await refusal(stage, /not “9”/);
    await person.say("a red fox in snow", { replyTo: wrong });
    await picture();
    assert.match(asked(stage), /"content":"a red fox in snow"/);
    for (const { text } of await person.look()) assert.doesNotMatch(text, /cannot find a picture/);
  },

  async "takes a dash before an option for what was typed"({ person, picture, ...stage }) {
    await person.say("a boat — in fog —size wide");
    await picture();
    assert.match(asked(stage), /"content":"a boat — in fog"/);
    assert.equal(toolOf(stage)?.size, "1536x1024");
  },

  async "reads a picture by its bytes, whatever it is called"({ person, picture, ...stage }) {
    const bytes = await sharp(await flat("#c00", 320, 200))
      .jpeg()
      .toBuffer();
    await person.say("make it night", { files: [{ name: "photo.jfif", bytes }] });
    await picture();
    assert.match(asked(stage), /Picture 1:.*make it night/);
  },

  async "reads the files that phones and old programs write"({ person, picture, ...stage }) {
    const files = [
      { name: "photo.HEIC", bytes: heic() },
      { name: "drawing.bmp", bytes: bmp("24") },
    ];
    await person.say("put the second on the first", { files });
    const { text } = await picture();
    assert.match(asked(stage), /Picture 1:.*Picture 2:/);
    assert.match(text, /photo\.HEIC.*HEIC/);
    assert.match(text, /drawing\.bmp.*BMP/);
  },

  async "takes a file of text for the words"({ person, picture, ...stage }) {
    const bytes = Buffer.from("a lighthouse in a storm");
    await person.say("", { files: [{ name: "message.txt", bytes }] });
    await picture();
    assert.match(asked(stage), /"content":"a lighthouse in a storm"/);
  },

  async "says of a file that is no picture what it is"({ person, standin, see }) {
    const bytes = Buffer.concat([Buffer.from([0, 0, 0, 24]), Buffer.from("ftypisom"), Buffer.alloc(50)]);
    await person.say("make it night", { files: [{ name: "clip.mp4", bytes }] });
    await see("the advice", ({ text }) => /clip\.mp4.*is a film/.test(text));
    assert.equal(askedOf(standin).length, 0);
  },

  async "goes on from somebody's newer picture, and from that one alone"({ person, picture, ...stage }) {
    await person.say("a castle by the sea");
    const first = await picture();
    assert.ok(person.beside);
    await person.beside({ name: "garden.png", bytes: await flat("#468", 320, 200) });
    await person.say("make it night");
    const second = await picture([first]);
    assert.match(asked(stage), /Picture 1:.*make it night/);
    assert.doesNotMatch(asked(stage), /Picture 2:/);
    assert.equal(askedOf(stage.standin).at(-1)?.previous_response_id, undefined);
    await person.say("add snow", { replyTo: second });
    await picture([first, second]);
    assert.ok(askedOf(stage.standin).at(-1)?.previous_response_id);
  },

  async "goes on from somebody's picture when what was made of it is undone, also after a restart"(stage) {
    const { person, picture, hear, restart, standin } = stage;
    assert.ok(person.beside);
    await person.beside({ name: "garden.png", bytes: await flat("#468", 320, 200) });
    await person.say("make it night");
    const first = await picture();
    await person.press(first, "undo");
    await hear(/Back to the beginning/);
    await restart();
    await person.say("make it dusk");
    await picture([first]);
    assert.match(asked(stage), /Picture 1:.*make it dusk/);
    assert.equal(askedOf(standin).at(-1)?.previous_response_id, undefined);
  },

  async "says which picture of somebody's it cannot use, and draws without where that is asked for"(stage) {
    const { person, picture, see, standin } = stage;
    assert.ok(person.beside);
    await person.say("a castle by the sea");
    const first = await picture();
    await person.beside({
      name: "broken.png",
      bytes: (await noise(64, 64).png().toBuffer()).subarray(0, 4000),
    });
    await person.say("make it night");
    await see("the advice", ({ text }) => /broken\.png.*--action generate/s.test(text));
    assert.equal(askedOf(standin).length, 1, "nothing is paid for");
    await person.say("a red fox in snow --action generate");
    const { text } = await picture([first]);
    assert.match(text, /Left out: .*broken\.png/);
    assert.equal(askedOf(standin).at(-1)?.previous_response_id, undefined);
  },

  async "keeps the shape of the picture that is edited"({ person, picture, ...stage }) {
    await person.say("a cosy cabin in the woods --size wide");
    const first = await picture();
    await person.say("make it night", { replyTo: first });
    await picture([first]);
    assert.equal(toolOf(stage)?.size, "1536x1024");
  },
};

/** Waits until the bot says so, for nothing. */
async function refusal({ see, standin }: Stage, why: RegExp): Promise<Seen> {
  const said = await see("what is missing", ({ text }) => why.test(text));
  assert.equal(askedOf(standin).length, 0, "nothing is paid for");
  return said;
}

/** What the last request said, as JSON. */
function asked({ standin }: Pick<Stage, "standin">): string {
  return JSON.stringify(askedOf(standin).at(-1)?.input);
}

function toolOf({ standin }: Pick<Stage, "standin">): Readonly<Record<string, unknown>> | undefined {
  return (askedOf(standin).at(-1)?.tools as Record<string, unknown>[] | undefined)?.[0];
}
