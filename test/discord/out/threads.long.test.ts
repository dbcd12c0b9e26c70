import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { createDiscordAdapter } from "../../../adapters/discord/index.ts";
import { createLeases } from "../../../src/fleet/embedded/leases.ts";
import { createLog } from "../../../src/seam/log.ts";
import { createStandin } from "../../../src/standin/index.ts";
import { openStore } from "../../../src/store/store.ts";
import { askedOf, createCore } from "../../rig/core.ts";
import { createDiscordSimulator } from "../../simulators/discord/index.ts";
import { png } from "../server.ts";

type Simulator = Awaited<ReturnType<typeof createDiscordSimulator>>;
type Channel = ReturnType<Simulator["channel"]>;

/** A server with threads, and the real core behind the adapter. */
async function start(t: TestContext) {
  const simulator = await createDiscordSimulator({ portal: { messageContent: true } });
  const guild = simulator.addGuild();
  const ada = simulator.addUser({ name: "ada" });
  simulator.join(guild, ada);
  const channel = simulator.addChannel(guild);
  const standin = await createStandin({ paceMs: 20, flat: true });
  const store = await openStore("memory:");
  const connect = async () => {
    const adapter = createDiscordAdapter({
      leases: createLeases(createLog("silent")),
      identifyMs: 0,
      token: simulator.token,
      apiUrl: simulator.api,
      threads: "auto",
      painter: { name: "the offline stand-in", standIn: true },
      log: createLog("silent"),
      paceMs: 20,
    });
    return { adapter, core: await createCore({ adapter, standin, store }) };
  };
  let { adapter, core } = await connect();
  const stop = async () => {
    await core.bot.drain(1000);
    await adapter.stop();
  };
  t.after(async () => {
    await stop();
    await simulator.close();
    await standin.close();
    await store.close();
  });
  const pictures = (where: Channel) =>
    simulator
      .messages(where)
      .filter(({ author, buttons }) => author.bot && buttons.some(({ label }) => label === "Draw again"));
  return {
    simulator,
    guild,
    channel,
    ada,
    async restart() {
      await stop();
      ({ adapter, core } = await connect());
      await core.bot.resume();
    },
    /** How many pictures went along with each request. */
    sent: () =>
      askedOf(standin).map((request) => JSON.stringify(request).match(/"type":"input_image"/g)?.length ?? 0),
    /** The pictures in a place, when there are so many. */
    shown: (where: Channel, count: number) =>
      simulator.waitFor(() => pictures(where).length === count && pictures(where)),
    /** What each request went on from, by its place among them; undefined: from nothing. */
    async parents() {
      const asked = askedOf(standin).map((request) => request.previous_response_id);
      const found = await Promise.all(
        [channel, ...threadsOf(simulator, channel)].flatMap((where) =>
          pictures(where).map(({ id, channelId }) => core.history.find(`discord:${channelId}:${id}`)),
        ),
      );
      const ids = found
        .toSorted((a, b) => (a?.createdAt ?? 0) - (b?.createdAt ?? 0))
        .map((generation) => generation?.pictures[0]?.responseId);
      return asked.map((id) => (id === undefined ? undefined : ids.indexOf(String(id))));
    },
  };
}

function threadsOf(simulator: Simulator, channel: Channel): readonly Channel[] {
  return simulator.messages(channel).flatMap(({ threadId }) => (threadId ? simulator.channel(threadId) : []));
}

test("a thread below a picture goes on from it, from its own last picture, and back", async (t) => {
  const { simulator, channel, ada, shown, parents } = await start(t);
  await simulator.say(channel, ada, `<@${simulator.bot.id}> a castle`);
  const [first] = await shown(channel, 1);
  await simulator.say(channel, ada, "make it night", { replyTo: first?.id ?? "" });
  await simulator.waitFor(() => simulator.message(first?.id ?? "")?.threadId);
  const thread = simulator.channel(first?.id ?? "");
  await shown(thread, 1);
  await simulator.say(thread, ada, "add snow");
  const [, third] = await shown(thread, 2);
  assert.deepEqual(await parents(), [undefined, 0, 1]);

  const undone = simulator.press(third?.id ?? "", "a:undo", ada);
  await simulator.waitFor(() => undone.followUps[0]);
  await simulator.say(thread, ada, "add rain");
  await shown(thread, 3);
  assert.deepEqual(await parents(), [undefined, 0, 1, 1]);
});

test("a thread that is opened by hand on a picture goes on from it", async (t) => {
  const { simulator, channel, ada, shown, parents } = await start(t);
  const doing = await simulator.slash(channel, ada, "draw", { prompt: "a castle" });
  await shown(channel, 1);
  const opened = await fetch(
    `${simulator.api}/v10/channels/${channel.id}/messages/${doing.message?.id}/threads`,
    {
      method: "POST",
      headers: { authorization: `Bot ${simulator.token}`, "content-type": "application/json" },
      body: JSON.stringify({ name: "talk" }),
    },
  );
  assert.ok(opened.ok);
  const thread = simulator.channel(doing.message?.id ?? "");
  await simulator.say(thread, ada, `<@${simulator.bot.id}> make it night`);
  await shown(thread, 1);
  assert.deepEqual(await parents(), [undefined, 0]);
});

