import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { createDiscordAdapter } from "../../../adapters/discord/index.ts";
import { createBus } from "../../../src/fleet/embedded/bus.ts";
import { createSharedLeases } from "../../../src/fleet/leases/leases.ts";
import { createShared } from "../../../src/fleet/shared.ts";
import type { Core } from "../../../src/seam/core.ts";
import { createLog } from "../../../src/seam/log.ts";
import type { PlatformEvent, Prompt } from "../../../src/seam/turn.ts";
import type { Reply } from "../../../src/seam/view.ts";
import { openStore } from "../../../src/store/store.ts";
import { createKeep, noCore } from "../../rig/no-core.ts";
import { until } from "../../rig/until.ts";
import { createDiscordSimulator, type DiscordSimulatorOptions } from "../../simulators/discord/index.ts";
import { view } from "../server.ts";

const lifeMs = 3000;

/** Several adapters, as in processes of their own, that share a store and a Discord with a server on each shard. */
async function startFleet(
  t: TestContext,
  {
    shards,
    sharding,
    identifyMs = 0,
  }: {
    readonly shards: number;
    readonly sharding?: DiscordSimulatorOptions["sharding"];
    readonly identifyMs?: number;
  },
) {
  const simulator = await createDiscordSimulator({
    portal: { messageContent: true },
    sharding: { recommended: shards, maxConcurrency: 16, ...sharding },
  });
  const stops: (() => Promise<void>)[] = [];
  t.after(async () => {
    await Promise.all(stops.map((stop) => stop()));
    await simulator.close();
  });
  const ada = simulator.addUser({ name: "ada" });
  const places = Array.from({ length: shards }, (_, id) => {
    const guild = simulator.addGuild({ shard: [id, shards] });
    simulator.join(guild, ada, { permissions: ["MANAGE_MESSAGES"] });
    return { guild, channel: simulator.addChannel(guild) };
  });
  const store = await openStore("memory:");
  const noted = new Set<string>();
  const shared: Partial<Core> = {
    shared: createShared(store, createBus(createLog("silent")), "discord"),
    keep: createKeep(),
    note: async ({ key }) => {
      if (noted.has(key)) return undefined;
      noted.add(key);
      return (work) => work().catch(() => {});
    },
    missed: async (forMs) => (forMs === undefined ? undefined : { forMs, places: [] }),
  };
  const heard: { readonly by: string; readonly turn: Prompt; readonly reply: Reply }[] = [];
  const cancelled: { readonly by: string; readonly message: string }[] = [];

  async function join(name: string) {
    const dying = new AbortController();
    const lines: string[] = [];
    const adapter = createDiscordAdapter({
      ...{ token: simulator.token, apiUrl: simulator.api, threads: "off", identifyMs },
      leases: createSharedLeases(store, { log: createLog("silent"), lifeMs, leave: dying.signal }),
      painter: { name: "Nobody", standIn: true },
      log: createLog("debug", { write: (line) => void lines.push(line) }),
    });
    await adapter.start(
      noCore(async (turn, reply) => {
        if (turn.kind === "prompt") heard.push({ by: name, turn, reply });
        else if (turn.kind === "press") cancelled.push({ by: name, message: turn.message });
      }, shared),
    );
    stops.push(adapter.stop);
    const leave = () => dying.abort();
    return { name, adapter, leave, lines: () => lines.join("") };
  }

  /** The shards that are connected, and not left. */
  const connected = () =>
    simulator.gateway.sessions.filter((session) => session.connected).map(({ shard }) => shard[0]);
  return {
    ...{ simulator, ada, places, heard, cancelled, join, connected },
    all: () =>
      until(
        () => String(connected().sort()) === String(places.map((_, id) => id)),
        async () => `all shards; there is ${connected()}`,
      ),
    say: (id: number, words: string) => {
      const channel = places[id]?.channel ?? assert.fail();
      return simulator.say(channel, ada, `<@${simulator.bot.id}> ${words}`);
    },
    answered: (words: string) =>
      until(
        () => heard.some(({ turn }) => turn.text === words),
        async () => `“${words}”; there is ${heard.map(({ by, turn }) => `${by}: ${turn.text}`)}`,
      ),
  };
}

test("each shard is one process's, what is said there is heard by that one, and the commands are registered once", async (t) => {
  const { simulator, ada, join, all, say, answered, heard } = await startFleet(t, { shards: 4 });
  const names = ["first", "second", "third"];
  await Promise.all(names.map(join));
  await all();
  for (const id of [0, 1, 2, 3]) await say(id, `a fox on ${id}`);
  await simulator.say(simulator.dm(ada), ada, "a direct owl");
  for (const id of [0, 1, 2, 3]) await answered(`a fox on ${id}`);
  await answered("a direct owl");
  assert.equal(heard.length, 5, "each once");
  const [first] = heard.filter(({ turn }) => turn.text === "a fox on 0");
  assert.equal(heard.find(({ turn }) => turn.text === "a direct owl")?.by, first?.by, "the first shard's");
  assert.ok(heard.every(({ turn }) => turn.place.kind === "direct" || turn.user.moderator));
  const puts = simulator.requests.filter(({ method, path }) => method === "PUT" && /commands$/.test(path));
  assert.equal(puts.length, 1);
});

