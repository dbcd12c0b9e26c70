import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, test } from "node:test";
import { createStyles } from "../../src/options/styles.ts";
import { createAside } from "../../src/pictures/aside.ts";
import { createPictureStore } from "../../src/pictures/picture-store.ts";
import { optionSpecs } from "../../src/seam/options.ts";
import type { SettingWish, User } from "../../src/seam/turn.ts";
import { flat } from "../rig/pictures.ts";
import { ada, attachment, bob, createStudio, place } from "../rig/studio.ts";

let studio: Awaited<ReturnType<typeof createStudio>>;
beforeEach(async () => {
  studio = await createStudio();
});
afterEach(() => studio.close());

const mod: User = { id: "u:mo", name: "Mo", moderator: true };

/** What a person is told when they change a setting. */
async function set(wish: SettingWish, user = ada, where = place) {
  const reply = studio.adapter.reply();
  await studio.adapter.handle()({ kind: "setting", user, place: where, wish }, reply);
  const view = studio.adapter.views(reply.key).at(-1);
  assert.ok(view);
  assert.equal(view.audience, "asker");
  return view;
}

/** The image tool, and the words, of the newest request. */
function sent() {
  const request = studio.asked().at(-1);
  assert.ok(request);
  const [tool] = request.tools as Record<string, unknown>[];
  return { tool: tool ?? {}, input: JSON.stringify(request.input) };
}

