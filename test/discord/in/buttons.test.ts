import assert from "node:assert/strict";
import { test } from "node:test";
import { type DiscordServer, done, image, png, startDiscord, view } from "../server.ts";

const signal = AbortSignal.timeout(120_000);

/** A finished picture by /draw. */
async function draw(server: DiscordServer, options: Record<string, string | boolean> = {}) {
  const { simulator, channel, ada, nextPrompt } = server;
  const doing = await simulator.slash(channel, ada, "draw", { prompt: "a fox", ...options });
  await doing.acknowledged();
  const { reply } = await nextPrompt();
  const key = await reply.show(await done());
  return { id: key.split(":")[2] ?? "", key, reply, doing };
}

test("a button that draws is answered with a message of its own, below the picture", async (t) => {
  const server = await startDiscord(t);
  const { simulator, channel, mo, nextPress } = server;
  const { id, key } = await draw(server);
  const doing = simulator.press(id, "a:vary", mo);
  const first = await doing.acknowledged();
  assert.equal(first.kind, "defer");
  assert.equal(first.ephemeral, false);
  const { turn, reply } = await nextPress();
  assert.equal(turn.action, "vary");
  assert.equal(turn.message, key);
  const roles = [server.guild.id, ...(server.guild.members.get(mo.id)?.roles ?? [])];
  assert.deepEqual(turn.user, {
    ...{ id: `discord:${mo.id}`, name: "mo", moderator: true },
    roles: roles.map((id) => `discord:role:${id}`),
  });
  assert.equal(turn.thread, `discord:${doing.message?.id}`);
  const shown = await reply.show(await done());
  assert.equal(shown, `discord:${channel.id}:${doing.message?.id}`);
  assert.equal(simulator.messages(channel).length, 2);
  assert.equal(simulator.message(id)?.files.length, 1, "the first picture is untouched");
});

test("two people press at once: two pictures; a press that is delivered twice: one", async (t) => {
  const server = await startDiscord(t);
  const { simulator, ada, mo, next, nextPrompt, channel, taken } = server;
  const { id } = await draw(server);
  simulator.press(id, "a:vary", ada);
  simulator.press(id, "a:vary", mo);
  const both = [await next(), await next()];
  assert.deepEqual(new Set(both.map(({ turn }) => turn.user.name)), new Set(["ada", "mo"]));
  assert.equal(new Set(both.map(({ turn }) => turn.kind === "press" && turn.thread)).size, 2);
  simulator.gateway.redeliver("INTERACTION_CREATE");
  await simulator.say(channel, ada, `<@${simulator.bot.id}> the end`);
  assert.equal((await nextPrompt()).turn.text, "the end");
  assert.deepEqual(taken, []);
});

test("undo, details, delete and cancel tell a line to the one who pressed, and change nothing else", async (t) => {
  const server = await startDiscord(t);
  const { simulator, channel, mo, nextPress } = server;
  const { id, key } = await draw(server);
  for (const name of ["undo", "details", "delete", "cancel"] as const) {
    if (name === "cancel") {
      await simulator.say(channel, mo, `<@${simulator.bot.id}> an owl`);
      const { reply } = await server.nextPrompt();
      await reply.show(view("working", { status: "Drawing", actions: ["cancel"] }));
    }
    const target = name === "cancel" ? (simulator.messages(channel).at(-1)?.id ?? "") : id;
    const doing = simulator.press(target, `a:${name}`, mo);
    assert.equal((await doing.acknowledged()).kind, "defer update");
    const { turn, reply } = await nextPress();
    assert.equal(turn.action, name);
    if (name !== "cancel") assert.equal(turn.message, key);
    await reply.show(view("done", { text: `About ${name}.`, audience: "asker" }));
    const [line] = doing.followUps;
    assert.equal(line?.text, `About ${name}.`);
    assert.equal(line?.ephemeralTo, mo.id);
  }
  assert.equal(simulator.message(id)?.edits, 0);
});

test("a drawing that is refused for the one who pressed leaves nothing behind for others", async (t) => {
  const server = await startDiscord(t);
  const { simulator, channel, ada, mo, nextPress } = server;
  const { id } = await draw(server);
  const doing = simulator.press(id, "a:redo", mo);
  const { reply } = await nextPress();
  await reply.show(view("failed", { text: "I no longer know this picture.", audience: "asker" }));
  assert.equal(simulator.messages(channel, ada).length, 1);
  assert.match(doing.followUps[0]?.text ?? "", /I no longer know this picture/);
});