test("who comes later is given a part, who ends hands on theirs, and nothing that is said meanwhile is lost", async (t) => {
  const { join, all, say, answered, heard, connected, simulator } = await startFleet(t, { shards: 3 });
  const first = await join("first");
  await all();
  await join("second");
  await until(() => simulator.gateway.sessions.length > 3, "a part for the second");
  await all();
  first.leave();
  await until(() => connected().length < 3, "the first to leave");
  for (const id of [0, 1, 2]) await say(id, `a bear on ${id}`);
  for (const id of [0, 1, 2]) await answered(`a bear on ${id}`);
  await all();
  for (const id of [0, 1, 2]) await say(id, `a hare on ${id}`);
  for (const id of [0, 1, 2]) await answered(`a hare on ${id}`);
  assert.equal(heard.length, 6, "each once");
  assert.ok(heard.slice(3).every(({ by }) => by === "second"));
});

test("what is said while a shard changes hands again and again is heard by the last, though nobody can look for it", async (t) => {
  const { simulator, ada, join, all, connected, answered } = await startFleet(t, {
    shards: 1,
    identifyMs: 8000,
  });
  const first = await join("first");
  await all();
  const second = await join("second");
  first.leave();
  const sessions = simulator.gateway.sessions.length;
  await until(() => connected().length === 0, "the first to leave");
  await until(() => connected().length === 1, "the second to take up its session");
  assert.equal(simulator.gateway.sessions.length, sessions, "and no other yet");
  await simulator.say(simulator.dm(ada), ada, "an owl");
  second.leave();
  await join("third");
  await answered("an owl");
});

test("a command that comes while a shard changes hands is answered in time", async (t) => {
  const { join, all, places, ada, simulator, connected, answered } = await startFleet(t, { shards: 1 });
  const first = await join("first");
  await all();
  await join("second");
  first.leave();
  await until(() => connected().length === 0, "the first to leave");
  const { channel } = places[0] ?? assert.fail();
  const doing = await simulator.slash(channel, ada, "draw", { prompt: "an owl" });
  await doing.acknowledged();
  await answered("an owl");
});

test("a process without a shard sees to what was noted by another: where it was said, by whom, and what may be done there", async (t) => {
  const { join, all, places, ada, simulator, heard, answered } = await startFleet(t, { shards: 1 });
  await join("first");
  await all();
  const { adapter } = await join("second");
  const { channel, guild } = places[0] ?? assert.fail();
  const thread = simulator.addThread(channel, { name: "foxes", ownerId: simulator.bot.id });
  const message = await simulator.say(thread, ada, "a fox");
  await answered("a fox");
  const seen = await fetch(`${simulator.api}/v10/channels/${thread.id}/messages/${message.id}`, {
    headers: { authorization: `Bot ${simulator.token}` },
  });
  const event: PlatformEvent = {
    key: `discord:message:${message.id}`,
    body: { ...Object(await seen.json()), guild_id: guild.id },
  };
  await adapter.replay(event);
  const [one, other] = heard;
  assert.equal(other?.by, "second");
  const { user, place, thread: where, addressed } = one?.turn ?? assert.fail();
  const again = other?.turn;
  assert.deepEqual(
    [again?.user, again?.place, again?.thread, again?.addressed],
    [user, place, where, addressed],
  );
});

test("who asked may do what they may, though their shard leaves the process that is about to answer", async (t) => {
  const { join, all, say, answered, heard, simulator, connected } = await startFleet(t, { shards: 1 });
  const first = await join("first");
  await all();
  await join("second");
  const post = simulator.fault({ kind: "hold", when: "before", method: "POST", path: /\/messages$/ });
  await say(0, "an owl");
  await until(() => post.struck === 1, "it to be answered");
  first.leave();
  await until(() => connected().length === 0, "the first to leave");
  await all();
  post.cancel();
  await answered("an owl");
  assert.deepEqual(
    heard.map(({ by, turn }) => [by, turn.user.moderator]),
    [["first", true]],
  );
});

test("a request that is deleted is cancelled by whoever draws it, though another has the shard by then", async (t) => {
  const { join, all, say, answered, heard, cancelled, simulator, connected } = await startFleet(t, {
    shards: 1,
  });
  const first = await join("first");
  await all();
  await join("second");
  const asked = await say(0, "a fox");
  await answered("a fox");
  const message = await heard[0]?.reply.show(view("working", { status: "Drawing" }));
  first.leave();
  await until(() => connected().length === 0, "the first to leave");
  await all();
  simulator.deleteMessage(asked);
  await until(() => cancelled.length > 0, "it to be cancelled");
  assert.deepEqual(cancelled, [{ by: "first", message }]);
});

test("shards identify themselves no faster than Discord allows, over all processes", async (t) => {
  const sharding = { maxConcurrency: 2, identifyMs: 300 };
  const { join, all, simulator } = await startFleet(t, { shards: 6, sharding, identifyMs: 400 });
  await Promise.all(["first", "second", "third"].map(join));
  await all();
  assert.equal(simulator.sharding.tooSoon, 0);
});
