import assert from "node:assert/strict";
import { test } from "node:test";
import { startDiscord } from "../server.ts";

test("servers and channels are called as people call them, and what is not known not at all", async (t) => {
  const { adapter, guild, channel, simulator, ada, nextPrompt } = await startDiscord(t);
  const nameOf = (key: `${string}:${string}`) => adapter.nameOf?.(key);
  assert.equal(nameOf(`discord:guild:${guild.id}`), "The Quay");
  assert.equal(nameOf(`discord:channel:${channel.id}`), "#pictures");
  for (const key of ["discord:guild:1", "discord:channel:1", "slack:team:T1", "web:community"] as const) {
    assert.equal(nameOf(key), undefined, key);
  }
  // As a turn names them.
  await simulator.say(channel, ada, `<@${simulator.bot.id}> a fox`);
  const { place } = (await nextPrompt()).turn;
  assert.deepEqual(
    [place.community, place.channel].map((key) => key && nameOf(key)),
    ["The Quay", "#pictures"],
  );
  await adapter.stop();
  assert.equal(nameOf(`discord:guild:${guild.id}`), undefined, "nobody is asked any more");
});
