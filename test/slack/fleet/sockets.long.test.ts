import assert from "node:assert/strict";
import { test } from "node:test";
import { until } from "../../rig/until.ts";
import { startSlackFleet } from "./fleet.ts";

test("an event comes by any one socket, and is one turn", async (t) => {
  const { say, answered, heard } = await startSlackFleet(t, { count: 2, over: "socket" });
  for (const words of ["a fox", "a bear", "an owl", "a hare"]) {
    await say(words);
    await answered(words);
  }
  assert.equal(heard.length, 4, "each once, though it comes as a message and as a mention");
  assert.deepEqual([...new Set(heard.map(({ by }) => by))].sort(), [0, 1], "by both");
});

test("of eleven processes one has no socket: it says so once, goes on without, and takes the next that is free", async (t) => {
  const { simulator, bots, say, answered } = await startSlackFleet(t, { count: 11, over: "socket" });
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
