import assert from "node:assert/strict";
import { test } from "node:test";
import { splitWords } from "../../../adapters/slack/out/long-text.ts";
import { until } from "../../rig/until.ts";
import { done, startSlack, view } from "../server.ts";

const lines = (count: number) =>
  Array.from({ length: count }, (_, at) => `${at + 1}. ${"a fox & a hare ".repeat(12)}`).join("\n");
const long = lines(120);
const deleted = view("cancelled", { status: "Deleted by ada", gone: true });

/** An answer in words. */
const answer = (text: string) => done({ text, images: [], actions: ["redo", "rephrase", "delete"] });

for (const attaches of [true, false]) {
  test(`a long answer is whole in a file ${attaches ? "on its message" : "below it"}, and Delete takes that away`, async (t) => {
    const server = await startSlack(t, { simulator: { attaches } });
    const { simulator, channel, ada, adapter, nextPrompt, answers, litter } = server;
    await simulator.say(channel, ada, "tell me all", { mention: true });
    const { reply } = await nextPrompt();
    await reply.show(view("working", { status: "Answering", text: long, actions: ["cancel"] }));
    assert.deepEqual(answers()[0]?.files, [], "not before it is whole");
    const key = await reply.show(await answer(long));
    const [first] = answers();
    assert.match(first?.text ?? "", /^\d+\. a fox &amp; a hare/m);
    assert.match(first?.text ?? "", /That is not all: the whole answer is in answer\.md\./);
    const files = answers().flatMap((one) => one.files);
    assert.deepEqual(
      files.map(({ name, bytes }) => [name, bytes.toString()]),
      [["answer.md", long.trim()]],
    );
    assert.equal(answers().at(-1)?.threadTs, first?.threadTs);

    await adapter.stop();
    await adapter.start(server.core);
    const again = `${long}\n121. the end`;
    assert.equal(await adapter.reopen(key).show(await answer(again)), key, "changed in place");
    await until(() => litter().length === 1, "the file of before to go");
    assert.deepEqual(
      answers().flatMap((one) => one.files.map(({ bytes }) => bytes.toString())),
      [again],
    );
    await adapter.stop();
    await adapter.start(server.core);
    await adapter.reopen(key).show(deleted);
    await until(() => litter().length === 0, "the file to go");
    assert.deepEqual(answers(), []);
  });
}

test("a long private answer is whole in a file that comes directly, and goes with it after a restart", async (t) => {
  const server = await startSlack(t);
  const { simulator, channel, ada, adapter, nextPrompt, nextPress, answers, whispers, litter } = server;
  simulator.slash(channel, ada, "/draw", "a long story? —private");
  const { reply } = await nextPrompt();
  const key = await reply.show(await answer(long));
  const seen = whispers().at(-1);
  assert.match(seen?.text ?? "", /the whole answer is in answer\.md\.[\s\S]*in our direct messages/);
  const direct = () => simulator.messages(simulator.dm(ada)).flatMap(({ files }) => files);
  assert.deepEqual(
    direct().map(({ name, bytes }) => [name, bytes.toString()]),
    [["answer.md", long.trim()]],
  );
  assert.deepEqual(answers(), [], "nobody else sees it");
  await adapter.stop();
  await adapter.start(server.core);
  assert.ok(seen);
  simulator.press(seen, "a:delete", ada);
  assert.equal((await nextPress()).turn.message, key);
  await adapter.reopen(key).show(deleted);
  await until(() => litter().length === 0, "the file to go");
  assert.equal(simulator.message(seen), undefined);
});

test("a long word of the bot's to one person goes on in the next", async (t) => {
  const server = await startSlack(t);
  const { simulator, channel, ada, nextPress, nextPrompt, whispers } = server;
  await simulator.say(channel, ada, "a fox", { mention: true });
  const { reply } = await nextPrompt();
  const key = await reply.show(await done());
  simulator.press({ channel: channel.id, ts: key.split(":")[2] ?? "" }, "a:details", ada);
  await (await nextPress()).reply.show(view("done", { text: long, audience: "asker" }));
  const told = whispers().map(({ text }) => text);
  assert.ok(told.length > 1);
  const numbers = told.join("\n").match(/^\d+(?=\. )/gm);
  assert.deepEqual(
    numbers,
    Array.from({ length: 120 }, (_, at) => `${at + 1}`),
  );
});

test("long words are divided at lines, and code stays code", () => {
  const code = `look:\n\`\`\`\n${lines(80)}\n\`\`\`\nthat is it`;
  const parts = splitWords(code);
  assert.ok(parts.length > 1);
  for (const part of parts) assert.equal((part.match(/^```/gm)?.length ?? 0) % 2, 0);
  assert.equal(parts.join("\n").match(/^\d+\. /gm)?.length, 80);
  assert.deepEqual(splitWords("short"), ["short"]);
  assert.equal(splitWords("😀".repeat(9000)).join(""), "😀".repeat(9000));
});