test("edit opens a form with the words, options and files, and sends a press with them", async (t) => {
  const server = await startDiscord(t);
  const { simulator, mo, nextPress, nextPrompt, channel, ada, taken } = server;
  const { id, key } = await draw(server);
  const shown = simulator.press(id, "a:edit", mo);
  const { kind, modal } = await shown.acknowledged();
  assert.equal(kind, "modal");
  assert.equal(modal?.title, "Edit this picture");
  const [photo, mask] = [await png(7), await png(8)];
  const filled = {
    prompt: "make it night --background transparent",
    "option:size": ["1536x1024"],
    "option:quality": ["low"],
    pictures: [{ name: "moon.png", bytes: photo }],
    mask: [{ name: "mask.png", bytes: mask }],
  };
  const sent = await simulator.submit(shown, filled);
  const { turn, reply } = await nextPress();
  assert.equal(turn.action, "edit");
  assert.equal(turn.message, key);
  assert.equal(turn.input?.text, "make it night --background transparent");
  assert.deepEqual(turn.input?.options, { size: "1536x1024", quality: "low" });
  assert.deepEqual(
    turn.input?.attachments.map(({ name, role }) => [name, role]),
    [
      ["moon.png", undefined],
      ["mask.png", "mask"],
    ],
  );
  assert.deepEqual(Buffer.from((await turn.input?.attachments[0]?.read(signal)) ?? []), photo);
  await reply.show(await done());
  assert.equal(sent.message?.files.length, 1);

  const twice = await simulator.submit(shown, filled);
  assert.equal((await twice.acknowledged()).ephemeral, true);
  assert.match(twice.message?.text ?? "", /sent this form already/);
  await simulator.say(channel, ada, `<@${simulator.bot.id}> the end`);
  assert.equal((await nextPrompt()).turn.text, "the end");
  assert.deepEqual(taken, []);
});

test("edit prompt begins with the words the picture was asked for with", async (t) => {
  const server = await startDiscord(t);
  const { simulator, mo, nextPress } = server;
  const { id } = await draw(server);
  const { adapter, channel } = server;
  await adapter.reopen(`discord:${channel.id}:${id}`).show(view("failed", { actions: ["redo", "rephrase"] }));
  const shown = simulator.press(id, "a:rephrase", mo);
  const { modal } = await shown.acknowledged();
  assert.match(JSON.stringify(modal?.components), new RegExp(`the words of ${id}`));
  await simulator.submit(shown, { prompt: "a red fox" });
  const { turn } = await nextPress();
  assert.equal(turn.action, "rephrase");
  assert.equal(turn.input?.text, "a red fox");
  assert.deepEqual(turn.input?.attachments, []);
});

test("several pictures come in one gallery, with a button to go on from each", async (t) => {
  const server = await startDiscord(t);
  const { simulator, channel, ada, nextPrompt, nextPress } = server;
  const doing = await simulator.slash(channel, ada, "draw", { prompt: "a fox", count: 4 });
  const { reply } = await nextPrompt();
  const images = await Promise.all(
    [1, 2, 3, 4].map((shade) => image(shade, shade > 1 ? `a-fox-${shade}.png` : "a-fox.png")),
  );
  const actions = [
    "pick1",
    "pick2",
    "pick3",
    "pick4",
    "edit",
    "vary",
    "redo",
    "undo",
    "details",
    "delete",
  ] as const;
  const key = await reply.show(await done({ images, actions }));
  const seen = doing.message;
  assert.deepEqual(
    seen?.files.map(({ bytes }) => bytes),
    images.map(({ bytes }) => bytes),
  );
  assert.deepEqual(
    seen?.files.map(({ name }) => name),
    ["a-fox.png", "a-fox-2.png", "a-fox-3.png", "a-fox-4.png"],
  );
  assert.deepEqual(
    seen?.buttons.slice(0, 5).map(({ label }) => label),
    ["1", "2", "3", "4", "Edit…"],
  );
  simulator.press(seen?.id ?? "", "a:pick3", ada);
  const { turn } = await nextPress();
  assert.equal(turn.action, "pick3");
  assert.equal(turn.message, key);
  const recalled = await server.adapter.recall(key);
  const read = await Promise.all(recalled.map((one) => one.read(signal)));
  assert.deepEqual(
    read.map(Buffer.from),
    images.map(({ bytes }) => bytes),
    "in order, for the core to take the third",
  );
});

