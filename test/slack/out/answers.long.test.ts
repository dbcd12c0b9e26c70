import assert from "node:assert/strict";
import { test } from "node:test";
import { createSlackAdapter } from "../../../adapters/slack/index.ts";
import type { Stage } from "../../../adapters/slack/live/stage.ts";
import { createStatus } from "../../../adapters/slack/out/status.ts";
import { createLog } from "../../../src/seam/log.ts";
import { createStandin } from "../../../src/standin/index.ts";
import { openStore } from "../../../src/store/store.ts";
import { askedOf, createCore } from "../../rig/core.ts";
import { noCore } from "../../rig/no-core.ts";
import { until } from "../../rig/until.ts";
import { createSlackSimulator } from "../../simulators/slack/index.ts";
import { done, image, type SlackServer, startSlack, view } from "../server.ts";

async function ask({ simulator, channel, ada, nextPrompt }: SlackServer, words = "a fox") {
  await simulator.say(channel, ada, words, { mention: true });
  return (await nextPrompt()).reply;
}

test("sketches replace each other, the picture replaces them, and no file is left over", async (t) => {
  const server = await startSlack(t);
  const { answers, litter } = server;
  const reply = await ask(server);
  await reply.show(view("working", { status: "Drawing", actions: ["cancel"] }));
  const colours = ["#100", "#200", "#300"];
  for (const [index, colour] of colours.entries()) {
    await reply.show(
      view("working", { status: `Sketch ${index}`, images: [await image(colour)], actions: ["cancel"] }),
    );
    const before = answers()[0]?.images[0]?.blockId;
    await until(() => answers()[0]?.images.length === 1, "a sketch");
    if (index > 0) await until(() => answers()[0]?.images[0]?.blockId !== before, "the next sketch");
  }
  assert.equal(answers()[0]?.images[0]?.alt, "A red fox in the snow");
  await reply.show(await done());
  const [seen, ...more] = answers();
  assert.deepEqual(more, []);
  assert.deepEqual(
    seen?.images.map(({ broken }) => broken),
    [false],
  );
  await until(() => litter().length === 1, "the sketches to be taken away");
  assert.deepEqual(litter(), ["a-fox.png"]);
  assert.match(
    seen?.text ?? "",
    /1024x1024 \(asked for 1536x1024\) · high · asked for fidelity high · 12 s · about \$0\.041 · OpenAI/,
  );
  assert.match(seen?.text ?? "", /a fox/);
});

test("what is said while a sketch gets ready does not take the sketch away", async (t) => {
  const server = await startSlack(t, { simulator: { fileDelayMs: 300 } });
  const { answers, litter } = server;
  const reply = await ask(server);
  await reply.show(view("working", { status: "Drawing", actions: ["cancel"] }));
  const images = [await image("#100")];
  let second = 0;
  await until(async () => {
    second += 1;
    await reply.show(view("working", { status: `Drawing for ${second} s`, images, actions: ["cancel"] }));
    return answers()[0]?.images[0]?.broken === false;
  }, "the sketch");
  assert.ok(second > 2, "the message has changed meanwhile");
  assert.deepEqual(litter(), ["sketch-1.png"]);
});

test("a sketch that ends late leaves the picture's file alone", async (t) => {
  const server = await startSlack(t, { simulator: { fileDelayMs: 600 } });
  const { simulator, answers, litter } = server;
  const reply = await ask(server);
  await reply.show(view("working", { status: "Drawing", actions: ["cancel"] }));
  simulator.fault({ method: "files.getUploadURLExternal", kind: "slow", ms: 300 });
  await reply.show(view("working", { status: "Drawing", images: [await image("#100")] }));
  await reply.show(await done());
  assert.deepEqual(
    answers()[0]?.images.map(({ broken }) => broken),
    [false],
  );
  assert.deepEqual(litter(), ["a-fox.png"]);
  const uploads = simulator.requests.filter(({ method }) => method === "files.completeUploadExternal");
  assert.equal(uploads.length, 1, "the picture was uploaded once");
});

