import assert from "node:assert/strict";
import { test } from "node:test";
import { isFields } from "./slack/fields.ts";
import { connect, createClient, png, simulate } from "./slack-client.ts";

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

test("edits, deletions, broadcasts, other bots and the bot's own messages come as Slack sends them", async (t) => {
  const { simulator, channel, ada, app } = await connect(t);
  await app.start();
  const events = () =>
    simulator.deliveries
      .filter(({ type }) => type === "message")
      .map(({ payload }) => payload.event as Record<string, unknown>);
  const said = await simulator.say(channel, ada, "one");
  simulator.editMessage(said, "two");
  await simulator.say(channel, ada, "three", { threadTs: said.ts, broadcast: true });
  simulator.deleteMessage(said);
  simulator.sayAsBot(channel, "rain");
  simulator.sayAsBot(channel, "snow", { legacy: true });
  await app.client.chat.postMessage({ channel: channel.id, text: "own" });
  assert.deepEqual(
    events().map(({ subtype, bot_id }) => `${subtype} ${bot_id === undefined ? "" : "bot"}`.trim()),
    [
      "undefined",
      "message_changed",
      "thread_broadcast",
      "message_changed",
      "undefined bot",
      "bot_message bot",
      "undefined bot",
    ],
  );
  const away = simulator.addChannel({ bot: false });
  assert.deepEqual((await simulator.say(away, ada, "unheard", { mention: true })).events, []);
});

test("a stranger's file in a shared channel comes as a stub", async (t) => {
  const { simulator } = await simulate(t);
  const client = createClient(simulator);
  const mallory = simulator.addUser({ name: "mallory", team: simulator.addTeam("Elsewhere") });
  const channel = simulator.addChannel({ shared: true, members: [mallory] });
  const said = await simulator.say(channel, mallory, "look", { files: [{ name: "a.png", bytes: png }] });
  const event = said.events[0]?.payload.event as { files: Record<string, unknown>[] };
  assert.equal(event.files[0]?.file_access, "check_file_info");
  const { file } = await client.files.info({ file: String(event.files[0]?.id) });
  assert.equal(file?.mimetype, "image/png");
});

test("direct messages: opened, named by the user, and no mentions in them", async (t) => {
  const { simulator, ada } = await simulate(t);
  const client = createClient(simulator);
  const { channel } = await client.conversations.open({ users: ada.id });
  const posted = await client.chat.postMessage({ channel: ada.id, text: "hello" });
  assert.equal(posted.channel, channel?.id);
  const dm = simulator.dm(ada);
  const said = await simulator.say(dm, ada, "a fox", { mention: true });
  assert.deepEqual(
    said.events.map(
      ({ type, payload }) => `${type} ${isFields(payload.event) && payload.event.channel_type}`,
    ),
    ["message im"],
  );
});

test("events come with their scopes only", async (t) => {
  const { simulator, channel, ada } = await simulate(t);
  simulator.revoke("channels:history");
  const said = await simulator.say(channel, ada, "a fox", { mention: true });
  assert.deepEqual(
    said.events.map(({ type }) => type),
    ["app_mention"],
  );
  const group = simulator.addChannel({ kind: "private" });
  const secret = await simulator.say(group, ada, "a fox");
  assert.equal(secret.events.length, 1);
});