test("a post's picture and that of a thread's message are what is drawn on, once", async (t) => {
  const { simulator, guild, channel, ada, shown, sent } = await start(t);
  const forum = simulator.addChannel(guild, { name: "forum", type: "forum" });
  const files = [{ name: "garden.jfif", bytes: await png(7) }];
  const post = await simulator.post(forum, ada, { name: "My garden", files });
  await simulator.say(post, ada, `<@${simulator.bot.id}> make it night`);
  await shown(post, 1);
  assert.deepEqual(sent(), [1]);
  await simulator.say(post, ada, `<@${simulator.bot.id}> add snow`);
  await shown(post, 2);
  assert.deepEqual(sent(), [1, 0], "the core goes on from its own");

  const photo = await simulator.say(channel, ada, "mine", { files });
  const from = channel.messages.get(photo.id);
  const thread = simulator.addThread(channel, { name: "g", ownerId: ada.id, ...(from && { from }) });
  await simulator.slash(thread, ada, "draw", { prompt: "make it night" });
  await shown(thread, 1);
  assert.deepEqual(sent(), [1, 0, 1]);
});

test("where a picture in view cannot be had, that is said and nothing is drawn", async (t) => {
  const { simulator, channel, ada, sent } = await start(t);
  simulator.permit(channel, "everyone", { deny: ["READ_MESSAGE_HISTORY"] });
  const thread = simulator.addThread(channel, { name: "g", ownerId: ada.id });
  await simulator.say(thread, ada, `<@${simulator.bot.id}> make it night`);
  const told = await simulator.waitFor(() => simulator.messages(thread).find(({ author }) => author.bot));
  assert.match(told.text, /I may not read what was said before/);
  assert.deepEqual(sent(), []);
});

test("an answer in words keeps what it was about; deleted, its message is gone and the photo in view again", async (t) => {
  const { simulator, guild, ada, sent } = await start(t);
  const forum = simulator.addChannel(guild, { name: "forum", type: "forum" });
  const post = await simulator.post(forum, ada, {
    name: "My garden",
    files: [{ name: "garden.png", bytes: await png(7) }],
  });
  const last = (label: string, count: number) =>
    simulator.waitFor(() => {
      const found = simulator
        .messages(post)
        .filter(({ buttons }) => buttons.some((one) => one.label === label));
      return found.length === count && found.at(-1);
    });
  await simulator.say(post, ada, `<@${simulator.bot.id}> what is this? --action answer`);
  const words = await last("Delete", 1);
  await simulator.say(post, ada, `<@${simulator.bot.id}> and what else? --action answer`);
  const more = await last("Delete", 2);
  assert.deepEqual(sent(), [1, 0], "the conversation has it already");
  for (const { id } of [more, words]) {
    const button = simulator.message(id)?.buttons.find(({ label }) => label === "Delete");
    simulator.press(id, button?.customId ?? "", ada);
    await simulator.waitFor(() => simulator.message(id) === undefined);
  }
  await simulator.say(post, ada, `<@${simulator.bot.id}> make it night`);
  await last("Vary", 1);
  assert.deepEqual(sent(), [1, 0, 1]);
});

test("an edit of a photo that is undone leaves the photo, and a private picture none of what others ask", async (t) => {
  const { simulator, channel, guild, ada, shown, sent, parents } = await start(t);
  const mo = simulator.addUser({ name: "mo" });
  simulator.join(guild, mo);
  const bot = `<@${simulator.bot.id}>`;
  const { id } = await simulator.say(channel, ada, "gardens, please");
  const from = simulator.channel(channel.id).messages.get(id);
  assert.ok(from);
  const thread = simulator.addThread(channel, { name: "gardens", ownerId: ada.id, from });
  await simulator.say(thread, mo, "", { files: [{ name: "garden.png", bytes: await png(7) }] });
  await simulator.say(thread, ada, `${bot} make it night`);
  const [first] = await shown(thread, 1);
  const undone = simulator.press(first?.id ?? "", "a:undo", ada);
  await simulator.waitFor(() => undone.followUps[0]);
  await simulator.say(thread, ada, `${bot} add snow`);
  await shown(thread, 2);
  assert.deepEqual(sent(), [1, 1]);

  const secret = await simulator.slash(thread, ada, "draw", { prompt: "a ring", private: true });
  await simulator.waitFor(() => secret.message?.files.length === 1 && secret.message.buttons.length > 1);
  await simulator.say(thread, mo, `${bot} add rain`);
  const later = await simulator.waitFor(() => {
    const drawn = simulator
      .messages(thread, mo)
      .filter(({ buttons }) => buttons.some(({ label }) => label === "Draw again"));
    return drawn.length === 3 && drawn;
  });
  assert.equal(later.length, 3);
  assert.deepEqual(await parents(), [undefined, undefined, undefined, 1]);
});

test("a hidden photo that waits for words is hidden after a restart", async (t) => {
  const { simulator, channel, ada, shown, restart } = await start(t);
  const files = [{ name: "SPOILER_photo.png", bytes: await png(7) }];
  await simulator.say(channel, ada, `<@${simulator.bot.id}>`, { files });
  const [question] = await simulator.waitFor(() => {
    const said = simulator
      .messages(channel)
      .filter(({ author, text }) => author.bot && /Say what/.test(text));
    return said.length > 0 && said;
  });
  await restart();
  await simulator.say(channel, ada, "make it night", { replyTo: question?.id ?? "" });
  const [drawn] = await shown(channel, 1);
  assert.equal(drawn?.files[0]?.spoiler, true);
});
