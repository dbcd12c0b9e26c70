import assert from "node:assert/strict";
import { test } from "node:test";
import type { Missed } from "../../../src/seam/core.ts";
import { type DiscordServer, startDiscord } from "../server.ts";

const withContent = { simulator: { portal: { messageContent: true } } } as const;

/** A server whose core remembers these places. */
async function startWith(t: Parameters<typeof startDiscord>[0], places: () => Missed["places"]) {
  const asked: (number | undefined)[] = [];
  const server = await startDiscord(t, {
    ...withContent,
    core: {
      async missed(forMs) {
        asked.push(forMs);
        return forMs === undefined ? undefined : { forMs, places: places() };
      },
    },
  });
  return { ...server, asked };
}

const place = (thread: string, channel = thread): Missed["places"][number] => ({
  thread: `discord:${thread}`,
  channel: `discord:channel:${channel}`,
});

/** The gateway goes, something is said, and it comes back without what came in between. */
async function away({ simulator, said }: DiscordServer, meanwhile: () => Promise<void>, code = 4009) {
  simulator.gateway.accept(false);
  simulator.gateway.drop(code);
  await simulator.waitFor(() => said("discord.gateway.away").length > 0);
  await meanwhile();
  simulator.gateway.accept(true);
}

test("what was said while the gateway was away is seen to in order, where the bot is and is addressed", async (t) => {
  const places: Missed["places"][number][] = [];
  const server = await startWith(t, () => places);
  const { simulator, guild, channel, ada, mo, nextPrompt, taken, asked, said } = server;
  const mention = (words: string) => `<@${simulator.bot.id}> ${words}`;
  const thread = simulator.addThread(channel, { name: "fox", ownerId: simulator.bot.id });
  const asleep = simulator.addThread(channel, { name: "old", ownerId: simulator.bot.id });
  simulator.changeChannel(asleep, { archived: true });
  const closed = simulator.addChannel(guild, { name: "closed" });
  const gone = simulator.addChannel(guild, { name: "gone" });
  const dm = simulator.dm(ada);
  const answered = await simulator.say(channel, ada, mention("answered"));
  await nextPrompt();
  // The last names no channel, as the conversations of an ordinary channel do.
  places.push(place(thread.id, channel.id), place(closed.id), place(gone.id), place(dm.id));
  places.push(place(asleep.id, channel.id), place(answered.id, channel.id));
  await away(server, async () => {
    await simulator.say(thread, ada, "one");
    await simulator.say(dm, ada, "two");
    await simulator.say(channel, mo, mention("three"));
    await simulator.say(channel, mo, "to others");
    await simulator.say(thread, mo, `<@${ada.id}> to ada`);
    await simulator.say(closed, ada, mention("in vain"));
    await simulator.say(asleep, ada, "four");
    simulator.permit(closed, simulator.bot, { deny: ["VIEW_CHANNEL"] });
    simulator.removeChannel(gone);
  });
  const turns = [];
  for (let count = 0; count < 4; count += 1) turns.push((await nextPrompt()).turn);
  assert.deepEqual(
    turns.map(({ text }) => text),
    ["one", "two", "three", "four"],
  );
  assert.deepEqual(
    turns.map(({ user }) => [user.name, user.moderator]),
    [
      ["ada", undefined],
      ["ada", undefined],
      ["mo", true],
      ["ada", undefined],
    ],
  );
  assert.deepEqual(
    turns.map((turn) => turn.place.community),
    [`discord:guild:${guild.id}`, undefined, `discord:guild:${guild.id}`, `discord:guild:${guild.id}`],
  );
  assert.deepEqual(
    turns.map((turn) => turn.addressed),
    [false, true, true, false],
  );
  await simulator.say(channel, ada, mention("the end"));
  assert.equal((await nextPrompt()).turn.text, "the end");
  assert.deepEqual(taken, []);
  assert.equal(asked.length, 2);
  assert.ok((asked[1] ?? 0) > 0, "since it went away");
  assert.ok(said("discord.missed.unread").length >= 2, "a place that fails does not stop the others");
});

test("a mention is read back also where nobody has spoken to the bot before", async (t) => {
  const server = await startWith(t, () => []);
  const { simulator, guild, ada, nextPrompt } = server;
  const fresh = simulator.addChannel(guild, { name: "fresh" });
  await simulator.say(fresh, ada, "to others");
  await away(server, async () => {
    await simulator.say(fresh, ada, "to others, too");
    await simulator.say(fresh, ada, `<@${simulator.bot.id}> a fox`);
  });
  assert.equal((await nextPrompt()).turn.text, "a fox");
});

test("a session that is resumed brings everything itself, and nothing is read back", async (t) => {
  const server = await startWith(t, () => [place(server.channel.id)]);
  const { simulator, channel, ada, nextPrompt, asked, said } = server;
  await away(
    server,
    async () => void (await simulator.say(channel, ada, `<@${simulator.bot.id}> one`)),
    4000,
  );
  assert.equal((await nextPrompt()).turn.text, "one");
  assert.equal(said("discord.gateway.resumed").length, 1);
  assert.deepEqual(asked, [undefined]);
});

test("thrown out altogether, it reads back what came until it is in again; more than a hundred, too", async (t) => {
  const server = await startWith(t, () => [place(server.channel.id)]);
  const { simulator, channel, ada, nextPrompt, said } = server;
  simulator.gateway.accept(false);
  simulator.gateway.drop(4013);
  await simulator.waitFor(() => said("discord.lost").length > 0);
  for (let count = 0; count < 120; count += 1) await simulator.say(channel, ada, `word ${count}`);
  await simulator.say(channel, ada, `<@${simulator.bot.id}> one`);
  simulator.gateway.accept(true);
  assert.equal((await nextPrompt()).turn.text, "one");
});
