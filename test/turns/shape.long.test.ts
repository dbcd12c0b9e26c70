import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Prompt } from "../../src/seam/turn.ts";
import { flat } from "../rig/pictures.ts";
import { ada, attachment, createStudio } from "../rig/studio.ts";

describe("an edit keeps the shape of the picture it edits", () => {
  let studio: Awaited<ReturnType<typeof createStudio>>;
  let threads = 0;
  before(async () => {
    studio = await createStudio();
  });
  after(() => studio.close());

  const size = () => (studio.asked().at(-1)?.tools as { size?: string }[] | undefined)?.[0]?.size;
  const say = (text: string, more: Partial<Prompt> = {}) =>
    studio.say(text, { thread: `paper:${threads}`, ...more });
  const begin = async () => {
    threads++;
    return say("a cosy cabin in the woods --size wide");
  };
  const photo = async (width: number, height: number) => attachment(await flat("#c00", width, height));

  test("in the thread, and it is not said to have been asked for", async () => {
    await begin();
    const { last } = await say("make it night");
    assert.equal(size(), "1536x1024");
    const shown = last.details?.options.find(({ name }) => name === "size");
    assert.deepEqual(shown, { name: "size", applied: "1536x1024" });
    assert.deepEqual(last.notes, []);
  });

  test("in an answer, a variation and a redo, and after a question", async () => {
    const first = await begin();
    await say("a tower --size tall");
    const edited = await say("make it night", { replyTo: first.key });
    assert.equal(size(), "1536x1024");
    const press = (name: "vary" | "redo", key = edited.key) => studio.press(name, key);
    for (const name of ["vary", "redo"] as const) {
      await press(name);
      assert.equal(size(), "1536x1024", name);
    }
    const asked = await say("what is in this picture?", { replyTo: first.key });
    await say("make it day", { replyTo: asked.key });
    assert.equal(size(), "1536x1024");
  });

  test("which may be the one photo that was sent, also when it is drawn again", async () => {
    threads++;
    await say("make it night", { attachments: [await photo(900, 1200)] });
    assert.equal(size(), "912x1216");
    await begin();
    const { key } = await say("make it night", { attachments: [await photo(900, 1200)] });
    assert.equal(size(), "912x1216", "what is attached comes before what was drawn before");
    await studio.press("redo", key);
    assert.equal(size(), "912x1216");
  });

  test("and beside the picture that is answered, what is sent comes second", async () => {
    const first = await begin();
    await say("put this hat on it", { replyTo: first.key, attachments: [await photo(900, 1200)] });
    assert.equal(size(), "1536x1024");
  });

  test("as near as the model can", async () => {
    await begin();
    await say("make it night --model gpt-image-1.5");
    assert.equal(size(), "1536x1024");
    threads++;
    const attachments = [await photo(900, 1500)];
    await say("make it night --model gpt-image-1.5", { attachments });
    assert.equal(size(), "1024x1536");
  });

  test("unless another is asked for, a new picture is, or nothing is edited", async () => {
    const first = await begin();
    await say("make it night --size square");
    assert.equal(size(), "1024x1024");
    await say("make it night --size auto", { replyTo: first.key });
    assert.equal(size(), "auto");
    await say("a red fox --action generate", { replyTo: first.key });
    assert.equal(size(), undefined);
    const input = { text: "a poster with this cabin", options: {}, attachments: [] };
    await studio.press("reference", first.key, input);
    assert.equal(size(), undefined);
    await say("a collage", { attachments: [await photo(900, 1200), await photo(1200, 900)] });
    assert.equal(size(), undefined);
    threads++;
    await say("a red fox");
    assert.equal(size(), undefined);
  });

  test("a default counts as asked for", async () => {
    await begin();
    await studio.core.accounts.setDefaults(ada.id, { size: "tall" });
    await say("make it night");
    assert.equal(size(), "1024x1536");
    await studio.core.accounts.setDefaults(ada.id, {});
  });

  test("and the price that is said before counts it", async () => {
    const { views } = await begin();
    const wide = (one: typeof views) =>
      one.map(({ status }) => status).find((status) => status?.includes("$"));
    const { views: edited } = await say("make it night --quality low");
    const { views: auto } = await say("make it night --quality low --size auto");
    assert.ok(wide(views) && wide(edited) && wide(auto));
    assert.notEqual(wide(edited), wide(auto));
    const { views: unread } = await say("make it night --quality low", {
      attachments: [await photo(900, 1200)],
    });
    assert.match(wide(unread) ?? "", /\$[\d.]+ to \$/);
  });
});
