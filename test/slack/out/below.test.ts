import assert from "node:assert/strict";
import { test } from "node:test";
import { toMrkdwn, withoutLinks } from "../../../adapters/slack/out/markdown.ts";
import { done, type SlackServer, startSlack, view } from "../server.ts";

const address = "https://draw.example.com/area/eyJ__a__b~~c~~d.x_y--z*1*?a=1&b=2";

/** The picture of a private answer, pressed on so that Slack lets us answer. */
async function whispered({ simulator, channel, ada, nextPrompt, nextPress, whispers }: SlackServer) {
  simulator.slash(channel, ada, "/draw", "a surprise --private");
  const { reply } = await nextPrompt();
  await reply.show(view("working", { status: "Drawing" }));
  const key = await reply.show(await done({ actions: ["edit", "area"] }));
  const [seen] = whispers().slice(-1);
  assert.ok(seen);
  simulator.press(seen, "a:area", ada);
  const pressed = await nextPress();
  await pressed.reply.show(view("done", { text: `[Open the page](${address})`, audience: "asker" }));
  return { key, user: pressed.turn.user };
}

test("the page to paint on is a link for the one who pressed, and nobody else", async (t) => {
  const server = await startSlack(t);
  const { simulator, channel, ada, mo, nextPrompt, nextPress, answers, whispers } = server;
  await simulator.say(channel, ada, "a fox", { mention: true });
  const { reply } = await nextPrompt();
  const key = await reply.show(await done({ actions: ["edit", "area", "reference"] }));
  const ref = { channel: channel.id, ts: key.split(":")[2] ?? "" };
  simulator.press(ref, "a:area", mo);
  const { turn, reply: aside } = await nextPress();
  assert.equal(turn.action, "area");
  assert.equal(turn.message, key);
  await aside.show(view("done", { text: `[Open the page](${address}) and **paint**.`, audience: "asker" }));
  const [told] = whispers(channel, mo);
  assert.equal(told?.text, `<${address.replace("&", "&amp;")}|Open the page> and *paint*.`);
  assert.doesNotMatch(told?.fallback ?? "", /https/);
  assert.equal(answers().length, 1);
  const sent = simulator.requests.filter(({ method }) => method === "response_url").at(-1);
  assert.match(JSON.stringify(sent), /"unfurl_links":false.*"unfurl_media":false/);
});

test("links keep their addresses, whatever they look like", () => {
  const one = (text: string) => toMrkdwn(text, 3000).join("\n");
  assert.equal(one(`**see [a | b](${address}) now**`), `*see <${address.replace("&", "&amp;")}|a ¦ b> now*`);
  assert.equal(
    one("[a](https://x.example/__b__) [c](https://y.example)"),
    "<https://x.example/__b__|a> <https://y.example|c>",
  );
  assert.equal(one("\ue001a\ue002"), "a");
  assert.equal(withoutLinks("[Open](https://x.example) it"), "Open it");
});

test("an answer below a message: in its thread, or below it in a direct message", async (t) => {
  const { simulator, channel, ada, nextPrompt, adapter, answers, placeOf } = await startSlack(t);
  const user = { id: `slack:${ada.id}`, name: "ada" };
  const asked = await simulator.say(channel, ada, "a fox", { mention: true });
  const { reply } = await nextPrompt();
  const inThread = await adapter.below(await reply.show(await done()), user);
  assert.equal(inThread.thread, `slack:${channel.id}:${asked.ts}`);
  assert.deepEqual(inThread.place, placeOf(channel));
  await inThread.reply.show(view("working", { status: "Drawing" }));
  await inThread.reply.show(await done());
  assert.equal(answers().length, 2);
  assert.equal(answers()[1]?.threadTs, asked.ts);
  assert.match(answers()[1]?.text ?? "", /ada: a fox/);

  simulator.slash(channel, ada, "/draw", "an owl");
  const top = await nextPrompt();
  const key = await top.reply.show(await done());
  const below = await adapter.below(key, user);
  assert.equal(below.thread, top.turn.thread);
  await below.reply.show(view("working"));
  assert.equal(`slack:${channel.id}:${answers().at(-1)?.threadTs}`, key);

  const direct = simulator.dm(ada);
  await simulator.say(direct, ada, "a hare");
  const said = await nextPrompt();
  const there = await adapter.below(await said.reply.show(await done()), user);
  assert.equal(there.thread, said.turn.thread);
  await there.reply.show(view("working"));
  const [, , last] = simulator.messages(direct);
  assert.equal(last?.byBot, true);
  assert.equal(last?.threadTs, undefined);
});