test("who cancels while the sketch is on its way gets it in the message, and nowhere else", async (t) => {
  const server = await startSlack(t);
  const { simulator, answers, litter } = server;
  const reply = await ask(server);
  await reply.show(view("working", { status: "Drawing", actions: ["cancel"] }));
  simulator.fault({ method: "files.getUploadURLExternal", kind: "slow", ms: 200 });
  const images = [await image("#100")];
  await reply.show(view("working", { status: "Drawing", images }));
  await reply.show(view("cancelled", { text: "Cancelled.", images }));
  const [seen, ...more] = answers();
  assert.deepEqual(more, []);
  assert.equal(seen?.images.length, 1);
  await until(() => litter().length === 1, "the given up sketch to go");
});

test("who cancels while Slack looks at the sketch gets that very file", async (t) => {
  const server = await startSlack(t, { simulator: { fileDelayMs: 200 } });
  const { simulator, answers, litter } = server;
  const reply = await ask(server);
  await reply.show(view("working", { status: "Drawing", actions: ["cancel"] }));
  const images = [await image("#100")];
  await reply.show(view("working", { status: "Sketch", images }));
  const uploads = () =>
    simulator.requests.filter(({ method }) => method === "files.completeUploadExternal").length;
  await until(() => uploads() === 1 && litter().length === 1, "the sketch on its way");
  await reply.show(view("cancelled", { text: "Cancelled.", images }));
  assert.equal(answers()[0]?.images[0]?.broken, false);
  assert.equal(uploads(), 1);
  assert.equal(litter().length, 1);
});

test("a picture never waits for a sketch, and the sketch that comes too late is taken away", async (t) => {
  const server = await startSlack(t, {
    simulator: { fileDelayMs: 100_000 },
    timing: { paceMs: 50, pollMs: 10, retryMs: [10] },
  });
  const { simulator, answers, litter } = server;
  const reply = await ask(server);
  await reply.show(view("working", { status: "Drawing", actions: ["cancel"] }));
  await reply.show(
    view("working", { status: "Sketch 1", images: [await image("#100")], actions: ["cancel"] }),
  );
  await reply.show(
    view("working", { status: "Sketch 2", images: [await image("#200")], actions: ["cancel"] }),
  );
  await until(() => litter().length === 1, "the first sketch on its way");
  assert.match(answers()[0]?.text ?? "", /Sketch 2/, "where it stands is shown at once");
  const showing = reply.show(await done());
  await until(() => litter().includes("a-fox.png"), "the picture on its way");
  await until(() => !litter().some((name) => name.startsWith("sketch")), "the sketch to be taken away");
  simulator.advance(100_000);
  await showing;
  assert.equal(answers()[0]?.images.length, 1);
  assert.deepEqual(litter(), ["a-fox.png"]);
});

test("a cancelled or failed drawing keeps its sketch and nothing else; a deleted picture keeps no file", async (t) => {
  const server = await startSlack(t);
  const { adapter, answers, litter } = server;
  const reply = await ask(server);
  const sketch = await image("#100");
  await reply.show(view("working", { status: "Drawing", images: [sketch], actions: ["cancel"] }));
  await until(() => answers()[0]?.images.length === 1, "a sketch");
  const key = await reply.show(
    view("failed", { text: "OpenAI failed.", images: [sketch], actions: ["redo"] }),
  );
  assert.equal(answers()[0]?.images.length, 1);
  assert.equal(litter().length, 1);
  await adapter.reopen(key).show(view("cancelled", { status: "Deleted by ada", gone: true }));
  assert.deepEqual(answers(), []);
  await until(() => litter().length === 0, "the file to go");
});

test("after a restart the sketch of before is replaced, too", async (t) => {
  const server = await startSlack(t);
  const { adapter, answers, litter } = server;
  const reply = await ask(server);
  const key = await reply.show(view("working", { status: "Drawing" }));
  await reply.show(view("working", { status: "Sketch", images: [await image("#100")] }));
  await until(() => answers()[0]?.images.length === 1, "a sketch");
  await adapter.stop();
  await adapter.start(noCore());
  const again = adapter.reopen(key);
  await again.show(view("working", { status: "Drawing, again" }));
  assert.equal(answers()[0]?.images.length, 1, "the sketch stays until there is a better one");
  assert.equal(await again.show(await done()), key);
  await until(() => litter().length === 1, "the sketch to go");
  assert.deepEqual(litter(), ["a-fox.png"]);
});

