import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import bolt from "@slack/bolt";
import sharp from "sharp";
import { createSlackSimulator, type SlackSimulatorOptions } from "./simulators/slack/index.ts";

const png = await sharp({ create: { width: 8, height: 6, channels: 3, background: "#c06030" } })
  .png()
  .toBuffer();

/** A simulator with a channel and a person in it. */
async function simulate(t: TestContext, options: SlackSimulatorOptions = {}) {
  const simulator = await createSlackSimulator(options);
  const stops: (() => Promise<unknown>)[] = [];
  t.after(async () => {
    for (const stop of stops) await stop();
    await simulator.close();
  });
  const ada = simulator.addUser({ name: "ada" });
  const channel = simulator.addChannel({ name: "pictures" });
  return { simulator, channel, ada, stops };
}

/** The same, with the real Bolt connected over Socket Mode. */
async function connect(t: TestContext, options: SlackSimulatorOptions = {}) {
  const world = await simulate(t, options);
  const { simulator } = world;
  const app = new bolt.App({
    token: simulator.token,
    appToken: simulator.appToken,
    socketMode: true,
    logLevel: bolt.LogLevel.ERROR,
    clientOptions: { slackApiUrl: simulator.api, retryConfig: { retries: 0 } },
  });
  world.stops.push(() => app.stop());
  return { ...world, app };
}

/** Announces a file and uploads it; it is not complete yet. */
async function upload(client: bolt.webApi.WebClient, filename: string, bytes: Buffer): Promise<string> {
  // Slack documents alt_txt; the SDK's types have only its own alt_text.
  const announced = { filename, length: bytes.length, alt_txt: "A fox" };
  const { upload_url = "", file_id = "" } = await client.files.getUploadURLExternal(announced);
  const { status } = await fetch(upload_url, { method: "POST", body: new Uint8Array(bytes) });
  assert.equal(status, 200);
  return file_id;
}

test("a mention comes as a message and as a mention, and is answered in its thread", async (t) => {
  const { simulator, channel, ada, app } = await connect(t);
  const seen: string[] = [];
  app.message(async ({ message }) => void seen.push(`message ${message.ts}`));
  app.event("app_mention", async ({ event, say }) => {
    seen.push(`app_mention ${event.ts}`);
    await say({ text: "On it", thread_ts: event.ts });
  });
  await app.start();
  const said = await simulator.say(channel, ada, "a fox", { mention: true });
  await said.delivered();
  const answer = await simulator.waitFor(() => simulator.messages(channel).find(({ byBot }) => byBot));
  assert.deepEqual(seen.sort(), [`app_mention ${said.ts}`, `message ${said.ts}`].sort());
  assert.equal(answer.threadTs, said.ts);
  assert.equal(answer.text, "On it");
});

test("a file is shown in a block once Slack is done with it", async (t) => {
  const { simulator, channel, app } = await connect(t);
  await app.start();
  const { client } = app;
  const id = await upload(client, "fox.png", png);
  await client.files.completeUploadExternal({ files: [{ id, title: "A fox" }] });
  const blocks = [{ type: "image" as const, alt_text: "A fox", slack_file: { id } }];
  await assert.rejects(
    client.chat.postMessage({ channel: channel.id, text: "A fox", blocks }),
    /invalid_blocks/,
  );
  assert.equal((await client.files.info({ file: id })).file?.mimetype, "");
  simulator.advance(100);
  assert.equal((await client.files.info({ file: id })).file?.mimetype, "image/png");
  await client.chat.postMessage({ channel: channel.id, text: "A fox", blocks });
  const [shown] = simulator.messages(channel);
  assert.deepEqual(shown?.images[0]?.bytes, png);
});

test("a slash command, a form, a button", async (t) => {
  const { simulator, channel, ada, app } = await connect(t);
  app.command("/draw", async ({ ack, client, body }) => {
    await ack();
    await client.views.open({
      trigger_id: body.trigger_id,
      view: {
        type: "modal",
        callback_id: "draw",
        title: { type: "plain_text", text: "Draw" },
        submit: { type: "plain_text", text: "Draw" },
        private_metadata: body.channel_id,
        blocks: [
          {
            type: "input",
            block_id: "prompt",
            label: { type: "plain_text", text: "Prompt" },
            element: { type: "plain_text_input", action_id: "text" },
          },
        ],
      },
    });
  });
  app.view("draw", async ({ ack, view, client }) => {
    await ack();
    await client.chat.postMessage({
      channel: view.private_metadata,
      text: view.state.values.prompt?.text?.value ?? "",
      blocks: [
        {
          type: "actions",
          elements: [{ type: "button", action_id: "more", text: { type: "plain_text", text: "More" } }],
        },
      ],
    });
  });
  app.action("more", async ({ ack, respond }) => {
    await ack();
    await respond({ text: "Here is more" });
  });
  await app.start();
  const asked = simulator.slash(channel, ada, "/draw");
  const form = await simulator.waitFor(() => asked.view);
  const sent = await simulator.submitView(form, { prompt: "a fox" });
  await sent.acknowledged();
  assert.equal(simulator.modal(ada), undefined);
  const posted = await simulator.waitFor(() => simulator.messages(channel)[0]);
  assert.equal(posted.fallback, "a fox");
  const pressed = simulator.press(posted, "more", ada);
  const answer = await simulator.waitFor(() => pressed.messages[0]);
  assert.equal(answer.text, "Here is more");
  assert.equal(answer.ephemeralTo, ada.id);
});
