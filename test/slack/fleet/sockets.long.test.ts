import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { createSlackAdapter } from "../../../adapters/slack/index.ts";
import { createLog } from "../../../src/seam/log.ts";
import type { Prompt } from "../../../src/seam/turn.ts";
import { noCore } from "../../rig/no-core.ts";
import { until } from "../../rig/until.ts";
import { createSlackSimulator } from "../../simulators/slack/index.ts";

/** So many adapters, as in processes of their own, that share a store and a Slack, by Socket Mode. */
async function startFleet(t: TestContext, count: number) {
  const simulator = await createSlackSimulator();
  const ada = simulator.addUser({ name: "ada" });
  const channel = simulator.addChannel({ name: "pictures" });
  const noted = new Set<string>();
  const note = async ({ key }: { readonly key: string }) => {
    if (noted.has(key)) return undefined;
    noted.add(key);
    return (work: () => Promise<void>) => work().catch(() => {});
  };
  const heard: { readonly by: number; readonly turn: Prompt }[] = [];
  const stops: (() => Promise<void>)[] = [];
  t.after(async () => {
    await Promise.all(stops.map((stop) => stop()));
    await simulator.close();
  });
  const bots: { readonly adapter: ReturnType<typeof createSlackAdapter>; lines(): string }[] = [];
  for (let by = 0; by < count; by += 1) {
    let lines = "";
    const adapter = createSlackAdapter({
      ...{ botToken: simulator.token, apiUrl: simulator.api, isShared: true },
      mode: { kind: "socket", appToken: simulator.appToken },
      painter: { name: "Nobody", standIn: true },
      log: createLog("debug", {
        write: (line) => {
          lines += line;
        },
      }),
      timing: { paceMs: 50, pollMs: 10, retryMs: [10], settleMs: 50, fullMs: 200 },
    });
    await adapter.start(
      noCore(
        async (turn) => {
          if (turn.kind === "prompt") heard.push({ by, turn });
        },
        { note },
      ),
    );
    stops.push(adapter.stop);
    bots.push({ adapter, lines: () => lines });
  }
  return {
    ...{ simulator, bots, heard },
    say: (words: string) => simulator.say(channel, ada, `<@${simulator.bot.id}> ${words}`),
    answered: (words: string) =>
      until(
        () => heard.some(({ turn }) => turn.text === words),
        async () => `“${words}”; there is ${heard.map(({ turn }) => turn.text)}`,
      ),
  };
}

test("an event comes by any one socket, and is one turn", async (t) => {
  const { say, answered, heard } = await startFleet(t, 2);
  for (const words of ["a fox", "a bear", "an owl", "a hare"]) {
    await say(words);
    await answered(words);
  }
  assert.equal(heard.length, 4, "each once, though it comes as a message and as a mention");
  assert.deepEqual([...new Set(heard.map(({ by }) => by))].sort(), [0, 1], "by both");
});

test("of eleven processes one has no socket: it says so once, goes on without, and takes the next that is free", async (t) => {
  const { simulator, bots, say, answered } = await startFleet(t, 11);
  assert.equal(simulator.socket.connected, 10);
  const last = bots.at(-1) ?? assert.fail();
  const said = () => last.lines().match(/slack\.sockets\.full/g)?.length;
  assert.equal(said(), 1);
  assert.match(last.lines(), /ten sockets already.*SLACK_SIGNING_SECRET/);
  assert.equal(last.adapter.connected, true, "nothing is wrong with it");
  await say("a fox");
  await answered("a fox");
  await bots[0]?.adapter.stop();
  await until(
    () => simulator.socket.connected === 10,
    async () => `the eleventh; there is ${last.lines()}`,
  );
  await say("a bear");
  await answered("a bear");
  assert.equal(said(), 1, "it has said so once");
});
