import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type APIChannel,
  type APIMessage,
  AttachmentFlags,
  ChannelType,
  Events,
  MessageType,
  REST,
  Routes,
} from "discord.js";
import { connect, next, png, refusal, simulate, usual } from "./discord-client.ts";

const withContent = { portal: { messageContent: true } } as const;

test("a post of a forum or media channel is a thread that begins with a message of its id", async (t) => {
  const { simulator, guild, ada, client } = await connect(t, { ...withContent, intents: usual });
  for (const [type, number] of [
    ["forum", ChannelType.GuildForum],
    ["media", ChannelType.GuildMedia],
  ] as const) {
    const forum = simulator.addChannel(guild, { name: type, type });
    const opened = next(client, Events.ThreadCreate);
    const post = await simulator.post(forum, ada, {
      name: "My garden",
      text: "look",
      files: [{ name: "a.png", bytes: png }],
    });
    const [thread] = await opened;
    assert.deepEqual([thread.id, thread.parentId, thread.ownerId], [post.id, forum.id, ada.id]);
    assert.equal(client.channels.cache.get(forum.id)?.type, number);
    const first = (await client.rest.get(Routes.channelMessage(post.id, post.id))) as APIMessage;
    assert.equal(first.attachments[0]?.filename, "a.png");
    const body = { content: "a" };
    assert.equal(
      (await refusal(client.rest.post(Routes.channelMessages(forum.id), { body }))).code,
      50008,
      "it takes no messages",
    );
    await client.rest.post(Routes.channelMessages(post.id), { body });
    await assert.rejects(simulator.say(forum, ada, "hello"), /takes posts/);
    const text = simulator.addChannel(guild);
    await assert.rejects(simulator.post(text, ada, { name: "x" }), /takes messages/);
  }
});

test("a thread on a message begins with a line that stands for it", async (t) => {
  const { simulator, channel, ada } = await simulate(t, withContent);
  const rest = new REST({ api: simulator.api }).setToken(simulator.token);
  const said = await simulator.say(channel, ada, "my garden", { files: [{ name: "a.png", bytes: png }] });
  const from = channel.messages.get(said.id);
  const thread = simulator.addThread(channel, { name: "g", ownerId: ada.id, ...(from && { from }) });
  await simulator.say(thread, ada, "nice");
  const listed = (await rest.get(Routes.channelMessages(thread.id))) as APIMessage[];
  assert.deepEqual(
    listed.map(({ type }) => type),
    [MessageType.Default, MessageType.ThreadStarterMessage],
  );
  assert.equal(listed[1]?.content, "");
  assert.deepEqual(listed[1]?.attachments, []);
  assert.equal(listed[1]?.referenced_message?.attachments[0]?.filename, "a.png");
  const starter = (await rest.get(Routes.channelMessage(channel.id, thread.id))) as APIMessage;
  assert.equal(starter.id, thread.id, "the message has the thread's id, in the channel above");
  assert.equal((await refusal(rest.get(Routes.channelMessage(thread.id, thread.id)))).code, 10008);
});

test("a voice channel holds messages, and no threads", async (t) => {
  const { simulator, guild, ada } = await simulate(t, withContent);
  const rest = new REST({ api: simulator.api }).setToken(simulator.token);
  const voice = simulator.addChannel(guild, { name: "Lounge", type: "voice" });
  const shown = (await rest.get(Routes.channel(voice.id))) as APIChannel;
  assert.equal(shown.type, ChannelType.GuildVoice);
  const said = await simulator.say(voice, ada, "hello");
  await rest.post(Routes.channelMessages(voice.id), { body: { content: "hello" } });
  const start = rest.post(Routes.threads(voice.id, said.id), { body: { name: "x" } });
  assert.equal((await refusal(start)).code, 50024);
});

test("files without a type, hidden ones, previews, apps' pictures and stickers come as Discord sends them", async (t) => {
  const { simulator, guild, channel, ada } = await simulate(t, withContent);
  const rest = new REST({ api: simulator.api }).setToken(simulator.token);
  const fetched = async (id: string) => (await rest.get(Routes.channelMessage(channel.id, id))) as APIMessage;
  const files = [
    { name: "a.jfif", bytes: png },
    { name: "b.png", bytes: png, spoiler: true },
    { name: "SPOILER_c.png", bytes: png },
  ];
  const { attachments } = await fetched((await simulator.say(channel, ada, "", { files })).id);
  assert.deepEqual(
    attachments.map(({ content_type, flags }) => [content_type, flags]),
    [
      [undefined, undefined],
      ["image/png", AttachmentFlags.IsSpoiler],
      ["image/png", AttachmentFlags.IsSpoiler],
    ],
  );
  await simulator.addOutside("https://example.com/a.png?b=1", png);
  const linked = await simulator.say(channel, ada, "https://example.com");
  const picture = { url: "https://example.com/a.png?b=1" };
  simulator.unfurl(linked, [{ type: "article", url: "https://example.com", thumbnail: picture }]);
  const { thumbnail } = (await fetched(linked.id)).embeds[0] ?? {};
  assert.equal(thumbnail?.url, picture.url);
  assert.equal(thumbnail?.width, 8);
  const body = Buffer.from(await (await fetch(thumbnail?.proxy_url ?? "")).arrayBuffer());
  assert.deepEqual(body, png);

  const app = simulator.addUser({ name: "app", bot: true });
  simulator.join(guild, app);
  const components = [{ type: 12, items: [{ media: picture }] }];
  const shown = await fetched((await simulator.say(channel, app, "", { components })).id);
  assert.equal(shown.author.bot, true);
  assert.match(JSON.stringify(shown.components), /"proxy_url":"http:\/\/127/);
  await assert.rejects(simulator.say(channel, ada, "", { components }), /Only apps/);

  const sticker = { id: "123456789012345678", name: "Fox", format_type: 1 } as const;
  const stuck = await simulator.say(channel, ada, "", { stickers: [sticker] });
  assert.deepEqual((await fetched(stuck.id)).sticker_items, [sticker]);
  const passed = simulator.forward(stuck, channel, ada);
  assert.deepEqual((await fetched(passed.id)).message_snapshots?.[0]?.message.sticker_items, [sticker]);
});

test("without the right to look back, there is nothing to list and nothing to fetch", async (t) => {
  const { simulator, channel, ada } = await simulate(t, withContent);
  const rest = new REST({ api: simulator.api }).setToken(simulator.token);
  const said = await simulator.say(channel, ada, "hello");
  simulator.permit(channel, "everyone", { deny: ["READ_MESSAGE_HISTORY"] });
  assert.deepEqual(await rest.get(Routes.channelMessages(channel.id)), []);
  assert.equal((await refusal(rest.get(Routes.channelMessage(channel.id, said.id)))).code, 50013);
});

test("the bot takes its own messages away, by right and by a token", async (t) => {
  const { simulator, channel } = await simulate(t);
  const rest = new REST({ api: simulator.api }).setToken(simulator.token);
  const made = (await rest.post(Routes.channelMessages(channel.id), {
    body: { content: "a" },
  })) as APIMessage;
  await rest.delete(Routes.channelMessage(channel.id, made.id));
  assert.equal(simulator.message(made.id), undefined);
  assert.equal((await refusal(rest.delete(Routes.channelMessage(channel.id, made.id)))).code, 10008);
});
