import assert from "node:assert/strict";
import { test } from "node:test";
import { fitText } from "../../../adapters/discord/out/long-text.ts";
import { type DiscordServer, done, startDiscord, view } from "../server.ts";

const lines = Array.from({ length: 120 }, (_, index) => `${index + 1}. a line with *something* to say of it`);
const long = lines.join("\n");

async function ask({ simulator, channel, ada, nextPrompt }: DiscordServer, fields = {}) {
  const doing = await simulator.slash(channel, ada, "draw", { prompt: "tell me all", ...fields });
  return { doing, reply: (await nextPrompt()).reply };
}

const said = (rest = {}) => view("done", { text: long, actions: ["redo", "rephrase", "delete"], ...rest });

test("words that do not fit one message are whole in a file, and the message says so", async (t) => {
  const server = await startDiscord(t);
  const { doing, reply } = await ask(server);
  await reply.show(view("working", { status: "Answering", text: long, actions: ["cancel"] }));
  assert.equal(doing.message?.downloads.length, 0, "the file comes at the end");
  const key = await reply.show(said());
  assert.match(doing.message?.text ?? "", /the whole answer is in answer\.md, below/);
  assert.match(doing.message?.text ?? "", /^1\. a line/, "it begins in the message");
  assert.ok((doing.message?.text.length ?? 0) > 3000, "with as much as there is room for");
  assert.deepEqual(
    doing.message?.downloads.map(({ name, bytes }) => [name, bytes.toString()]),
    [["answer.md", long]],
  );
  assert.deepEqual(
    doing.message?.buttons.map(({ label }) => label),
    ["Draw again", "Edit prompt…", "Delete"],
  );
  assert.deepEqual(await server.adapter.recall(key), [], "it is no picture");

  await server.adapter.stop();
  await server.start();
  await server.adapter.reopen(key).show(said({ text: `${long}\n121. the last` }));
  assert.match(doing.message?.downloads[0]?.bytes.toString() ?? "", /121\. the last$/);
  assert.equal(doing.message?.attached.length, 1, "the one before is gone");
  await server.adapter.reopen(key).show(view("cancelled", { status: "Deleted by ada" }));
  assert.deepEqual(doing.message?.attached, []);
});

test("so it is in private answers, in those by mention, beside pictures and hidden", async (t) => {
  const server = await startDiscord(t);
  const { simulator, channel, ada, nextPrompt } = server;
  const hidden = await ask(server, { private: true });
  await hidden.reply.show(said());
  assert.equal(hidden.doing.message?.ephemeralTo, ada.id);
  assert.equal(hidden.doing.message?.downloads[0]?.bytes.toString(), long);

  await simulator.say(channel, ada, `<@${simulator.bot.id}> tell me all`);
  const key = await (await nextPrompt()).reply.show(said());
  assert.equal(simulator.message(key.split(":")[2] ?? "")?.downloads[0]?.bytes.toString(), long);

  const covered = await ask(server, { spoiler: true });
  await covered.reply.show(await done({ text: long }));
  assert.equal(covered.doing.message?.files.length, 1);
  assert.equal(covered.doing.message?.downloads[0]?.spoiler, true);
  assert.doesNotMatch(covered.doing.message?.text.replace(/\|\|.+?\|\|/gs, "") ?? "", /a line/);

  const failed = await ask(server);
  await failed.reply.show(view("failed", { text: long }));
  assert.equal(failed.doing.message?.downloads[0]?.bytes.toString(), long);
});

test("a text is cut at the end of a line, and no code block stays open", () => {
  assert.deepEqual(fitText(" a\nb ", 10), { shown: "a\nb", isCut: false });
  assert.deepEqual(fitText("first line\nsecond line", 20), { shown: "first line\n…", isCut: true });
  const { shown } = fitText(`words\n\`\`\`js\n${"code();\n".repeat(20)}\`\`\``, 100);
  assert.equal(shown.match(/```/g)?.length, 2);
  for (const text of [long, "x".repeat(9000), "😀".repeat(3000), `\`\`\`\n${long}`]) {
    const fitted = fitText(text, 1000);
    assert.ok(fitted.shown.length <= 1000 && fitted.shown.length > 500);
    assert.ok(fitted.shown.isWellFormed());
  }
});