test("buttons work after a restart, and the spoiler stays one", async (t) => {
  const server = await startDiscord(t);
  const { simulator, mo, ada, nextPress, adapter, start } = server;
  const { id, key } = await draw(server, { spoiler: true });
  assert.equal(simulator.message(id)?.files[0]?.spoiler, true);
  await adapter.stop();
  await start();
  const doing = simulator.press(id, "a:vary:s", mo);
  const { turn, reply } = await nextPress();
  assert.equal(turn.message, key);
  await reply.show(view("working", { status: "Drawing", images: [await image(1)], actions: ["cancel"] }));
  assert.equal(doing.message?.files[0]?.spoiler, true);

  await adapter.stop();
  await start();
  const finished = adapter.reopen(`discord:${server.channel.id}:${doing.message?.id}`);
  await finished.show(await done());
  assert.equal(
    simulator.message(doing.message?.id ?? "")?.files[0]?.spoiler,
    true,
    "remembered in the message",
  );
  assert.equal(simulator.message(doing.message?.id ?? "")?.files[0]?.name, "picture.png");

  const shown = simulator.press(id, "a:edit:s", ada);
  await shown.acknowledged();
  const sent = await simulator.submit(shown, { prompt: "at night" });
  const edit = await nextPress();
  await edit.reply.show(await done());
  assert.equal(sent.message?.files[0]?.spoiler, true);
});

test("the message commands work on anybody's pictures", async (t) => {
  const server = await startDiscord(t);
  const { simulator, channel, ada, mo, nextPress, nextPrompt } = server;
  const photo = await png(40);
  const posted = await simulator.say(channel, ada, "my garden", {
    files: [{ name: "garden.png", bytes: photo }],
  });

  const edit = simulator.messageCommand("Edit this picture", posted, mo);
  assert.equal((await edit.acknowledged()).modal?.title, "Edit this picture");
  await simulator.submit(edit, { prompt: "in winter" });
  const pressed = await nextPress();
  assert.equal(pressed.turn.action, "edit");
  assert.equal(pressed.turn.input?.text, "in winter");
  assert.equal(pressed.turn.message, `discord:${channel.id}:${posted.id}`);
  const recalled = await server.adapter.recall(pressed.turn.message);
  assert.deepEqual(Buffer.from((await recalled[0]?.read(signal)) ?? []), photo, "without the content intent");

  const reference = simulator.messageCommand("Use as reference", posted, mo);
  assert.equal((await reference.acknowledged()).modal?.title, "Use as reference");
  const sent = await simulator.submit(reference, { prompt: "a castle in this garden" });
  const taken = await nextPress();
  assert.equal(taken.turn.action, "reference");
  assert.equal(taken.turn.message, pressed.turn.message);
  assert.equal(taken.turn.input?.text, "a castle in this garden");
  assert.equal(
    taken.turn.thread,
    `discord:${sent.message?.id}`,
    "the picture starts a conversation of its own",
  );

  const describe = simulator.messageCommand("Describe", posted, mo);
  assert.equal((await describe.acknowledged()).kind, "defer");
  const asked = await nextPrompt();
  assert.match(asked.turn.text, /^Describe this picture/);
  assert.deepEqual(asked.turn.options, { action: "answer" }, "nothing is drawn");
  assert.equal(asked.turn.attachments.length, 1);
  await asked.reply.show(view("done", { text: "A garden.", actions: ["redo"] }));
  assert.match(describe.message?.text ?? "", /A garden\./);

  const words = await simulator.say(channel, ada, "no picture here");
  const nothing = simulator.messageCommand("Describe", words, mo);
  assert.equal((await nothing.acknowledged()).ephemeral, true);
  assert.match(nothing.message?.text ?? "", /no picture/);
});

test("sizes are suggested while they are typed", async (t) => {
  const { simulator, channel, ada } = await startDiscord(t);
  const suggest = (value: string) => simulator.autocomplete(channel, ada, "draw", { option: "size", value });
  assert.deepEqual((await suggest("")).slice(0, 2), [
    { name: "Auto", value: "auto" },
    { name: "Square (1024x1024)", value: "1024x1024" },
  ]);
  assert.deepEqual(await suggest("tall"), [
    { name: "Tall (1024x1536)", value: "1024x1536" },
    { name: "Photo, tall 3:4 (1088x1456)", value: "1088x1456" },
    { name: "Post, tall 4:5 (1120x1408)", value: "1120x1408" },
  ]);
  assert.deepEqual(await suggest("1000 x 700"), [
    { name: "1008x704 (nearest that can be drawn)", value: "1008x704" },
  ]);
  assert.equal((await suggest("2:1"))[0]?.value, "1776x880");
  assert.deepEqual(await suggest("nonsense"), []);
});

test("a private answer is for the asker alone, and stays so", async (t) => {
  const server = await startDiscord(t, { threads: "always" });
  const { simulator, channel, ada, mo, nextPress } = server;
  const { id, doing } = await draw(server, { private: true });
  assert.equal((await doing.acknowledged()).ephemeral, true);
  assert.equal(doing.message?.files.length, 1);
  assert.equal(simulator.messages(channel, mo).length, 0);
  assert.equal(doing.message?.threadId, undefined);
  const vary = simulator.press(id, "a:vary", ada);
  assert.equal((await vary.acknowledged()).ephemeral, true);
  const { reply } = await nextPress();
  await reply.show(await done());
  assert.equal(simulator.messages(channel, mo).length, 0);
  assert.equal(vary.message?.files.length, 1);
});

