import assert from "node:assert/strict";
import { describe, type TestContext, test } from "node:test";
import type { View } from "../../src/seam/view.ts";
import type { Standin } from "../../src/standin/index.ts";
import { createStudio } from "../rig/studio.ts";
import { createAddressServer, createBareServer, pictureOf, type QuirkServer } from "./quirks.ts";

/** Conversations with servers that speak the Image API, and not as OpenAI does: what they are like is learnt from them. */

describe("a server that answers with addresses, streams nothing and draws three sizes", () => {
  test("draws, and is not asked again for what it refused", async (t) => {
    const { say, server } = await start(t, await createAddressServer());
    const first = await say("a lighthouse");
    assert.deepEqual(
      first.images.map(({ bytes }) => Buffer.from(bytes)),
      [await pictureOf(0)],
    );
    assert.deepEqual(server.asked.at(-1)?.fields, { prompt: "a lighthouse", model: "own-model" });
    const before = server.asked.length;
    await say("a boat --action generate");
    assert.equal(server.asked.length, before + 1);
  });

  test("names its sizes when it refuses another, and is asked for the nearest from then on", async (t) => {
    const { say, answer, server } = await start(t, await createAddressServer());
    const first = await say("a bridge --size wide");
    const why = "own-model draws 256x256, 512x512, 1024x1024 only, so 1536x1024 became 1024x1024.";
    assert.deepEqual(first.notes, [why]);
    assert.equal(first.images.length, 1);
    const size = first.details?.options.find(({ name }) => name === "size");
    assert.deepEqual([size?.requested, size?.applied], ["1536x1024", "1024x1024"], "as it is");
    const before = server.asked.length;
    const second = await say("a road --size wide --action generate");
    assert.deepEqual(second.notes, [why]);
    await say("a wall --size 512x512 --action generate");
    const edit = await answer("make it night");
    assert.deepEqual(edit.notes, []);
    assert.deepEqual(
      server.asked.slice(before).map(({ fields }) => fields.size),
      ["1024x1024", "512x512", "512x512"],
      "it is not asked for again, and an edit keeps its picture's shape",
    );
  });

  test("is believed of its sizes more than what is known of OpenAI's models", async (t) => {
    const { say, answer, server } = await start(t, await createAddressServer(), "gpt-image-2");
    const { notes } = await say("a bridge --size wide --quality high");
    assert.match(notes.join(" "), /GPT Image 2 does not take quality high/);
    assert.match(notes.join(" "), /GPT Image 2 draws 256x256, 512x512, 1024x1024 only, so 1536x1024 became/);
    const edited = await answer("make it night");
    assert.equal(edited.images.length, 1, "the shape of its picture is not asked for where it is not drawn");
    const before = server.asked.length;
    await answer("add a boat");
    assert.equal(server.asked.length, before + 1);
  });

  test("edits the picture that is answered, as its one file", async (t) => {
    const { say, answer, server } = await start(t, await createAddressServer());
    await say("a lighthouse");
    const second = await answer("make it night");
    assert.equal(second.images.length, 1);
    const edit = server.asked.at(-1);
    assert.equal(edit?.path, "/v1/images/edits");
    assert.deepEqual(
      edit?.files.map(({ field }) => field),
      ["image"],
    );
    assert.deepEqual(edit?.files[0]?.bytes, await pictureOf(0));
  });

  test("says that it shows no sketches, to who asked for some", async (t) => {
    const { say, server } = await start(t, await createAddressServer());
    assert.deepEqual((await say("a lighthouse --partials 3")).notes, [
      "The server that draws here shows no sketches, so there were none.",
    ]);
    const { notes, images } = await say("two boats --partials 1 --count 2 --action generate");
    assert.deepEqual(notes, ["The server that draws here shows no sketches, so there were none."]);
    assert.equal(images.length, 2);
    assert.equal(server.asked.at(-1)?.fields.n, 2, "then one request will do");
  });

  test("draws several by one request", async (t) => {
    const { say, server } = await start(t, await createAddressServer());
    const { images } = await say("a kite --count 3");
    assert.equal(images.length, 3);
    assert.deepEqual(server.asked.at(-1)?.fields.n, 3);
  });
});

describe("a server that answers with base64 alone and counts nothing", () => {
  test("draws, with no price that nobody knows", async (t) => {
    const { say, server } = await start(t, await createBareServer());
    const { images, details } = await say("a lighthouse");
    assert.equal(images.length, 1);
    assert.equal(details?.cost, undefined);
    assert.equal(details?.tokens, undefined);
    const refused = server.asked.slice(0, -1).map(({ fields }) => Object.keys(fields));
    assert.ok(refused.length > 0 && refused.length <= 3, "each field that it refuses is refused once");
  });

  test("is asked once for each picture where it draws one at a time, from then on at once", async (t) => {
    const { say, server } = await start(t, await createBareServer());
    const first = await say("a kite --count 3");
    assert.equal(first.images.length, 3);
    assert.equal(new Set(first.images.map(({ bytes }) => Buffer.from(bytes).toString("base64"))).size, 3);
    const before = server.asked.length;
    const second = await say("a boat --count 2 --action generate");
    assert.equal(second.images.length, 2);
    assert.deepEqual(
      server.asked.slice(before).map(({ fields }) => fields.n),
      [undefined, undefined],
    );
  });

  test("says of an option it does not know that it was left out", async (t) => {
    const { say, server } = await start(t, await createBareServer());
    const { notes, images } = await say("a lamp --quality high --background transparent");
    assert.equal(images.length, 1);
    assert.deepEqual(notes, [
      "own-model does not take quality high, so I left it out.",
      "own-model does not take background transparent, so I left it out.",
    ]);
    const before = server.asked.length;
    const other = await say("a lamp --quality low --action generate");
    assert.deepEqual(other.notes, ["own-model does not take quality low, so I left it out."]);
    assert.equal(server.asked.length, before + 1, "that it knows no quality at all is known");
  });
});

async function start(t: TestContext, server: QuirkServer, imageModel = "own-model") {
  t.after(() => server.close());
  const studio = await createStudio({
    standin: server as unknown as Standin, // of which no more than the address is used
    defaults: { engine: "images", imageModels: [imageModel] },
    isStrange: true,
  });
  const last = (key: Parameters<typeof studio.adapter.views>[0]): View => {
    const view = studio.adapter.views(key).at(-1);
    assert.ok(view);
    assert.equal(view.phase, "done", view.text);
    return view;
  };
  let newest: Parameters<typeof studio.adapter.views>[0] | undefined;
  const say = async (text: string, replyTo?: typeof newest) => {
    const reply = studio.adapter.reply();
    await studio.say(text, { ...(replyTo && { replyTo, toBot: true }) }, reply);
    newest = reply.key;
    return last(reply.key);
  };
  return { server, say: (text: string) => say(text), answer: (text: string) => say(text, newest) };
}
