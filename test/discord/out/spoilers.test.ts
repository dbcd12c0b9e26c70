import assert from "node:assert/strict";
import { test } from "node:test";
import type { Reply } from "../../../src/seam/view.ts";
import type { PersonFile } from "../../simulators/discord/person-file.ts";
import { type DiscordServer, done, image, png, startDiscord, view } from "../server.ts";

const signal = AbortSignal.timeout(120_000);
const withContent = { simulator: { portal: { messageContent: true } } } as const;

const named = async (): Promise<PersonFile> => ({ name: "SPOILER_photo.png", bytes: await png(3) });
const flagged = async (): Promise<PersonFile> => ({ name: "photo.png", bytes: await png(3), spoiler: true });

type Channel = DiscordServer["channel"];

/** Shows a sketch and the end, both with the secret in every word of it; nothing of it may be open. */
async function checkHidden(
  { simulator }: DiscordServer,
  reply: Reply,
  what: string,
  words = "Here is your dragon",
) {
  const secret = { alt: "A dragon", name: "dragon.png" };
  const sketch = { ...(await image(1)), ...secret };
  const key = await reply.show(view("working", { status: "Drawing", images: [sketch], actions: ["cancel"] }));
  const id = key.split(":")[2] ?? "";
  const base = await done({ images: [{ ...(await image(200)), ...secret }], text: words });
  const details = base.details && { ...base.details, prompt: "night, with a dragon" };
  for (const shown of [undefined, { ...base, ...(details && { details }) }]) {
    if (shown) await reply.show(shown);
    const message = simulator.message(id);
    const [file, ...more] = message?.files ?? [];
    assert.equal(file?.spoiler, true, what);
    assert.deepEqual(more, []);
    assert.doesNotMatch(`${file?.alt} ${file?.name}`, /dragon/, what);
    assert.doesNotMatch(message?.text.replace(/\|\|.+?\|\|/gs, "") ?? "", /dragon/, what);
  }
  return id;
}

