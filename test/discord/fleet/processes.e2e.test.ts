import assert from "node:assert/strict";
import { describe, type TestContext, test } from "node:test";
import { createStandin } from "../../../src/standin/index.ts";
import { createFolder, startDrawbridge } from "../../rig/process.ts";
import { type Server, serverKinds } from "../../rig/servers.ts";
import { until } from "../../rig/until.ts";
import { createDiscordSimulator } from "../../simulators/discord/index.ts";

const shards = 3;

/** Three processes on one store, and a Discord of three shards with a server on each. */
async function startThree(t: TestContext, server: Server) {
  await server.start();
  const simulator = await createDiscordSimulator({
    ...{ portal: { messageContent: true }, ackMs: 3_600_000 },
    sharding: { recommended: shards, maxConcurrency: 16 },
  });
  const ada = simulator.addUser({ name: "ada" });
  const places = Array.from({ length: shards }, (_, id) => {
    const guild = simulator.addGuild({ shard: [id, shards] });
    simulator.join(guild, ada);
    return simulator.addChannel(guild, { name: `place-${id}` });
  });
  const standin = await createStandin({ paceMs: 30, flat: true });
  async function launch() {
    const bot = startDrawbridge(t, {
      ...{ PLAYGROUND: "off", STORE_URL: server.url, DATA_DIR: await createFolder(t) },
      ...{ OPENAI_API_KEY: "sk-test-0123456789", OPENAI_BASE_URL: standin.url, LOG_FORMAT: "json" },
      ...{ DISCORD_TOKEN: simulator.token, DISCORD_API_URL: simulator.api, DISCORD_THREADS: "off" },
    });
    await until(
      () => bot.output().includes("discord.ready"),
      async () => `it to be ready; there is ${bot.output()}`,
    );
    return bot;
  }
  t.after(async () => {
    await simulator.close();
    await standin.close();
    await server.remove();
  });
  const bots = await Promise.all([launch(), launch(), launch()]);
  const output = () => bots.map((bot) => bot.output()).join("\n");
  const ours = (id: number) =>
    simulator.messages(places[id] ?? assert.fail()).filter(({ author }) => author.bot);
  const finished = (id: number) =>
    ours(id).filter(({ buttons }) => buttons.some(({ label }) => label === "Draw again"));
  /** Each shard's holder, by its index: it says which it has, and in which order. */
  const held = (bot: (typeof bots)[number]) =>
    [...bot.output().matchAll(/"shard":(\d+),"of":\d+,"msg":"discord.shard"/g)].map(([, id]) => Number(id));
  const live = () => simulator.gateway.sessions.filter(({ connected }) => connected);
  return {
    ...{ simulator, standin, bots, held, ours, output },
    say: (id: number, words: string) =>
      simulator.say(places[id] ?? assert.fail(), ada, `<@${simulator.bot.id}> ${words}`),
    drawn: (id: number, count: number) =>
      until(
        () => finished(id).length === count,
        async () => `${count} pictures on ${id}; there is ${JSON.stringify(ours(id))} ${output()}`,
      ),
    whole: () =>
      until(
        () => live().length === shards && new Set(live().map(({ shard }) => shard[0])).size === shards,
        async () => `all shards; there is ${JSON.stringify(live())} ${output()}`,
      ),
  };
}

for (const { kind, create, skip } of serverKinds) {
  describe(`Discord by three processes on ${kind}`, { skip }, () => {
    test("is answered once whoever is there: what is said while a holder is killed, or ends, is answered by another", async (t) => {
      const one = await create();
      const three = await startThree(t, one ?? assert.fail());
      const { simulator, bots, held, say, drawn, whole } = three;
      await until(
        () => bots.every((bot) => held(bot).length > 0),
        async () => `a shard for each; there is ${three.output()}`,
      );
      await whole();
      for (const id of [0, 1, 2]) await say(id, "a fox");
      for (const id of [0, 1, 2]) await drawn(id, 1);

      const [first, second, third] = bots;
      if (!first || !second || !third) return assert.fail();
      await first.kill("SIGKILL");
      for (const id of [0, 1, 2]) await say(id, "a bear");
      for (const id of [0, 1, 2]) await drawn(id, 2);
      await whole();

      await second.kill("SIGTERM");
      for (const id of [0, 1, 2]) await say(id, "an owl");
      for (const id of [0, 1, 2]) await drawn(id, 3);
      for (const id of [0, 1, 2]) assert.equal(three.ours(id).length, 3, "one answer for each");
      const puts = simulator.requests.filter(
        ({ method, path }) => method === "PUT" && /commands$/.test(path),
      );
      assert.ok(puts.length <= 1, "the commands are registered once");
    });

    test("stops at once when it wakes up after its shards went to another", async (t) => {
      const one = await create();
      const { bots, held, say, drawn, output, ours, simulator } = await startThree(t, one ?? assert.fail());
      await until(
        () => bots.every((bot) => held(bot).length > 0),
        async () => `a shard for each; there is ${output()}`,
      );
      const asleep = bots[0] ?? assert.fail();
      const others = bots.slice(1);
      asleep.signal("SIGSTOP");
      for (const id of [0, 1, 2]) await say(id, "a fox");
      for (const id of [0, 1, 2]) await drawn(id, 1);
      await until(
        () => others.reduce((sum, bot) => sum + held(bot).length, 0) >= shards,
        async () => `its shards by others; there is ${output()}`,
      );
      const before = simulator.gateway.sessions.length;
      asleep.signal("SIGCONT");
      await until(
        () => asleep.output().includes('"msg":"fleet.lost'),
        async () => `it to notice; there is ${asleep.output()}`,
      );
      for (const id of [0, 1, 2]) await say(id, "a bear");
      for (const id of [0, 1, 2]) await drawn(id, 2);
      for (const id of [0, 1, 2]) assert.equal(ours(id).length, 2, "one answer for each");
      assert.ok(simulator.gateway.sessions.length <= before + 2, "nobody fights for a shard");
    });
  });
}
