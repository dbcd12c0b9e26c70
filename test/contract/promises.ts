import assert from "node:assert/strict";
import sharp from "sharp";
import type { ImageOptions } from "../../src/seam/options.ts";
import { askedOf } from "../rig/core.ts";
import { flat, masked } from "../rig/pictures.ts";
import { until } from "../rig/until.ts";
import type { Promised } from "./platform.ts";

/** What every adapter promises, on its own surface, with the real core and the real SDKs. */
export const promises: Readonly<Record<string, Promised>> = {
  async "answers words with a picture, in one message that changes in place"({ person, picture }) {
    await person.say("a red fox in snow");
    const answer = await picture();
    assert.equal((await person.look()).length, 1);
    const [shown] = answer.pictures;
    assert.ok(shown);
    assert.ok(((await sharp(shown.bytes).metadata()).width ?? 0) >= 512);
  },

  async "describes the picture to those who do not see it"({ person, picture }) {
    await person.say("a red fox in snow");
    const answer = await picture();
    assert.ok((answer.pictures[0]?.alt.length ?? 0) > 5);
  },

  async "shows sketches while it draws, and offers to cancel"({ person, hold, see, picture }) {
    const held = hold();
    await person.say("a lighthouse");
    const working = await see(
      "a sketch",
      ({ pictures, buttons }) => pictures.length > 0 && !buttons.includes("redo"),
    );
    assert.deepEqual(working.buttons, ["cancel"]);
    held.release();
    const done = await picture();
    assert.equal(done.key, working.key);
    assert.ok(!done.buttons.includes("cancel"));
  },

  async "shows nothing that became another process's between the beginning of a show and its request"(stage) {
    const { person, hold, see, picture, core } = stage;
    let isOurs = true;
    let asked = 0;
    core().ledger.hold = () => ({
      lost: new AbortController().signal,
      isHeld: () => isOurs || asked++ === 0,
      isOver: () => false,
    });
    const held = hold();
    await person.say("a lighthouse");
    await see("a sketch", ({ pictures, buttons }) => pictures.length > 0 && !buttons.includes("redo"));
    isOurs = false;
    held.release();
    await until(
      () => asked > 1,
      async () => "it to be asked again",
    );
    for (const { buttons } of await person.look()) assert.ok(!buttons.includes("redo"), buttons.join());
    isOurs = true;
    await picture();
  },

  async "offers to edit, vary, redo, undo and delete a finished picture"({ person, picture }) {
    await person.say("a tree");
    const { buttons } = await picture();
    for (const name of ["edit", "vary", "redo", "rephrase", "undo", "delete"] as const)
      assert.ok(buttons.includes(name), name);
  },

  async "goes on from the picture that is answered"({ person, picture, standin, core }) {
    await person.say("a castle by the sea");
    const first = await picture();
    await person.say("make it night", { replyTo: first });
    const second = await picture([first]);
    await person.say("make it winter", { replyTo: first });
    await picture([first, second]);
    const [root, ...branches] = askedOf(standin).map((request) => request.previous_response_id);
    assert.equal(root, undefined);
    assert.equal(branches.length, 2);
    assert.ok(branches[0]);
    assert.equal(branches[0], branches[1], "both go on from the first picture");
    await until(async () => (await core().ledger.open()).length === 0, "the ledger to forget both");
  },

  async "takes what is attached as references, in order"({ person, picture, standin }) {
    const files = [
      { name: "one.png", bytes: await flat("#c00", 320, 200) },
      { name: "two.png", bytes: await flat("#00c", 200, 320) },
    ];
    await person.say("put the second on the first", { files });
    await picture();
    const uploads = standin.requests.filter(({ method, path }) => method === "POST" && path === "/v1/files");
    assert.equal(uploads.length, 2);
    const input = JSON.stringify(askedOf(standin)[0]?.input);
    assert.match(input, /Picture 1:.*file_id.*Picture 2:.*file_id/);
  },

  async "takes a mask"({ person, picture, standin }) {
    const mask = await sharp(await flat("#fff", 320, 200))
      .composite([{ input: await flat("#000", 100, 100), left: 50, top: 50 }])
      .png()
      .toBuffer();
    const files = [
      { name: "room.png", bytes: await flat("#468", 320, 200) },
      { name: "mask.png", bytes: mask, mask: true },
    ];
    await person.say("add a lamp", { files });
    await picture();
    assert.match(JSON.stringify(askedOf(standin)[0]?.tools), /"input_image_mask":\{"file_id"/);
  },

  async "applies options, and shows what was applied"({ person, picture }) {
    await person.say("a long bridge", { options: { size: "1536x1024", quality: "low" } });
    const { pictures, text } = await picture();
    const { width = 0, height = 1 } = await sharp(pictures[0]?.bytes).metadata();
    assert.equal((width / height).toFixed(2), "1.50");
    assert.match(text, /1536\s*[x×]\s*1024/);
  },

  async "shows what it cost"({ person, picture }) {
    await person.say("a tree");
    assert.match((await picture()).text, /\$0\.\d/);
  },

  async "draws a variation, and the same again, each in a message of its own"({ person, picture }) {
    await person.say("a balloon");
    const first = await picture();
    await person.press(first, "vary");
    const varied = await picture([first]);
    await person.press(varied, "redo");
    await picture([first, varied]);
    assert.equal((await person.look()).length, 3);
  },

  async "edits through the form"({ person, picture, standin }) {
    await person.say("a small house");
    const first = await picture();
    await person.press(first, "edit", { text: "paint the door green" });
    await picture([first]);
    assert.match(JSON.stringify(askedOf(standin)[1]?.input), /paint the door green/);
    assert.ok(askedOf(standin)[1]?.previous_response_id);
  },

  async "undo goes back to the picture before, and says so"({ person, picture, hear, core }) {
    await person.say("a garden");
    const first = await picture();
    await person.press(first, "edit", { text: "make it night" });
    const second = await picture([first]);
    await person.press(second, "undo");
    await hear(/Back to the picture before/);
    const thread = (await core().history.find(second.key))?.thread;
    assert.ok(thread);
    assert.equal(await core().history.head(thread), first.key);
  },

  async "redo takes an undo back, spends nothing, and says so where there is none"({
    person,
    picture,
    hear,
    core,
    standin,
  }) {
    await person.say("a garden");
    const first = await picture();
    await person.press(first, "edit", { text: "make it night" });
    const second = await picture([first]);
    const thread = (await core().history.find(second.key))?.thread;
    assert.ok(thread);
    await person.press(second, "undo");
    await hear(/Back to the picture before/);
    await person.press(second, "forward");
    await hear(/Forward again to the picture you came back from/);
    assert.equal(await core().history.head(thread), second.key);
    await person.press(second, "forward");
    await hear(/There is nothing to redo/);
    assert.equal(await core().history.head(thread), second.key);
    assert.equal(askedOf(standin).length, 2, "nothing was drawn for it");
  },

  async "calls what draws once more by another name than what an undo is taken back with"({
    person,
    picture,
  }) {
    await person.say("a garden");
    const { labels } = await picture();
    assert.equal(labels.filter((label) => label === "Draw again").length, 1);
    assert.ok(!labels.includes("Redo") || labels.indexOf("Redo") > labels.indexOf("Undo"));
  },

  async "says so when somebody has as many pictures waiting as one person may"({
    person,
    hold,
    see,
    restart,
  }) {
    await restart({ concurrency: 1, idleMs: 60_000 });
    hold();
    await person.say("a lighthouse");
    await see("a sketch", ({ pictures }) => pictures.length > 0);
    for (let request = 1; request <= 6; request += 1) await person.say(`boat ${request} --count 4`);
    const refused = await see("a refusal", ({ text }) => /waiting/.test(text));
    assert.match(
      refused.text,
      /You have 5 requests for 20 pictures waiting\. Ask again when some of them are/,
    );
  },

  async "stops at once when cancelled"({ person, hold, see }) {
    hold();
    await person.say("a mountain");
    const working = await see("something to cancel", ({ buttons }) => buttons.includes("cancel"));
    await person.press(working, "cancel");
    const cancelled = await see("the end", ({ buttons }) => buttons.includes("redo"));
    assert.match(cancelled.text, /cancel/i);
  },

  async "takes a deleted picture away"({ person, picture }) {
    await person.say("a tree");
    const answer = await picture();
    await person.press(answer, "delete");
    const gone = async () => (await person.look()).every(({ pictures }) => pictures.length === 0);
    await until(gone, "the picture to go");
    // Where its message stays, it says so, and no more can be done with it.
    for (const left of (await person.look()).filter(({ key }) => key === answer.key)) {
      assert.match(left.text, /Deleted by/);
      assert.deepEqual([left.files, left.buttons], [[], []]);
    }
  },

  async "takes a deleted answer's message away, where no thread hangs on it"({ person, picture }) {
    await person.say("a tree");
    const answer = await picture();
    await person.press(answer, "delete");
    const gone = async () => (await person.look()).every(({ key }) => key !== answer.key);
    await until(gone, "the message to go");
  },

  async "says what was refused and why, and the conversation goes on"({ person, see, picture, standin }) {
    standin.fault({ kind: "refuse", stage: "input", categories: ["violence"] });
    await person.say("something forbidden");
    const refused = await see("the refusal", ({ text }) => /refused/.test(text));
    assert.match(refused.text, /violence/);
    assert.deepEqual(refused.buttons, ["rephrase"]);
    await person.press(refused, "rephrase", { text: "something kind" });
    await picture([refused]);
  },

  async "answers a file that is no picture with what to do"({ person, see, standin }) {
    await person.say("draw this", { files: [{ name: "notes.png", bytes: Buffer.from("just words") }] });
    await see("the advice", ({ text }) => /is not a picture/.test(text));
    assert.equal(askedOf(standin).length, 0);
  },

  async "answers a question in words"({ person, picture, see }) {
    await person.say("a lighthouse in a storm");
    const first = await picture();
    await person.say("what is in this picture?", { replyTo: first });
    await see("the words", ({ key, text, pictures, buttons }) => {
      return key !== first.key && pictures.length === 0 && buttons.includes("rephrase") && text.length > 20;
    });
  },

  async "draws several side by side, and goes on from the one that is picked"({
    person,
    picture,
    hear,
    standin,
    core,
  }) {
    await person.say("a kite", { options: { count: 2 } });
    const several = await picture();
    assert.equal(several.pictures.length, 2);
    await person.press(several, "pick2");
    await hear(/Picture 2 it is/);
    await person.press(several, "edit", { text: "make it night" });
    await picture([several]);
    const picked = (await core().history.find(several.key))?.pictures[1]?.responseId;
    assert.ok(picked);
    assert.equal(askedOf(standin).at(-1)?.previous_response_id, picked);
  },

  async "knows its buttons after a restart"({ person, picture, restart }) {
    await person.say("a lamp");
    const first = await picture();
    await restart();
    await person.press(first, "vary");
    await picture([first]);
  },

  async "finishes after a restart what was in flight, once"({
    person,
    hold,
    see,
    picture,
    restart,
    standin,
  }) {
    hold();
    await person.say("a harbour");
    const working = await see("a sketch", ({ pictures }) => pictures.length > 0);
    await restart();
    const done = await picture();
    assert.equal(done.key, working.key);
    assert.equal(askedOf(standin).length, 1);
    assert.equal((await person.look()).length, 1);
  },

  async "shows OpenAI the picture again when it has forgotten the conversation"({
    person,
    picture,
    forget,
    standin,
  }) {
    await person.say("a castle");
    const first = await picture();
    await forget(first);
    await person.say("make it night", { replyTo: first });
    const second = await picture([first]);
    assert.match(second.text, /showed it the picture again/);
    assert.match(JSON.stringify(askedOf(standin).at(-1)?.input), /file_id/);
  },

  async "takes every option as a field of its own"({ person, picture, see, standin }) {
    const tool = () => (askedOf(standin).at(-1)?.tools as Record<string, unknown>[] | undefined)?.[0];
    const asked: Partial<ImageOptions> = {
      model: "gpt-image-2.5-flare",
      size: "1536x864",
      quality: "low",
      background: "opaque",
      format: "webp",
      compression: 60,
      partials: 1,
      complexity: "low",
      action: "generate",
    };
    await person.say("a kite", { options: asked });
    const first = await picture();
    assert.deepEqual(tool(), {
      ...{ type: "image_generation", model: asked.model, size: asked.size, quality: asked.quality },
      ...{ background: asked.background, output_format: asked.format, output_compression: 60 },
      ...{ partial_images: 1, complexity: asked.complexity, action: asked.action },
    });
    assert.match(first.text, /1536\s*[x×]\s*864/);

    const moving = { format: "gif", frames: 3, duration: 120 } as const;
    await person.say("a windmill", { options: moving });
    const second = await picture([first]);
    assert.deepEqual([tool()?.frame_count, tool()?.frame_duration_ms], [3, 120]);
    const meta = await sharp(second.pictures[0]?.bytes, { animated: true }).metadata();
    assert.deepEqual(meta.delay, [120, 120, 120], "it moves, as it was asked to");

    const room = { name: "room.png", bytes: await flat("#468", 320, 200) };
    const hole = await masked(320, 200, { left: 100, top: 50, width: 80, height: 60 });
    const files = [room, { name: "mask.png", bytes: hole, mask: true }];
    const closely = { model: "gpt-image-1.5", fidelity: "high", detail: "high", outside: "redraw" } as const;
    await person.say("add a lamp", { files, options: closely });
    const third = await picture([first, second]);
    assert.equal(tool()?.input_fidelity, "high");
    assert.match(JSON.stringify(askedOf(standin).at(-1)?.input), /"detail":"high"/);

    await person.say("a lamp", { options: { action: "answer" } });
    const known = new Set([first, second, third].map(({ key }) => key));
    await see("the words", ({ key, pictures, buttons }) => {
      return !known.has(key) && pictures.length === 0 && buttons.includes("rephrase");
    });
    assert.equal(askedOf(standin).at(-1)?.tool_choice, "none");

    await person.say("style save cosy: soft light and warm colours");
    // By a command it is told to the person alone; said in the open, it is answered there.
    const answered = async () => [...(await person.told()), ...(await person.look()).map(({ text }) => text)];
    await until(async () => (await answered()).some((text) => /Saved/.test(text)), "that it is saved");
    await person.say("a barn", { options: { style: "cosy" } });
    await picture([first, second, third]);
    assert.match(
      JSON.stringify(askedOf(standin).at(-1)?.input),
      /In this style: soft light and warm colours/,
    );
  },

  async "forgets a person who presses that they mean it, and tells them what was deleted"({
    person,
    picture,
    standin,
    core,
  }) {
    await person.say("a tin robot");
    const { key } = await picture();
    await person.say("forget me");
    const answered = async () => [...(await person.told()), ...(await person.look()).map(({ text }) => text)];
    const hear = (words: RegExp) =>
      until(async () => (await answered()).some((text) => words.test(text)), `${words}`);
    await hear(/1 answer, with what you said/);
    assert.equal((await core().history.find(key))?.prompt, "a tin robot");
    const all = [...(await person.look()), ...((await person.whispered?.()) ?? [])];
    const asked = all.find(({ buttons }) => buttons.includes("forget"));
    assert.ok(asked, "the button");
    await person.press(asked, "forget");
    await hear(
      /I have forgotten you\. Deleted:\s.*1 answer, with what you said(?:.*\s)*?.*1 response at OpenAI/,
    );
    const kept = await core().history.find(key);
    assert.ok(kept?.forgotten);
    assert.doesNotMatch(JSON.stringify(kept), /tin robot|resp_/);
    assert.ok(standin.requests.some(({ method }) => method === "DELETE"));
  },

  async "shows an SVG as a picture, with its source beside it"({ person, picture }) {
    await person.say("a windmill", { options: { format: "svg", partials: 0 } });
    const { pictures, files } = await picture();
    assert.equal(pictures.length, 1);
    assert.equal((await sharp(pictures[0]?.bytes).metadata()).format, "png");
    assert.match(files[0]?.name ?? "", /\.svg$/);
    assert.match(Buffer.from(files[0]?.bytes ?? []).toString(), /<svg/);
  },

  async "takes a picture along into a new one"({ person, picture, standin }) {
    await person.say("a balloon");
    const first = await picture();
    await person.press(first, "reference", { text: "a poster with this balloon on it" });
    await picture([first]);
    const request = askedOf(standin).at(-1);
    assert.equal(request?.previous_response_id, undefined);
    assert.match(JSON.stringify(request?.input), /Picture 1:.*file_id.*a poster with this balloon/);
  },

  async "opens a page to paint an area on, and what is sent from it goes on in the thread"({
    person,
    picture,
    core,
    standin,
  }) {
    await person.say("a lounge with a pool");
    const first = await picture();
    await person.press(first, "area");
    const link = /https:\/\/draw\.example\.com\/area\/([\w.-]+)/;
    const found = async () => (await person.told()).map((told) => link.exec(told)?.[1]).find(Boolean);
    await until(async () => (await found()) !== undefined, "the link, told to the person alone");
    for (const { text } of await person.look()) assert.doesNotMatch(text, link, "nobody else sees it");
    const { areas } = core().core;
    const token = (await found()) ?? "";
    const shown = await areas?.look(token, AbortSignal.timeout(10_000));
    assert.deepEqual(Buffer.from(shown?.bytes ?? []), Buffer.from(first.pictures[0]?.bytes ?? []));
    const mask = await masked(64, 64, { left: 16, top: 16, width: 32, height: 32 });
    const attachment = { name: "mask.png", mediaType: "image/png", size: mask.length, role: "mask" } as const;
    await areas?.send(token, {
      text: "add a flamingo to the pool",
      options: {},
      attachments: [{ ...attachment, read: async () => mask }],
    });
    await picture([first]);
    assert.match(JSON.stringify(askedOf(standin).at(-1)?.tools), /"input_image_mask":\{"file_id"/);
    assert.ok(askedOf(standin).at(-1)?.previous_response_id);
  },

  async "mentions nobody, whatever the words are"({ person, picture }) {
    await person.say("a sign that says @everyone @here <@&1> <!channel> <!here>");
    await picture();
    assert.deepEqual(await person.mentioned?.(), []);
  },
};