test("stopping takes away what is still being uploaded", async (t) => {
  const server = await startSlack(t, { simulator: { fileDelayMs: 100_000 } });
  const { adapter, litter } = server;
  const reply = await ask(server);
  await reply.show(view("working", { status: "Drawing" }));
  await reply.show(view("working", { status: "Sketch", images: [await image("#100")] }));
  await until(() => litter().length === 1, "a sketch on its way");
  await adapter.stop();
  assert.deepEqual(litter(), []);
});

test("a picture that Slack does not take into the message comes in one of its own", async (t) => {
  const server = await startSlack(t);
  const { simulator, answers } = server;
  const reply = await ask(server);
  await reply.show(view("working", { status: "Drawing" }));
  simulator.fault({ method: "chat.update", kind: "error", error: "invalid_blocks", times: 4 });
  await reply.show(await done());
  const [message, apart] = answers();
  assert.match(message?.text ?? "", /is in the one below/);
  assert.ok(message?.buttons.some(({ actionId }) => actionId === "a:edit"));
  assert.equal(apart?.files[0]?.name, "a-fox.png");
});

test("a scope that is missing for the picture is named in the answer, which waits for it", async (t) => {
  const server = await startSlack(t);
  const { simulator, answers } = server;
  const reply = await ask(server);
  await reply.show(view("working", { status: "Drawing" }));
  simulator.revoke("files:write");
  await assert.rejects(reply.show(await done()), { code: "auth" });
  assert.match(
    answers()[0]?.text ?? "",
    /I cannot show the picture yet: Slack has not granted me files:write\. An admin has to add that scope/,
  );
  simulator.grant("files:write");
  await reply.show(await done());
  assert.doesNotMatch(answers()[0]?.text ?? "", /files:write/);
  assert.equal(answers()[0]?.images.length, 1);
});

test("a scope that is missing to see whether the picture is ready is named, too", async (t) => {
  const server = await startSlack(t);
  const { simulator, answers, said } = server;
  const reply = await ask(server);
  await reply.show(view("working", { status: "Drawing" }));
  simulator.revoke("files:read");
  await reply.show(await done());
  assert.match(answers()[0]?.text ?? "", /in the one below\. Slack has not granted me files:read\. An admin/);
  assert.equal(answers()[1]?.files.length, 1);
  assert.equal(said("slack.scopes.missing").length, 1);
});

test("rate limits: a sketch is dropped, the picture waits as long as it must", async (t) => {
  const server = await startSlack(t);
  const { simulator, answers, litter, said } = server;
  const reply = await ask(server);
  await reply.show(view("working", { status: "Drawing" }));
  const order = simulator.fault({ method: "chat.update", kind: "rate limit", retryAfterMs: 1000, times: 1 });
  await reply.show(view("working", { status: "A sketch", images: [] }));
  assert.equal(order.struck, 1);
  assert.equal(said("slack.sketch.lost").length, 1);
  simulator.fault({ method: "chat.update", kind: "rate limit", retryAfterMs: 1000, times: 1 });
  simulator.fault({ method: "files.getUploadURLExternal", kind: "rate limit", retryAfterMs: 1000, times: 1 });
  simulator.fault({ method: "files.info", kind: "rate limit", retryAfterMs: 1000, times: 1 });
  await reply.show(await done());
  assert.equal(answers()[0]?.images.length, 1);
  assert.deepEqual(litter(), ["a-fox.png"]);
});

test("a message whose answer gets lost on the way is not posted twice", async (t) => {
  const server = await startSlack(t);
  const { simulator, answers, channel, ada, nextPrompt } = server;
  const reply = await ask(server);
  simulator.fault({ method: "chat.postMessage", kind: "drop", when: "after" });
  const key = await reply.show(view("working", { status: "Drawing" }));
  assert.deepEqual(
    answers().map(({ ts }) => `slack:${channel.id}:${ts}`),
    [key],
  );
  simulator.fault({ method: "chat.postMessage", kind: "drop", when: "before" });
  simulator.slash(channel, ada, "/draw", "an owl");
  await nextPrompt();
  assert.equal(answers().length, 2);
  simulator.fault({ method: "chat.postMessage", kind: "status", status: 503 });
  await (await ask(server, "a hare")).show(view("working", { status: "Drawing" }));
  assert.equal(answers().length, 3);
});