test("no answer below what is gone, where the bot is not, or what is none of ours", async (t) => {
  const { simulator, channel, ada, adapter } = await startSlack(t);
  const user = { id: `slack:${ada.id}`, name: "ada" };
  const hidden = simulator.addChannel({ name: "secret", kind: "private", bot: false });
  const away = await simulator.say(hidden, ada, "mine");
  for (const key of [`slack:${channel.id}:1.000001`, `slack:${hidden.id}:${away.ts}`] as const) {
    await assert.rejects(adapter.below(key, user), {
      code: "unknown_message",
      message: /attach the picture and a mask/,
    });
  }
  await assert.rejects(adapter.below("discord:1:2", user), { code: "unknown_message" });
});

test("an answer below a private one stays private while Slack lets us, and is refused after that", async (t) => {
  const server = await startSlack(t);
  const { adapter, answers, whispers, simulator, placeOf, channel, mo } = server;
  const { key, user } = await whispered(server);
  const before = whispers().length;
  const below = await adapter.below(key, user);
  assert.deepEqual(below.place, placeOf(channel));
  await below.reply.show(view("working", { status: "Drawing" }));
  await below.reply.show(await done());
  const shown = whispers().slice(before);
  assert.equal(shown.length, 2, "when it begins and when it ends");
  assert.equal(shown.at(-1)?.images.length, 1);
  assert.deepEqual(answers(), []);
  assert.equal((await adapter.recall(key)).length, 1, "the picture is still known");

  const refused = { code: "unknown_message", message: /Attach the picture and a mask to a message to me/ };
  await assert.rejects(adapter.below(key, { id: `slack:${mo.id}`, name: "mo" }), refused);
  await below.reply.show(await done());
  await below.reply.show(await done());
  await assert.rejects(adapter.below(key, user), refused, "five answers are all Slack takes");
  assert.deepEqual(answers(), []);
  assert.ok(simulator.messages(channel, mo).every(({ byBot }) => !byBot));
});

test("what one person is told is where they look: in the thread they are in, else in the channel", async (t) => {
  const { simulator, channel, ada, nextPrompt, nextPress, whispers } = await startSlack(t);
  const notice = view("done", { text: "Only for you.", audience: "asker" });
  simulator.slash(channel, ada, "/draw", "a fox");
  const key = await (await nextPrompt()).reply.show(await done());
  const top = { channel: channel.id, ts: key.split(":")[2] ?? "" };
  simulator.press(top, "a:details", ada);
  await (await nextPress()).reply.show(notice);
  await simulator.say(channel, ada, "styles", { mention: true });
  await (await nextPrompt()).reply.show(notice);
  assert.deepEqual(
    whispers().map(({ threadTs }) => threadTs),
    [undefined, undefined],
    "a thread without replies shows nobody anything",
  );

  await simulator.say(channel, ada, "make it night", { threadTs: top.ts });
  const below = (await (await nextPrompt()).reply.show(await done())).split(":")[2] ?? "";
  simulator.press({ channel: channel.id, ts: below }, "a:details", ada);
  await (await nextPress()).reply.show(notice);
  assert.equal(whispers().at(-1)?.threadTs, top.ts);
});
