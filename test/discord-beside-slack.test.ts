// First, as in a process that serves Slack too: another version of undici than discord.js's own.
import "undici";
import assert from "node:assert/strict";
import { test } from "node:test";
import { done, startDiscord } from "./discord-server.ts";

test("pictures can be uploaded to Discord where Slack's client was loaded before", async (t) => {
  const { simulator, channel, ada, nextPrompt } = await startDiscord(t);
  const doing = await simulator.slash(channel, ada, "draw", { prompt: "a fox" });
  const { reply } = await nextPrompt();
  await reply.show(await done());
  assert.equal(doing.message?.files[0]?.name, "a-fox.png");
});