describe("a style", () => {
  const cosy = {
    name: "saveStyle",
    scope: "mine",
    style: "Cosy",
    instruction: "soft light, warm colours --size wide",
    options: {},
  } as const;

  test("brings its words, its options and its pictures to every prompt that names it", async () => {
    const attachments = [attachment(await flat("#fa0", 64, 48))];
    assert.match((await set({ ...cosy, attachments })).text, /Saved\. Use it with `--style cosy`/);
    const { last } = await studio.say("a barn --style cosy --quality low");
    assert.equal(last.phase, "done");
    assert.equal(sent().tool.size, "1536x1024");
    assert.equal(sent().tool.quality, "low");
    assert.match(
      sent().input,
      /take the style from.*file_id.*a barn\\n\\nIn this style: soft light, warm colours/,
    );
    assert.deepEqual(
      last.details?.options.find(({ name }) => name === "style"),
      { name: "style", requested: "cosy", applied: "cosy" },
    );
  });

  test("that is saved from something hidden hides what is drawn in it, and itself", async () => {
    const attachments = [attachment(await flat("#fa0", 64, 48))];
    const isHidden = ({ views }: Awaited<ReturnType<typeof studio.say>>) =>
      views.length > 1 && views.every(({ spoiler }) => spoiler);
    await studio.say("style save cosy: soft light", { attachments, spoiler: true });
    assert.ok(isHidden(await studio.say("a barn --style cosy")));
    assert.ok((await set({ name: "showStyle", style: "cosy" })).spoiler);
    assert.ok(!isHidden(await studio.say("a barn", { thread: "paper:other" })));
    await set({ ...cosy, attachments });
    assert.ok(!isHidden(await studio.say("a barn --style cosy", { thread: "paper:open" })));
    assert.equal((await set({ name: "showStyle", style: "cosy" })).spoiler, undefined);
  });

  test("comes along when the picture is drawn again, also when it is gone by then", async () => {
    await set({ ...cosy, attachments: [attachment(await flat("#fa0", 64, 48))] });
    const { key } = await studio.say("a barn --style cosy");
    await set({ name: "removeStyle", scope: "mine", style: "cosy" });
    const { last } = await studio.press("redo", key);
    assert.equal(last.phase, "done");
    assert.match(sent().input, /take the style from.*In this style: soft light/);
    assert.equal(sent().tool.size, "1536x1024");
  });

  test("that is a default is done without where that is said", async () => {
    await set({ ...cosy, attachments: [] });
    await set({ name: "setDefaults", scope: "mine", options: { style: "cosy" } });
    const { key } = await studio.say("a barn");
    assert.match(sent().input, /In this style/);
    await studio.say("a barn --style none", { thread: "paper:bare" });
    assert.doesNotMatch(sent().input, /In this style/);
    await studio.press("rephrase", key, { text: "a shed --style none", options: {}, attachments: [] });
    assert.doesNotMatch(sent().input, /In this style/);
    assert.match((await set({ ...cosy, style: "none", attachments: [] })).text, /stands for no style at all/);
  });

  test("gives way to what is said", async () => {
    await set({ ...cosy, attachments: [] });
    await studio.say("a barn --style cosy --size tall");
    assert.equal(sent().tool.size, "1024x1536");
  });

  test("that is not there is said to be missing, and nothing is drawn", async () => {
    await set({ ...cosy, attachments: [] });
    const { last } = await studio.say("a barn --style cozy");
    assert.equal(last.phase, "failed");
    assert.match(last.text, /There is no style “cozy”\. There are: cosy\./);
    assert.equal(studio.asked().length, 0);
  });

  test("is its owner's alone, until a moderator shares it", async () => {
    await set({ ...cosy, attachments: [] });
    assert.match((await set({ name: "styles" }, bob)).text, /There are no styles yet/);
    const shared = { ...cosy, scope: "shared", instruction: "as a woodcut", attachments: [] } as const;
    assert.match((await set(shared, bob)).text, /Only a moderator/);
    assert.match((await set(shared, mod)).text, /Everyone here can use it/);
    const { text } = await set({ name: "styles" }, bob);
    assert.match(text, /\*\*cosy\*\* \(shared\) as a woodcut/);
    assert.match(
      (await set({ name: "styles" }, ada)).text,
      /\*\*cosy\*\* soft light/,
      "one's own goes first",
    );
    await studio.say("a barn --style cosy", { user: bob });
    assert.match(sent().input, /In this style: as a woodcut/);
    assert.match(
      (await set({ name: "removeStyle", scope: "shared", style: "cosy" }, bob)).text,
      /Only a moderator/,
    );
    const elsewhere = { channel: "paper:other", community: "paper:elsewhere" } as const;
    assert.match((await set({ name: "styles" }, bob, elsewhere)).text, /There are no styles yet/);
  });

  test("can be looked at, pictures and all", async () => {
    const bytes = await flat("#fa0", 64, 48);
    await set({ ...cosy, attachments: [attachment(bytes)] });
    const view = await set({ name: "showStyle", style: "Cosy" });
    assert.equal(view.images[0]?.name, "cosy-1.png");
    assert.match(view.text, /soft light, warm colours\n`--size 1536x1024`/);
    assert.deepEqual(Buffer.from(view.images[0]?.bytes ?? []), Buffer.from(bytes));
  });

  test("can be saved anew, and is then as it was saved last", async () => {
    await set({ ...cosy, attachments: [attachment(await flat("#fa0", 64, 48))] });
    await set({ ...cosy, instruction: "in blue", attachments: [] });
    const view = await set({ name: "showStyle", style: "cosy" });
    assert.match(view.text, /in blue/);
    assert.equal(view.images.length, 0);
  });

  const bad: readonly [string, Partial<SettingWish>, RegExp][] = [
    ["without a name", { style: "" }, /A style's name has/],
    ["of nothing", { instruction: " " }, /A style needs words, options or pictures/],
    ["with an option that cannot be", { options: { size: "huge" } }, /Size takes/],
    [
      "with a flag there is none of",
      { instruction: "soft --mood sad" },
      /I don't know --mood, so it cannot be kept/,
    ],
    ["of too many words", { instruction: "x".repeat(2001) }, /2000 characters/],
  ];
  for (const [what, more, message] of bad) {
    test(`${what} is refused`, async () => {
      assert.match((await set({ ...cosy, attachments: [], ...more } as SettingWish)).text, message);
    });
  }

  test("with a file that is no picture, or with too many, is refused", async () => {
    const words = attachment(Buffer.from("words"), { name: "notes.txt" });
    assert.match((await set({ ...cosy, attachments: [words] })).text, /“notes.txt” is not a picture/);
    assert.match((await set({ ...cosy, attachments: Array(5).fill(words) })).text, /4 pictures at most/);
  });

  test("that cannot be kept leaves no pictures behind", async () => {
    const { store } = studio;
    const ids = new Set<string>();
    const strict = createStyles(
      {
        ...store,
        transact: () => Promise.reject(new Error("the disk is full")),
      },
      {
        put: async () => {
          const id = `picture-${ids.size}`;
          ids.add(id);
          return id;
        },
        get: async () => undefined,
        delete: async (id) => void ids.delete(id),
        toGone: (key) => ({ table: "kept", key, delete: true }),
      },
      createAside(1),
    );
    const draft = { ...cosy, attachments: [attachment(await flat("#fa0", 64, 48))] };
    await assert.rejects(strict.save(ada, place, "mine", draft, new AbortController().signal));
    assert.equal(ids.size, 0);
  });

  test("that has lost a picture is drawn in without it, and says so", async () => {
    await set({ ...cosy, attachments: [attachment(await flat("#fa0", 64, 48))] });
    const styles = createStyles(studio.store, createPictureStore(studio.store), createAside(1));
    const { pictures } = await styles.find(ada, place, "cosy");
    await createPictureStore(studio.store).delete(pictures[0] ?? "");
    const { last } = await studio.say("a barn --style cosy");
    assert.equal(last.phase, "done");
    assert.match(last.notes.join(), /The style has lost a picture, so I drew without it/);
  });

  test("is kept over a restart", async () => {
    await set({ ...cosy, attachments: [] });
    await studio.core.handle(
      { kind: "setting", user: ada, place, wish: { name: "styles" } },
      studio.adapter.reply(),
    );
    const again = await createStudio({ store: studio.store, standin: studio.standin });
    const { last } = await again.say("a barn --style cosy");
    assert.equal(last.phase, "done");
  });
});

describe("defaults", () => {
  test("hold for one's own prompts; the channel's for everybody's; what is said goes first", async () => {
    await set({ name: "setDefaults", scope: "mine", options: { size: "wide" } });
    await set({ name: "setDefaults", scope: "shared", options: { size: "tall", quality: "low" } }, mod);
    await studio.say("a barn");
    assert.deepEqual([sent().tool.size, sent().tool.quality], ["1536x1024", "low"]);
    await studio.say("a barn", { user: bob });
    assert.deepEqual([sent().tool.size, sent().tool.quality], ["1024x1536", "low"]);
    await studio.say("a barn --size square", { options: { quality: "high" } });
    assert.deepEqual([sent().tool.size, sent().tool.quality], ["1024x1024", "high"]);
    await studio.say("a barn", { user: bob, place: { channel: "paper:other" }, thread: "paper:there" });
    assert.deepEqual([sent().tool.size, sent().tool.quality], [undefined, undefined]);
  });

  test("are added to, shown and reset", async () => {
    await set({ name: "setDefaults", scope: "mine", options: { size: "wide" } });
    const { text } = await set({ name: "setDefaults", scope: "mine", options: { quality: "low" } });
    assert.match(text, /\*\*Yours\*\* `--size 1536x1024 --quality low`\n\*\*This channel's\*\* none/);
    assert.match((await set({ name: "resetDefaults", scope: "mine" })).text, /\*\*Yours\*\* none/);
  });

  test("set at the same time are all set", async () => {
    const options = [{ size: "wide" }, { quality: "low" }, { format: "webp" }, { count: 2 }];
    await Promise.all(options.map((one) => set({ name: "setDefaults", scope: "mine", options: one })));
    const { text } = await set({ name: "defaults" });
    assert.match(text, /`--size 1536x1024 --quality low --format webp --count 2`/);
    await set({ name: "setDefaults", scope: "mine", options: { size: "", count: 3 } });
    assert.match((await set({ name: "defaults" })).text, /`--quality low --format webp --count 3`/);
  });

  test("are none that only a moderator sets: it would be left out of every prompt", async () => {
    const options = { moderation: "low" };
    const { text } = await set({ name: "setDefaults", scope: "mine", options });
    assert.match(text, /Only a moderator can set moderation/);
    await studio.say("a barn");
    const { last } = await studio.say("a barn");
    assert.deepEqual(last.notes, []);
  });

  test("name a style as people write it; the channel's one that everybody has", async () => {
    const save = { name: "saveStyle", style: "Cosy evening", instruction: "soft", options: {} } as const;
    await set({ ...save, scope: "mine", attachments: [] }, mod);
    const wish = { name: "setDefaults", options: { style: "Cosy Evening" } } as const;
    assert.match((await set({ ...wish, scope: "mine" }, mod)).text, /`--style cosy-evening`/);
    assert.match((await set({ ...wish, scope: "shared" }, mod)).text, /“cosy-evening” is yours alone/);
    await set({ ...save, scope: "shared", attachments: [] }, mod);
    assert.match((await set({ ...wish, scope: "shared" }, mod)).text, /channel's\*\* `--style cosy-evening`/);
    await studio.say("a barn", { user: bob });
    assert.match(sent().input, /In this style: soft/);
    assert.match((await set({ name: "showStyle", style: "cosy evening" })).text, /\*\*cosy-evening\*\*/);
  });

  test("of a channel are a moderator's, and may hold what only a moderator sets", async () => {
    const options = { moderation: "low" };
    assert.match((await set({ name: "setDefaults", scope: "shared", options })).text, /Only a moderator/);
    await set({ name: "setDefaults", scope: "shared", options }, mod);
    const { last } = await studio.say("a barn");
    assert.equal(sent().tool.moderation, "low");
    assert.deepEqual(last.notes, []);
    const { last: own } = await studio.say("a barn --moderation auto");
    assert.equal(sent().tool.moderation, "low");
    assert.match(own.notes.join(), /Only a moderator can set moderation/);
  });

  test("name no style that is not there; one that goes later keeps nobody from drawing", async () => {
    const style = { name: "setDefaults", scope: "mine", options: { style: "cosy" } } as const;
    assert.match((await set(style)).text, /There is no style “cosy”/);
    const saved = { name: "saveStyle", scope: "mine", style: "cosy", options: {}, attachments: [] } as const;
    await set({ ...saved, instruction: "soft light" });
    await set(style);
    await studio.say("a barn");
    assert.match(sent().input, /In this style: soft light/);
    await set({ name: "removeStyle", scope: "mine", style: "cosy" });
    const { last } = await studio.say("a barn");
    assert.equal(last.phase, "done");
    assert.match(last.notes.join(), /The style “cosy” is gone, so I drew without it/);
  });
});

describe("settings in words", () => {
  test("are answered, and nothing is drawn", async () => {
    const attachments = [attachment(await flat("#fa0", 64, 48))];
    const { last } = await studio.say("style save cosy: soft light", { attachments });
    assert.match(last.text, /Saved/);
    assert.match((await studio.say("styles")).last.text, /\*\*cosy\*\* soft light · 1 picture/);
    assert.match((await studio.say("defaults --style cosy")).last.text, /`--style cosy`/);
    assert.equal(studio.asked().length, 0);
  });

  test("may be of several words, or say what they cannot be: nothing is drawn by mistake", async () => {
    assert.match((await studio.say("style save Cosy evening: soft light")).last.text, /--style cosy-evening/);
    assert.match((await studio.say("style save уют: soft light")).last.text, /letters a to z/);
    assert.match((await studio.say("defaults --size wide, please")).last.text, /Size takes/);
    assert.match(
      (await studio.say("defaults --mood sad")).last.text,
      /I don't know --mood, so it is no default/,
    );
    assert.equal(studio.asked().length, 0);
    await studio.say('a barn --style "Cosy evening"');
    assert.match(sent().input, /a barn\\n\\nIn this style: soft light/);
  });

  test("refused are refused to the asker alone, as what they say is", async () => {
    const { last } = await studio.say("style share cosy: soft light");
    assert.match(last.text, /Only a moderator/);
    assert.equal(last.audience, "asker");
  });

  test("are none where a picture is asked for outright", async () => {
    const { last } = await studio.say("defaults", { mustDraw: true });
    assert.equal(last.images.length, 1);
  });

  test("tell how it is used, with every option of the table", async () => {
    const { text } = (await studio.say("help")).last;
    for (const { name, hint } of optionSpecs) assert.ok(text.includes(`\`--${name}\` ${hint}`), name);
    assert.match(text, /`--quality` .*: auto, low, medium, high, xhigh, max\./);
    assert.match(text, /`--moderation` .*moderators only/);
    assert.equal(studio.asked().length, 0);
  });

  test("are left alone between people", async () => {
    await studio.say("a barn");
    const { last } = await studio.say("styles", { addressed: false });
    assert.equal(last.images.length, 1, "in a thread of the bot's it is something to draw");
  });
});
