import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { createLeases } from "../../../src/fleet/embedded/leases.ts";
import type { Missed } from "../../../src/seam/core.ts";
import type { PlatformEvent } from "../../../src/seam/turn.ts";
import { done, startDiscord } from "../server.ts";

const withContent = { simulator: { portal: { messageContent: true } } } as const;

/** Kept to one channel. */
const inChannel = {
  ...withContent,
  accessOf: ({ channel }: { readonly channel: { readonly id: string } }) => ({
    ...{ channels: [`discord:channel:${channel.id}`] as const, direct: false, carried: false },
  }),
};

/** Kept to one server. */
const inServer = {
  ...withContent,
  accessOf: ({ guild }: { readonly guild: { readonly id: string } }) => ({
    ...{ communities: [`discord:guild:${guild.id}`] as const, direct: false, carried: false },
  }),
};

describe("where the bot may not be used", () => {
  test("a mention is told where it may, once; what is said to others is left alone", async (t) => {
    const events: PlatformEvent[] = [];
    const note = async (event: PlatformEvent) => {
      events.push(event);
      return (work: () => Promise<void>) => work();
    };
    const { simulator, guild, channel, ada, mo, nextPrompt, taken } = await startDiscord(t, {
      ...inChannel,
      core: { note },
    });
    const other = simulator.addChannel(guild, { name: "talk" });
    const mention = `<@${simulator.bot.id}> a fox`;
    await simulator.say(other, ada, mention);
    for (const who of [ada, mo, ada]) await simulator.say(other, who, mention);
    await simulator.say(other, ada, "a fox to others");
    const thread = simulator.addThread(other, { name: "a fox", ownerId: simulator.bot.id });
    await simulator.say(thread, ada, "and in its own thread");
    await simulator.say(channel, ada, mention);
    assert.equal((await nextPrompt()).turn.place.channel, `discord:channel:${channel.id}`);
    const own = (where: typeof other) => simulator.messages(where).filter(isOurs);
    assert.deepEqual(
      own(other).map(({ text }) => text),
      [`I do not draw in this channel. Ask me in <#${channel.id}>.`],
    );
    assert.deepEqual(own(thread), []);
    assert.deepEqual([taken, events.length], [[], 1], "nothing is noted of it");
  });

  test("threads belong to the channel they stand in", async (t) => {
    const { simulator, channel, ada, nextPrompt } = await startDiscord(t, inChannel);
    const thread = simulator.addThread(channel, { name: "a fox", ownerId: simulator.bot.id });
    await simulator.say(thread, ada, "with a hat");
    assert.equal((await nextPrompt()).turn.thread, `discord:${thread.id}`);
    await simulator.slash(thread, ada, "draw", { prompt: "a fox" });
    assert.equal((await nextPrompt()).turn.place.channel, `discord:channel:${channel.id}`);
  });

  test("a command, a button, a form and a message's menu are answered to the asker alone", async (t) => {
    const server = await startDiscord(t, withContent);
    const { simulator, guild, channel, ada, mo, nextPrompt, taken, adapter } = server;
    await simulator.slash(channel, ada, "draw", { prompt: "a fox" });
    const picture = (await (await nextPrompt()).reply.show(await done())).split(":")[2] ?? "";
    const form = simulator.press(picture, "a:edit", ada);
    await form.acknowledged();
    await adapter.stop();
    const closed = simulator.addChannel(guild, { name: "open" });
    const next = await startOn(server, closed.id);
    t.after(() => next.stop());
    for (const doing of [
      await simulator.slash(channel, ada, "draw", { prompt: "a fox" }),
      await simulator.slash(channel, ada, "style list"),
      simulator.press(picture, "a:vary", mo),
      simulator.press(picture, "a:delete", ada),
      simulator.press(picture, "a:edit", mo),
      await simulator.submit(form, { prompt: "make it night" }),
      simulator.messageCommand("Describe", picture, ada),
    ]) {
      const { kind, ephemeral } = await doing.acknowledged();
      assert.deepEqual([kind, ephemeral], ["reply", true]);
      assert.match(doing.message?.text ?? "", /^I do not draw in this channel\. Ask me in <#\d+>\.$/);
    }
    const choices = await simulator.autocomplete(channel, ada, "draw", { option: "size", value: "w" });
    assert.deepEqual(choices, []);
    assert.deepEqual(taken, []);
  });

  test("kept to a server it is silent in others, in direct messages, and as somebody's own installation", async (t) => {
    const { simulator, channel, ada, nextPrompt, taken } = await startDiscord(t, inServer);
    const abroad = simulator.addGuild({ name: "Abroad" });
    const hall = simulator.addChannel(abroad, { name: "hall" });
    simulator.join(abroad, ada);
    await simulator.say(hall, ada, `<@${simulator.bot.id}> a fox`);
    await simulator.say(hall, ada, `<@${simulator.bot.id}> a fox, please`);
    const dm = simulator.dm(ada);
    await simulator.say(dm, ada, "a fox");
    await simulator.say(dm, ada, "a fox, please");
    await simulator.say(channel, ada, `<@${simulator.bot.id}> a fox`);
    await nextPrompt();
    const own = (where: typeof hall) =>
      simulator.messages(where).flatMap((one) => (isOurs(one) ? one.text : []));
    assert.deepEqual(own(hall), [
      "I am not set up for this server. Whoever runs me decides where I draw; ask them.",
    ]);
    assert.deepEqual(own(dm), ["I do not draw in direct messages. Ask me in a server that has let me in."]);
    assert.deepEqual(taken, []);
  });

  test("commands are shown only where they may be used", async (t) => {
    const { simulator } = await startDiscord(t, { access: { direct: false, carried: false } });
    const [draw] = simulator.commands();
    assert.deepEqual([draw?.integration_types, draw?.contexts], [[0], [0]]);
  });

  test("a person's own installation is told so, where commands of before are still there", async (t) => {
    const server = await startDiscord(t);
    const { simulator, ada, nextPrompt, taken, adapter } = server;
    const eve = simulator.addUser({ name: "eve", installed: true });
    const group = simulator.conversation([eve, ada]);
    const before = await simulator.slash(group, eve, "draw", { prompt: "a fox" });
    await (await nextPrompt()).reply.show(await done());
    await adapter.stop();
    const next = await startOn(server, undefined);
    t.after(() => next.stop());
    const doing = simulator.press(before.message?.id ?? "", "a:vary", ada);
    assert.equal((await doing.acknowledged()).ephemeral, true);
    assert.match(doing.message?.text ?? "", /not by an installation of your own/);
    assert.deepEqual(taken, []);
  });

  test("what was missed there, and what was noted before it was closed, is not drawn either", async (t) => {
    const places: Missed["places"][number][] = [];
    const server = await startDiscord(t, {
      ...inChannel,
      core: { missed: async (forMs) => (forMs === undefined ? undefined : { forMs, places }) },
    });
    const { simulator, guild, channel, ada, nextPrompt, taken, adapter, said } = server;
    const other = simulator.addChannel(guild, { name: "talk" });
    places.push({ thread: `discord:${other.id}`, channel: `discord:channel:${other.id}` });
    places.push({ thread: `discord:${channel.id}`, channel: `discord:channel:${channel.id}` });
    simulator.gateway.accept(false);
    simulator.gateway.drop(4009);
    await simulator.waitFor(() => said("discord.gateway.away").length > 0);
    await simulator.say(other, ada, `<@${simulator.bot.id}> missed there`);
    await simulator.say(channel, ada, `<@${simulator.bot.id}> missed here`);
    simulator.gateway.accept(true);
    assert.equal((await nextPrompt()).turn.text, "missed here");
    const read = simulator.requests.filter(({ method, path }) => method === "GET" && /messages/.test(path));
    assert.ok(
      read.every(({ path }) => !path.includes(other.id)),
      "nor even read",
    );
    assert.deepEqual(taken, []);

    const noted = simulator.messages(other).find((one) => !isOurs(one));
    assert.ok(noted);
    const message = await fetch(`${simulator.api}/v10/channels/${other.id}/messages/${noted.id}`, {
      headers: { authorization: `Bot ${simulator.token}` },
    });
    const body = { ...((await message.json()) as object), guild_id: guild.id };
    await adapter.replay({ key: `discord:message:${noted.id}`, body });
    assert.deepEqual(taken, []);
  });

  test("ids that Discord does not know are named at the start", async (t) => {
    const { said } = await startDiscord(t, {
      access: {
        communities: ["discord:guild:123456789012345678"],
        channels: ["discord:channel:223456789012345678"],
        direct: true,
        carried: true,
      },
    });
    const named = [...said("discord.server.unknown"), ...said("discord.channel.unknown")];
    assert.deepEqual(
      named.map(({ level, fields }) => [level, JSON.stringify(fields).slice(0, 31)]),
      [
        ["warn", '{"server":"123456789012345678",'],
        ["warn", '{"channel":"223456789012345678"'],
      ],
    );
  });
});

/** Another adapter on the same Discord, kept to one channel, or to servers that have let it in. */
async function startOn(
  { simulator, taken }: Awaited<ReturnType<typeof startDiscord>>,
  channelId: string | undefined,
) {
  const { createDiscordAdapter } = await import("../../../adapters/discord/index.ts");
  const { createLog } = await import("../../../src/seam/log.ts");
  const { noCore } = await import("../../rig/no-core.ts");
  const adapter = createDiscordAdapter({
    leases: createLeases(createLog("silent")),
    identifyMs: 0,
    ...{ token: simulator.token, apiUrl: simulator.api, threads: "off" },
    painter: { name: "Nobody", standIn: true },
    log: createLog("silent"),
    access: {
      ...(channelId && { channels: [`discord:channel:${channelId}`] }),
      ...{ direct: false, carried: false },
    },
  });
  await adapter.start(noCore(async (turn, reply) => void taken.push({ turn, reply })));
  return adapter;
}

function isOurs({ author }: { readonly author: { readonly bot: boolean } }): boolean {
  return author.bot;
}
