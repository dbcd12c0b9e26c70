import assert from "node:assert/strict";
import { test } from "node:test";
import { ChannelType, Events, REST, Routes } from "discord.js";
import type { Permission } from "./discord/permissions.ts";
import { connect, embed, faultsOf, next, png, refusal, simulate } from "./discord-client.ts";

test("threads: started from a message, archived, locked, deleted", async (t) => {
  const { simulator, channel, ada, client } = await connect(t);
  const asked = next(client, Events.MessageCreate);
  await simulator.say(channel, ada, `<@${simulator.bot.id}> draw`);
  const [message] = await asked;
  const thread = await message.startThread({ name: "A bridge", autoArchiveDuration: 60 });
  assert.equal(thread.id, message.id);
  const sent = await thread.send("In here");
  const held = simulator.channel(thread.id);
  simulator.changeChannel(held, { archived: true });
  assert.equal((await refusal(sent.edit("changed"))).code, 50083);
  await thread.send("Awake again");
  assert.equal(simulator.channel(thread.id).archived, false);
  simulator.changeChannel(held, { archived: true, locked: true });
  assert.equal((await refusal(thread.send("Locked out"))).code, 160005);
  const gone = next(client, Events.ThreadDelete);
  simulator.removeChannel(held);
  assert.equal((await gone)[0].id, thread.id);
  assert.equal((await refusal(thread.send("Gone"))).code, 10003);
});

test("what the bot may not do is refused", async (t) => {
  const { simulator, channel, ada } = await simulate(t);
  const rest = new REST({ api: simulator.api }).setToken(simulator.token);
  const theirs = await simulator.say(channel, ada, "mine");
  const post = (body: object, id = channel.id) => rest.post(Routes.channelMessages(id), { body });
  const files = [{ name: "a.png", data: png }];
  const without = async (permission: Permission, request: () => Promise<unknown>, code: number) => {
    simulator.permit(channel, "everyone", { deny: [permission] });
    assert.equal((await refusal(request())).code, code, permission);
    simulator.permit(channel, "everyone", { allow: [permission] });
    await request();
  };
  await without("VIEW_CHANNEL", () => rest.get(Routes.channel(channel.id)), 50001);
  await without("SEND_MESSAGES", () => post({ content: "a" }), 50013);
  await without(
    "ATTACH_FILES",
    () => rest.post(Routes.channelMessages(channel.id), { body: {}, files }),
    50013,
  );
  await without("EMBED_LINKS", () => post(embed({ title: "a" })), 50013);
  await without(
    "READ_MESSAGE_HISTORY",
    () => post({ content: "a", message_reference: { message_id: theirs.id } }),
    160002,
  );
  const start = () => rest.post(Routes.threads(channel.id, theirs.id), { body: { name: "A bridge" } });
  await without("CREATE_PUBLIC_THREADS", start, 50013);
  assert.equal((await refusal(start())).code, 160004);
  await without("SEND_MESSAGES_IN_THREADS", () => post({ content: "a" }, theirs.id), 50013);
  const edit = rest.patch(Routes.channelMessage(channel.id, theirs.id), { body: { content: "b" } });
  assert.equal((await refusal(edit)).code, 50005);
  const remove = () => rest.delete(Routes.channelMessage(channel.id, theirs.id));
  assert.equal((await refusal(remove())).code, 50013);
  const long = rest.post(Routes.threads(channel.id), { body: { name: "x".repeat(101), type: 11 } });
  assert.deepEqual(faultsOf(await refusal(long)), ["name BASE_TYPE_BAD_LENGTH"]);
  assert.equal((await refusal(rest.get(Routes.channel("1")))).code, 10003);
  assert.equal((await refusal(rest.get(Routes.channelMessage(channel.id, "1")))).code, 10008);
  ada.acceptsDms = false;
  assert.equal((await refusal(post({ content: "a" }, simulator.dm(ada).id))).code, 50007);
  const stranger = new REST({ api: simulator.api }).setToken("another");
  assert.equal((await refusal(stranger.get(Routes.user()))).status, 401);
});

test("the bot opens a direct conversation, a thread without a message, and leaves what is deleted", async (t) => {
  const { simulator, guild, channel, ada, client } = await connect(t);
  const user = await client.users.fetch(ada.id);
  await user.send("hello");
  assert.equal(simulator.messages(simulator.dm(ada))[0]?.text, "hello");
  const text = await client.channels.fetch(channel.id);
  assert.ok(text?.isTextBased() && "threads" in text && text.type === ChannelType.GuildText);
  const thread = await text.threads.create({ name: "Bridges", type: ChannelType.PublicThread });
  await thread.setName("More bridges");
  assert.equal(simulator.channel(thread.id).name, "More bridges");
  assert.equal(
    (await refusal(text.threads.create({ name: "Hidden", type: ChannelType.PrivateThread }))).code,
    50013,
  );
  const gone = next(client, Events.ChannelDelete);
  simulator.removeChannel(channel);
  assert.equal((await gone)[0].id, channel.id);
  const left = next(client, Events.GuildDelete);
  simulator.kick(guild);
  assert.equal((await left)[0].id, guild.id);
  assert.equal((await refusal(client.rest.get(Routes.guild(guild.id)))).code, 50001);
});
