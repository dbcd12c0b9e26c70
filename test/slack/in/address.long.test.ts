import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { type TestContext, test } from "node:test";
import { createSlackAdapter } from "../../../adapters/slack/index.ts";
import { createLinks } from "../../../src/pictures/links.ts";
import { createLog } from "../../../src/seam/log.ts";
import { createStandin } from "../../../src/standin/index.ts";
import { openStore } from "../../../src/store/store.ts";
import { askedOf, createCore } from "../../rig/core.ts";
import { flat } from "../../rig/pictures.ts";
import { until } from "../../rig/until.ts";
import { createSlackSimulator } from "../../simulators/slack/index.ts";

/** A web server with one picture, which is not Slack's; it writes down with what it was asked. */
async function createWeb(t: TestContext) {
  const bytes = await flat("#c00", 64, 48);
  const tokens: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    tokens.push(request.headers.authorization);
    response.end(bytes);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => server.close());
  const bound = server.address();
  assert.ok(bound && typeof bound === "object");
  return { bytes, tokens, port: bound.port, address: `http://127.0.0.1:${bound.port}/giphy` };
}

/** Slack and OpenAI on loopback with the whole bot between them. */
async function start(t: TestContext, port: number) {
  const simulator = await createSlackSimulator();
  const standin = await createStandin({ paceMs: 20, flat: true });
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
  const links = createLinks({ allow: (ip) => ip === "127.0.0.1", ports: [port] });
  const core = await createCore({ adapter, standin, store, links });
  t.after(async () => {
    await core.bot.drain(0);
    await adapter.stop();
    await simulator.close();
    await standin.close();
    await store.close();
  });
  const answers = () => simulator.messages(channel).filter(({ byBot }) => byBot);
  return { simulator, standin, ada, channel, answers };
}

test("a mention below an app's picture, and below a preview, draws from that picture", async (t) => {
  const web = await createWeb(t);
  const { simulator, standin, ada, channel, answers } = await start(t, web.port);
  const gif = simulator.sayAsBot(channel, "", {
    blocks: [{ type: "image", image_url: web.address, alt_text: "a cat" }],
  });
  const link = await simulator.say(channel, ada, "https://news.example/cats");
  simulator.unfurl(link, [{ from_url: "https://news.example/cats", image_url: `${web.address}?news` }]);
  for (const [at, { ts }] of [gif, link].entries()) {
    await simulator.say(channel, ada, "make it night", { threadTs: ts, mention: true });
    await until(() => askedOf(standin).length === at + 1, "a drawing");
    await until(() => answers().length === at + 1 && answers()[at]?.images.length === 1, "the picture");
    assert.match(JSON.stringify(askedOf(standin)[at]?.input), /"input_image"/);
  }
  assert.deepEqual(web.tokens, [undefined, undefined], "it is fetched without the bot's token");
});

test("a picture in view that cannot be had is said before anything is drawn", async (t) => {
  const web = await createWeb(t);
  const { simulator, standin, ada, channel, answers } = await start(t, web.port);
  const roots = [
    simulator.sayAsBot(channel, "", {
      blocks: [{ type: "image", image_url: "http://127.0.0.1:1/cat.png", alt_text: "a cat" }],
    }),
    simulator.sayAsBot(channel, "", {
      blocks: [{ type: "image", slack_file: { id: "F0SIMSECRET" }, alt_text: "a plan" }],
    }),
  ];
  for (const { ts } of roots)
    await simulator.say(channel, ada, "make it night", { threadTs: ts, mention: true });
  await until(() => answers().filter(({ buttons }) => buttons.length === 0).length > 0, "an answer");
  const told = () =>
    answers()
      .map(({ text }) => text)
      .join("\n");
  await until(() => /“127\.0\.0\.1\/cat\.png” asks for a port/.test(told()), "the first refusal");
  await until(() => /“a plan” was put here by another app/.test(told()), "the second refusal");
  assert.deepEqual(askedOf(standin), []);
});

test("Delete takes the message away, and leaves a line where people have answered it", async (t) => {
  const web = await createWeb(t);
  const { simulator, ada, channel, answers } = await start(t, web.port);
  for (const hangs of [false, true]) {
    simulator.slash(channel, ada, "/draw", "a fox");
    await until(
      () => answers().some(({ buttons }) => buttons.some(({ actionId }) => actionId === "a:delete")),
      "the picture",
    );
    const [seen] = answers();
    assert.ok(seen);
    if (hangs) await simulator.say(channel, ada, `<@${ada.id}> look`, { threadTs: seen.ts });
    simulator.press(seen, "a:delete", ada);
    await until(() => simulator.files(simulator.bot).length === 0, "the file to go");
    if (!hangs) await until(() => answers().length === 0, "the message to go");
    else await until(() => /Deleted by ada/.test(answers()[0]?.text ?? ""), "the line");
  }
});