test("an answer to something hidden is hidden: a mention, a reply, /draw, a message command, a form", async (t) => {
  const server = await startDiscord(t, withContent);
  const { simulator, channel, ada, mo, adapter, nextPrompt, nextPress } = server;
  const bot = `<@${simulator.bot.id}>`;
  const ask = async (text: string, how: object = {}) => {
    await simulator.say(channel, mo, text, how);
    const { turn, reply } = await nextPrompt();
    assert.doesNotMatch(turn.text, /\|/, "the model needs no bars");
    return reply;
  };
  const say = async (text: string, files: readonly PersonFile[] = []) =>
    simulator.say(channel, ada, text, { files });
  const answering = async (answered: Promise<{ id: string }>, isForward = false) => {
    const { id } = await answered;
    const reply = await ask(`${bot} make it night`, { replyTo: id });
    // Discord does not send along what was forwarded: the core has it read.
    if (isForward) assert.equal((await adapter.recall(`discord:${channel.id}:${id}`)).length, 1);
    return reply;
  };
  const ways: Readonly<Record<string, () => Promise<Reply>>> = {
    "a mention with a file called so": async () => ask(`${bot} make it night`, { files: [await named()] }),
    "a mention with a file marked so": async () => ask(`${bot} make it night`, { files: [await flagged()] }),
    "words between bars": () => ask(`${bot} a knight and ||a dragon||`),
    "a link between bars": () => ask(`${bot} make it night ||https://example.com/dragon.png||`),
    "a reply to a hidden file": async () => answering(say("", [await flagged()])),
    "a reply to a hidden link": () => answering(say("||https://example.com/dragon.png||")),
    "a reply to a forward of a hidden file": async () =>
      answering(Promise.resolve(simulator.forward(await say("", [await named()]), channel, ada)), true),
    "/draw with a file called so": async () => {
      await simulator.slash(channel, ada, "draw", { prompt: "make it night", image: await named() });
      return (await nextPrompt()).reply;
    },
    "/draw with words between bars": async () => {
      await simulator.slash(channel, ada, "draw", { prompt: "a knight and ||a dragon||" });
      return (await nextPrompt()).reply;
    },
    "Edit this picture": async () => {
      const doing = simulator.messageCommand("Edit this picture", await say("", [await flagged()]), mo);
      await doing.acknowledged();
      await simulator.submit(doing, { prompt: "make it night" });
      return (await nextPress()).reply;
    },
    Describe: async () => {
      simulator.messageCommand("Describe", await say("", [await named()]), mo);
      return (await nextPrompt()).reply;
    },
    "a form with words between bars": async () => {
      const doing = simulator.messageCommand(
        "Edit this picture",
        await say("", [{ name: "open.png", bytes: await png(2) }]),
        mo,
      );
      await doing.acknowledged();
      await simulator.submit(doing, { prompt: "a knight and ||a dragon||" });
      const { turn, reply } = await nextPress();
      assert.equal(turn.input?.text, "a knight and a dragon");
      return reply;
    },
  };
  for (const [what, way] of Object.entries(ways)) {
    await checkHidden(server, await way(), what, what === "Describe" ? "A dragon || a knight |" : undefined);
  }
  const open = await ask(`${bot} make it night`, { files: [{ name: "open.png", bytes: await png(2) }] });
  const key = await open.show(await done());
  assert.equal(simulator.message(key.split(":")[2] ?? "")?.files[0]?.spoiler, false);
  assert.match(simulator.message(key.split(":")[2] ?? "")?.text ?? "", /-# a fox$/m);
});

test("what was hidden in what was said before is hidden, though the words that complete it are not", async (t) => {
  const server = await startDiscord(t, withContent);
  const { simulator, channel, ada, nextPrompt } = server;
  const bot = `<@${simulator.bot.id}>`;
  await simulator.say(channel, ada, bot, { files: [await flagged()] });
  assert.equal((await nextPrompt()).turn.spoiler, true, "the core is told");
  await simulator.say(channel, ada, `${bot} make it night`);
  const { turn, reply } = await nextPrompt();
  assert.equal(turn.spoiler, undefined);
  const told: Reply = { ...reply, show: (shown) => reply.show({ ...shown, spoiler: true }) };
  await checkHidden(server, told, "as the core tells it");

  const said = [
    "a knight and a dragon",
    "a “green” dragon, and “the red dragon”",
    `${"a knight, ".repeat(9)}a dragon`,
  ];
  for (const words of said) {
    await simulator.say(channel, ada, bot);
    const { reply: open } = await nextPrompt();
    const notes = [
      "I took along the picture you sent before.",
      `I went on with your words from before: “${words}”.`,
    ];
    const more = ["“dragon” is text, so I added it to your words.", ...Array(12).fill(notes[1])];
    for (const all of [notes, [...notes, ...more]]) {
      const status = "Looking at “dragon”";
      const key = await open.show(
        view("working", { notes: all, status, spoiler: true, actions: ["cancel"] }),
      );
      const shown = simulator.message(key.split(":")[2] ?? "")?.text ?? "";
      assert.match(shown, /took along the picture you sent before\.$/m);
      assert.match(shown, /^-# I went on with your words from before: \|\|“.+”\|\|\.$/m);
      assert.equal((shown.match(/\|\|/g)?.length ?? 0) % 2, 0);
      assert.doesNotMatch(shown.replace(/\|\|.+?\|\|/gs, ""), /dragon|green/);
    }
  }
});

test("a thread's name tells nothing of what turns out to be hidden", async (t) => {
  const server = await startDiscord(t, { ...withContent, threads: "always" });
  const { simulator, channel, ada, nextPrompt } = server;
  await simulator.say(channel, ada, `<@${simulator.bot.id}> make it the dragon of before`);
  await (await nextPrompt()).reply.show(await done({ spoiler: true }));
  const [opened, ...more] = simulator.requests.filter(({ path }) => /threads$/.test(path));
  assert.deepEqual([opened?.body, more], [{ ...(opened?.body as object), name: "Picture" }, []]);
});

test("other apps' galleries and containers hide too", async (t) => {
  const server = await startDiscord(t, withContent);
  const { simulator, guild, channel, mo, nextPrompt } = server;
  const app = simulator.addUser({ name: "app", bot: true });
  simulator.join(guild, app);
  await simulator.addOutside("https://example.com/dragon.png", await png(2));
  const item = { media: { url: "https://example.com/dragon.png" } };
  const gallery = (spoiler: boolean) => ({ type: 12, items: [{ ...item, spoiler }] });
  for (const components of [
    [gallery(true)],
    [{ type: 17, spoiler: true, components: [gallery(false)] }],
    [
      {
        type: 9,
        components: [{ type: 10, content: "look" }],
        accessory: { type: 11, ...item, spoiler: true },
      },
    ],
    [gallery(false), { type: 10, content: "||a dragon||" }],
  ]) {
    const shown = await simulator.say(channel, app, "", { components });
    await simulator.say(channel, mo, `<@${simulator.bot.id}> make it night`, { replyTo: shown });
    await checkHidden(server, (await nextPrompt()).reply, JSON.stringify(components));
  }
});

test("what is in view hides the answer, the bot's own picture and that of a post too", async (t) => {
  const server = await startDiscord(t, withContent);
  const { simulator, guild, channel, ada, nextPrompt, adapter, start } = server;
  const forum = simulator.addChannel(guild, { name: "f", type: "forum" });
  const go = async (where: Channel, files: readonly PersonFile[] = []) => {
    await simulator.say(where, ada, `<@${simulator.bot.id}> make it night`, { files });
    const { turn, reply } = await nextPrompt();
    await turn.inView?.(signal);
    return reply;
  };
  const post = await simulator.post(forum, ada, { name: "A", files: [await named()] });
  const drawn = await checkHidden(server, await go(post), "a post");
  await checkHidden(server, await go(post), "the bot's own before");
  const thread = simulator.addThread(channel, { name: "B", ownerId: ada.id });
  await simulator.say(thread, ada, "", { files: [await flagged()] });
  await checkHidden(server, await go(thread), "the newest of a thread");
  await simulator.slash(post, ada, "draw", { prompt: "make it night" });
  const slashed = await nextPrompt();
  await slashed.turn.inView?.(signal);
  await checkHidden(server, slashed.reply, "/draw");

  // Something open is attached, and the answer goes on from the hidden picture all the same.
  await adapter.stop();
  await start();
  await simulator.say(post, ada, `<@${simulator.bot.id}> add this`, {
    files: [{ name: "open.png", bytes: await png(2) }],
  });
  const { reply } = await nextPrompt();
  const parent = `discord:${post.id}:${drawn}` as const;
  const key = await reply.show(await done({ parent }));
  assert.equal(simulator.message(key.split(":")[2] ?? "")?.files[0]?.spoiler, true);
});

test("a thread's name tells nothing of what is hidden", async (t) => {
  const namesOf = ({ simulator }: DiscordServer) =>
    simulator.requests
      .filter(({ path }) => /threads$/.test(path))
      .map(({ body }) => (body as { name: string }).name);
  const server = await startDiscord(t, { ...withContent, threads: "always" });
  const { simulator, channel, ada, nextPrompt } = server;
  await simulator.say(channel, ada, `<@${simulator.bot.id}> a knight and ||a dragon||`);
  await checkHidden(server, (await nextPrompt()).reply, "a mention");
  await simulator.slash(channel, ada, "draw", { prompt: "||a dragon||" });
  await checkHidden(server, (await nextPrompt()).reply, "/draw");
  assert.deepEqual(namesOf(server), ["Picture", "Picture"]);

  const auto = await startDiscord(t, { ...withContent, threads: "auto" });
  await auto.simulator.say(auto.channel, auto.ada, `<@${auto.simulator.bot.id}> a knight`);
  const key = await (await auto.nextPrompt()).reply.show(await done());
  await auto.simulator.say(auto.channel, auto.mo, "||a dragon|| more", { replyTo: key.split(":")[2] ?? "" });
  await auto.nextPrompt();
  assert.deepEqual(namesOf(auto), ["Picture"]);
});

test("what went wrong is said openly, however hidden the rest is", async (t) => {
  const server = await startDiscord(t, withContent);
  const { simulator, channel, ada, nextPrompt } = server;
  await simulator.say(channel, ada, `<@${simulator.bot.id}>`, { files: [await named()] });
  const { reply } = await nextPrompt();
  const key = await reply.show(view("failed", { text: "Say what to do with the picture." }));
  const text = () => simulator.message(key.split(":")[2] ?? "")?.text;
  assert.equal(text(), "Say what to do with the picture.");
  await reply.show(
    view("failed", { text: "“dragon.png” is gone. Say “make it night”.", notes: ["“a dragon.gif” moves."] }),
  );
  assert.equal(
    text(),
    "||“dragon.png”|| is gone. Say “make it night”.\n-# ||“a dragon.gif”|| moves.",
    "but for the names of files",
  );
  for (const [words, shown] of [
    ["“dragon” is not a picture.", "||“dragon”|| is not a picture."],
    ["Quality takes low or high, not “dragon”.", "Quality takes low or high, not ||“dragon”||."],
    ["There is no style “dragon”. There is “cosy”.", "There is no style ||“dragon”||. There is “cosy”."],
  ] as const) {
    await reply.show(view("failed", { text: words }));
    assert.equal(text(), shown);
  }
});