test("nobody goes on from what is private, and only its own buttons do: in threads and direct messages", async (t) => {
  const server = await startDiscord(t);
  const { simulator, channel, ada, mo, nextPrompt, nextPress, adapter, start } = server;
  const thread = simulator.addThread(channel, { name: "a gift", ownerId: ada.id });
  for (const where of [thread, simulator.dm(ada)]) {
    const ask = async (options: Record<string, boolean> = {}) => {
      const doing = await simulator.slash(where, ada, "draw", { prompt: "a ring", ...options });
      const { turn, reply } = await nextPrompt();
      const actions = ["edit", "area", "vary", "undo"] as const;
      return { doing, turn, key: await reply.show(await done({ actions })) };
    };
    const open = await ask();
    assert.equal(open.turn.thread, `discord:${where.id}`);
    const secret = await ask({ private: true });
    const own = `discord:${secret.doing.message?.id}`;
    assert.equal(secret.turn.thread, own);
    const shownBy = (await secret.turn.inView?.(signal))?.map((one) => one.shownBy);
    assert.deepEqual(shownBy, [open.key], "it goes on from the one that all see");
    await simulator.say(where, where === thread ? mo : ada, `<@${simulator.bot.id}> make it night`);
    const next = await nextPrompt();
    assert.equal(next.turn.thread, open.turn.thread);
    assert.equal(next.turn.replyTo, undefined);
    assert.deepEqual(await next.turn.inView?.(signal), []);

    for (const name of ["undo", "area", "vary", "edit"] as const) {
      if (name === "vary") {
        await adapter.stop();
        await start();
      }
      const doing = simulator.press(secret.doing.message?.id ?? "", `a:${name}`, ada);
      const first = await doing.acknowledged();
      if (name === "edit") await simulator.submit(doing, { prompt: "make it gold" });
      const { turn, reply } = await nextPress();
      assert.equal(turn.message, secret.key);
      if (name === "undo" || name === "area") assert.equal(turn.thread, own, name);
      if (name === "vary") assert.equal(first.ephemeral, true);
      if (name === "area") {
        const below = await adapter.below(secret.key, turn.user);
        assert.notEqual(below.thread, open.turn.thread);
      }
      if (name !== "vary" && name !== "edit") continue;
      const shown = await reply.show(await done());
      assert.equal(turn.thread, `discord:${shown.split(":")[2]}`, name);
      assert.equal(
        simulator.messages(where, mo).some(({ id }) => shown.endsWith(id)),
        false,
        "for her alone",
      );
    }
  }
});

test("a form or a button that names another channel's picture is not believed", async (t) => {
  const server = await startDiscord(t);
  const { simulator, guild, channel, ada, mo, nextPrompt, nextPress, taken } = server;
  const secret = simulator.addChannel(guild, { name: "secret" });
  await simulator.say(secret, mo, `<@${simulator.bot.id}> a plan`);
  const [, , hidden = ""] = (await (await nextPrompt()).reply.show(await done())).split(":");
  await simulator.say(channel, ada, `<@${simulator.bot.id}> a fox`);
  const [, , picture = ""] = (await (await nextPrompt()).reply.show(await done())).split(":");

  const form = simulator.press(picture, "a:edit", ada);
  const customId = (await form.acknowledged()).modal?.customId ?? "";
  const forgedId = customId.replace(channel.id, secret.id).replace(picture, hidden);
  assert.notEqual(forgedId, customId);
  const forged = await simulator.forgeForm(form, forgedId, { prompt: "make it readable" });
  assert.equal((await forged.acknowledged()).ephemeral, true);
  assert.match(forged.message?.text ?? "", /I no longer know that form/);
  for (const id of [
    `a:vary::${hidden}:${secret.id}`,
    `a:vary::${hidden}`,
    `a:details::${hidden}:${secret.id}`,
  ]) {
    const pressed = simulator.forgePress(picture, id, ada);
    assert.equal((await pressed.acknowledged()).ephemeral, true, id);
    assert.match(pressed.message?.text ?? "", /I no longer know that button/, id);
  }
  assert.deepEqual(taken, []);
  await simulator.submit(form, { prompt: "make it night" });
  assert.equal(
    (await nextPress()).turn.message,
    `discord:${channel.id}:${picture}`,
    "the real one still works",
  );
});