test("uploads that fail on the way are tried again and leave nothing behind", async (t) => {
  const server = await startSlack(t);
  const { simulator, answers, litter } = server;
  const reply = await ask(server);
  await reply.show(view("working", { status: "Drawing" }));
  simulator.fault({ method: "upload", kind: "drop", when: "before" });
  simulator.fault({ method: "files.completeUploadExternal", kind: "drop", when: "after" });
  await reply.show(await done());
  assert.equal(answers()[0]?.images.length, 1);
  assert.deepEqual(litter(), ["a-fox.png"]);
});

test("several pictures stand in their order; long words are shown whole", async (t) => {
  const server = await startSlack(t);
  const reply = await ask(server);
  const images = await Promise.all(
    ["#100", "#010", "#001"].map((colour, index) => image(colour, `fox-${index + 1}.png`)),
  );
  await reply.show(
    await done({
      images,
      text: `${"word ".repeat(900)}\n\n\`\`\`\n${"code <b>\n".repeat(200)}\`\`\``,
      actions: ["pick1", "pick2", "pick3", "edit", "vary", "redo", "undo", "details", "delete"],
    }),
  );
  const [seen] = server.answers();
  assert.deepEqual(
    seen?.images.map(({ bytes }) => bytes),
    images.map(({ bytes }) => bytes),
  );
  assert.equal(seen?.buttons.length, 9);
  assert.equal(seen?.text.match(/word/g)?.length, 900);
  assert.equal(seen?.text.match(/code &lt;b&gt;/g)?.length, 200);
});

test("a WebP is none of the types the core may show here", async (t) => {
  const server = await startSlack(t);
  const reply = await ask(server);
  assert.deepEqual(reply.limits.mediaTypes, ["image/png", "image/jpeg", "image/gif"]);
});

test("a whole drawing, with Slack as slow as it is: one request, one message, one file", async (t) => {
  const simulator = await createSlackSimulator({ fileDelayMs: 150 });
  const standin = await createStandin({ paceMs: 300, flat: true });
  const store = await openStore("memory:");
  const ada = simulator.addUser({ name: "ada" });
  const channel = simulator.addChannel();
  const adapter = createSlackAdapter({
    botToken: simulator.token,
    apiUrl: simulator.api,
    mode: { kind: "socket", appToken: simulator.appToken },
    painter: { name: "the offline stand-in", standIn: true },
    log: createLog("silent"),
    timing: { paceMs: 50, pollMs: 10, retryMs: [10, 20] },
  });
  const core = await createCore({ adapter, standin, store });
  t.after(async () => {
    await core.bot.drain(0);
    await adapter.stop();
    await simulator.close();
    await standin.close();
    await store.close();
  });
  const files = () => simulator.files(simulator.bot);
  const answers = () => simulator.messages(channel).filter(({ byBot }) => byBot);
  const said = await simulator.say(channel, ada, "a slow fox", { mention: true });
  for (const event of said.events) await simulator.redeliver(event).done;
  await until(() => answers().some(({ images }) => images.length > 0), "a sketch");
  await until(
    () => answers().some(({ buttons }) => buttons.some(({ actionId }) => actionId === "a:redo")),
    "the picture",
  );
  await until(() => files().length === 1, "the sketches to go");
  assert.equal(askedOf(standin).length, 1);
  assert.equal(answers().length, 1);
  assert.match(answers()[0]?.text ?? "", /stand-in/);
  assert.deepEqual(
    simulator.requests
      .filter(({ method, error }) => error && method !== "files.info")
      .map(({ method, error }) => `${method} ${error}`),
    [],
    "Slack refuses nothing but to say that a file is not ready",
  );
  const [answer] = answers();
  assert.ok(answer);
  simulator.press(answer, "a:delete", ada);
  await until(() => files().length === 0, "the picture to go");
});

test("the assistant's status line is renewed before Slack clears it", (t) => {
  t.mock.timers.enable({ apis: ["setInterval"] });
  const sent: unknown[] = [];
  const stage = {
    app: { isAgent: false },
    send: { assist: async (_: string, { status }: { status?: unknown }) => void sent.push(status) },
  } as unknown as Stage;
  const status = createStatus(stage, { channelId: "D1", threadTs: "1.1", assistant: true });
  status.show("Drawing");
  status.show("Drawing");
  t.mock.timers.tick(119_000);
  assert.deepEqual(sent, ["is at work: drawing", "is at work: drawing"]);
  status.show(undefined);
  t.mock.timers.tick(300_000);
  assert.deepEqual(sent.slice(2), [""]);
});
